"""`ansinh verify`: check that the books agree (đối chiếu sổ cái)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.ledger.verification.accounts import ACCOUNT_CHECKS
from app.ledger.verification.aggregates import AGGREGATE_CHECKS
from app.ledger.verification.books import BOOK_CHECKS
from app.ledger.verification.checks import LedgerCheck
from app.ledger.verification.persons import PERSON_CHECKS
from app.ledger.verification.premium_bounds import PREMIUM_BOUND_CHECKS
from app.ledger.verification.premiums import PREMIUM_CHECKS
from app.ledger.verification.transactions import TRANSACTION_CHECKS
from app.ledger.verification.windows import WINDOWS_CHECK

LEDGER_CHECKS: tuple[LedgerCheck, ...] = (
    *TRANSACTION_CHECKS,
    *ACCOUNT_CHECKS,
    *AGGREGATE_CHECKS,
    WINDOWS_CHECK,
    *PREMIUM_CHECKS,
    *PERSON_CHECKS,
    *PREMIUM_BOUND_CHECKS,
    *BOOK_CHECKS,
)
"""Every invariant of the books."""

_MAX_NAMED = 100


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One row that breaks an invariant. subject: its id; `+7` means seven more of the same kind."""

    code: str
    subject: str
    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.vi} / {self.en}"


async def verify_ledger(connection: Any, provinces: Sequence[str] | None = None) -> list[LedgerFinding]:
    """Find every violation, in one snapshot of the database, while others go on writing.

    connection: asyncpg, as the owner (`owner_connection`). provinces: check only these; None is everything.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await find_violations(connection, provinces)


async def find_violations(connection: Any, provinces: Sequence[str] | None = None) -> list[LedgerFinding]:
    """Run `verify_ledger` in the caller's transaction. At most 100 of each kind are named, the rest is counted."""
    await connection.execute("set local work_mem = '128MB'; set local jit = off")
    violations: list[LedgerFinding] = []
    for check in LEDGER_CHECKS:
        violations += await _run_check(connection, check, provinces)
    return violations


async def _run_check(
    connection: Any, check: LedgerCheck, provinces: Sequence[str] | None
) -> list[LedgerFinding]:
    rows = await connection.fetch(
        f"select subject, count(*) over () as every from ({check.sql}) broken limit {_MAX_NAMED}",
        None if provinces is None else list(provinces),
    )
    violations = [LedgerFinding(check.code, row["subject"], check.vi, check.en) for row in rows]
    if rows and rows[0]["every"] > len(rows):
        violations.append(LedgerFinding(check.code, f"+{rows[0]['every'] - len(rows)}", check.vi, check.en))
    return violations
