"""The intake of enrolments, one or a thousand alike, from top to bottom: judge, match, write, report.

The order of the steps is the order of the locks: names, members, enrolments, memberships, each by its keys.
"""

from collections.abc import Sequence
from typing import Final

import asyncpg

from app.auth.actor import Actor
from app.core.postgres.database import savepoint
from app.core.values.time import today
from app.insurance.enrolments.errors import MemberInsertConflict
from app.insurance.enrolments.intake.context import IntakeContext, IntakeOptions
from app.insurance.enrolments.intake.judging import judge_rows
from app.insurance.enrolments.intake.matching import match_rows
from app.insurance.enrolments.intake.reporting import EnrolmentRowOutcome, report_rows
from app.insurance.enrolments.intake.row import JudgedRow, MatchedRows, ValidRow, select_valid
from app.insurance.enrolments.intake.schemas import BadRow
from app.insurance.enrolments.intake.writing import insert_new_members, write_enrolments
from app.insurance.enrolments.schemas import EnrolmentIn

_MAX_ATTEMPTS: Final = 4

CONFLICTS: Final = (
    MemberInsertConflict,
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
"""What ends an attempt because of another sender; another attempt sees what they wrote."""


async def process_items(
    driver: asyncpg.Connection, actor: Actor, items: Sequence[EnrolmentIn | BadRow], options: IntakeOptions
) -> list[EnrolmentRowOutcome]:
    """Process the items and return the outcome of each, in their order. Raises: MemberInsertConflict."""
    judged = judge_rows(items, today())
    return await process_judged_rows(driver, actor, judged, options)


async def process_judged_rows(
    driver: asyncpg.Connection, actor: Actor, judged: Sequence[JudgedRow], options: IntakeOptions
) -> list[EnrolmentRowOutcome]:
    """Process rows that are judged; an invalid one is rejected, and the others go on. Raises: MemberInsertConflict."""
    written = await match_and_write_rows(driver, actor, select_valid(judged), options)
    return report_rows(judged, written.rows)


async def match_and_write_rows(
    driver: asyncpg.Connection, actor: Actor, valid_rows: Sequence[ValidRow], options: IntakeOptions
) -> MatchedRows:
    """Match and write the rows in a savepoint; each has its verdict then.

    When another sender wrote the same first, all of it is done again: then their rows are visible. (A deadlock ends an
    attempt like that, too; `run_in_savepoint` is for work that nobody else can be first with.)
    Raises: MemberInsertConflict when somebody else is first every time.
    """
    context = IntakeContext(driver, actor, options, today())
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        try:
            async with savepoint(driver, keep=options.keep):
                matched = await match_rows(context, valid_rows)
                await insert_new_members(context, matched)
                await write_enrolments(context, matched)
                return matched
        except CONFLICTS:
            if attempt == _MAX_ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")
