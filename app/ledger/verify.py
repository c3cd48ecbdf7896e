"""`ansinh verify`: do the books agree? (đối chiếu sổ cái)"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.ledger.account_checks import ACCOUNTS
from app.ledger.aggregate_checks import AGGREGATES
from app.ledger.check_parts import Check
from app.ledger.premium_checks import PREMIUMS
from app.ledger.transaction_checks import TRANSACTIONS

CHECKS: tuple[Check, ...] = (*TRANSACTIONS, *ACCOUNTS, *AGGREGATES, *PREMIUMS)
"""Every invariant of the books."""

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that breaks an invariant. subject: its id; `+7` stands for seven more of the same."""

    code: str
    subject: str
    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.vi} / {self.en}"


async def verify(connection: Any, provinces: Sequence[str] | None = None) -> list[Finding]:
    """Every finding, in one snapshot of the database, while others go on writing.

    connection: asyncpg, as the owner (`owner_connection`). provinces: look at these alone; None is everything.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await findings(connection, provinces)


async def findings(connection: Any, provinces: Sequence[str] | None = None) -> list[Finding]:
    """`verify` inside the caller's transaction. At most 100 of each kind are named, the rest is counted."""
    await connection.execute("set local work_mem = '128MB'; set local jit = off")
    found: list[Finding] = []
    for check in CHECKS:
        found += await _ask(connection, check, provinces)
    return found


async def _ask(connection: Any, check: Check, provinces: Sequence[str] | None) -> list[Finding]:
    rows = await connection.fetch(
        f"select subject, count(*) over () as every from ({check.sql}) broken limit {_SHOWN}",
        None if provinces is None else list(provinces),
    )
    found = [Finding(check.code, row["subject"], check.vi, check.en) for row in rows]
    if rows and rows[0]["every"] > len(rows):
        found.append(Finding(check.code, f"+{rows[0]['every'] - len(rows)}", check.vi, check.en))
    return found
