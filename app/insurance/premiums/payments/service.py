"""Premium payments: hold money of several sources for an enrolment, void, read and list."""

from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, InvalidInput
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.references import reference_not_found
from app.core.values.time import month_of, today
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.enrolments.release import release_premiums
from app.insurance.kinds import EnrolmentStatus
from app.insurance.premiums import errors
from app.insurance.premiums.payments import queries
from app.insurance.premiums.payments.collectors import check_source_kinds, resolve_collector
from app.insurance.premiums.payments.price import Price, price_enrolment
from app.insurance.premiums.payments.schemas import (
    PaymentStatus,
    PremiumPaymentFilter,
    PremiumPaymentIn,
    PremiumPaymentOut,
)
from app.insurance.premiums.payments.sources import (
    find_source_problems,
    hold_source,
    in_lock_order,
    redirect_pointers,
)
from app.insurance.queries import require_visible_row
from app.insurance.rules.rulebook import Rulebook
from app.ledger.books.writer import take_receipt_number
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment, PremiumSource

ENROLMENT_COLUMNS: Final = (
    "network", "province_code", "commune_code", "group_id", "member_id", "product", "method", "months",
    "monthly_income", "from_month",
)  # fmt: skip
"""Columns copied from the enrolment; they must be unchanged when the payment is posted."""

_PAYABLE_STATUSES = frozenset({EnrolmentStatus.SUBMITTED, EnrolmentStatus.ACCEPTED})


def payment_to_response(actor: Actor, payment: PremiumPaymentOut) -> PremiumPaymentOut:
    """Convert a payment to what the actor may see: the support group as in the enrolment."""
    return payment.redact(
        may_see_sensitive=actor.has_permission(Permission.MEMBER_SENSITIVE)
        or actor.has_permission(Permission.ENROLMENT_SUBMIT)
    )


async def hold_premium(
    db: AsyncSession, actor: Actor, book: Rulebook, body: PremiumPaymentIn, key: str
) -> tuple[PremiumPaymentOut, bool]:
    """Hold the premium of an enrolment once; returns it, and True when the key was used before.

    Raises: IdempotencyKeyReused, InvalidInput, NotFound for the enrolment, WrongEnrolmentStatus, PaymentExists;
    InsufficientBalance with the source; PeriodClosed.
    """
    body_hash = hash_request("premium_payment", body.model_dump(mode="json"))
    existing = await queries.find_by_idempotency_key(
        db, actor, PremiumPayment, "organisation_id", key, body_hash
    )
    if existing is not None:
        return payment_to_response(actor, PremiumPaymentOut.from_answer(existing.answer)), True
    _check_body(body)
    enrolment = await _lock_payable_enrolment(db, actor, body.enrolment_id)
    check_source_kinds(enrolment, body)
    price = await _price_and_check_sources(db, book, enrolment, body)
    row = _build_payment(actor, enrolment, price, body)
    row.client_key, row.request_hash = key, body_hash
    sources = await _hold_sources(db, actor, row, body)
    payment = PremiumPaymentOut.from_record(row, sources)
    row.answer = payment.model_dump(mode="json")
    db.add(row)
    await db.flush()
    db.add_all(sources)
    await record_and_announce_payment(
        db, actor, row, Event.PREMIUM_PAYMENT_HELD, Announcement.PREMIUM_PAYMENT_HELD
    )
    return payment_to_response(actor, payment), False


async def _hold_sources(
    db: AsyncSession, actor: Actor, row: PremiumPayment, body: PremiumPaymentIn
) -> list[PremiumSource]:
    """Hold all sources. What a direct customer pays is booked with a receipt of the organisation's own series."""
    if row.group_id is None:
        row.collector_id = await resolve_collector(db, actor, body)
    positions = {id(source_in): position for position, source_in in enumerate(body.sources)}
    sources = [
        await hold_source(db, actor, row, source_in, positions[id(source_in)])
        for source_in in in_lock_order(body.sources)
    ]
    if row.group_id is None and sources:
        row.collection_series, row.collection_no = await take_receipt_number(db, actor, row.business_date)
        row.receipt_series, row.receipt_no = row.collection_series, f"{row.collection_no:07}"
    return sorted(sources, key=lambda source: source.position)


def _check_body(body: PremiumPaymentIn) -> None:
    """Check the body by itself. Raises: InvalidInput."""
    if problems := find_source_problems(body):
        raise InvalidInput(errors=problems)
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.BUSINESS_DATE_FUTURE)])


