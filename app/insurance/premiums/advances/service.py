"""Advances of a group's fund: list, read, repay."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import today
from app.insurance.law.advance import find_next_due, schedule_instalments
from app.insurance.premiums import errors
from app.insurance.premiums.advances.schemas import (
    PremiumAdvanceDetail,
    PremiumAdvanceFilter,
    PremiumAdvanceOut,
    RepaymentIn,
    RepaymentOut,
)
from app.insurance.premiums.payments import queries
from app.insurance.queries import build_row_filters, require_visible_row, select_visible_rows
from app.ledger.premium_entries import PremiumEntry, record_repayment
from app.models.insurance.premium_advance import PremiumAdvance, PremiumRepayment
from app.models.insurance.premium_payment import PremiumPayment
from app.savings.kinds import Product

_ADVANCE_COLUMNS = ("network", "province_code", "commune_code", "group_id")


async def list_advances(
    db: AsyncSession, actor: Actor, filters: PremiumAdvanceFilter, page: PageRequest
) -> Page[PremiumAdvanceOut]:
    """List one page of the advances that match the filters, the newest first."""
    stmt = select_visible_rows(actor, PremiumAdvance).where(
        *await build_row_filters(db, actor, PremiumAdvance, filters)
    )
    if filters.overdue is not None:
        late = col(PremiumAdvance.next_due) < today()
        stmt = stmt.where(late if filters.overdue else late.is_not(True))
    rows, cursor = await fetch_page(db, stmt, columns=[col(PremiumAdvance.id)], page=page, descending=True)
    return Page(items=[PremiumAdvanceOut.from_record(row, today()) for row in rows], next_cursor=cursor)


async def read_advance(db: AsyncSession, actor: Actor, advance_id: UUID) -> PremiumAdvanceDetail:
    """Read one advance with its repayments. Raises: NotFound."""
    row = await require_visible_row(db, actor, PremiumAdvance, advance_id)
    stmt = select(PremiumRepayment).where(PremiumRepayment.advance_id == advance_id)
    repayments = (await db.exec(stmt.order_by(col(PremiumRepayment.id)))).all()
    return PremiumAdvanceDetail.from_records(row, today(), repayments)


async def repay_advance(
    db: AsyncSession, actor: Actor, advance_id: UUID, body: RepaymentIn, key: str
) -> tuple[RepaymentOut, bool]:
    """Record a repayment of an advance, in cash or out of the member's savings.

    Returns: the repayment, and True when the key had recorded it before.

    Raises: NotFound, IdempotencyKeyReused, MoreThanOwed, InsufficientBalance, InvalidInput, PeriodClosed.
    """
    body_hash = hash_request("premium_repayment", advance_id, body.model_dump(mode="json"))
    existing = await queries.find_by_idempotency_key(
        db, actor, PremiumRepayment, "organisation_id", key, body_hash
    )
    if existing is not None:
        return RepaymentOut.from_record(existing), True
    advance = await require_visible_row(db, actor, PremiumAdvance, advance_id, lock=True)
    if advance.network != actor.network:
        raise NotFound
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.BUSINESS_DATE_FUTURE)])
    if body.amount > advance.amount - advance.repaid:
        raise _more_than_owed_error(advance)
    row = _build_repayment(actor, advance, body)
    row.client_key, row.request_hash = key, body_hash
    row.txn_id = await _record_repayment_entry(db, actor, advance, row)
    _set_repaid(advance, row.repaid_after)
    db.add(row)
    audit_data = {"amount": row.amount, "paid_from": row.paid_from, "repaid": advance.repaid}
    await record_event(db, actor, Event.PREMIUM_ADVANCE_REPAID, advance, audit_data)
    await db.flush()
    return RepaymentOut.from_record(row), False


def _set_repaid(advance: PremiumAdvance, repaid: int) -> None:
    instalments = schedule_instalments(advance.amount, advance.instalments, advance.first_due)
    advance.repaid, advance.next_due = repaid, find_next_due(instalments, repaid)
    advance.version += 1


def _build_repayment(actor: Actor, advance: PremiumAdvance, body: RepaymentIn) -> PremiumRepayment:
    """Build a new repayment, without its idempotency key and its entry in the ledger."""
    return PremiumRepayment(
        **{name: getattr(advance, name) for name in _ADVANCE_COLUMNS},
        **body.model_dump(),
        id=uuid7(),
        organisation_id=actor.organisation_id,
        advance_id=advance.id,
        repaid_after=advance.repaid + body.amount,
        created_by=actor.id,
    )


async def _record_repayment_entry(
    db: AsyncSession, actor: Actor, advance: PremiumAdvance, repayment: PremiumRepayment
) -> UUID:
    """Record a repayment in the ledger and return the entry's id."""
    product = (
        await db.exec(select(PremiumPayment.product).where(PremiumPayment.id == advance.payment_id))
    ).one()
    entry = PremiumEntry(
        group_id=advance.group_id,
        member_id=advance.member_id if repayment.paid_from == "savings" else None,
        amount=repayment.amount,
        product=Product(product),
        business_date=repayment.business_date,
    )
    recorded = await record_repayment(db, actor, entry, key=f"premium-repayment/{repayment.id}")
    return UUID(recorded.parse_body()["id"])


def _more_than_owed_error(advance: PremiumAdvance) -> errors.MoreThanOwed:
    refusal = errors.MoreThanOwed(outstanding=advance.amount - advance.repaid)
    refusal.errors = (FieldError("/amount", refusal.code, refusal.detail_vi, refusal.detail_en),)
    return refusal
