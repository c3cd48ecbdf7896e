"""Posting a premium payment: the price of the payment date for ever, the money spent, and what follows from it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement
from app.auth.actor import Actor
from app.core.errors import DomainError, FieldError, InvalidInput
from app.core.ids import uuid7
from app.core.time import now, today
from app.insurance import premium_payment_errors as errors
from app.insurance import premium_payment_queries as queries
from app.insurance.coverage_rules import five_years_from
from app.insurance.enrolment_errors import EnrolmentStatus
from app.insurance.enrolment_life import take
from app.insurance.enrolment_queries import read_enrolment
from app.insurance.enrolment_rules import Action, Method, Status
from app.insurance.premium_advance_rules import next_due, schedule
from app.insurance.premium_payment_schemas import PaymentStatus, PostIn, PremiumPaymentOut, PremiumSourceKind
from app.insurance.premium_payment_service import OF_ENROLMENT, shown, tell
from app.insurance.premium_price import Price, price_enrolment
from app.insurance.premium_sources import at_field, other_support, spend_source, spent
from app.insurance.remuneration_rules import Kind, rate_keys, remuneration
from app.insurance.rulebook import Rule, Rulebook
from app.models.coverage import Coverage
from app.models.enrolment import Enrolment
from app.models.premium_advance import PremiumAdvance
from app.models.premium_payment import PremiumPayment, PremiumSource
from app.savings.kinds import Product

_RECEIPT = ("receipt_series", "receipt_no", "payment_date")
_PLACED = ("network", "organisation_id", "province_code", "commune_code", "group_id", "member_id")


async def post_premium(
    db: AsyncSession, actor: Actor, book: Rulebook, payment_id: UUID, body: PostIn
) -> PremiumPaymentOut:
    """Post a held payment with its receipt; the same once more changes nothing.

    Raises: NotFound, PaymentStatus, EnrolmentStatus unless BHXH accepted it, EnrolmentChanged, InvalidInput,
    PremiumChanged, ReceiptUsed, CoverageOverlaps, PeriodClosed.
    """
    row, enrolment = await _held(db, actor, payment_id)
    sources = (await queries.sources_of(db, [row]))[row.id]
    if row.status != PaymentStatus.HELD:
        if any(getattr(row, name) != getattr(body, name) for name in _RECEIPT):
            raise errors.PaymentStatus(status=row.status)
        return shown(actor, PremiumPaymentOut.of(row, sources))
    if enrolment.status != Status.ACCEPTED:
        raise EnrolmentStatus(status=enrolment.status)
    if any(getattr(row, name) != getattr(enrolment, name) for name in OF_ENROLMENT):
        raise errors.EnrolmentChanged
    price = await _priced(db, book, row, enrolment, body)
    paid = _spent(sources, price)
    await _spend(db, actor, sources, paid, body)
    _fix(actor, book, row, sources, price, body)
    await db.flush()
    db.add(_coverage(row, price))
    db.add_all(_advances(row, sources))
    await db.flush()
    await take(db, actor, enrolment, Action.PAY)
    await tell(db, actor, row, Event.PREMIUM_PAYMENT_POSTED, Announcement.PREMIUM_PAYMENT_POSTED)
    return shown(actor, PremiumPaymentOut.of(row, sources))


async def _held(db: AsyncSession, actor: Actor, payment_id: UUID) -> tuple[PremiumPayment, Enrolment]:
    """A payment and its enrolment, locked in everybody's order. Raises: NotFound, EnrolmentChanged."""
    seen = await queries.find_premium(db, actor, PremiumPayment, payment_id)
    enrolment = await read_enrolment(db, actor, seen.enrolment_id, lock=True)
    row = await queries.find_premium(db, actor, PremiumPayment, payment_id, lock=True)
    if enrolment is None:  # returned and moved to a group or place that is not the actor's
        raise errors.EnrolmentChanged
    return row, enrolment


