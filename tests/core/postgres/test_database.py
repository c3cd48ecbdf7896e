"""The connections that calls keep between them."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.postgres.database import Database
from app.core.postgres.server import open_connection
from tests.databases import DatabaseUrls

_PID = "select pg_backend_pid() as pid"


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = await Database.connect(database_urls.app, pool_size=4)
    yield opened
    await opened.close()


async def end_session(database_urls: DatabaseUrls, pid: int) -> None:
    """End a session as the death of its server process does, and let this process hear of it."""
    admin = await open_connection(database_urls.admin)
    try:
        assert await admin.fetchval("select pg_terminate_backend($1, 5000)", pid)
    finally:
        await admin.close()
    await asyncio.sleep(0.1)


class TestKeptConnections:
    async def test_one_serves_again(self, database: Database):
        pids = {(await database.call(_PID))["pid"] for _ in range(3)}
        assert len(pids) == 1
        assert database.count_connections() == {"idle": 1, "in_use": 0}

    async def test_one_that_the_server_ended_costs_no_request(
        self, database: Database, database_urls: DatabaseUrls
    ):
        for _ in range(2):
            ended = (await database.call(_PID))["pid"]
            await end_session(database_urls, ended)
            assert (await database.call(_PID))["pid"] != ended

    async def test_after_an_error_it_goes_back_to_the_pool(self, database: Database):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await database.call("select 1 / 0 as n")
        assert (await database.call("select 1 as n"))["n"] == 1
