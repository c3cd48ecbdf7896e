"""Taking rows in again where another sender was first."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Final, TypeVar

import asyncpg

from app.core.db import in_savepoint
from app.insurance.enrolment_people import PeopleElsewhere

T = TypeVar("T")
_TRIES: Final = 4


async def taken_in(
    driver: asyncpg.Connection, work: Callable[[Collection[str]], Awaitable[T]], *, keep: bool = True
) -> T:
    """Do *work*, an intake, in a part of the transaction of its own; again when another sender was first, who is seen
    the next time. work: is given the numbers of people who could be neither seen nor entered, and must begin afresh.

    Raises: PeopleElsewhere (503) when somebody else is first every time.
    """
    unseen: set[str] = set()
    for _ in range(_TRIES - 1):
        try:
            return await in_savepoint(driver, partial(work, unseen), keep=keep)
        except PeopleElsewhere as lost:
            unseen |= lost.numbers
        except asyncpg.UniqueViolationError:
            continue
    return await in_savepoint(driver, partial(work, unseen), keep=keep)