async def void_premium(db: AsyncSession, actor: Actor, payment_id: UUID) -> PremiumPaymentOut:
    """Void a held payment and free all its money. Voiding twice changes nothing.

    A donor's gift stays in the fund. Raises: NotFound, PaymentStatusConflict.
    """
    row = await require_visible_row(db, actor, PremiumPayment, payment_id, lock=True)
    if row.status == PaymentStatus.HELD:
        await release_premiums(db, actor, [row.enrolment_id])
        await db.refresh(row)
    elif row.status != PaymentStatus.VOIDED:
        raise errors.PaymentStatusConflict(status=row.status)
    sources = (await queries.read_payment_sources(db, [row]))[row.id]
    return payment_to_response(actor, PremiumPaymentOut.from_record(row, sources))


async def read_payment(db: AsyncSession, actor: Actor, payment_id: UUID) -> PremiumPaymentOut:
    """Read one payment. Raises: NotFound."""
    row = await require_visible_row(db, actor, PremiumPayment, payment_id)
    return payment_to_response(
        actor, PremiumPaymentOut.from_record(row, (await queries.read_payment_sources(db, [row]))[row.id])
    )


async def list_payments(
    db: AsyncSession, actor: Actor, filters: PremiumPaymentFilter, page: PageRequest
) -> Page[PremiumPaymentOut]:
    """List one page of the payments that match the filters, the newest first."""
    rows, cursor = await queries.read_payments(db, actor, filters, page)
    sources = await queries.read_payment_sources(db, rows)
    items = [payment_to_response(actor, PremiumPaymentOut.from_record(row, sources[row.id])) for row in rows]
    return Page(items=items, next_cursor=cursor)


async def record_and_announce_payment(
    db: AsyncSession, actor: Actor, row: PremiumPayment, event: Event, announcement: Announcement
) -> None:
    """Record and announce the status of a payment."""
    payload = {
        "status": row.status,
        "enrolment_id": str(row.enrolment_id),
        "product": row.product,
        "amount_due": row.amount_due,
        "participant_pays": row.participant_pays,
        "payment_date": str(row.payment_date) if row.payment_date else None,
    }
    await record_event(db, actor, event, row, payload)
    await db.flush()
    await announce(db, announcement, row, payload | {"from_month": month_of(row.from_month)})


async def _lock_payable_enrolment(db: AsyncSession, actor: Actor, enrolment_id: UUID) -> Enrolment:
    """Lock the enrolment to pay for.

    Raises: NotFound, WrongEnrolmentStatus, PaymentExists.
    """
    enrolment = await find_enrolment(db, actor, enrolment_id, lock=True)
    if enrolment is None or enrolment.network != actor.network:
        raise reference_not_found("/enrolment_id")
    if enrolment.status not in _PAYABLE_STATUSES:
        raise WrongEnrolmentStatus(status=enrolment.status)
    if await queries.is_paid(db, enrolment.id):
        raise errors.PaymentExists
    return enrolment


async def _price_and_check_sources(
    db: AsyncSession, book: Rulebook, enrolment: Enrolment, body: PremiumPaymentIn
) -> Price:
    """Price the enrolment and check that the sources add up to it. Raises: InvalidInput with the body's pointers."""
    try:
        price = await price_enrolment(
            db, book, enrolment, body.business_date, declared_order=body.household_order
        )
    except InvalidInput as refusal:
        pointers = {
            "/payment_date": "/business_date",
            "/from_month": "/business_date",
            "/household_order": "/household_order",
        }
        redirect_pointers(refusal, pointers, "/enrolment_id")
        raise
    if sum(source.amount for source in body.sources) != price.needed:
        shares = price.shares
        raise errors.sources_differ(
            price.needed, shares.amount_due, shares.state_support, shares.province_support
        )
    return price


def _build_payment(
    actor: Actor, enrolment: Enrolment, price: Price, body: PremiumPaymentIn
) -> PremiumPayment:
    """Build a new payment, without its idempotency key."""
    other_support = sum(source.amount for source in body.sources if source.source is not None)
    return PremiumPayment(
        **{name: getattr(enrolment, name) for name in ENROLMENT_COLUMNS},
        **price.values,
        id=uuid7(),
        organisation_id=actor.organisation_id,
        enrolment_id=enrolment.id,
        status=PaymentStatus.HELD.value,
        business_date=body.business_date,
        other_support=other_support,
        participant_pays=price.needed - other_support,
        declared_order=body.household_order,
        client_id=actor.id if actor.kind == "client" else enrolment.client_id,
        created_by=actor.id,
    )
