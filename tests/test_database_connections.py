"""Connections to PostgreSQL: what a worker opens at most, what is added up, and what is said when there are too few."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.auth.permissions import Permission
from app.core.settings import Settings
from app.database_connections import (
    COMMAND_CONNECTIONS,
    WORKER_CONNECTIONS,
    count_api_connections,
    count_connections,
    find_connection_shortage,
)
from app.jobs.kinds import JOB_KINDS, job_kind
from app.jobs.run import JobRun
from app.jobs.workers import DRIVER_CONNECTIONS, PLACES, QUEUE_CONNECTIONS, SESSIONS
from app.worker import serve_queue
from tests.jobs.job_workers import start_counting_job

OPERATION = Path(__file__).parents[1] / "docs" / "operation.md"
README = OPERATION.parents[1] / "README.md"
SECONDS = 60
_KIND = "test.two_transactions"
_PIDS = "select array_agg(pid) from pg_stat_activity where datname = current_database()"


class _Meeting:
    """Jobs that hold two transactions each until as many as have places are there."""

    def __init__(self, size: int) -> None:
        self.size, self.present = size, 0
        self.all_present, self.over = asyncio.Event(), asyncio.Event()

    async def join(self, run: JobRun) -> None:
        async with run.begin(), run.begin():
            self.present += 1
            if self.present == self.size:
                self.all_present.set()
            await self.over.wait()


@pytest.fixture
def meeting():
    meeting = _Meeting(sum(PLACES.values()))
    job_kind(_KIND, Permission.GROUP_READ, lambda params: params["whole"])(meeting.join)
    yield meeting
    del JOB_KINDS[_KIND]


@asynccontextmanager
async def running_worker(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = asyncio.create_task(serve_queue(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await worker


class TestWorker:
    async def test_all_places_with_two_transactions_each(self, app, settings, owner, world, meeting):
        """Nobody waits for a connection for ever, and there are no more than is said."""
        for whole in (False, False, False, False, True, True, True, True):
            officer = await world.user(await world.unit("womens_union"), "union_officer")
            await start_counting_job(app, officer, {"whole": whole}, _KIND)
            if not whole:  # a second one of the organisation has its turns in the next queue
                await start_counting_job(app, officer, {"whole": whole}, _KIND)
        before = set(await owner.fetchval(_PIDS))
        async with running_worker(settings):
            try:
                await asyncio.wait_for(meeting.all_present.wait(), SECONDS)
                opened = len(set(await owner.fetchval(_PIDS)) - before)
            finally:
                meeting.over.set()
        assert SESSIONS + len(PLACES) < opened <= SESSIONS + DRIVER_CONNECTIONS + QUEUE_CONNECTIONS


class TestShortage:
    async def test_enough(self, owner, settings):
        assert await find_connection_shortage(owner, settings, f"{settings.role_prefix}_app") is None

    async def test_fewer_than_the_processes_open_at_most(self, owner, settings):
        many = settings.model_copy(update={"workers": 40, "job_workers": 10})
        shortage = await find_connection_shortage(owner, many, f"{settings.role_prefix}_app")
        assert shortage is not None
        assert shortage.needed == 40 * 21 + 10 * WORKER_CONNECTIONS + COMMAND_CONNECTIONS
        assert f"PostgreSQL chỉ cho {shortage.available} kết nối" in str(shortage)
        assert f"tới {shortage.needed}:" in str(shortage)

    async def test_the_limit_of_the_database_counts(self, owner, settings):
        transaction = owner.transaction()
        await transaction.start()
        try:
            await owner.execute("reset role")
            database = await owner.fetchval("select current_database()")
            await owner.execute(f'alter database "{database}" connection limit 20')
            shortage = await find_connection_shortage(owner, settings, f"{settings.role_prefix}_app")
        finally:
            await transaction.rollback()
        assert shortage is not None
        assert shortage.available == 20


class TestDocuments:
    """What the operator reads is what the code opens."""

    def test_operation(self):
        text = OPERATION.read_text()
        section = text[text.index("### Connections") : text.index("## What it talks to")]
        defaults = Settings()
        assert f"2 × `ANSINH_POOL_SIZE` + 1: {count_api_connections(defaults)} |" in section
        assert f"`ansinh worker`) | {WORKER_CONNECTIONS} |" in section
        parts = f"{SESSIONS} for eight jobs with two transactions each, {DRIVER_CONNECTIONS} for .*, {QUEUE_CONNECTIONS}"
        assert re.search(parts, section)
        formula = f"**N × (2 × `ANSINH_POOL_SIZE` + 1) + M × {WORKER_CONNECTIONS} + {COMMAND_CONNECTIONS}**"
        assert formula in section
        assert f"one of each that is {count_connections(defaults)};" in section
        several = defaults.model_copy(update={"workers": 8, "job_workers": 2})
        assert f"N = 8 and M = 2 it is {count_connections(several)}." in section

    def test_readme(self):
        one = count_api_connections(Settings())
        assert f"{one} in all, and {WORKER_CONNECTIONS} of a worker" in README.read_text()
