"""In-process cache of the insurance rules, reloaded as soon as a rule has changed."""

import asyncio
from time import monotonic
from typing import Final

import asyncpg

from app.core.postgres.database import Database
from app.insurance.rules.rulebook import Rule, Rulebook

FRESH_SECONDS: Final = 0.5
"""For how long the cached rules are used before the database is asked whether they have changed."""

_SELECT_VERSION_SUM: Final = "select coalesce(sum(version), 0)::bigint from insurance_rule"
_SELECT_SOURCE: Final = """
select current_database() || ' ' || coalesce(sum(version), 0) || ' ' || count(*) from insurance_rule
"""
_SELECT_RULES: Final = """
select id, key, value, province_code, valid_from, valid_to, legal_basis, status = 'active' as active, confirmed_to,
       version
  from insurance_rule
"""


_book_by_source: dict[str, Rulebook] = {}


async def read_rulebook(driver: asyncpg.Connection) -> Rulebook:
    """Read the rules as a transaction sees them; loaded only when they have changed since this process read them."""
    source: str = await driver.fetchval(_SELECT_SOURCE)
    book = _book_by_source.get(source)
    if book is None:
        rows = [dict(row) for row in await driver.fetch(_SELECT_RULES)]
        book = Rulebook(Rule(**{k: v for k, v in row.items() if k != "version"}) for row in rows)
        _book_by_source.clear()
        _book_by_source[source] = book
    return book


class RuleStore:
    """Caches the rules as they are in the database, at most `FRESH_SECONDS` late.

    Rows are never deleted and every change counts a version up, so that their sum tells every change.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._book = Rulebook(())
        self._version_sum = -1
        self._checked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def book(self) -> Rulebook:
        """Return the present rules, loaded again if they have changed."""
        if monotonic() - self._checked_at >= FRESH_SECONDS:
            async with self._lock:
                if monotonic() - self._checked_at >= FRESH_SECONDS:
                    await self._refresh()
        return self._book

    def expire(self) -> None:
        """Check for changes at the next request, because this process is changing a rule."""
        self._checked_at = float("-inf")

    async def _refresh(self) -> None:
        checked_at = monotonic()
        if await self._database.driver.fetchval(_SELECT_VERSION_SUM) != self._version_sum:
            rows = [dict(row) for row in await self._database.driver.fetch(_SELECT_RULES)]
            self._version_sum = sum(row.pop("version") for row in rows)
            self._book = Rulebook(Rule(**row) for row in rows)
        self._checked_at = checked_at
