"""Refunds: decided by BHXH by the payment's own rules, then received by the member."""

from datetime import date
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import FieldError, IdempotencyKeyReused, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import first_day, now, today
from app.insurance import premium_payment_errors as errors
from app.insurance import premium_payment_queries as queries
from app.insurance.coverage_rules import last_day_left
from app.insurance.enrolment_life import take
from app.insurance.enrolment_queries import read_enrolment
from app.insurance.enrolment_rules import STEPS, Action
from app.insurance.premium_payment_schemas import PaymentStatus
from app.insurance.premium_payment_service import tell
from app.insurance.premium_price import lock_member
from app.insurance.premium_refund_price import used_months, worked_out
from app.insurance.premium_refund_rules import ENDINGS, RefundReason
from app.insurance.premium_refund_schemas import (
    PremiumRefundFilter,
    PremiumRefundIn,
    PremiumRefundOut,
    ReceiveIn,
    RefundStatus,
)
from app.insurance.remuneration_rules import remuneration
from app.insurance.rulebook import Rulebook
from app.ledger.premium_entries import PremiumEntry, record_refund
from app.ledger.service import request_hash
from app.models.coverage import Coverage
from app.models.enrolment import Enrolment
from app.models.premium_payment import PremiumPayment
from app.models.premium_refund import PremiumRefund
from app.savings.kinds import Product
from app.savings.references import absent

_OF_PAYMENT = (
    "network", "organisation_id", "province_code", "commune_code", "group_id", "member_id", "enrolment_id", "product",
)  # fmt: skip


async def decide_refund(
    db: AsyncSession, actor: Actor, book: Rulebook, body: PremiumRefundIn
) -> PremiumRefundOut:
    """Give the unused months of a posted payment back; its coverage and its enrolment end with the month before.

    Raises: NotFound for the payment, AlreadyRefunded, PaymentStatus, InvalidInput.
    """
    payment, enrolment, coverage = await _posted(db, actor, body.payment_id)
    used = used_months(payment, coverage, body)
    values = worked_out(book, payment, used)
    rate = payment.remuneration_rate
    row = PremiumRefund(
        **{name: getattr(payment, name) for name in _OF_PAYMENT},
        **values,
        id=uuid7(),
        payment_id=payment.id,
        reason=body.reason.value,
        from_month=first_day(body.from_month),
        remaining_months=payment.months - used,
        remuneration_rate=rate,
        clawback=None if rate is None else remuneration(rate, values["amount"]),
        decided_by=actor.id,
        decided_on=today(),
        status=RefundStatus.DECIDED.value,
    )
    db.add(row)
    _end_coverage(coverage, used, body.reason)
    payment.status = PaymentStatus.REFUNDED.value
    payment.version += 1
    await db.flush()
    await _end_enrolment(db, actor, enrolment, coverage, body.reason)
    await tell(db, actor, payment, Event.PREMIUM_PAYMENT_REFUNDED, Announcement.PREMIUM_PAYMENT_REFUNDED)
    return PremiumRefundOut.of(row)


async def receive_refund(
    db: AsyncSession, actor: Actor, refund_id: UUID, body: ReceiveIn, key: str
) -> tuple[PremiumRefundOut, bool]:
    """Note how a refund was received; into savings it is an entry of the ledger. True when the key had done so before.

    Raises: NotFound, IdempotencyKeyReused, AlreadyReceived, InvalidInput, PeriodClosed.
    """
    digest = request_hash("premium_refund", refund_id, body.model_dump(mode="json"))
    before = await queries.sent_before(db, actor, PremiumRefund, "receiver_id", key)
    if before is not None:
        if before.request_hash != digest:
            raise IdempotencyKeyReused
        return PremiumRefundOut.of(before), True
    row = await queries.find_premium(db, actor, PremiumRefund, refund_id, lock=True)
    if row.network != actor.network:
        raise NotFound
    if row.status != RefundStatus.DECIDED:
        raise errors.AlreadyReceived
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.DATE_FUTURE)])
    if body.to == "savings" and row.amount:
        row.txn_id = await _book(db, actor, row, body.business_date)
    row.status, row.received_as, row.received_on = RefundStatus.RECEIVED.value, body.to, body.business_date
    row.received_by, row.received_at, row.receiver_id = actor.id, now(), actor.organisation_id
    row.client_key, row.request_hash = key, digest
    row.version += 1
    await record(
        db, actor, Event.PREMIUM_REFUND_RECEIVED, row, {"received_as": body.to, "amount": row.amount}
    )
    await db.flush()
    return PremiumRefundOut.of(row), False


