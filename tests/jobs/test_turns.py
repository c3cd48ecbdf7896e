"""Jobs of several organisations take turns: whoever has many, or a long one, does not hold up the others."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from app.jobs import execution, service
from app.jobs.errors import JobPaused, TooManyJobs
from app.jobs.kinds import JOB_KINDS
from app.jobs.queue import FIRST_QUEUE, TURNS_QUEUE, WHOLE_QUEUE, Turns
from app.jobs.run import JobRun
from app.jobs.workers import PLACES, build_worker, open_queue
from app.models.jobs.job import Job
from tests.jobs.counting_job import KIND
from tests.jobs.job_workers import (
    count_waiting,
    list_counted_numbers,
    run_pending_jobs,
    start_counting_job,
)
from tests.world import Login


@pytest.fixture
async def officers(world) -> list[Login]:
    """Of three organisations."""
    return [await world.user(await world.unit("womens_union"), "union_officer") for _ in range(3)]


async def run_one_by_one(app: Any, settings: Any, turn_seconds: float, *queues: str, places: int = 1) -> None:
    """Run a worker with so few places until no job is left."""
    names = queues or tuple(PLACES)
    async with open_queue(str(settings.app_database_url), app.state.database, turn_seconds) as queue:
        while await count_waiting(app, *names):
            await build_worker(queue, 20, queues=names, places=places, wait=False).run()


async def list_ended(owner: Any, jobs: Mapping[str, Job]) -> list[str]:
    """The names of jobs in the order in which they ended."""
    rows = await owner.fetch(
        "select id from job where id = any($1) and status = 'succeeded' order by finished_at",
        [job.id for job in jobs.values()],
    )
    names = {job.id: name for name, job in jobs.items()}
    return [names[row["id"]] for row in rows]


async def read_places(owner: Any, jobs: Mapping[str, Job]) -> dict[str, int]:
    """The places in line of jobs that wait."""
    rows = await owner.fetch("select args ->> 'job_id' as id, priority from queue.procrastinate_jobs")
    priorities = {row["id"]: row["priority"] for row in rows}
    return {name: priorities[str(job.id)] for name, job in jobs.items() if str(job.id) in priorities}


class TestLine:
    async def test_each_organisation_has_its_turn_before_anybodys_second(self, app, owner, officers):
        many, one, other = officers
        jobs = {f"many {nth}": await start_counting_job(app, many, {"numbers": 1}) for nth in range(4)}
        jobs["one"] = await start_counting_job(app, one, {"numbers": 1})
        jobs["other"] = await start_counting_job(app, other, {"numbers": 1})
        jobs["other 1"] = await start_counting_job(app, other, {"numbers": 1})
        first = (await read_places(owner, jobs))["many 0"]
        assert await read_places(owner, jobs) == {
            "many 0": first, "many 1": first - 1, "many 2": first - 2, "many 3": first - 3,
            "one": first, "other": first, "other 1": first - 1,
        }  # fmt: skip
        await run_one_by_one(app, app.state.settings, 10)
        assert await list_ended(owner, jobs) == [
            "many 0", "one", "other", "many 1", "other 1", "many 2", "many 3",
        ]  # fmt: skip

    async def test_a_newcomer_stands_where_the_line_stands(self, app, owner, officers):
        jobs = {"long": await start_counting_job(app, officers[0], {"numbers": 1})}
        await owner.execute("update queue.procrastinate_jobs set priority = -50")
        jobs["new"] = await start_counting_job(app, officers[1], {"numbers": 1})
        assert await read_places(owner, jobs) == {"long": -50, "new": -50}
        await run_pending_jobs(app)
        jobs["later"] = await start_counting_job(app, officers[1], {"numbers": 1})
        assert await read_places(owner, jobs) == {"later": 0}
        await run_pending_jobs(app)

    async def test_an_organisation_has_so_many_in_line_and_no_more(self, app, owner, officers, monkeypatch):
        monkeypatch.setattr(service, "MAX_UNFINISHED_JOBS", 2)
        for _ in range(2):
            await start_counting_job(app, officers[0], {"numbers": 1})
        with pytest.raises(TooManyJobs):
            await start_counting_job(app, officers[0], {"numbers": 1})
        await start_counting_job(app, officers[1], {"numbers": 1})
        await run_pending_jobs(app)
        await start_counting_job(app, officers[0], {"numbers": 1})
        await run_pending_jobs(app)

    async def test_the_first_turn_of_an_only_job_has_places_of_its_own(self, app, owner, officers):
        """So however many jobs others have, somebody who has none begins at once."""
        many = [await start_counting_job(app, officers[0], {"numbers": 1}) for _ in range(3)]
        first = await start_counting_job(app, officers[1], {"numbers": 30, "chunk": 1})
        second = await start_counting_job(app, officers[2], {"numbers": 1})
        sql = "select args ->> 'job_id' as id, queue_name from queue.procrastinate_jobs"
        queues = {row["id"]: row["queue_name"] for row in await owner.fetch(sql)}
        assert [queues[str(job.id)] for job in (*many, first, second)] == [
            FIRST_QUEUE, TURNS_QUEUE, TURNS_QUEUE, FIRST_QUEUE, FIRST_QUEUE,
        ]  # fmt: skip
        await run_one_by_one(app, app.state.settings, 0, FIRST_QUEUE)
        jobs = {"many": many[0], "first": first, "second": second}
        assert await list_ended(owner, jobs) == ["many", "second"]
        assert await owner.fetchval(
            "select queue_name from queue.procrastinate_jobs where args ->> 'job_id' = $1", str(first.id)
        ) == (TURNS_QUEUE)
        await run_pending_jobs(app)
        assert await list_counted_numbers(owner, first.id) == list(range(30))


class TestTurns:
    async def test_a_long_job_makes_room_and_goes_on(self, app, owner, officers):
        """On the only place of a worker."""
        jobs = {"long": await start_counting_job(app, officers[0], {"numbers": 30, "chunk": 1})}
        jobs["short"] = await start_counting_job(app, officers[1], {"numbers": 1})
        await run_one_by_one(app, app.state.settings, 0)
        assert await list_ended(owner, jobs) == ["short", "long"]
        assert await list_counted_numbers(owner, jobs["long"].id) == list(range(30))
        taken = "select taken from job where id = $1"
        assert await owner.fetchval(taken, jobs["long"].id) == 2
        assert await owner.fetchval(taken, jobs["short"].id) == 1

    async def test_those_of_many_take_turns_with_those_of_one(self, app, owner, officers):
        """Five long jobs of one organisation are no reason for another's only one to take five times as long."""
        many, one, _ = officers
        jobs = {
            f"many {nth}": await start_counting_job(app, many, {"numbers": 20, "chunk": 1})
            for nth in range(5)
        }
        jobs["one"] = await start_counting_job(app, one, {"numbers": 20, "chunk": 1})
        await run_one_by_one(app, app.state.settings, 0)
        assert (await list_ended(owner, jobs))[0] == "one"
        for job in jobs.values():
            assert await list_counted_numbers(owner, job.id) == list(range(20))

    async def test_nobody_stops_while_nobody_waits(self, app, owner, officers):
        job = await start_counting_job(app, officers[0], {"numbers": 30, "chunk": 1})
        await run_one_by_one(app, app.state.settings, 0)
        assert await owner.fetchval("select taken from job where id = $1", job.id) == 1

    async def test_of_two_that_run_the_one_that_was_served_most_makes_room(self, app, owner, officers):
        jobs = [await start_counting_job(app, officer, {"numbers": 1}) for officer in officers]
        place = "update queue.procrastinate_jobs set status = $2, priority = $3 where args ->> 'job_id' = $1"
        for job, status, priority in zip(jobs, ("doing", "doing", "todo"), (-3, -4, -4), strict=True):
            await owner.execute(place, str(job.id), status, priority)
        asked = [await makes_room(owner, job) for job in jobs]
        assert asked == [False, True, False]
        await owner.execute(place, str(jobs[2].id), "todo", -9)
        assert not await makes_room(owner, jobs[1])
        await owner.execute("update queue.procrastinate_jobs set status = 'todo', worker_id = null")
        await run_pending_jobs(app)

    async def test_a_turn_lasts_as_long_as_going_on_was_worth(self, app, officers):
        now = 0.0
        job = await start_counting_job(app, officers[0], {"numbers": 1})
        await start_counting_job(app, officers[1], {"numbers": 1})
        await app.state.database.driver.execute(
            "update queue.procrastinate_jobs set status = 'doing' where args ->> 'job_id' = $1", str(job.id)
        )
        run = JobRun(app.state.database, JOB_KINDS[KIND].permission, job, Turns(FIRST_QUEUE, 5), lambda: now)
        now = 20  # so long it took to come to the checkpoint
        await run.take_turns()
        now = 59
        await run.take_turns()
        now = 60
        with pytest.raises(JobPaused):
            await run.take_turns()
        await app.state.database.driver.execute("update queue.procrastinate_jobs set status = 'todo'")
        await run_pending_jobs(app)


