"""Work that a worker does again and again, so that no day is left out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from app.core.database_errors import error_for_database

_HOUR: Final = 3600.0

Sleep = Callable[[float], Awaitable[object]]


async def hourly(
    once: Callable[[], Awaitable[int]], log: logging.Logger, what: str, sleep: Sleep = asyncio.sleep
) -> None:
    """Do *once* for ever: the first time at once, then every hour; no error ends it.

    once: returns how much it did. what: it is called so in the log.
    """
    while True:
        try:
            done = await once()
            if done:
                log.info("%s: %d", what, done)
        except Exception as exc:
            expected = error_for_database(exc) is not None
            log.log(
                logging.WARNING if expected else logging.ERROR,
                "%s: failed",
                what,
                exc_info=None if expected else exc,
            )
        await sleep(_HOUR)
