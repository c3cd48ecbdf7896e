"""Holds (tạm giữ): money set aside for a payment that is not yet certain, then posted or voided, once.

They are part of the caller's transaction, because the record that is paid for changes with them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.ledger.service import LedgerResult, parse_ledger_result
from app.savings.kinds import Product

_HOLD = "select replayed, body::text from hold_money($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_RESOLVE = "select replayed, body::text from resolve_hold($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

HoldOutcome = Literal["hold_posted", "hold_voided"]


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """An order to hold money. member_id: None is the group's common fund; amount: đồng."""

    group_id: UUID
    member_id: UUID | None
    amount: int
    product: Product | None
    business_date: date
    note: str | None = None


async def hold_money(
    db: AsyncSession,
    actor: Actor,
    order: HoldOrder,
    *,
    key: str,
    permission: Permission = Permission.CONTRIBUTION_RECORD,
) -> LedgerResult:
    """Hold money of a member; it stays in the balance but is no longer available.

    The result's `id` is that of the hold. Raises: NotFound, NotInGroup, InsufficientBalance,
    BusinessDateFuture, EntryBeforeGroup, EntryBeforeJoining, EntryAfterGroupEnd, PeriodClosed, IdempotencyKeyReused.
    ValueError unless the amount is positive.
    """
    if order.amount < 1:
        raise ValueError("a hold is at least one đồng")
    digest = hash_request(
        "hold", order.member_id, order.amount, order.product, order.business_date, order.note
    )
    caller = await Caller.in_transaction(db, actor, permission)
    return parse_ledger_result(
        await caller.call(
            _HOLD, key, digest, order.group_id, order.member_id, uuid7(), order.product, order.amount,
            order.business_date, order.note,
        )
    )  # fmt: skip


async def post_hold(
    db: AsyncSession,
    actor: Actor,
    hold_id: UUID,
    *,
    key: str,
    business_date: date,
    amount: int | None = None,
    permission: Permission = Permission.CONTRIBUTION_RECORD,
) -> LedgerResult:
    """Post a hold: pay all of it, or *amount* đồng, out of the cash box; the rest is available again.

    Raises: NotFound, AlreadyResolved, NotWithinHold, ResolvedBeforeHold,
    BusinessDateFuture, EntryBeforeGroup, EntryAfterGroupEnd, PeriodClosed, IdempotencyKeyReused.
    """
    return await _resolve_hold(db, actor, hold_id, "hold_posted", key, business_date, amount, permission)


async def void_hold(
    db: AsyncSession,
    actor: Actor,
    hold_id: UUID,
    *,
    key: str,
    business_date: date,
    permission: Permission = Permission.CONTRIBUTION_RECORD,
) -> LedgerResult:
    """Void a hold; all of it is available again. Raises: as `post_hold`."""
    return await _resolve_hold(db, actor, hold_id, "hold_voided", key, business_date, None, permission)


async def _resolve_hold(
    db: AsyncSession,
    actor: Actor,
    hold_id: UUID,
    outcome: HoldOutcome,
    key: str,
    business_date: date,
    amount: int | None,
    permission: Permission,
) -> LedgerResult:
    caller = await Caller.in_transaction(db, actor, permission)
    digest = hash_request(outcome, hold_id, business_date, amount)
    return parse_ledger_result(
        await caller.call(_RESOLVE, key, digest, hold_id, uuid7(), outcome, business_date, amount)
    )
