"""The fold: moves what the ledger appended (pending deltas) into the rolled-up tables, a few times a second.

Every process runs one; the database lets one of them fold at a time. Readers add what is still pending, so that
nothing depends on how soon it happens.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from app.core.database_errors import error_for_database
from app.core.db import Database

BUSY, IDLE, AWAY = 0.3, 2.0, 10.0
"""Seconds to the next fold: while there is something to fold, at most when there is nothing, and after an error."""

_log = logging.getLogger("ansinh.fold")


async def fold(database: Database) -> int | None:
    """Fold once. Returns: how many pending rows it moved; None when another process was at it."""
    row = await database.call("select fold_stats() as moved")
    moved: int | None = row["moved"]
    return moved


@asynccontextmanager
async def folding(database: Database) -> AsyncIterator[None]:
    """Fold in the background while the block runs."""
    task = asyncio.create_task(keep_folding(lambda: fold(database)), name="fold")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def keep_folding(
    once: Callable[[], Awaitable[int | None]], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Fold for ever, more seldom while there is nothing to fold; no error ends it.

    once: folds and tells how many rows it moved.
    """
    pause = BUSY
    while True:
        try:
            pause = BUSY if await once() else min(pause * 1.5, IDLE)
        except Exception as exc:
            # Pending rows stay and count for readers; the next fold takes them. A defect is logged as one.
            expected = error_for_database(exc) is not None
            _log.log(
                logging.WARNING if expected else logging.ERROR,
                "fold failed",
                exc_info=None if expected else exc,
            )
            pause = AWAY
        await sleep(pause)
