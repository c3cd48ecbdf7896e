"""The money of a premium in the ledger, within the caller's transaction: record gifts; hold, spend and free money."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.errors import DomainError, FieldError
from app.core.language import missing_field
from app.core.values.ids import uuid7
from app.insurance.premiums import errors
from app.insurance.premiums.payments.schemas import (
    DIRECT_KINDS,
    PremiumPaymentIn,
    PremiumSourceIn,
    PremiumSourceKind,
)
from app.ledger.books.writer import CollectedMoney, collect_money, settle_money
from app.ledger.errors import InsufficientBalance, NotInGroup
from app.ledger.holds import HoldOrder, hold_money, post_hold, void_hold
from app.ledger.schemas import ContributionIn
from app.ledger.service import record_contribution
from app.models.insurance.premium_payment import PremiumPayment, PremiumSource
from app.savings.kinds import Product

SOURCE_REDUCTION_ORDER: Final = (
    PremiumSourceKind.INSTALMENT,
    PremiumSourceKind.CASH,
    PremiumSourceKind.TRANSFER,
    PremiumSourceKind.SAVINGS,
    PremiumSourceKind.FUND,
    PremiumSourceKind.DONOR,
)
"""Which source is reduced first when a payment gets cheaper: the member's debt, then their own; a gift last."""

_Source = TypeVar("_Source", PremiumSource, PremiumSourceIn)
_HOLD_COLUMNS = ("network", "organisation_id", "province_code", "commune_code", "group_id")
_FIELDS_OF_KIND: Final = {
    PremiumSourceKind.DONOR: ("source",),
    PremiumSourceKind.INSTALMENT: ("instalments", "first_due"),
    PremiumSourceKind.TRANSFER: ("bank_reference",),
}
_OPTIONAL_FIELDS_OF_KIND: Final = dict.fromkeys(DIRECT_KINDS, ("source", "collector_id"))
_FIELDS_OF_SOME_KINDS: Final = ("source", "collector_id", "bank_reference", "instalments", "first_due")


def find_source_problems(body: PremiumPaymentIn) -> list[FieldError]:
    """Find what is wrong with the sources by themselves."""
    problems = []
    for index, source in enumerate(body.sources):
        pointer = f"/sources/{index}"
        for name in _FIELDS_OF_SOME_KINDS:
            given, needed = getattr(source, name) is not None, name in _FIELDS_OF_KIND.get(source.kind, ())
            if needed and not given:
                problems.append(missing_field(f"{pointer}/{name}"))
            elif given and not needed and name not in _OPTIONAL_FIELDS_OF_KIND.get(source.kind, ()):
                problems.append(errors.field_not_for_source_kind(f"{pointer}/{name}"))
        if source.first_due is not None and source.first_due < body.business_date:
            problems.append(FieldError(f"{pointer}/first_due", *errors.FIRST_DUE_BEFORE_BUSINESS_DATE))
        if source.instalments is not None and source.instalments > source.amount:
            problems.append(FieldError(f"{pointer}/instalments", *errors.MORE_INSTALMENTS_THAN_AMOUNT))
    return problems


def allocate_price(sources: Sequence[PremiumSource], needed: int) -> dict[UUID, int]:
    """Compute what each source pays of a price that they cover; the remainder stays where it was."""
    remaining = sum(source.amount for source in sources) - needed
    paid_by_source = {}
    for source in sorted(
        sources,
        key=lambda source: (SOURCE_REDUCTION_ORDER.index(_paying_kind(source)), -source.position),
    ):
        reduction = min(remaining, source.amount)
        paid_by_source[source.id] = source.amount - reduction
        remaining -= reduction
    return paid_by_source


def sum_other_support(sources: Sequence[PremiumSource], paid_by_source: dict[UUID, int]) -> int:
    """Sum what donors pay (hỗ trợ khác), whichever way their money came."""
    return sum(
        paid_by_source[source.id] for source in sources if _paying_kind(source) is PremiumSourceKind.DONOR
    )


def in_lock_order(sources: Iterable[_Source]) -> list[_Source]:
    """Put the bank after a collector's cash: that is how everybody locks the boxes of an organisation's book."""
    return sorted(sources, key=lambda source: source.kind == PremiumSourceKind.TRANSFER)


def _paying_kind(source: PremiumSource) -> PremiumSourceKind:
    """The kind of a source; whatever names a donor is a donor's."""
    return PremiumSourceKind.DONOR if source.source is not None else PremiumSourceKind(source.kind)


