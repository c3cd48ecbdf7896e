"""Reminders (nhắc đến hạn): announces in the outbox each coverage that ends soon and is not renewed, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from app.core.postgres.database import Database
from app.core.process.hourly import Sleep, run_hourly
from app.core.values.time import today

REMINDER_DAYS: Final = 30
"""How long before the end somebody is reminded."""

_log = logging.getLogger("ansinh.reminders")


async def announce_due_renewals(database: Database, days: int = REMINDER_DAYS, on: date | None = None) -> int:
    """Announce `enrolment.due` for what ends within so many days from a day on (default: today).

    However often, and in however many processes, each coverage is announced once for the day on which it ends.
    Returns: how many were announced now.
    """
    statement = "select remind_renewals($1, $2, $3) as told"
    row = await database.call(statement, database.process_key, on or today(), days)
    announced: int = row["told"]
    return announced


async def announce_due_renewals_hourly(
    announce: Callable[[], Awaitable[int]], sleep: Sleep = asyncio.sleep
) -> None:
    """Announce due renewals at once and then every hour, until cancelled; no error ends it."""
    await run_hourly(announce, _log, "reminded of renewals", sleep)
