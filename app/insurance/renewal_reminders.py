"""Reminders (nhắc đến hạn): what ends soon and is not renewed is announced in the outbox, each of it once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from app.core.database_errors import error_for_database
from app.core.db import Database
from app.core.time import today

DAYS: Final = 30
"""How long before the end somebody is reminded."""

_HOUR: Final = 3600.0
_log = logging.getLogger("ansinh.reminders")


async def remind(database: Database, days: int = DAYS, on: date | None = None) -> int:
    """Announce `enrolment.due` for what ends within so many days from a day on (default: today).

    However often, and in however many processes, each coverage is announced once for the day on which it ends.
    Returns: how many were announced now.
    """
    row = await database.call("select remind_renewals($1, $2) as told", on or today(), days)
    told: int = row["told"]
    return told


async def keep_reminding(
    once: Callable[[], Awaitable[int]], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Remind for ever: the first time at once, then every hour, so that no day is left out; no error ends it."""
    while True:
        try:
            told = await once()
            if told:
                _log.info("reminded of %d renewals", told)
        except Exception as exc:
            expected = error_for_database(exc) is not None
            _log.log(
                logging.WARNING if expected else logging.ERROR,
                "reminding failed",
                exc_info=None if expected else exc,
            )
        await sleep(_HOUR)
