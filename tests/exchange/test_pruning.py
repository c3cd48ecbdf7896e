"""What is kept no longer goes, portion by portion and once; everything else stays."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.time import now
from app.exchange import pruning
from app.exchange.pruning import prune
from app.models.job import Job
from tests.access.attempts import changed, digest
from tests.exchange.sending import NDJSON, ndjson
from tests.exchange.work import ask, work_off, worker_process
from tests.routers.answers import got, refused
from tests.world import Login, Unit, World


@pytest.fixture
async def unit(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world: World, unit: Unit) -> Login:
    return await world.user(unit, "union_officer")


class Shelf:
    """Jobs with files, which age as told."""

    def __init__(self, app: Any, owner: Any, officer: Login) -> None:
        self.app, self.owner, self.officer = app, owner, officer

    async def done(self, *, days: int) -> Job:
        """A job of a file, which ended so many days ago."""
        job = await ask(self.app, self.officer, {"numbers": 1, "file": 10})
        await work_off(self.app)
        await self.aged(job.id, days)
        return job

    async def aged(self, job_id: UUID, days: int) -> None:
        ago = timedelta(days=days)
        await self.owner.execute(
            "update job set finished_at = finished_at - $2::interval where id = $1", job_id, ago
        )
        await self.owner.execute(
            "update auth_session set expires_at = expires_at - $2::interval, revoked_at = revoked_at - $2::interval"
            " where id = (select session_id from job where id = $1)", job_id, ago,
        )  # fmt: skip

    async def parts(self, job: Job) -> int:
        found: int = await self.owner.fetchval("select count(*) from job_file where job_id = $1", job.id)
        return found


@pytest.fixture
def shelf(app, owner, officer: Login) -> Shelf:
    return Shelf(app, owner, officer)


class TestPruneJobFiles:
    async def test_the_files_go_and_the_job_stays(
        self, app, client, owner, settings: Settings, shelf, officer
    ):
        job = await shelf.done(days=91)
        url = f"/v1/jobs/{job.id}"
        before = got(await client.get(url, headers=officer.headers))
        ended = datetime.fromisoformat(before["finished_at"])
        assert datetime.fromisoformat(before["file_kept_until"]) == ended + timedelta(days=90)
        assert (await client.get(before["report_url"], headers=officer.headers)).status_code == 200
        assert await prune(app.state.database, settings) >= 1
        after = got(await client.get(url, headers=officer.headers))
        gone = await owner.fetchval("select files_removed_at from job where id = $1", job.id)
        assert datetime.fromisoformat(after["file_kept_until"]) == gone
        assert after | {"report_url": "", "file_kept_until": ""} == before | {
            "report_url": "",
            "file_kept_until": "",
        }
        assert after["report_url"] is None
        assert await shelf.parts(job) == 0
        for query in ("", "?name=ket-qua.ndjson.gz"):
            answer = await client.get(f"{url}/file{query}", headers=officer.headers)
            refused(answer, 410, "file_expired")
            assert answer.json()["detail"].startswith("Tệp đã hết thời hạn lưu")
        refused(await client.get(f"{url}/file?name=input", headers=officer.headers), 404, "no_file")
        sessions = "select count(*) from auth_session where id = $1"
        assert await owner.fetchval(sessions, job.session_id) == 0
        assert await owner.fetchval(sessions, officer.session_id) == 1

    async def test_what_is_still_kept_or_not_over_stays(
        self, app, client, owner, settings: Settings, shelf, officer
    ):
        young = await shelf.done(days=89)
        waiting = await ask(app, officer, {"numbers": 1})
        await owner.execute(
            "insert into job_file (job_id, name, part, content) values ($1, 'input', 0, '')", waiting.id
        )
        await owner.execute("update job set created_at = now() - interval '1 year' where id = $1", waiting.id)
        await prune(app.state.database, settings)
        assert (await shelf.parts(young), await shelf.parts(waiting)) == (1, 1)
        told = got(await client.get(f"/v1/jobs/{waiting.id}", headers=officer.headers))
        assert told["file_kept_until"] is None
        listed = got(await client.get("/v1/jobs", headers=officer.headers))["items"]
        assert [item["file_kept_until"] is None for item in listed] == [True, False]
        await work_off(app)

    async def test_the_operator_says_how_long(self, app, settings: Settings, shelf):
        job = await shelf.done(days=3)
        await prune(app.state.database, settings.model_copy(update={"keep_job_files_days": 4}))
        assert await shelf.parts(job) == 1
        await prune(app.state.database, settings.model_copy(update={"keep_job_files_days": 2}))
        assert await shelf.parts(job) == 0

    async def test_nothing_of_today_goes_whatever_is_asked_for(self, app, settings: Settings, shelf):
        job = await shelf.done(days=0)
        await prune(app.state.database, settings, now() + timedelta(days=1000))
        assert await shelf.parts(job) == 1

    async def test_portions_of_several_workers(self, app, settings: Settings, shelf, monkeypatch):
        monkeypatch.setattr(pruning, "_JOBS_AT_ONCE", 1)
        jobs = [await shelf.done(days=100) for _ in range(5)]
        pauses: list[float] = []

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            await asyncio.sleep(0)

        counts = await asyncio.gather(*(prune(app.state.database, settings, sleep=sleep) for _ in range(3)))
        assert sum(counts) >= len(jobs)
        assert [await shelf.parts(job) for job in jobs] == [0] * 5
        assert len(pauses) >= 5
        assert await prune(app.state.database, settings, sleep=sleep) == 0

    async def test_nothing_but_files_and_sessions_is_touched(self, app, settings: Settings, shelf, world):
        await shelf.done(days=100)
        before = await digest(world)
        await prune(app.state.database, settings)
        assert sorted(changed(before, await digest(world))) == ["auth_session", "job", "job_file"]

    async def test_a_worker_does_it(self, owner, settings: Settings, shelf):
        job = await shelf.done(days=100)
        worker = worker_process(settings)
        try:
            end = time.monotonic() + 60
            while await shelf.parts(job):
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
        finally:
            worker.terminate()
            worker.wait()


class TestBatch:
    async def test_its_key_holds_when_its_outcomes_are_gone(
        self, app, client, owner, settings: Settings, shelf, world, unit
    ):
        partner = await world.partner(unit, "contributions:write")
        headers = partner.headers | {"Idempotency-Key": "k", "Content-Type": NDJSON}

        async def send():
            path = "/v1/contributions/batches?mode=partial"
            return await client.post(path, content=ndjson([{"amount": 1}] * 1001), headers=headers)

        sent = await send()
        assert sent.status_code == 202
        await work_off(app)
        await shelf.aged(UUID(sent.json()["id"]), 91)
        await prune(app.state.database, settings)
        again = await send()
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
        told = again.json()
        assert (told["id"], told["report_url"]) == (sent.json()["id"], None)
        assert told["counts"]["rejected"] == 1001
        batch = await client.get(f"/v1/contributions/batches/{told['subject_id']}", headers=partner.headers)
        assert got(batch)["counts"]["rejected"] == 1001
        for name in ("", "?name=ket-qua.ndjson.gz"):
            answer = await client.get(f"{sent.headers['location']}/file{name}", headers=partner.headers)
            refused(answer, 410, "file_expired")


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
        await prune(app.state.database, settings)
        there = await owner.fetchval("select count(*) from auth_session where id = $1", partner.session_id)
        assert bool(there) == kept
        after = await client.get("/v1/auth/me", headers=partner.headers)
        assert after.status_code == before.status_code

    async def test_a_persons_session_stays(self, app, owner, settings: Settings, officer):
        await owner.execute(
            "update auth_session set expires_at = now() - interval '1 year' where id = $1", officer.session_id
        )
        await prune(app.state.database, settings)
        there = "select count(*) from auth_session where id = $1"
        assert await owner.fetchval(there, officer.session_id) == 1
        assert await owner.fetchval(there, uuid7()) == 0
