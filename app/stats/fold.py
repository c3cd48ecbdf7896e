"""The fold: moves what the ledger appended (pending deltas) into the rolled-up tables, a few times a second.

Every process runs one; the database lets one of them fold at a time. Readers add what is still pending, so that
no answer depends on how soon it happens.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from app.core.postgres.database import Database
from app.core.postgres.database_errors import log_failure

BUSY_PAUSE, IDLE_PAUSE, ERROR_PAUSE = 0.3, 2.0, 10.0
"""Seconds to the next fold: while there is something to fold, at most when there is nothing, and after an error."""

_log = logging.getLogger("ansinh.fold")


async def fold(database: Database) -> int | None:
    """Fold once. Returns: how many pending rows were moved; None when another process was folding."""
    row = await database.call("select fold_stats() as moved")
    moved: int | None = row["moved"]
    return moved


@asynccontextmanager
async def fold_in_background(
    fold_once: Callable[[], Awaitable[int | None]], name: str = "fold"
) -> AsyncIterator[None]:
    """Fold in the background while the block runs."""
    task = asyncio.create_task(fold_forever(fold_once), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def fold_forever(
    fold_once: Callable[[], Awaitable[int | None]],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Fold for ever, less often while there is nothing to fold; no error ends it.

    fold_once: folds and returns how many rows it moved.
    """
    pause = BUSY_PAUSE
    while True:
        try:
            pause = BUSY_PAUSE if await fold_once() else min(pause * 1.5, IDLE_PAUSE)
        except Exception as exc:
            # Pending rows stay and count for readers; the next fold takes them. A defect is logged as one.
            log_failure(_log, exc, "fold failed")
            pause = ERROR_PAUSE
        await sleep(pause)
