"""Entries that only premiums make: a refund left in the group, an instalment paid back to its fund.

They belong to the caller's transaction, because what stands behind them changes with them. Neither can be reversed.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.ids import uuid7
from app.ledger.schemas import Product
from app.ledger.service import Recorded, recorded, request_hash

_REFUND = "select replayed, body::text from record_premium_refund($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_REPAYMENT = "select replayed, body::text from record_repayment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"


@dataclass(frozen=True, slots=True)
class PremiumEntry:
    """What to book. member_id: whose savings are meant; amount: đồng."""

    group_id: UUID
    member_id: UUID | None
    amount: int
    product: Product
    business_date: date
    note: str | None = None

    def digest(self, what: str) -> bytes:
        """The hash of what it means."""
        return request_hash(what, self.member_id, self.amount, self.product, self.business_date, self.note)


async def record_refund(db: AsyncSession, actor: Actor, entry: PremiumEntry, *, key: str) -> Recorded:
    """A refund comes into the box and is the member's savings (`premium_refund`).

    Raises: NotFound, NotInGroup, BusinessDateFuture, PeriodClosed, IdempotencyKeyReused.
    """
    caller = await Caller.within(db, actor, Permission.PREMIUM_RECORD)
    return recorded(
        await caller.call(
            _REFUND, key, entry.digest("premium_refund"), entry.group_id, entry.member_id, uuid7(), entry.product,
            entry.amount, entry.business_date, entry.note,
        )
    )  # fmt: skip


async def record_repayment(db: AsyncSession, actor: Actor, entry: PremiumEntry, *, key: str) -> Recorded:
    """An instalment comes into the common fund (`repayment`): in cash, or out of the savings of entry.member_id.

    Raises: as `record_refund`, and InsufficientBalance.
    """
    caller = await Caller.within(db, actor, Permission.PREMIUM_RECORD)
    return recorded(
        await caller.call(
            _REPAYMENT, key, entry.digest("repayment"), entry.group_id, entry.member_id, uuid7(), uuid7(),
            entry.product, entry.amount, entry.business_date, entry.note,
        )
    )  # fmt: skip
