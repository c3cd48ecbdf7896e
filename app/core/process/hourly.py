"""Work that a process repeats every hour."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from app.core.postgres.database_errors import log_failure

_HOUR: Final = 3600.0

Sleep = Callable[[float], Awaitable[object]]


async def run_hourly(
    task: Callable[[], Awaitable[int]], log: logging.Logger, label: str, sleep: Sleep = asyncio.sleep
) -> None:
    """Run *task* for ever: the first time at once, then every hour; no error ends it.

    task: returns how much it did. label: its name in the log.
    """
    while True:
        try:
            count = await task()
            if count:
                log.info("%s: %d", label, count)
        except Exception as exc:
            log_failure(log, exc, "%s: failed", label)
        await sleep(_HOUR)


@asynccontextmanager
async def repeat_hourly(
    task: Callable[[], Awaitable[int]], log: logging.Logger, label: str
) -> AsyncIterator[None]:
    """Run *task* beside the block, as `run_hourly` does."""
    running = asyncio.create_task(run_hourly(task, log, label), name=label)
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
