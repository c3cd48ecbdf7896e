"""Reviews of emergency accesses that nobody did in time: announced once, and counted for the operator."""

import logging
from functools import partial
from typing import Final

from app.core.postgres.database import Database
from app.core.process.hourly import run_hourly

_ANNOUNCE: Final = "select announce_overdue_reviews($1) as told"
_COUNT: Final = "select count_overdue_reviews($1) as overdue"
_log = logging.getLogger("ansinh.reviews")


async def announce_overdue_reviews(database: Database) -> int:
    """Announce `emergency_access.overdue` for each access whose review became overdue, once, however many processes do
    so. Returns: how many were announced now."""
    announced: int = (await database.call(_ANNOUNCE, database.process_key))["told"]
    return announced


async def count_overdue_reviews(database: Database) -> int:
    """Count the accesses whose review is overdue, in all networks."""
    overdue: int = (await database.call(_COUNT, database.process_key))["overdue"]
    return overdue


async def announce_overdue_reviews_hourly(database: Database) -> None:
    """Announce overdue reviews at once and then every hour, until cancelled; no error ends it."""
    await run_hourly(partial(announce_overdue_reviews, database), _log, "overdue reviews announced")
