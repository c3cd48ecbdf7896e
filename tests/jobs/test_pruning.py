"""Pruning removes what has expired, portion by portion and once, and keeps everything else."""

import asyncio
import secrets
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.settings import Settings
from app.core.values.time import now
from app.jobs import pruning
from app.jobs.pruning import prune_expired
from app.models.jobs.job import Job
from tests.access.attempts import changed_tables, compute_table_digests
from tests.imports.import_files import NDJSON, to_ndjson
from tests.jobs.job_workers import run_pending_jobs, start_counting_job, start_worker_process
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World


@pytest.fixture
async def unit(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world: World, unit: Unit) -> Login:
    return await world.user(unit, "union_officer")


class JobFactory:
    """Factory for jobs with files that ended some days ago."""

    def __init__(self, app: Any, owner: Any, officer: Login) -> None:
        self.app, self.owner, self.officer = app, owner, officer

    async def create_ended_job(self, *, days: int) -> Job:
        """A job of a file, which ended so many days ago."""
        job = await start_counting_job(self.app, self.officer, {"numbers": 1, "file": 10})
        await run_pending_jobs(self.app)
        await self.age_job(job.id, days)
        return job

    async def age_job(self, job_id: UUID, days: int) -> None:
        ago = timedelta(days=days)
        await self.owner.execute(
            "update job set finished_at = finished_at - $2::interval where id = $1", job_id, ago
        )
        await self.owner.execute(
            "update auth_session set expires_at = expires_at - $2::interval, revoked_at = revoked_at - $2::interval"
            " where id = (select session_id from job where id = $1)", job_id, ago,
        )  # fmt: skip

    async def count_file_parts(self, job: Job) -> int:
        count: int = await self.owner.fetchval("select count(*) from job_file where job_id = $1", job.id)
        return count


@pytest.fixture
def job_factory(app, owner, officer: Login) -> JobFactory:
    return JobFactory(app, owner, officer)


class TestPruneJobFiles:
    async def test_the_files_go_and_the_job_stays(
        self, app, client, owner, settings: Settings, job_factory, officer
    ):
        job = await job_factory.create_ended_job(days=91)
        url = f"/v1/jobs/{job.id}"
        before = expect_json(await client.get(url, headers=officer.headers))
        ended = datetime.fromisoformat(before["finished_at"])
        assert datetime.fromisoformat(before["file_kept_until"]) == ended + timedelta(days=90)
        assert (await client.get(before["report_url"], headers=officer.headers)).status_code == 200
        assert await prune_expired(app.state.database, settings) >= 1
        after = expect_json(await client.get(url, headers=officer.headers))
        gone = await owner.fetchval("select files_removed_at from job where id = $1", job.id)
        assert datetime.fromisoformat(after["file_kept_until"]) == gone
        assert after | {"report_url": "", "file_kept_until": ""} == before | {
            "report_url": "",
            "file_kept_until": "",
        }
        assert after["report_url"] is None
        assert await job_factory.count_file_parts(job) == 0
        for query in ("", "?name=ket-qua.ndjson.gz"):
            response = await client.get(f"{url}/file{query}", headers=officer.headers)
            expect_problem(response, 410, "file_expired")
            assert response.json()["detail"].startswith("Tệp đã hết thời hạn lưu")
        expect_problem(await client.get(f"{url}/file?name=input", headers=officer.headers), 404, "no_file")
        sessions = "select count(*) from auth_session where id = $1"
        assert await owner.fetchval(sessions, job.session_id) == 0
        assert await owner.fetchval(sessions, officer.session_id) == 1

    async def test_what_is_still_kept_or_not_over_stays(
        self, app, client, owner, settings: Settings, job_factory, officer
    ):
        young = await job_factory.create_ended_job(days=89)
        waiting = await start_counting_job(app, officer, {"numbers": 1})
        await owner.execute(
            "insert into job_file (job_id, name, part, content) values ($1, 'input', 0, '')", waiting.id
        )
        await owner.execute("update job set created_at = now() - interval '1 year' where id = $1", waiting.id)
        await prune_expired(app.state.database, settings)
        assert (await job_factory.count_file_parts(young), await job_factory.count_file_parts(waiting)) == (
            1,
            1,
        )
        body = expect_json(await client.get(f"/v1/jobs/{waiting.id}", headers=officer.headers))
        assert body["file_kept_until"] is None
        listed = expect_json(await client.get("/v1/jobs", headers=officer.headers))["items"]
        assert [item["file_kept_until"] is None for item in listed] == [True, False]
        await run_pending_jobs(app)

    async def test_the_operator_says_how_long(self, app, settings: Settings, job_factory):
        job = await job_factory.create_ended_job(days=3)
        await prune_expired(app.state.database, settings.model_copy(update={"keep_job_files_days": 4}))
        assert await job_factory.count_file_parts(job) == 1
        await prune_expired(app.state.database, settings.model_copy(update={"keep_job_files_days": 2}))
        assert await job_factory.count_file_parts(job) == 0

    async def test_nothing_of_today_goes_whatever_is_asked_for(self, app, settings: Settings, job_factory):
        job = await job_factory.create_ended_job(days=0)
        await prune_expired(app.state.database, settings, now() + timedelta(days=1000))
        assert await job_factory.count_file_parts(job) == 1

    async def test_portions_of_several_workers(self, app, settings: Settings, job_factory, monkeypatch):
        monkeypatch.setattr(pruning, "_JOBS_AT_ONCE", 1)
        jobs = [await job_factory.create_ended_job(days=100) for _ in range(5)]
        pauses: list[float] = []

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            await asyncio.sleep(0)

        counts = await asyncio.gather(
            *(prune_expired(app.state.database, settings, sleep=sleep) for _ in range(3))
        )
        assert sum(counts) >= len(jobs)
        assert [await job_factory.count_file_parts(job) for job in jobs] == [0] * 5
        assert len(pauses) >= 5
        assert await prune_expired(app.state.database, settings, sleep=sleep) == 0

    async def test_nothing_but_files_and_sessions_is_touched(
        self, app, settings: Settings, job_factory, world
    ):
        await job_factory.create_ended_job(days=100)
        before = await compute_table_digests(world)
        await prune_expired(app.state.database, settings)
        assert sorted(changed_tables(before, await compute_table_digests(world))) == [
            "auth_session",
            "job",
            "job_file",
            "session_scope",
        ]

    async def test_a_worker_does_it(self, owner, settings: Settings, job_factory):
        job = await job_factory.create_ended_job(days=100)
        worker = start_worker_process(settings)
        try:
            end = time.monotonic() + 60
            while await job_factory.count_file_parts(job):
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
        finally:
            worker.terminate()
            worker.wait()


