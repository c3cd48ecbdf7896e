"""Advances of a group's fund: listed, read, repaid."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import FieldError, IdempotencyKeyReused, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import today
from app.insurance import premium_payment_errors as errors
from app.insurance import premium_payment_queries as queries
from app.insurance.premium_advance_rules import next_due, schedule
from app.insurance.premium_advance_schemas import (
    PremiumAdvanceDetail,
    PremiumAdvanceFilter,
    PremiumAdvanceOut,
    RepaymentIn,
    RepaymentOut,
)
from app.ledger.premium_entries import PremiumEntry, record_repayment
from app.ledger.service import request_hash
from app.models.premium_advance import PremiumAdvance, PremiumRepayment
from app.models.premium_payment import PremiumPayment
from app.savings.kinds import Product

_PLACED = ("network", "province_code", "commune_code", "group_id")


async def list_advances(
    db: AsyncSession, actor: Actor, wanted: PremiumAdvanceFilter, page: PageRequest
) -> Page[PremiumAdvanceOut]:
    """One page of the advances that the filters choose, the newest first."""
    stmt = queries.visible_premiums(actor, PremiumAdvance).where(
        *await queries.chosen(db, actor, PremiumAdvance, wanted)
    )
    if wanted.overdue is not None:
        late = col(PremiumAdvance.next_due) < today()
        stmt = stmt.where(late if wanted.overdue else late.is_not(True))
    rows, cursor = await paged(db, stmt, columns=[col(PremiumAdvance.id)], page=page, descending=True)
    return Page(items=[PremiumAdvanceOut.of(row, today()) for row in rows], next_cursor=cursor)


async def read_advance(db: AsyncSession, actor: Actor, advance_id: UUID) -> PremiumAdvanceDetail:
    """One advance with its repayments. Raises: NotFound."""
    row = await queries.find_premium(db, actor, PremiumAdvance, advance_id)
    stmt = select(PremiumRepayment).where(PremiumRepayment.advance_id == advance_id)
    repayments = (await db.exec(stmt.order_by(col(PremiumRepayment.id)))).all()
    return PremiumAdvanceDetail.whole(row, today(), repayments)


async def repay(
    db: AsyncSession, actor: Actor, advance_id: UUID, body: RepaymentIn, key: str
) -> tuple[RepaymentOut, bool]:
    """Pay an advance back, in cash or out of the member's savings; True when the key had done so before.

    Raises: NotFound, IdempotencyKeyReused, MoreThanOwed, InsufficientBalance, InvalidInput, PeriodClosed.
    """
    digest = request_hash("premium_repayment", advance_id, body.model_dump(mode="json"))
    before = await queries.sent_before(db, actor, PremiumRepayment, "organisation_id", key)
    if before is not None:
        if before.request_hash != digest:
            raise IdempotencyKeyReused
        return RepaymentOut.of(before), True
    advance = await queries.find_premium(db, actor, PremiumAdvance, advance_id, lock=True)
    if advance.network != actor.network:
        raise NotFound
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.DATE_FUTURE)])
    if body.amount > advance.amount - advance.repaid:
        raise _more_than_owed(advance)
    repayment_id = uuid7()
    txn_id = await _book(db, actor, advance, body, repayment_id)
    due = schedule(advance.amount, advance.instalments, advance.first_due)
    advance.repaid += body.amount
    advance.next_due = next_due(due, advance.repaid)
    advance.version += 1
    row = PremiumRepayment(
        **{name: getattr(advance, name) for name in _PLACED},
        **body.model_dump(),
        id=repayment_id,
        organisation_id=actor.organisation_id,
        advance_id=advance.id,
        repaid_after=advance.repaid,
        txn_id=txn_id,
        client_key=key,
        request_hash=digest,
        created_by=actor.id,
    )
    db.add(row)
    noted: dict[str, Any] = {"amount": body.amount, "paid_from": body.paid_from, "repaid": advance.repaid}
    await record(db, actor, Event.PREMIUM_ADVANCE_REPAID, advance, noted)
    await db.flush()
    return RepaymentOut.of(row), False


async def _book(
    db: AsyncSession, actor: Actor, advance: PremiumAdvance, body: RepaymentIn, repayment_id: UUID
) -> UUID:
    """The entry of a repayment in the ledger; its id."""
    product = (
        await db.exec(select(PremiumPayment.product).where(PremiumPayment.id == advance.payment_id))
    ).one()
    entry = PremiumEntry(
        group_id=advance.group_id,
        member_id=advance.member_id if body.paid_from == "savings" else None,
        amount=body.amount,
        product=Product(product).value,
        business_date=body.business_date,
    )
    booked = await record_repayment(db, actor, entry, key=f"premium-repayment/{repayment_id}")
    return UUID(booked.value()["id"])


def _more_than_owed(advance: PremiumAdvance) -> errors.MoreThanOwed:
    outstanding = advance.amount - advance.repaid
    words = (errors.MoreThanOwed.vi, errors.MoreThanOwed.en)
    vi, en = (word.format(outstanding=outstanding) for word in words)
    field = FieldError("/amount", errors.MoreThanOwed.code, vi, en)
    return errors.MoreThanOwed(errors=[field], outstanding=outstanding)
