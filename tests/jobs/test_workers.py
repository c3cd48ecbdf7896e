"""Workers that are killed, stopped or silent for too long; every step of a job is done once."""

import asyncio
import random
import signal
import time
from dataclasses import dataclass
from uuid import UUID

import pytest

from app.auth.actor import begin_actor
from app.core.errors import Forbidden
from app.jobs.dead_workers import LOCK_WATCH_SECONDS, requeue_stalled_jobs, watch_workers
from app.jobs.errors import JobLost
from app.jobs.execution import claim_job
from app.jobs.service import start_job
from app.jobs.workers import PLACES
from tests.jobs.counting_job import KIND, register_job_kind
from tests.jobs.job_workers import (
    count_waiting,
    list_counted_numbers,
    run_pending_jobs,
    start_counting_job,
    start_worker_process,
)

SECONDS = 60


@pytest.fixture
async def officer(world):
    return await world.user(await world.unit("womens_union"), "union_officer")


async def read_job(owner, job_id):
    return await owner.fetchrow("select status, rows_done, taken, error from job where id = $1", job_id)


async def wait_for_job(owner, job_id, reached) -> None:
    """Wait until the job's row is as wanted."""
    end = time.monotonic() + SECONDS
    while not reached(await read_job(owner, job_id)):
        assert time.monotonic() < end, await read_job(owner, job_id)
        await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Doing:
    job_id: UUID
    number: int


async def start_doing(app, owner, officer) -> Doing:
    """Start a job that a worker of some number does."""
    job = await start_counting_job(app, officer, {"numbers": 2})
    number = await owner.fetchval("insert into queue.procrastinate_workers default values returning id")
    await owner.execute(
        "update queue.procrastinate_jobs set status = 'doing', worker_id = $2 where args ->> 'job_id' = $1",
        str(job.id), number,
    )  # fmt: skip
    return Doing(job.id, number)


class TestStart:
    async def test_neither_without_the_other(self, app, owner, officer):
        register_job_kind()
        database = app.state.database
        async with database._sessions() as db, db.begin() as transaction:
            job = await start_job(db, await begin_actor(db, officer.session_id), KIND, {"numbers": 1})
            await transaction.rollback()
        queued = "select count(*) from queue.procrastinate_jobs where args ->> 'job_id' = $1"
        assert await owner.fetchval(queued, str(job.id)) == 0
        assert await owner.fetchval("select count(*) from job where id = $1", job.id) == 0
        committed = await start_counting_job(app, officer, {"numbers": 1})
        assert await owner.fetchval(queued, str(committed.id)) == 1
        await run_pending_jobs(app)
        assert await owner.fetchval(queued, str(committed.id)) == 0

    async def test_without_the_permission_is_403(self, app, world):
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        with pytest.raises(Forbidden):
            await start_counting_job(app, partner, {"numbers": 1})


class TestKilled:
    @pytest.mark.drill
    async def test_killed_again_and_again_counts_every_number_once(self, app, owner, settings, officer):
        job = await start_counting_job(app, officer, {"numbers": 300, "chunk": 5, "pause": 0.01})
        rng = random.Random(4)  # noqa: S311 - when to kill
        for kill in range(3):
            worker = start_worker_process(settings)
            await wait_for_job(owner, job.id, lambda row, least=(kill + 1) * 40: row["rows_done"] >= least)
            await asyncio.sleep(rng.random() * 0.05)
            worker.kill()
            worker.wait()
        last = start_worker_process(settings)
        await wait_for_job(owner, job.id, lambda row: row["status"] == "succeeded")
        last.terminate()
        assert last.wait(SECONDS) == 0
        assert await list_counted_numbers(owner, job.id) == list(range(300))
        assert (await read_job(owner, job.id))["taken"] == 4

    async def test_stopped_gracefully_it_goes_back_at_once(self, app, owner, settings, officer):
        job = await start_counting_job(app, officer, {"numbers": 3000, "chunk": 1, "pause": 0.05})
        worker = start_worker_process(settings)
        await wait_for_job(owner, job.id, lambda row: row["rows_done"] > 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS) == 0
        queued = "select status::text from queue.procrastinate_jobs where args ->> 'job_id' = $1"
        assert await owner.fetchval(queued, str(job.id)) == "todo"
        done = (await read_job(owner, job.id))["rows_done"]
        assert await list_counted_numbers(owner, job.id) == list(range(done))
        await owner.execute("update job set cancel_asked_at = now() where id = $1", job.id)
        await run_pending_jobs(app)


class TestSilent:
    async def test_who_was_taken_for_dead_writes_nothing_more(self, app, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 2})
        first = await claim_job(app.state.database, job.id)
        second = await claim_job(app.state.database, job.id)
        assert first is not None
        assert second is not None
        with pytest.raises(JobLost):
            async with first.begin() as (db, _):
                await first.record_progress(db, 1)
        async with second.begin() as (db, _):
            await second.record_progress(db, 1, rows_total=2)
        assert (await read_job(owner, job.id))["rows_done"] == 1
        await run_pending_jobs(app)

    async def test_jobs_that_fell_out_of_the_queue_go_back_into_it(self, app, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 2})
        await owner.execute("delete from queue.procrastinate_jobs where args ->> 'job_id' = $1", str(job.id))
        await requeue_stalled_jobs(app.state.database, 3600)
        await run_pending_jobs(app)
        assert (await read_job(owner, job.id))["status"] == "queued"  # not silent for so long yet
        await owner.execute("update job set touched_at = now() - interval '2 hours' where id = $1", job.id)
        await requeue_stalled_jobs(app.state.database, 3600)
        await run_pending_jobs(app)
        assert (await read_job(owner, job.id))["status"] == "succeeded"
        assert await list_counted_numbers(owner, job.id) == [0, 1]

    async def test_those_of_one_that_ended_go_back_and_those_of_one_that_lives_stay(
        self, app, owner, officer
    ):
        ended, lives = [await start_doing(app, owner, officer) for _ in range(2)]
        database = app.state.database
        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
            watches = [
                group.create_task(watch_workers(database, [number].copy))
                for number in (ended.number, lives.number)
            ]
            await asyncio.sleep(5 * LOCK_WATCH_SECONDS)
            assert await count_waiting(app, *PLACES) == 0
            watches[0].cancel()
            while await count_waiting(app, *PLACES) == 0:  # noqa: ASYNC110 - another session puts it back
                await asyncio.sleep(0.05)
            watches[1].cancel()
        await run_pending_jobs(app)
        assert (await read_job(owner, ended.job_id))["status"] == "succeeded"
        assert (await read_job(owner, lives.job_id))["status"] == "queued"
        await requeue_stalled_jobs(database, 0)
        await run_pending_jobs(app)
        assert (await read_job(owner, lives.job_id))["status"] == "succeeded"