class TestBatch:
    async def test_its_key_holds_when_its_outcomes_are_gone(
        self, app, client, owner, settings: Settings, job_factory, world, unit
    ):
        partner = await world.partner(unit, "contributions:write")
        headers = partner.headers | {"Idempotency-Key": "k", "Content-Type": NDJSON}

        async def send():
            path = "/v1/contributions/batches?mode=partial"
            return await client.post(path, content=to_ndjson([{"amount": 1}] * 1001), headers=headers)

        sent = await send()
        assert sent.status_code == 202
        await run_pending_jobs(app)
        await job_factory.age_job(UUID(sent.json()["id"]), 91)
        await prune_expired(app.state.database, settings)
        again = await send()
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
        body = again.json()
        assert (body["id"], body["report_url"]) == (sent.json()["id"], None)
        assert body["counts"]["rejected"] == 1001
        batch = await client.get(f"/v1/contributions/batches/{body['subject_id']}", headers=partner.headers)
        assert expect_json(batch)["counts"]["rejected"] == 1001
        for name in ("", "?name=ket-qua.ndjson.gz"):
            response = await client.get(f"{sent.headers['location']}/file{name}", headers=partner.headers)
            expect_problem(response, 410, "file_expired")


class TestPruneSessions:
    @pytest.mark.parametrize(
        ("expired", "revoked", "kept"),
        [
            (31, None, False),
            (-1, 31, False),
            (29, None, True),
            (-1, 29, True),
            (-1, None, True),
            (40, 29, False),
        ],
    )
    async def test_of_partner_systems(
        self, app, client, owner, settings: Settings, world, unit, expired, revoked, kept
    ):
        partner = await world.partner(unit, "stats:read")
        await owner.execute(
            "update auth_session set expires_at = now() - $2 * interval '1 day',"
            " revoked_at = now() - $3 * interval '1 day' where id = $1", partner.session_id, expired, revoked,
        )  # fmt: skip
        before = await client.get("/v1/auth/me", headers=partner.headers)
        await prune_expired(app.state.database, settings)
        remaining = await owner.fetchval(
            "select count(*) from auth_session where id = $1", partner.session_id
        )
        assert bool(remaining) == kept
        after = await client.get("/v1/auth/me", headers=partner.headers)
        assert after.status_code == before.status_code

    @pytest.mark.parametrize(("days", "kept"), [(31, False), (29, True)])
    async def test_of_a_person_with_its_refresh_tokens(
        self, app, client, owner, settings: Settings, officer, days: int, kept: bool
    ):
        token = secrets.token_bytes(32)
        await owner.execute(
            "insert into refresh_token (token_hash, session_id, expires_at) values ($1, $2, now())",
            token, officer.session_id,
        )  # fmt: skip
        await owner.execute(
            "update auth_session set revoked_at = now() - $2 * interval '1 day' where id = $1",
            officer.session_id, days,
        )  # fmt: skip
        await prune_expired(app.state.database, settings)
        left = await owner.fetchval(
            "select (select count(*) from auth_session where id = $1) + (select count(*) from refresh_token"
            " where token_hash = $2)", officer.session_id, token,
        )  # fmt: skip
        assert left == 2 * kept
        assert (await client.get("/v1/auth/me", headers=officer.headers)).status_code == 401

    async def test_one_that_holds_stays(self, app, client, settings: Settings, officer):
        await prune_expired(app.state.database, settings)
        assert (await client.get("/v1/auth/me", headers=officer.headers)).status_code == 200