async def makes_room(owner: Any, job: Job) -> bool:
    return bool(await owner.fetchval("select makes_room($1, $2)", job.id, FIRST_QUEUE))


class TestWhole:
    async def test_they_stand_in_a_line_of_their_own(self, app, owner, officers):
        """Whoever takes turns is served while they go on."""
        jobs = {"whole": await start_counting_job(app, officers[0], {"numbers": 2, "whole": True})}
        jobs["short"] = await start_counting_job(app, officers[1], {"numbers": 1})
        queues = "select queue_name from queue.procrastinate_jobs where args ->> 'job_id' = $1"
        assert await owner.fetchval(queues, str(jobs["whole"].id)) == WHOLE_QUEUE
        assert await owner.fetchval(queues, str(jobs["short"].id)) == FIRST_QUEUE
        await run_one_by_one(app, app.state.settings, 10, FIRST_QUEUE, TURNS_QUEUE)
        assert await list_ended(owner, jobs) == ["short"]
        await run_one_by_one(app, app.state.settings, 10, WHOLE_QUEUE)
        assert await list_ended(owner, jobs) == ["short", "whole"]

    async def test_an_organisation_has_one_at_a_time(self, app, owner, officers):
        params = {"numbers": 5, "chunk": 1, "pause": 0.02, "whole": True}
        mine = [await start_counting_job(app, officers[0], params) for _ in range(3)]
        others = await start_counting_job(app, officers[1], params)
        await run_one_by_one(app, app.state.settings, 0, WHOLE_QUEUE, places=4)
        times = "select started_at, finished_at from job where id = $1"
        spans = [await owner.fetchrow(times, job.id) for job in mine]
        for one, following in pairwise(spans):
            assert one["finished_at"] <= following["started_at"]
        assert (await owner.fetchrow(times, others.id))["started_at"] < spans[0]["finished_at"]

    async def test_one_that_fell_out_goes_back_into_its_own_line(self, app, owner, officers):
        job = await start_counting_job(app, officers[0], {"numbers": 2, "whole": True})
        await owner.execute("delete from queue.procrastinate_jobs where args ->> 'job_id' = $1", str(job.id))
        await owner.execute("update job set touched_at = now() - interval '2 hours' where id = $1", job.id)
        await owner.fetchval("select requeue_jobs(3600)")
        await run_one_by_one(app, app.state.settings, 10, TURNS_QUEUE)
        assert await owner.fetchval("select status from job where id = $1", job.id) == "running"
        await run_pending_jobs(app)
        assert await owner.fetchval("select status from job where id = $1", job.id) == "succeeded"
        assert await list_counted_numbers(owner, job.id) == [0, 1]

    async def test_none_goes_on_for_ever(self, app, client, officers, monkeypatch):
        monkeypatch.setattr(execution, "MAX_WHOLE_SECONDS", 0.2)
        params = {"numbers": 10_000, "chunk": 1, "pause": 0.05, "whole": True}
        job = await start_counting_job(app, officers[0], params)
        await asyncio.wait_for(run_pending_jobs(app), 30)
        body = (await client.get(f"/v1/jobs/{job.id}", headers=officers[0].headers)).json()
        assert (body["status"], body["error"]) == ("failed", "job_too_long")
        assert "ghi từng phần" in body["errors"][0]["detail"]
