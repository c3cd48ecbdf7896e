"""Entries that only premiums make: a refund left in the group, an instalment paid back to its fund.

They are part of the caller's transaction, because the refund or advance changes with them. Neither can be reversed.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.ledger.service import LedgerResult, parse_ledger_result
from app.savings.kinds import Product

_REFUND = "select replayed, body::text from record_premium_refund($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_REPAYMENT = "select replayed, body::text from record_repayment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"


@dataclass(frozen=True, slots=True)
class PremiumEntry:
    """An entry to be recorded. member_id: whose savings it concerns; amount: đồng."""

    group_id: UUID
    member_id: UUID | None
    amount: int
    product: Product
    business_date: date
    note: str | None = None

    def compute_hash(self, operation: str) -> bytes:
        """Hash the entry's content."""
        return hash_request(
            operation, self.member_id, self.amount, self.product, self.business_date, self.note
        )


async def record_refund(db: AsyncSession, actor: Actor, entry: PremiumEntry, *, key: str) -> LedgerResult:
    """Record a refund that is paid into the cash box and added to the member's savings (`premium_refund`).

    Raises: NotFound, NotInGroup, BusinessDateFuture, EntryBeforeGroup, EntryBeforeJoining, EntryAfterGroupEnd,
    PeriodClosed, IdempotencyKeyReused.
    """
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    return parse_ledger_result(
        await caller.call(
            _REFUND, key, entry.compute_hash("premium_refund"), entry.group_id, entry.member_id, uuid7(), entry.product,
            entry.amount, entry.business_date, entry.note,
        )
    )  # fmt: skip


async def record_repayment(db: AsyncSession, actor: Actor, entry: PremiumEntry, *, key: str) -> LedgerResult:
    """Record an instalment that is paid into the common fund (`repayment`), in cash or from a member's savings.

    Raises: as `record_refund`, and InsufficientBalance.
    """
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    return parse_ledger_result(
        await caller.call(
            _REPAYMENT, key, entry.compute_hash("repayment"), entry.group_id, entry.member_id, uuid7(), uuid7(),
            entry.product, entry.amount, entry.business_date, entry.note,
        )
    )  # fmt: skip
