"""The rules in this process: read once, and again as soon as somebody changed them."""

import asyncio
from time import monotonic
from typing import Final

from app.core.db import Database
from app.insurance.rulebook import Rule, Rulebook

FRESH_SECONDS: Final = 0.5
"""For so long a process believes what it read; then it asks whether anything changed."""

_STATE: Final = "select coalesce(sum(version), 0)::bigint from insurance_rule"
_LOAD: Final = """
select id, key, value, province_code, valid_from, valid_to, legal_basis, status = 'active' as active, version
  from insurance_rule
"""


class RuleStore:
    """Gives the rules as they are in the database, at most `FRESH_SECONDS` late.

    Rows are never deleted and every change counts a version up, so that their sum tells every change.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._book = Rulebook(())
        self._state = -1
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def book(self) -> Rulebook:
        """The rules now."""
        if monotonic() - self._asked_at >= FRESH_SECONDS:
            async with self._lock:
                if monotonic() - self._asked_at >= FRESH_SECONDS:
                    await self._refresh()
        return self._book

    def expire(self) -> None:
        """Ask again at the next request: somebody in this process is changing a rule."""
        self._asked_at = float("-inf")

    async def _refresh(self) -> None:
        asked_at = monotonic()
        if await self._database.driver.fetchval(_STATE) != self._state:
            rows = [dict(row) for row in await self._database.driver.fetch(_LOAD)]
            self._state = sum(row.pop("version") for row in rows)
            self._book = Rulebook(Rule(**row) for row in rows)
        self._asked_at = asked_at
