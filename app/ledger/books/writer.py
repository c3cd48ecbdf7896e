"""Writes the book of an organisation, within the caller's transaction: each is one call (`database/ledger/books/`).

Nothing here is repeated under a key of its own: the payment or refund that stands behind an entry has one, and the
database refuses to settle the same money twice.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.values.ids import uuid7
from app.savings.kinds import Product

_COLLECT = "select collect_money($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_SETTLE = "select settle_money($1, $2, $3, $4, $5, $6, $7, $8)"
_REFUND = "select pay_refund($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_RECEIPT = "select series, number from take_receipt_number($1, $2, $3, $4)"


@dataclass(frozen=True, slots=True)
class CollectedMoney:
    """Money taken from a person. holder_id: the collector who holds it; None: in the bank. amount: đồng."""

    payment_id: UUID
    member_id: UUID
    province_code: str
    commune_code: str
    holder_id: UUID | None
    product: Product
    amount: int
    business_date: date


async def collect_money(db: AsyncSession, actor: Actor, money: CollectedMoney) -> UUID:
    """Book money into the actor's organisation and return the entry's id. Raises: BusinessDateFuture, PeriodClosed."""
    entry_id = uuid7()
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    await caller.call(
        _COLLECT, entry_id, money.payment_id, money.member_id, money.province_code, money.commune_code,
        money.holder_id, money.product, money.amount, money.business_date,
    )  # fmt: skip
    return entry_id


async def settle_money(
    db: AsyncSession,
    actor: Actor,
    collected_id: UUID,
    *,
    paid: int,
    business_date: date,
    permission: Permission = Permission.PREMIUM_RECORD,
) -> UUID:
    """Pay this much of collected money on to BHXH and give the rest back; 0 gives all of it back.

    Returns: the id of the entry that paid it on, else of the one that gave it back. Raises: NotFound, AlreadyResolved,
    NotWithinHold, ResolvedBeforeHold, BusinessDateFuture, PeriodClosed.
    """
    remitted_id, returned_id = uuid7(), uuid7()
    caller = await Caller.in_transaction(db, actor, permission)
    await caller.call(_SETTLE, collected_id, remitted_id, returned_id, paid, business_date)
    return remitted_id if paid else returned_id


async def pay_refund(
    db: AsyncSession,
    actor: Actor,
    payment_id: UUID,
    *,
    holder_id: UUID | None,
    amount: int,
    business_date: date,
) -> UUID:
    """Book what BHXH gave back of a payment in and out again to the person, and return the last entry's id.

    holder_id: the collector who hands it out; None: by a transfer. Raises: NotFound, ResolvedBeforeHold,
    BusinessDateFuture, PeriodClosed.
    """
    received_id, paid_id = uuid7(), uuid7()
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    await caller.call(_REFUND, payment_id, received_id, paid_id, holder_id, amount, business_date)
    return paid_id


async def take_receipt_number(db: AsyncSession, actor: Actor, day: date) -> tuple[str, int]:
    """Take the next number of the organisation's series of that day's year; others wait for it until the commit."""
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    row = await caller.call(_RECEIPT, day)
    return row["series"], row["number"]
