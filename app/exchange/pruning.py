"""Pruning (thời hạn lưu): what jobs, webhooks and partner systems leave behind goes when its time is over.

These are the files of jobs that ended, the log of deliveries that ended, and sessions that ran out or were revoked. A
job and a batch stay, with their counts and their key; events, the audit and the books are never touched.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from app.core.db import Database
from app.core.hourly import Sleep, hourly
from app.core.settings import Settings
from app.core.time import now

_JOBS_AT_ONCE: Final = 20
"""A job of a million rows has a thousand parts of files."""
_ROWS_AT_ONCE: Final = 1_000
_PAUSE: Final = 0.1
"""Seconds between two portions, for everybody else."""
_log = logging.getLogger("ansinh.pruning")


def job_files_kept(settings: Settings) -> timedelta:
    """How long the files of a job are kept after its end."""
    return timedelta(days=settings.keep_job_files_days)


async def prune(
    database: Database, settings: Settings, at: datetime | None = None, sleep: Sleep = asyncio.sleep
) -> int:
    """Remove what is over at a moment (default: now), in portions, each a transaction of its own.

    Several may do so at the same time: what one has at hand the others leave out. Returns: how much went: jobs whose
    files did, deliveries, sessions.
    """
    pruned = 0
    for statement, before, most in _orders(settings, at or now()):
        portion = most
        while portion == most:
            row = await database.call(statement, before, most)
            portion = row["pruned"]
            pruned += portion
            await sleep(_PAUSE)
    return pruned


def _orders(settings: Settings, at: datetime) -> Iterator[tuple[str, datetime, int]]:
    yield "select prune_job_files($1, $2) as pruned", at - job_files_kept(settings), _JOBS_AT_ONCE
    deliveries = timedelta(days=settings.keep_deliveries_days)
    yield "select prune_deliveries($1, $2) as pruned", at - deliveries, _ROWS_AT_ONCE
    sessions = timedelta(days=settings.keep_sessions_days)
    yield "select prune_sessions($1, $2) as pruned", at - sessions, _ROWS_AT_ONCE


async def keep_pruning(database: Database, settings: Settings) -> None:
    """Prune for ever, every hour; no error ends it."""
    await hourly(partial(prune, database, settings), _log, "pruned")