class TestPruneLogins:
    async def test_counters_go_an_hour_after_their_quarter(self, app, owner, settings: Settings):
        keys = [secrets.token_bytes(32) for _ in range(3)]
        for key, minutes in zip(keys, (0, 50, 70), strict=True):
            await owner.execute(
                "insert into login_throttle (key_hash, window_start, failures)"
                " values ($1, now() - $2 * interval '1 minute', 1)", key, minutes,
            )  # fmt: skip
        await prune_expired(app.state.database, settings)
        left = await owner.fetch("select key_hash from login_throttle where key_hash = any ($1)", keys)
        assert {row["key_hash"] for row in left} == set(keys[:2])

    async def test_the_rows_of_a_sandbox_count_until_their_day_is_over(self, app, owner, settings: Settings):
        keys = [secrets.token_bytes(32) for _ in range(2)]
        for key, minutes in zip(keys, (-1, 1), strict=True):
            await owner.execute(
                "insert into login_throttle (key_hash, window_start, failures, wait_until)"
                " values ($1, now() - interval '24 hours', 1, now() + $2 * interval '1 minute')", key, minutes,
            )  # fmt: skip
        await prune_expired(app.state.database, settings)
        left = await owner.fetch("select key_hash from login_throttle where key_hash = any ($1)", keys)
        assert [row["key_hash"] for row in left] == keys[1:]

    async def test_in_portions(self, app, owner, settings: Settings, monkeypatch):
        monkeypatch.setattr(pruning, "_ROWS_AT_ONCE", 10)
        await owner.execute(
            "insert into login_throttle (key_hash, window_start, failures)"
            " select sha256(n::text::bytea), now() - interval '2 hours', 1 from generate_series(1, 35) n"
        )

        async def sleep(_: float) -> None:
            await asyncio.sleep(0)

        assert await prune_expired(app.state.database, settings, sleep=sleep) >= 35
        over = "window_start < now() - interval '1 hour' and wait_until is null"
        old = f"select count(*) from login_throttle where {over}"
        assert await owner.fetchval(old) == 0

    async def test_a_second_factor_that_was_never_confirmed_goes_after_a_day(
        self, app, owner, settings: Settings, world, unit
    ):
        users = [(await world.user(unit, "union_admin")).id for _ in range(3)]
        for user, hours, confirmed in zip(users, (23, 25, 25), (False, False, True), strict=True):
            await owner.execute(
                "insert into second_factor (user_id, sealed_secret, created_at, confirmed_at)"
                " values ($1, '', now() - $2 * interval '1 hour', case when $3 then now() end)",
                user, hours, confirmed,
            )  # fmt: skip
        await prune_expired(app.state.database, settings)
        left = await owner.fetch("select user_id from second_factor where user_id = any ($1)", users)
        assert {row["user_id"] for row in left} == {users[0], users[2]}
