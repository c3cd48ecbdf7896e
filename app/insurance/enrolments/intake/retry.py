"""Retries the writing of rows when another sender wrote the same first."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Final, TypeVar

import asyncpg

from app.core.postgres.database import run_in_savepoint
from app.insurance.enrolments.intake.people import MemberInsertConflict

T = TypeVar("T")
_MAX_ATTEMPTS: Final = 4


async def retry_on_conflict(
    driver: asyncpg.Connection, operation: Callable[[Collection[str]], Awaitable[T]], *, keep: bool = True
) -> T:
    """Run *operation* in a savepoint; run it again when another sender wrote the same first, whose rows are visible
    the next time. work: is given the numbers of people who could be neither seen nor entered, and must begin afresh.

    Raises: PeopleElsewhere (503) when somebody else is first every time.
    """
    hidden_numbers: set[str] = set()
    for _ in range(_MAX_ATTEMPTS - 1):
        try:
            return await run_in_savepoint(driver, partial(operation, hidden_numbers), keep=keep)
        except MemberInsertConflict as conflict:
            hidden_numbers |= conflict.numbers
        except asyncpg.UniqueViolationError:
            continue
    return await run_in_savepoint(driver, partial(operation, hidden_numbers), keep=keep)
