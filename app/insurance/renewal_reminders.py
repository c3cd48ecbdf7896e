"""Reminders (nhắc đến hạn): what ends soon and is not renewed is announced in the outbox, each of it once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from app.core.db import Database
from app.core.hourly import Sleep, hourly
from app.core.time import today

DAYS: Final = 30
"""How long before the end somebody is reminded."""

_log = logging.getLogger("ansinh.reminders")


async def remind(database: Database, days: int = DAYS, on: date | None = None) -> int:
    """Announce `enrolment.due` for what ends within so many days from a day on (default: today).

    However often, and in however many processes, each coverage is announced once for the day on which it ends.
    Returns: how many were announced now.
    """
    row = await database.call("select remind_renewals($1, $2) as told", on or today(), days)
    told: int = row["told"]
    return told


async def keep_reminding(once: Callable[[], Awaitable[int]], sleep: Sleep = asyncio.sleep) -> None:
    """Remind for ever: the first time at once, then every hour, so that no day is left out; no error ends it."""
    await hourly(once, _log, "reminded of renewals", sleep)
