"""Premium payments: money of several sources held for an enrolment, given up again, read and listed."""

from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, IdempotencyKeyReused, InvalidInput
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import month_of, now, today
from app.insurance import premium_payment_errors as errors
from app.insurance import premium_payment_queries as queries
from app.insurance.enrolment_errors import EnrolmentStatus
from app.insurance.enrolment_queries import read_enrolment
from app.insurance.enrolment_rules import Status
from app.insurance.premium_payment_schemas import (
    PaymentStatus,
    PremiumPaymentFilter,
    PremiumPaymentIn,
    PremiumPaymentOut,
)
from app.insurance.premium_price import Price, price_enrolment
from app.insurance.premium_sources import (
    at_field,
    hold_source,
    problems_of,
    spend_source,
)
from app.insurance.rulebook import Rulebook
from app.ledger.service import request_hash
from app.models.enrolment import Enrolment
from app.models.premium_payment import PremiumPayment
from app.savings.references import absent

OF_ENROLMENT: Final = (
    "network", "province_code", "commune_code", "group_id", "member_id", "product", "method", "months",
    "monthly_income", "from_month",
)  # fmt: skip
"""What a payment takes over from its enrolment, which must still say it when the payment is posted."""

_PAYABLE = frozenset({Status.SUBMITTED, Status.ACCEPTED})


def shown(actor: Actor, answer: PremiumPaymentOut) -> PremiumPaymentOut:
    """A payment as the actor may see it: the support group as in the enrolment."""
    return answer.shown(
        sensitive=actor.may(Permission.MEMBER_SENSITIVE) or actor.may(Permission.ENROLMENT_SUBMIT)
    )


async def hold_premium(
    db: AsyncSession, actor: Actor, book: Rulebook, body: PremiumPaymentIn, key: str
) -> tuple[PremiumPaymentOut, bool]:
    """Hold the premium of an enrolment once; True beside the first answer when the key had held it before.

    Raises: IdempotencyKeyReused, InvalidInput, NotFound for the enrolment, EnrolmentStatus, PaymentExists;
    InsufficientBalance with the source; PeriodClosed.
    """
    digest = request_hash("premium_payment", body.model_dump(mode="json"))
    before = await queries.sent_before(db, actor, PremiumPayment, "organisation_id", key)
    if before is not None:
        if before.request_hash != digest:
            raise IdempotencyKeyReused
        return shown(actor, PremiumPaymentOut.model_validate(before.answer)), True
    if problems := problems_of(body):
        raise InvalidInput(errors=problems)
    if body.business_date > today():
        raise InvalidInput(errors=[FieldError("/business_date", *errors.DATE_FUTURE)])
    enrolment = await _payable(db, actor, body.enrolment_id)
    price = await _priced(db, book, enrolment, body)
    row = _payment(actor, enrolment, price, body)
    row.client_key, row.request_hash = key, digest
    sources = [
        await hold_source(db, actor, row, asked, position) for position, asked in enumerate(body.sources)
    ]
    answer = PremiumPaymentOut.of(row, sources)
    row.answer = answer.model_dump(mode="json")
    db.add(row)
    await db.flush()
    db.add_all(sources)
    await tell(db, actor, row, Event.PREMIUM_PAYMENT_HELD, Announcement.PREMIUM_PAYMENT_HELD)
    return shown(actor, answer), False


async def void_premium(db: AsyncSession, actor: Actor, payment_id: UUID) -> PremiumPaymentOut:
    """Give a held payment up; all its money is free again. Voiding twice changes nothing.

    A donor's gift stays in the fund. Raises: NotFound, PaymentStatus.
    """
    row = await queries.find_premium(db, actor, PremiumPayment, payment_id, lock=True)
    sources = (await queries.sources_of(db, [row]))[row.id]
    if row.status == PaymentStatus.HELD:
        for source in sources:
            await spend_source(db, actor, source, 0, today())
        row.status, row.voided_at, row.voided_by = PaymentStatus.VOIDED.value, now(), actor.id
        row.version += 1
        await tell(db, actor, row, Event.PREMIUM_PAYMENT_VOIDED, Announcement.PREMIUM_PAYMENT_VOIDED)
    elif row.status != PaymentStatus.VOIDED:
        raise errors.PaymentStatus(status=row.status)
    return shown(actor, PremiumPaymentOut.of(row, sources))


