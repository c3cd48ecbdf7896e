"""Pruning (thời hạn lưu): delete expired data of jobs, webhooks and logins.

These are the files of jobs that ended, the log of deliveries that ended, sessions that ran out or were revoked with
their refresh tokens, counters of failed logins whose window is over, and second factors that were never confirmed. A
job and a batch stay, with their counts and their key; events, the audit and the books are never touched.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from app.core.postgres.database import Database
from app.core.process.hourly import Sleep, run_hourly
from app.core.settings import Settings
from app.core.values.time import now

_JOBS_AT_ONCE: Final = 20
"""A job of a million rows has a thousand parts of files."""
_ROWS_AT_ONCE: Final = 1_000
_PAUSE_SECONDS: Final = 0.1
"""Seconds between two portions, so that other work can go on."""
_THROTTLES_KEPT: Final = timedelta(hours=1)
_UNCONFIRMED_KEPT: Final = timedelta(days=1)
_log = logging.getLogger("ansinh.pruning")


def job_file_retention(settings: Settings) -> timedelta:
    """Return how long the files of a job are kept after its end."""
    return timedelta(days=settings.keep_job_files_days)


async def prune_expired(
    database: Database, settings: Settings, moment: datetime | None = None, sleep: Sleep = asyncio.sleep
) -> int:
    """Delete what has expired at a moment (default: now), in portions, each a transaction of its own.

    Several processes may do so at the same time: they skip each other's locked rows. Returns: how many jobs whose
    files, and how many rows of the other kinds, were deleted together.
    """
    pruned = 0
    for statement, before, limit in _prune_statements(settings, moment or now()):
        count = limit
        while count == limit:
            row = await database.call(statement, before, limit)
            count = row["pruned"]
            pruned += count
            await sleep(_PAUSE_SECONDS)
    return pruned


def _prune_statements(settings: Settings, moment: datetime) -> Iterator[tuple[str, datetime, int]]:
    yield "select prune_job_files($1, $2) as pruned", moment - job_file_retention(settings), _JOBS_AT_ONCE
    delivery_retention = timedelta(days=settings.keep_deliveries_days)
    yield "select prune_deliveries($1, $2) as pruned", moment - delivery_retention, _ROWS_AT_ONCE
    session_retention = timedelta(days=settings.keep_sessions_days)
    yield "select prune_sessions($1, $2) as pruned", moment - session_retention, _ROWS_AT_ONCE
    yield "select prune_throttles($1, $2) as pruned", moment - _THROTTLES_KEPT, _ROWS_AT_ONCE
    yield "select prune_second_factors($1, $2) as pruned", moment - _UNCONFIRMED_KEPT, _ROWS_AT_ONCE


async def prune_hourly(database: Database, settings: Settings) -> None:
    """Prune every hour, for ever; no error ends it."""
    await run_hourly(partial(prune_expired, database, settings), _log, "pruned")