async def hold_source(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, source_in: PremiumSourceIn, position: int
) -> PremiumSource:
    """Hold one source's money: a gift after recording it in the fund, a direct customer's in the organisation's book.

    Raises: InsufficientBalance and NotInGroup with the source's pointers; BusinessDateFuture, PeriodClosed.
    """
    is_direct = source_in.kind in DIRECT_KINDS
    gift = (
        await _record_gift(db, actor, payment, source_in, position)
        if source_in.kind is PremiumSourceKind.DONOR
        else None
    )
    return PremiumSource(
        **{name: getattr(payment, name) for name in _HOLD_COLUMNS},
        id=uuid7(),
        payment_id=payment.id,
        position=position,
        kind=source_in.kind.value,
        amount=source_in.amount,
        source=source_in.source,
        collector_id=payment.collector_id if is_direct else None,
        bank_reference=source_in.bank_reference,
        instalments=source_in.instalments,
        first_due=source_in.first_due,
        donation_id=gift,
        hold_id=await (
            _collect_money(db, actor, payment, source_in)
            if is_direct
            else _hold_money(db, actor, payment, source_in, position)
        ),
    )


async def spend_source(db: AsyncSession, actor: Actor, source: PremiumSource, paid: int, on: date) -> None:
    """Spend this amount of a held source and free the rest; 0 frees all of it.

    Raises: PeriodClosed, ResolvedBeforeHold, BusinessDateFuture.
    """
    key, permission = _ledger_key(source.payment_id, source.position, "resolve"), Permission.PREMIUM_RECORD
    if source.kind in DIRECT_KINDS:
        source.resolution_id = await settle_money(
            db, actor, source.hold_id, paid=paid, business_date=on, permission=permission
        )
        source.paid = paid
        return
    if paid:
        resolution = await post_hold(
            db, actor, source.hold_id, key=key, business_date=on, amount=paid, permission=permission
        )
    else:
        resolution = await void_hold(
            db, actor, source.hold_id, key=key, business_date=on, permission=permission
        )
    source.paid, source.resolution_id = paid, UUID(resolution.parse_body()["id"])


def redirect_pointers(refusal: DomainError, pointers: dict[str, str], default: str) -> None:
    """Point the errors of an inner operation at the request's own fields.

    pointers: from the operation's to the request's; default: for all others.
    """
    refusal.errors = tuple(
        FieldError(pointers.get(error.pointer, default), error.code, error.vi, error.en)
        for error in refusal.errors
    )


async def _record_gift(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, source_in: PremiumSourceIn, position: int
) -> UUID:
    """Record a donor's money in the fund and return the entry's id."""
    gift = ContributionIn(
        kind="donation",
        group_id=payment.group_id,
        amount=source_in.amount,
        product=Product(payment.product),
        source=source_in.source,
        business_date=payment.business_date,
    )
    caller = await Caller.in_transaction(db, actor, Permission.PREMIUM_RECORD)
    return UUID(
        (await record_contribution(caller, gift, _ledger_key(payment.id, position, "gift"))).parse_body()[
            "id"
        ]
    )


async def _hold_money(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, source_in: PremiumSourceIn, position: int
) -> UUID:
    """Hold the money in the member's savings or in the fund and return the hold's id."""
    assert payment.group_id is not None  # noqa: S101 - checked by `check_source_kinds`
    order = HoldOrder(
        group_id=payment.group_id,
        member_id=payment.member_id if source_in.kind is PremiumSourceKind.SAVINGS else None,
        amount=source_in.amount,
        product=Product(payment.product),
        business_date=payment.business_date,
    )
    key = _ledger_key(payment.id, position, "hold")
    try:
        held = await hold_money(db, actor, order, key=key, permission=Permission.PREMIUM_RECORD)
    except InsufficientBalance as refusal:
        redirect_pointers(refusal, {"/business_date": "/business_date"}, f"/sources/{position}/amount")
        raise
    except NotInGroup as refusal:
        redirect_pointers(refusal, {}, f"/sources/{position}/kind")
        raise
    return UUID(held.parse_body()["id"])


async def _collect_money(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, source_in: PremiumSourceIn
) -> UUID:
    """Book a direct customer's money: in cash with the collector, by a transfer in the bank; returns the entry's id."""
    return await collect_money(
        db,
        actor,
        CollectedMoney(
            payment_id=payment.id,
            member_id=payment.member_id,
            province_code=payment.province_code,
            commune_code=payment.commune_code,
            holder_id=payment.collector_id if source_in.kind is PremiumSourceKind.CASH else None,
            product=Product(payment.product),
            amount=source_in.amount,
            business_date=payment.business_date,
        ),
    )


def _ledger_key(payment_id: UUID, position: int, step: str) -> str:
    """Build the ledger's idempotency key of one step of one source."""
    return f"premium/{payment_id}/{position}/{step}"
