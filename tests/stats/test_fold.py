"""The fold: aggregates equal the ledger at every moment, however many write and fold."""

import asyncio
import logging
from functools import partial
from typing import Any

import asyncpg
import pytest

from app.ledger.verification.verify import verify_ledger
from app.stats.fold import BUSY_PAUSE, ERROR_PAUSE, IDLE_PAUSE, fold, fold_forever, fold_in_background
from tests.ledger.books import Books, create_books, entry_line

# In one statement, and so in one snapshot, as every reader of aggregates does it.
DIFFERENCE_SQL = """
    select (select coalesce(sum(case kind when 'reversal' then -amount else amount end), 0) from ledger_txn
             where province_code = $1 and kind <> 'sheet')
         - (select coalesce(sum(amount), 0) from stat_pending where province_code = $1)
         - (select coalesce(sum(amount), 0) from {table} where province_code = $1)
"""
TABLES = ("stat_day", "stat_month", "stat_province_month")


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


class TestFold:
    async def test_writers_folders_and_readers_agree_at_every_moment(self, books, app, owner):
        writing = True

        async def write(n: int) -> None:
            entry = await books.record(books.members[n % 3], 100 + n)
            await books.post(
                "/v1/meetings", books.meeting_body(*(entry_line(m, n + 1) for m in books.members))
            )
            if n % 3 == 0:
                await books.post(f"/v1/contributions/{entry['id']}/reversal", {"note": "x"})

        async def keep_folding() -> int:
            moved = 0
            while writing:
                moved += await fold(app.state.database) or 0
                await asyncio.sleep(0.001)
            return moved

        async def keep_reading() -> int:
            reads = 0
            while writing:
                for table in TABLES:
                    assert await owner.fetchval(DIFFERENCE_SQL.format(table=table), books.world.province) == 0
                    reads += 1
                await asyncio.sleep(0)
            return reads

        others = [asyncio.create_task(keep_folding()) for _ in range(3)]
        others.append(asyncio.create_task(keep_reading()))
        await asyncio.gather(*(write(n) for n in range(24)))
        writing = False
        *moved, reads = await asyncio.gather(*others)
        assert sum(moved) > 0
        assert reads > 0
        while await fold(app.state.database):
            pass
        assert await verify_ledger(owner, [books.world.province]) == []
        folded = await owner.fetchval(
            "select sum(entries) from stat_province_month where province_code = $1", books.world.province
        )
        assert folded == 24 + 24 * 3 - 8

    async def test_a_fold_that_is_rolled_back_moves_nothing(self, books, app, owner):
        await books.record(books.members[0], 5)
        async with app.state.database.driver.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("select pg_advisory_xact_lock(hashtext('ansinh.fold_stats'))")
            assert await connection.fetchval("select fold_stats()") is not None
            assert await fold(app.state.database) is None
            await transaction.rollback()
        assert await verify_ledger(owner, [books.world.province]) == []


class TestFolding:
    async def test_it_folds_by_itself(self, books, app, owner):
        await books.record(books.members[0], 5)
        for _ in range(100):
            if await owner.fetchval(
                "select entries from stat_day where province_code = $1", books.world.province
            ):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("nobody folded")

    async def test_it_ends_with_the_application(self, app):
        def folds() -> set[asyncio.Task[Any]]:
            return {task for task in asyncio.all_tasks() if task.get_name() == "fold"}

        others = folds()  # of the applications that the whole run uses
        async with fold_in_background(partial(fold, app.state.database)):
            await asyncio.sleep(0)
            assert len(folds() - others) == 1
        assert folds() <= others

    async def test_errors_are_logged_and_outlived(self, caplog):
        errors = [asyncpg.ConnectionDoesNotExistError("gone"), ValueError("ours")]
        pauses: list[float] = []

        async def fails() -> int:
            raise errors.pop(0)

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                raise asyncio.CancelledError

        with caplog.at_level(logging.WARNING, "ansinh.fold"), pytest.raises(asyncio.CancelledError):
            await fold_forever(fails, sleep)
        assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
        assert pauses == [ERROR_PAUSE, ERROR_PAUSE]

    async def test_it_slows_down_when_there_is_nothing(self):
        results = [3, 0, 0, None, 0, 0, 0, 0, 7]
        pauses: list[float] = []

        async def once() -> int | None:
            return results.pop(0)

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if not results:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await fold_forever(once, sleep)
        assert pauses == pytest.approx(
            [*(BUSY_PAUSE * 1.5**idle for idle in range(5)), *[IDLE_PAUSE] * 3, BUSY_PAUSE]
        )
