"""Posting a premium payment: price it by the payment date, spend the money, create coverage and advances."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement
from app.auth.actor import Actor
from app.core.errors import DomainError, FieldError, InvalidInput
from app.core.language import missing_field
from app.core.values.ids import uuid7
from app.core.values.time import now, today
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import transition
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.enrolments.rules import Action
from app.insurance.kinds import EnrolmentStatus, Method
from app.insurance.law.advance import find_next_due, schedule_instalments
from app.insurance.law.coverage import five_years_from
from app.insurance.law.remuneration import RemunerationKind, calculate_remuneration, remuneration_rate_keys
from app.insurance.premiums import errors
from app.insurance.premiums.payments import queries
from app.insurance.premiums.payments.price import Price, price_enrolment
from app.insurance.premiums.payments.schemas import (
    PaymentStatus,
    PostIn,
    PremiumPaymentOut,
    PremiumSourceKind,
)
from app.insurance.premiums.payments.service import (
    ENROLMENT_COLUMNS,
    payment_to_response,
    record_and_announce_payment,
)
from app.insurance.premiums.payments.sources import (
    allocate_price,
    in_lock_order,
    redirect_pointers,
    spend_source,
    sum_other_support,
)
from app.insurance.queries import require_visible_row
from app.insurance.rules.rulebook import Rule, Rulebook
from app.models.insurance.coverage import Coverage
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_advance import PremiumAdvance
from app.models.insurance.premium_payment import PremiumPayment, PremiumSource
from app.savings.kinds import Product

_RECEIPT_FIELDS = ("receipt_series", "receipt_no", "payment_date")
_PAYMENT_COLUMNS = ("network", "organisation_id", "province_code", "commune_code", "group_id", "member_id")


async def post_premium(
    db: AsyncSession, actor: Actor, book: Rulebook, payment_id: UUID, body: PostIn
) -> PremiumPaymentOut:
    """Post a held payment with its receipt; posting again with the same receipt changes nothing.

    Raises: NotFound, PaymentStatusConflict, WrongEnrolmentStatus unless BHXH accepted it, EnrolmentChanged,
    InvalidInput, PremiumChanged, ReceiptUsed, CoverageOverlaps, PeriodClosed.
    """
    row, enrolment = await _lock_payment_and_enrolment(db, actor, payment_id)
    sources = (await queries.read_payment_sources(db, [row]))[row.id]
    is_same = all(getattr(row, name) == getattr(enrolment, name) for name in ENROLMENT_COLUMNS)
    body = _complete_receipt(row, body)
    if row.status != PaymentStatus.HELD:
        if row.status == PaymentStatus.VOIDED and not is_same:
            raise errors.EnrolmentChanged
        if any(getattr(row, name) != getattr(body, name) for name in _RECEIPT_FIELDS):
            raise errors.PaymentStatusConflict(status=row.status)
        return payment_to_response(actor, PremiumPaymentOut.from_record(row, sources))
    if enrolment.status != EnrolmentStatus.ACCEPTED:
        raise WrongEnrolmentStatus(status=enrolment.status)
    if not is_same:
        raise errors.EnrolmentChanged
    price = await _price_on_payment_date(db, book, row, enrolment, body)
    paid_by_source = _allocate_to_sources(sources, price)
    await _spend_sources(db, actor, sources, paid_by_source, body)
    _set_posted_values(actor, book, row, sources, price, body)
    await db.flush()
    db.add(_build_coverage(row, price))
    db.add_all(_build_advances(row, sources))
    await db.flush()
    await transition(db, actor, enrolment, Action.PAY)
    await record_and_announce_payment(
        db, actor, row, Event.PREMIUM_PAYMENT_POSTED, Announcement.PREMIUM_PAYMENT_POSTED
    )
    return payment_to_response(actor, PremiumPaymentOut.from_record(row, sources))


def _complete_receipt(row: PremiumPayment, body: PostIn) -> PostIn:
    """Put in the receipt that a direct customer got, unless another is given. Raises: InvalidInput."""
    names = ("receipt_series", "receipt_no")
    missing = [name for name in names if getattr(body, name) is None]
    if len(missing) == len(names) and row.collection_no is not None:
        return body.model_copy(update={name: getattr(row, name) for name in names})
    if missing:
        raise InvalidInput(errors=[missing_field(f"/{name}") for name in missing])
    return body


async def _lock_payment_and_enrolment(
    db: AsyncSession, actor: Actor, payment_id: UUID
) -> tuple[PremiumPayment, Enrolment]:
    """Lock a payment and its enrolment, in the common lock order. Raises: NotFound, EnrolmentChanged."""
    unlocked = await require_visible_row(db, actor, PremiumPayment, payment_id)
    enrolment = await find_enrolment(db, actor, unlocked.enrolment_id, lock=True)
    row = await require_visible_row(db, actor, PremiumPayment, payment_id, lock=True)
    if enrolment is None:  # returned and moved to a group or place that is not the actor's
        raise errors.EnrolmentChanged
    return row, enrolment


async def _price_on_payment_date(
    db: AsyncSession, book: Rulebook, row: PremiumPayment, enrolment: Enrolment, body: PostIn
) -> Price:
    """Price the enrolment by the rules of the payment date. Raises: InvalidInput at /payment_date."""
    if body.payment_date > today():
        raise InvalidInput(errors=[FieldError("/payment_date", *errors.BUSINESS_DATE_FUTURE)])
    if body.payment_date < row.business_date:
        raise InvalidInput(errors=[errors.PAYMENT_DATE_BEFORE_HOLD])
    try:
        return await price_enrolment(
            db, book, enrolment, body.payment_date, declared_order=row.declared_order, payment_id=row.id
        )
    except InvalidInput as refusal:
        redirect_pointers(refusal, {}, "/payment_date")
        raise


def _allocate_to_sources(sources: Sequence[PremiumSource], price: Price) -> dict[UUID, int]:
    """Compute what each source pays. Raises: PremiumChanged when they do not cover the price."""
    held = sum(source.amount for source in sources)
    if price.needed > held:
        raise errors.PremiumChanged(
            needed=price.needed,
            held=held,
            amount_due=price.shares.amount_due,
            state_support=price.shares.state_support,
            province_support=price.shares.province_support,
        )
    return allocate_price(sources, price.needed)


async def _spend_sources(
    db: AsyncSession,
    actor: Actor,
    sources: Sequence[PremiumSource],
    paid_by_source: dict[UUID, int],
    body: PostIn,
) -> None:
    try:
        for source in in_lock_order(sources):
            await spend_source(db, actor, source, paid_by_source[source.id], body.payment_date)
    except DomainError as refusal:
        redirect_pointers(refusal, {}, "/payment_date")
        raise


def _set_posted_values(
    actor: Actor,
    book: Rulebook,
    row: PremiumPayment,
    sources: Sequence[PremiumSource],
    price: Price,
    body: PostIn,
) -> None:
    """Set the values of a posted payment, which never change from now on."""
    other_support_paid = sum_other_support(sources, {source.id: source.paid or 0 for source in sources})
    kind: RemunerationKind = "again" if price.paid_before else "first"
    posted_values: dict[str, Any] = {
        **price.values,
        **{name: getattr(body, name) for name in _RECEIPT_FIELDS},
        "status": PaymentStatus.POSTED.value,
        "other_support": other_support_paid,
        "participant_pays": price.needed - other_support_paid,
        "posted_at": now(),
        "posted_by": actor.id,
        "remuneration_kind": kind,
        "version": row.version + 1,
    }
    if (rate := _find_remuneration_rate(book, row, body, kind)) is not None:
        posted_values |= {
            "remuneration_rate": rate.value,
            "remuneration_rule_id": rate.id,
            "remuneration": calculate_remuneration(rate.value, posted_values["participant_pays"]),
        }
    for name, value in posted_values.items():
        setattr(row, name, value)


def _find_remuneration_rate(
    book: Rulebook, row: PremiumPayment, body: PostIn, kind: RemunerationKind
) -> Rule | None:
    """Find the province's rate of remuneration on the payment date; None where it has confirmed none."""
    keys = remuneration_rate_keys(Product(row.product), kind, Method(row.method))
    rates = (book.rules_on(key, body.payment_date, row.province_code)[0] for key in keys)
    return next((rate for rate in rates if rate is not None), None)