async def _priced(
    db: AsyncSession, book: Rulebook, row: PremiumPayment, enrolment: Enrolment, body: PostIn
) -> Price:
    """The price of the payment date. Raises: InvalidInput at /payment_date."""
    if body.payment_date > today():
        raise InvalidInput(errors=[FieldError("/payment_date", *errors.DATE_FUTURE)])
    if body.payment_date < row.business_date:
        raise InvalidInput(errors=[errors.BEFORE_HELD])
    try:
        return await price_enrolment(
            db, book, enrolment, body.payment_date, declared_order=row.declared_order, payment_id=row.id
        )
    except InvalidInput as refusal:
        at_field(refusal, {}, "/payment_date")
        raise


def _spent(sources: Sequence[PremiumSource], price: Price) -> dict[UUID, int]:
    """What each source pays. Raises: PremiumChanged when they do not cover the price."""
    held = sum(source.amount for source in sources)
    if price.needed > held:
        raise errors.PremiumChanged(
            needed=price.needed,
            held=held,
            amount_due=price.amount_due,
            state_support=price.state_support,
            province_support=price.province_support,
        )
    return spent(sources, price.needed)


async def _spend(
    db: AsyncSession, actor: Actor, sources: Sequence[PremiumSource], paid: dict[UUID, int], body: PostIn
) -> None:
    try:
        for source in sources:
            await spend_source(db, actor, source, paid[source.id], body.payment_date)
    except DomainError as refusal:
        at_field(refusal, {}, "/payment_date")
        raise


def _fix(
    actor: Actor,
    book: Rulebook,
    row: PremiumPayment,
    sources: Sequence[PremiumSource],
    price: Price,
    body: PostIn,
) -> None:
    """Set on the payment what never changes from now on."""
    others = other_support(sources, {source.id: source.paid or 0 for source in sources})
    fixed: dict[str, Any] = {
        **price.values,
        **{name: getattr(body, name) for name in _RECEIPT},
        "status": PaymentStatus.POSTED.value,
        "other_support": others,
        "participant_pays": price.needed - others,
        "posted_at": now(),
        "posted_by": actor.id,
        "version": row.version + 1,
    }
    kind: Kind = "again" if price.paid_before else "first"
    fixed["remuneration_kind"] = kind
    rate = _rate(book, row, body, kind)
    if rate is not None:
        fixed |= {
            "remuneration_rate": rate.value,
            "remuneration_rule_id": rate.id,
            "remuneration": remuneration(rate.value, fixed["participant_pays"]),
        }
    for name, value in fixed.items():
        setattr(row, name, value)


def _rate(book: Rulebook, row: PremiumPayment, body: PostIn, kind: Kind) -> Rule | None:
    """The province's rate of remuneration on the payment date; None where it has confirmed none."""
    keys = rate_keys(Product(row.product), kind, Method(row.method))
    found = (book.on(key, body.payment_date, row.province_code)[0] for key in keys)
    return next((rule for rule in found if rule is not None), None)


def _coverage(row: PremiumPayment, price: Price) -> Coverage:
    since = price.since if row.product == Product.BHYT_HGD else None
    return Coverage(
        **{name: getattr(row, name) for name in _PLACED},
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


def _advances(row: PremiumPayment, sources: Sequence[PremiumSource]) -> list[PremiumAdvance]:
    """What the member owes the fund from now on."""
    found = []
    for source in sources:
        if (
            source.kind == PremiumSourceKind.INSTALMENT
            and source.paid
            and source.instalments
            and source.first_due
        ):
            instalments = min(source.instalments, source.paid)
            found.append(
                PremiumAdvance(
                    **{name: getattr(row, name) for name in _PLACED},
                    id=uuid7(),
                    payment_id=row.id,
                    source_id=source.id,
                    amount=source.paid,
                    instalments=instalments,
                    first_due=source.first_due,
                    next_due=next_due(schedule(source.paid, instalments, source.first_due), 0),
                )
            )
    return found
