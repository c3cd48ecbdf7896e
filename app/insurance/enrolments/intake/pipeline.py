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
from app.insurance.enrolments.intake.row import EnrolmentRow, JudgedRow, ValidRow
from app.insurance.enrolments.intake.schemas import BadRow
from app.insurance.enrolments.intake.writing import write_rows
from app.insurance.enrolments.schemas import EnrolmentIn

_MAX_ATTEMPTS: Final = 4


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
    valid_rows = [row for row in judged if isinstance(row, ValidRow)]
    rows = await process_rows(driver, actor, valid_rows, options)
    return report_rows(judged, rows)


async def process_rows(
    driver: asyncpg.Connection, actor: Actor, valid_rows: Sequence[ValidRow], options: IntakeOptions
) -> list[EnrolmentRow]:
    """Match and write the rows in a savepoint; each has its verdict then.

    When another sender wrote the same first, all of it is done again: then their rows are visible.
    Raises: MemberInsertConflict when somebody else is first every time.
    """
    hidden_numbers: set[str] = set()
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        rows = [EnrolmentRow.from_valid_row(row) for row in valid_rows]
        context = IntakeContext(driver, actor, options, today(), hidden_numbers)
        try:
            async with savepoint(driver, keep=options.keep):
                new_members = await match_rows(context, rows)
                await write_rows(context, rows, new_members)
                return rows
        except MemberInsertConflict as conflict:
            hidden_numbers |= conflict.numbers
            if attempt == _MAX_ATTEMPTS:
                raise
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            if attempt == _MAX_ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")