def _build_coverage(row: PremiumPayment, price: Price) -> Coverage:
    since = price.since if row.product == Product.BHYT_HGD else None
    return Coverage(
        **{name: getattr(row, name) for name in _PAYMENT_COLUMNS},
        id=uuid7(),
        enrolment_id=row.enrolment_id,
        payment_id=row.id,
        product=row.product,
        method=row.method,
        months=price.months,
        supported_months=price.supported_months,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
        continuous_since=price.since,
        five_years_from=None if since is None else five_years_from(since),
    )


def _build_advances(row: PremiumPayment, sources: Sequence[PremiumSource]) -> list[PremiumAdvance]:
    """Build the advances that the member owes the fund from now on."""
    advances = []
    for source in sources:
        if (
            source.kind == PremiumSourceKind.INSTALMENT
            and source.paid
            and source.instalments
            and source.first_due
        ):
            instalments = min(source.instalments, source.paid)
            advances.append(
                PremiumAdvance(
                    **{name: getattr(row, name) for name in _PAYMENT_COLUMNS},
                    id=uuid7(),
                    payment_id=row.id,
                    source_id=source.id,
                    amount=source.paid,
                    instalments=instalments,
                    first_due=source.first_due,
                    next_due=find_next_due(
                        schedule_instalments(source.paid, instalments, source.first_due), 0
                    ),
                )
            )
    return advances
