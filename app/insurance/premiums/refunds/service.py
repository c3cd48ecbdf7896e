"""Refunds: decided by BHXH by the rules of the payment, then received by the member."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.references import reference_not_found
from app.core.values.time import now, today
from app.insurance.coverage.queries import coverage_to_span, read_member_coverages
from app.insurance.enrolments.lifecycle import transition
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.enrolments.rules import TRANSITIONS, Action
from app.insurance.kinds import RefundReason
from app.insurance.law.card import CardChain
from app.insurance.law.coverage import find_card_chain, last_used_day
from app.insurance.law.refund import REFUND_ENDINGS
from app.insurance.law.remuneration import calculate_remuneration
from app.insurance.premiums import errors
from app.insurance.premiums.payments import queries
from app.insurance.premiums.payments.price import lock_insured
from app.insurance.premiums.payments.schemas import PaymentStatus
from app.insurance.premiums.payments.service import record_and_announce_payment
from app.insurance.premiums.refunds.price import (
    calculate_refund_amounts,
    count_used_months,
    find_first_unused_day,
)
from app.insurance.premiums.refunds.schemas import (
    PremiumRefundFilter,
    PremiumRefundIn,
    PremiumRefundOut,
    ReceiveIn,
    RefundStatus,
)
from app.insurance.queries import build_row_filters, require_visible_row, select_visible_rows
from app.insurance.rules.rulebook import Rulebook
from app.ledger.books.writer import pay_refund
from app.ledger.premium_entries import PremiumEntry, record_refund
from app.models.insurance.coverage import Coverage
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment
from app.models.insurance.premium_refund import PremiumRefund
from app.savings.kinds import Product

_PAYMENT_COLUMNS = (
    "network", "organisation_id", "province_code", "commune_code", "group_id", "member_id", "enrolment_id", "product",
)  # fmt: skip


async def decide_refund(
    db: AsyncSession, actor: Actor, book: Rulebook, body: PremiumRefundIn
) -> PremiumRefundOut:
    """Decide to refund the unused months of a posted payment; coverage and enrolment end with the month before.

    Missing months cover no days, and are given back whole: their enrolment ends the day before they were paid.

    Raises: NotFound for the payment, AlreadyRefunded, PaymentStatusConflict, InvalidInput.
    """
    payment, enrolment, coverage = await _lock_posted_payment(db, actor, body.payment_id)
    chain = await _find_chain_before(db, coverage)
    before = find_first_unused_day(body, payment, coverage)
    used = count_used_months(payment, coverage, body.reason, before, chain)
    amounts = calculate_refund_amounts(book, payment, used, body.reason, before)
    row = _build_refund(actor, payment, body.reason, before, amounts)
    db.add(row)
    _end_coverage(coverage, used, body.reason, chain)
    payment.status = PaymentStatus.REFUNDED.value
    payment.version += 1
    await db.flush()
    ended_on = coverage.ended_on or before - timedelta(days=1)
    await _end_enrolment(db, actor, enrolment, ended_on, body.reason)
    await record_and_announce_payment(
        db, actor, payment, Event.PREMIUM_PAYMENT_REFUNDED, Announcement.PREMIUM_PAYMENT_REFUNDED
    )
    return PremiumRefundOut.from_record(row)


def _build_refund(
    actor: Actor, payment: PremiumPayment, reason: RefundReason, before: date, amounts: dict[str, Any]
) -> PremiumRefund:
    """Build a new refund."""
    rate, is_card = payment.remuneration_rate, payment.product == Product.BHYT_HGD
    return PremiumRefund(
        **{name: getattr(payment, name) for name in _PAYMENT_COLUMNS},
        **amounts,
        id=uuid7(),
        payment_id=payment.id,
        reason=reason.value,
        from_month=before.replace(day=1),
        unused_from=before if is_card else None,
        remuneration_rate=rate,
        clawback=None if rate is None else calculate_remuneration(rate, amounts["amount"]),
        decided_by=actor.id,
        decided_on=today(),
        status=RefundStatus.DECIDED.value,
    )


async def receive_refund(
    db: AsyncSession, actor: Actor, refund_id: UUID, body: ReceiveIn, key: str
) -> tuple[PremiumRefundOut, bool]:
    """Record how a refund was received; into savings also in the ledger. True when the key was used before.

    Raises: NotFound, IdempotencyKeyReused, AlreadyReceived, InvalidInput, PeriodClosed.
    """
    body_hash = hash_request("premium_refund", refund_id, body.model_dump(mode="json"))
    existing = await queries.find_by_idempotency_key(db, actor, PremiumRefund, "receiver_id", key, body_hash)
    if existing is not None:
        return PremiumRefundOut.from_record(existing), True
    row = await require_visible_row(db, actor, PremiumRefund, refund_id, lock=True)
    if row.network != actor.network:
        raise NotFound
    if row.status != RefundStatus.DECIDED:
        raise errors.AlreadyReceived
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.BUSINESS_DATE_FUTURE)])
    _check_receiver(row, body)
    if body.to != "person" and row.amount:
        row.txn_id = await _record_refund_entry(db, actor, row, body)
    row.status, row.received_as, row.received_on = RefundStatus.RECEIVED.value, body.to, body.business_date
    row.received_by, row.received_at, row.receiver_id = actor.id, now(), actor.organisation_id
    row.client_key, row.request_hash = key, body_hash
    row.version += 1
    await record_event(
        db, actor, Event.PREMIUM_REFUND_RECEIVED, row, {"received_as": body.to, "amount": row.amount}
    )
    await db.flush()
    return PremiumRefundOut.from_record(row), False


async def read_refund(db: AsyncSession, actor: Actor, refund_id: UUID) -> PremiumRefundOut:
    """Read one refund. Raises: NotFound."""
    return PremiumRefundOut.from_record(await require_visible_row(db, actor, PremiumRefund, refund_id))


async def list_refunds(
    db: AsyncSession, actor: Actor, filters: PremiumRefundFilter, page: PageRequest
) -> Page[PremiumRefundOut]:
    """List one page of the refunds that match the filters, the newest first."""
    stmt = select_visible_rows(actor, PremiumRefund).where(
        *await build_row_filters(db, actor, PremiumRefund, filters)
    )
    if filters.from_ is not None:
        stmt = stmt.where(col(PremiumRefund.decided_on) >= filters.from_)
    if filters.to is not None:
        stmt = stmt.where(col(PremiumRefund.decided_on) <= filters.to)
    rows, cursor = await fetch_page(db, stmt, columns=[col(PremiumRefund.id)], page=page, descending=True)
    return Page(items=[PremiumRefundOut.from_record(row) for row in rows], next_cursor=cursor)


async def _lock_posted_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID
) -> tuple[PremiumPayment, Enrolment, Coverage]:
    """Lock a posted payment, its enrolment and coverage. Raises: NotFound, AlreadyRefunded, PaymentStatusConflict."""
    try:
        unlocked = await require_visible_row(db, actor, PremiumPayment, payment_id)
    except NotFound:
        raise reference_not_found("/payment_id") from None
    enrolment = await find_enrolment(db, actor, unlocked.enrolment_id, lock=True)
    payment = await require_visible_row(db, actor, PremiumPayment, payment_id, lock=True)
    if payment.status == PaymentStatus.REFUNDED:
        raise errors.AlreadyRefunded
    if payment.status != PaymentStatus.POSTED:
        raise errors.PaymentStatusConflict(status=payment.status)
    await lock_insured(db, payment.member_id)
    stmt = select_visible_rows(actor, Coverage).where(Coverage.payment_id == payment_id)
    coverage = (await db.exec(stmt.with_for_update(key_share=True))).one()
    assert enrolment is not None  # noqa: S101 - visible whenever its payment is
    return payment, enrolment, coverage


async def _find_chain_before(db: AsyncSession, coverage: Coverage) -> CardChain | None:
    """Find the cards on which a card follows; None where it follows on none that is recorded, and for premiums."""
    if coverage.product != Product.BHYT_HGD or coverage.valid_from is None:
        return None
    rows = await read_member_coverages(db, coverage.member_id)
    spans = [coverage_to_span(row) for row in rows if row["product"] == coverage.product]
    return find_card_chain(filter(None, spans), coverage.valid_from - timedelta(days=1))


def _end_coverage(coverage: Coverage, used: int, reason: RefundReason, chain: CardChain | None) -> None:
    if coverage.valid_from is not None:
        coverage.ended_on = last_used_day(coverage.valid_from, used, chain)
    coverage.ended_why = reason.value
    coverage.months, coverage.supported_months = used, min(coverage.supported_months, used)
    coverage.version += 1


async def _end_enrolment(
    db: AsyncSession, actor: Actor, enrolment: Enrolment, ended_on: date, reason: RefundReason
) -> None:
    """End the enrolment with its coverage, unless BHXH has ended it already."""
    if enrolment.status in TRANSITIONS[Action.END].from_statuses:
        await transition(
            db,
            actor,
            enrolment,
            Action.END,
            ended_on=ended_on,
            ended_why=REFUND_ENDINGS[reason].value,
        )


def _check_receiver(row: PremiumRefund, body: ReceiveIn) -> None:
    """Check that the payment came from where the refund goes. Raises: InvalidInput."""
    if row.group_id is None and body.to == "savings":
        raise InvalidInput(errors=[errors.REFUND_WITHOUT_GROUP])
    if row.group_id is not None and body.to in ("cash", "transfer"):
        raise InvalidInput(errors=[errors.REFUND_WITH_GROUP])


async def _record_refund_entry(db: AsyncSession, actor: Actor, row: PremiumRefund, body: ReceiveIn) -> UUID:
    """Record the refund in the group's ledger, or in the organisation's book, and return the entry's id."""
    if row.group_id is None:
        holder = await _find_cash_holder(db, actor, row) if body.to == "cash" else None
        return await pay_refund(
            db, actor, row.payment_id, holder_id=holder, amount=row.amount, business_date=body.business_date
        )
    entry = PremiumEntry(
        group_id=row.group_id,
        member_id=row.member_id,
        amount=row.amount,
        product=Product(row.product),
        business_date=body.business_date,
    )
    return UUID((await record_refund(db, actor, entry, key=f"premium-refund/{row.id}")).parse_body()["id"])


async def _find_cash_holder(db: AsyncSession, actor: Actor, row: PremiumRefund) -> UUID:
    """Find who hands the cash out: a collector themselves, else who took the premium. Raises: InvalidInput."""
    if actor.groups is not None:
        return actor.id
    payment = await require_visible_row(db, actor, PremiumPayment, row.payment_id)
    if payment.collector_id is None:
        raise InvalidInput(errors=[errors.COLLECTOR_NEEDED])
    return payment.collector_id
