"""Savepoints for work on many rows: kept, rolled back, and retried after a deadlock."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.postgres.database import Database, get_driver, run_in_savepoint
from tests.databases import DatabaseUrls

CREATE_TABLE_SQL = "create temporary table if not exists stage (n integer) on commit drop"


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    opened = await Database.connect(database_urls.app, pool_size=2)
    yield opened
    await opened.close()


async def test_work_belongs_to_the_session_s_transaction(database: Database):
    async with database.begin() as db:
        driver = await get_driver(db)
        await driver.execute(CREATE_TABLE_SQL)
        assert (
            await run_in_savepoint(driver, lambda: driver.execute("insert into stage values (1)"))
            == "INSERT 0 1"
        )
        connection = await db.connection()
        counted = await connection.exec_driver_sql("select count(*) from stage")
        assert counted.scalar() == 1


async def test_dry_run_and_failure_leave_nothing(database: Database):
    async with database.begin() as db:
        driver = await get_driver(db)
        await driver.execute(CREATE_TABLE_SQL)
        await run_in_savepoint(driver, lambda: driver.execute("insert into stage values (1)"), keep=False)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await run_in_savepoint(driver, lambda: driver.fetchval("select 1 / 0"))
        assert await driver.fetchval("select count(*) from stage") == 0


async def test_deadlock_is_tried_once_more(database: Database):
    attempts: list[int] = []
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.begin() as db:
            driver = await get_driver(db)
            fresh = True

            async def work() -> None:
                nonlocal fresh
                attempts.append(first)
                await driver.execute("select pg_advisory_xact_lock(777, $1)", first)
                if fresh:
                    fresh = False
                    await both_hold_one.wait()
                await driver.execute("select pg_advisory_xact_lock(777, $1)", second)

            await run_in_savepoint(driver, work)

    await asyncio.wait_for(asyncio.gather(lock(1, 2), lock(2, 1)), timeout=30)
    assert len(attempts) == 3