async def read_refund(db: AsyncSession, actor: Actor, refund_id: UUID) -> PremiumRefundOut:
    """One refund. Raises: NotFound."""
    return PremiumRefundOut.of(await queries.find_premium(db, actor, PremiumRefund, refund_id))


async def list_refunds(
    db: AsyncSession, actor: Actor, wanted: PremiumRefundFilter, page: PageRequest
) -> Page[PremiumRefundOut]:
    """One page of the refunds that the filters choose, the newest first."""
    stmt = queries.visible_premiums(actor, PremiumRefund).where(
        *await queries.chosen(db, actor, PremiumRefund, wanted)
    )
    if wanted.from_ is not None:
        stmt = stmt.where(col(PremiumRefund.decided_on) >= wanted.from_)
    if wanted.to is not None:
        stmt = stmt.where(col(PremiumRefund.decided_on) <= wanted.to)
    rows, cursor = await paged(db, stmt, columns=[col(PremiumRefund.id)], page=page, descending=True)
    return Page(items=[PremiumRefundOut.of(row) for row in rows], next_cursor=cursor)


async def _posted(
    db: AsyncSession, actor: Actor, payment_id: UUID
) -> tuple[PremiumPayment, Enrolment, Coverage]:
    """A posted payment with its enrolment and coverage, locked. Raises: NotFound, AlreadyRefunded, PaymentStatus."""
    try:
        seen = await queries.find_premium(db, actor, PremiumPayment, payment_id)
    except NotFound:
        raise absent("/payment_id") from None
    enrolment = await read_enrolment(db, actor, seen.enrolment_id, lock=True)
    payment = await queries.find_premium(db, actor, PremiumPayment, payment_id, lock=True)
    if payment.status == PaymentStatus.REFUNDED:
        raise errors.AlreadyRefunded
    if payment.status != PaymentStatus.POSTED:
        raise errors.PaymentStatus(status=payment.status)
    await lock_member(db, payment.member_id)
    stmt = queries.visible_premiums(actor, Coverage).where(Coverage.payment_id == payment_id)
    coverage = (await db.exec(stmt.with_for_update(key_share=True))).one()
    assert enrolment is not None  # noqa: S101 - it lies where its payment lies
    return payment, enrolment, coverage


def _end_coverage(coverage: Coverage, used: int, reason: RefundReason) -> None:
    assert coverage.valid_from is not None  # noqa: S101 - `_used` looked
    coverage.ended_on = last_day_left(coverage.valid_from, used)
    coverage.ended_why = reason.value
    coverage.months, coverage.supported_months = used, min(coverage.supported_months, used)
    coverage.version += 1


async def _end_enrolment(
    db: AsyncSession, actor: Actor, enrolment: Enrolment, coverage: Coverage, reason: RefundReason
) -> None:
    """End the enrolment with its coverage, unless BHXH has ended it already."""
    if enrolment.status in STEPS[Action.END].before:
        await take(
            db, actor, enrolment, Action.END, ended_on=coverage.ended_on, ended_why=ENDINGS[reason].value
        )


async def _book(db: AsyncSession, actor: Actor, row: PremiumRefund, on: date) -> UUID:
    entry = PremiumEntry(
        group_id=row.group_id,
        member_id=row.member_id,
        amount=row.amount,
        product=Product(row.product).value,
        business_date=on,
    )
    return UUID((await record_refund(db, actor, entry, key=f"premium-refund/{row.id}")).value()["id"])