async def read_payment(db: AsyncSession, actor: Actor, payment_id: UUID) -> PremiumPaymentOut:
    """One payment. Raises: NotFound."""
    row = await queries.find_premium(db, actor, PremiumPayment, payment_id)
    return shown(actor, PremiumPaymentOut.of(row, (await queries.sources_of(db, [row]))[row.id]))


async def list_payments(
    db: AsyncSession, actor: Actor, wanted: PremiumPaymentFilter, page: PageRequest
) -> Page[PremiumPaymentOut]:
    """One page of the payments that the filters choose, the newest first."""
    rows, cursor = await queries.list_payments(db, actor, wanted, page)
    sources = await queries.sources_of(db, rows)
    items = [shown(actor, PremiumPaymentOut.of(row, sources[row.id])) for row in rows]
    return Page(items=items, next_cursor=cursor)


async def tell(
    db: AsyncSession, actor: Actor, row: PremiumPayment, event: Event, announcement: Announcement
) -> None:
    """Note and announce where a payment stands now."""
    said = {
        "status": row.status,
        "enrolment_id": str(row.enrolment_id),
        "product": row.product,
        "amount_due": row.amount_due,
        "participant_pays": row.participant_pays,
        "payment_date": str(row.payment_date) if row.payment_date else None,
    }
    await record(db, actor, event, row, said)
    await db.flush()
    await announce(db, announcement, row, said | {"from_month": month_of(row.from_month)})


async def _payable(db: AsyncSession, actor: Actor, enrolment_id: UUID) -> Enrolment:
    """The enrolment to pay for, locked.

    Raises: NotFound, EnrolmentStatus, PaymentExists, InvalidInput when it has no group.
    """
    enrolment = await read_enrolment(db, actor, enrolment_id, lock=True)
    if enrolment is None or enrolment.network != actor.network:
        raise absent("/enrolment_id")
    if enrolment.status not in _PAYABLE:
        raise EnrolmentStatus(status=enrolment.status)
    if enrolment.group_id is None:
        raise InvalidInput(errors=[errors.NO_GROUP])
    if await queries.is_paid(db, enrolment.id):
        raise errors.PaymentExists
    return enrolment


async def _priced(db: AsyncSession, book: Rulebook, enrolment: Enrolment, body: PremiumPaymentIn) -> Price:
    """The price that the sources add up to. Raises: InvalidInput with the body's pointers."""
    try:
        price = await price_enrolment(
            db, book, enrolment, body.business_date, declared_order=body.household_order
        )
    except InvalidInput as refusal:
        pointers = {"/payment_date": "/business_date", "/household_order": "/household_order"}
        at_field(refusal, pointers, "/enrolment_id")
        raise
    if sum(source.amount for source in body.sources) != price.needed:
        raise errors.sources_differ(
            price.needed, price.amount_due, price.state_support, price.province_support
        )
    return price


def _payment(actor: Actor, enrolment: Enrolment, price: Price, body: PremiumPaymentIn) -> PremiumPayment:
    """A new payment, without its key."""
    assert enrolment.group_id is not None  # noqa: S101 - `_payable` looked
    others = sum(source.amount for source in body.sources if source.kind == "donor")
    return PremiumPayment(
        **{name: getattr(enrolment, name) for name in OF_ENROLMENT},
        **price.values,
        id=uuid7(),
        organisation_id=actor.organisation_id,
        enrolment_id=enrolment.id,
        status=PaymentStatus.HELD.value,
        business_date=body.business_date,
        other_support=others,
        participant_pays=price.needed - others,
        declared_order=body.household_order,
        client_id=actor.id if actor.kind == "client" else enrolment.client_id,
        created_by=actor.id,
    )
