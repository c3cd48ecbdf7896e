"""Pruning (thời hạn lưu): delete expired data of jobs, batches, webhooks, logins, requests and departed members.

These are the files of jobs that ended, the log of deliveries that ended, sessions that ran out or were revoked with
their refresh tokens, counters of failed logins whose window is over, and second factors that were never confirmed; what
became of each row of a batch, security events in the audit, who saw whom, the words of requests about personal data,
and who members were that left long ago (`app.privacy.registry.periods` says on what each rests). A job and a batch
stay, with their counts and their key; all other events, the audit of records and the books are never touched.
"""

import asyncio
import logging
from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from app.core.postgres.database import Database
from app.core.process.hourly import Sleep, run_hourly
from app.core.settings import Settings
from app.core.values.time import VIET_NAM, now

_JOBS_AT_ONCE: Final = 20
"""A job of a million rows has a thousand parts of files."""
_ROWS_AT_ONCE: Final = 1_000
_BATCHES_AT_ONCE: Final = 100
"""A batch has the outcomes of up to a thousand rows."""
_MEMBERS_AT_ONCE: Final = 10
"""Each is looked for in the rows of two dozen tables; their files are searched later, for all together."""
_DEPARTED: Final = "departed"
_QUIET_HOUR: Final = timedelta(hours=2)
"""Of the day in Viet Nam: the whole register is read then, or as soon as somebody is there to do it."""
_DAYS_OF_YEAR: Final = 365.25
_PAUSE_SECONDS: Final = 0.1
"""Seconds between two portions, so that other work can go on."""
_THROTTLES_KEPT: Final = timedelta(hours=1)
_UNCONFIRMED_KEPT: Final = timedelta(days=1)
_log = logging.getLogger("ansinh.pruning")


def job_file_retention(settings: Settings) -> timedelta:
    """Return how long the files of a job are kept after its end."""
    return timedelta(days=settings.keep_job_files_days)


class PruneStep(NamedTuple):
    """One kind of what expires. statement: takes a moment and a limit, and returns how much it `pruned`."""

    kind: str
    statement: str
    before: datetime
    limit: int


async def prune_expired(
    database: Database,
    settings: Settings,
    moment: datetime | None = None,
    sleep: Sleep = asyncio.sleep,
    *,
    skip: Container[str] = (),
) -> int:
    """Prune, in short transactions of their own, what has expired at a moment (default: now).

    Several processes may do so at the same time: they skip each other's locked rows. sleep: between two portions;
    skip: kinds that are left for another time. Returns: how many jobs whose files, and how many rows of the other
    kinds, were deleted together.
    """
    pruned = 0
    for step in list_prune_steps(settings, moment or now()):
        count = 0 if step.kind in skip else step.limit
        while count == step.limit:
            row = await database.call(step.statement, step.before, step.limit)
            count = row["pruned"]
            pruned += count
            await sleep(_PAUSE_SECONDS)
    return pruned


class ExpiredCount(NamedTuple):
    """How much of one kind has expired. is_more: there is more than that number."""

    number: int
    is_more: bool


async def count_expired(
    database: Database, settings: Settings, moment: datetime | None = None
) -> dict[str, ExpiredCount]:
    """Count what has expired at a moment (default: now), by kind, and delete nothing: at most one portion of each.

    A portion, and one more, is deleted in a transaction that is rolled back: so the count is what pruning does and
    nothing else, and it neither writes nor locks more than pruning does at once.
    """
    counts: dict[str, ExpiredCount] = {}
    for step in list_prune_steps(settings, moment or now()):
        async with database.driver.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                count = await connection.fetchval(step.statement, step.before, step.limit + 1)
            finally:
                await transaction.rollback()
        counts[step.kind] = ExpiredCount(min(count, step.limit), is_more=count > step.limit)
    return counts


def list_prune_steps(settings: Settings, moment: datetime) -> list[PruneStep]:
    """List what is pruned at a moment, with the moments before which each kind must have ended."""

    def days_ago(days: int) -> datetime:
        return moment - timedelta(days=days)

    outcomes, dry_runs = settings.keep_batch_outcomes_days, settings.keep_dry_runs_days
    requests_before = _years_before(moment, settings.keep_data_requests_years)
    departed_before = _years_before(moment, settings.keep_departed_years)
    return [
        PruneStep("job_files", _sql("prune_job_files"), moment - job_file_retention(settings), _JOBS_AT_ONCE),
        PruneStep(
            "deliveries", _sql("prune_deliveries"), days_ago(settings.keep_deliveries_days), _ROWS_AT_ONCE
        ),
        PruneStep("sessions", _sql("prune_sessions"), days_ago(settings.keep_sessions_days), _ROWS_AT_ONCE),
        PruneStep("throttles", _sql("prune_throttles"), moment - _THROTTLES_KEPT, _ROWS_AT_ONCE),
        PruneStep("second_factors", _sql("prune_second_factors"), moment - _UNCONFIRMED_KEPT, _ROWS_AT_ONCE),
        PruneStep("batch_outcomes", _sql("prune_batch_outcomes"), days_ago(outcomes), _BATCHES_AT_ONCE),
        PruneStep("dry_runs", _sql("prune_batch_outcomes", ", true"), days_ago(dry_runs), _BATCHES_AT_ONCE),
        PruneStep(
            "security_events",
            _sql("prune_security_events"),
            days_ago(settings.keep_security_events_days),
            _ROWS_AT_ONCE,
        ),
        PruneStep(
            "read_audit", _sql("prune_read_audit"), days_ago(settings.keep_read_audit_days), _ROWS_AT_ONCE
        ),
        PruneStep("data_requests", _sql("prune_data_requests"), requests_before, _ROWS_AT_ONCE),
        PruneStep(_DEPARTED, _sql("prune_departed"), departed_before, _MEMBERS_AT_ONCE),
    ]


def _sql(function: str, options: str = "") -> str:
    return f"select {function}($1, $2{options}) as pruned"


def _years_before(moment: datetime, years: int) -> datetime:
    return moment - timedelta(days=round(years * _DAYS_OF_YEAR))


async def prune_hourly(database: Database, settings: Settings) -> None:
    """Prune every hour, for ever; no error ends it. Who left long ago is looked for once a day."""
    await run_hourly(HourlyPruning(database, settings).run, _log, "pruned")


class HourlyPruning:
    """What one process prunes hour by hour."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._last_day: date | None = None

    async def run(self, moment: datetime | None = None) -> int:
        """Prune what has expired at a moment (default: now), departed members the first time on each day.

        A machine may be off in the quiet hour, and an hour may pass between its ends: so the day counts.
        """
        moment = moment or now()
        day = (moment.astimezone(VIET_NAM) - _QUIET_HOUR).date()
        skip = {_DEPARTED} if day == self._last_day else ()
        pruned = await prune_expired(self._database, self._settings, moment, skip=skip)
        self._last_day = day
        return pruned
