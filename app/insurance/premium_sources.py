"""The money of a premium: gifts booked, holds made, spent and freed, in the ledger and in the caller's transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.errors import DomainError, FieldError
from app.core.ids import uuid7
from app.insurance import premium_payment_errors as errors
from app.insurance.premium_payment_schemas import PremiumPaymentIn, PremiumSourceIn, PremiumSourceKind
from app.ledger.errors import InsufficientBalance, NotInGroup
from app.ledger.holds import HoldOrder, hold, post_hold, void_hold
from app.ledger.schemas import ContributionIn
from app.ledger.service import record
from app.models.premium_payment import PremiumPayment, PremiumSource
from app.savings.kinds import Product

SPARED: Final = (
    PremiumSourceKind.INSTALMENT,
    PremiumSourceKind.SAVINGS,
    PremiumSourceKind.FUND,
    PremiumSourceKind.DONOR,
)
"""Who is spared first when a payment gets cheaper: the member's debt, then their savings; the gift comes last."""

_PLACED = ("network", "organisation_id", "province_code", "commune_code", "group_id")
_ABOUT: Final = {
    PremiumSourceKind.DONOR: ("source",),
    PremiumSourceKind.INSTALMENT: ("instalments", "first_due"),
}


def problems_of(body: PremiumPaymentIn) -> list[FieldError]:
    """What is wrong with the sources by themselves."""
    found = []
    for index, source in enumerate(body.sources):
        at = f"/sources/{index}"
        for name in ("source", "instalments", "first_due"):
            given, needed = getattr(source, name) is not None, name in _ABOUT.get(source.kind, ())
            if needed and not given:
                found.append(errors.missing(f"{at}/{name}"))
            elif given and not needed:
                found.append(errors.not_for_kind(f"{at}/{name}"))
        if source.first_due is not None and source.first_due < body.business_date:
            found.append(FieldError(f"{at}/first_due", *errors.FIRST_DUE_EARLY))
        if source.instalments is not None and source.instalments > source.amount:
            found.append(FieldError(f"{at}/instalments", *errors.MORE_INSTALMENTS))
    return found


def spent(sources: Sequence[PremiumSource], needed: int) -> dict[UUID, int]:
    """What each source pays of a price that they cover; what is left over stays where it was."""
    left = sum(source.amount for source in sources) - needed
    found = {}
    for source in sorted(
        sources, key=lambda source: (SPARED.index(PremiumSourceKind(source.kind)), -source.position)
    ):
        spared = min(left, source.amount)
        found[source.id] = source.amount - spared
        left -= spared
    return found


def other_support(sources: Sequence[PremiumSource], paid: dict[UUID, int]) -> int:
    """What donors pay (hỗ trợ khác)."""
    return sum(paid[source.id] for source in sources if source.kind == PremiumSourceKind.DONOR)


async def hold_source(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, asked: PremiumSourceIn, position: int
) -> PremiumSource:
    """Set one source's money aside; a gift is booked into the fund first.

    Raises: InsufficientBalance and NotInGroup with the source's pointers; BusinessDateFuture, PeriodClosed.
    """
    gift = await _give(db, actor, payment, asked, position) if asked.kind is PremiumSourceKind.DONOR else None
    return PremiumSource(
        **{name: getattr(payment, name) for name in _PLACED},
        id=uuid7(),
        payment_id=payment.id,
        position=position,
        kind=asked.kind.value,
        amount=asked.amount,
        source=asked.source,
        instalments=asked.instalments,
        first_due=asked.first_due,
        donation_id=gift,
        hold_id=await _hold(db, actor, payment, asked, position),
    )


async def spend_source(db: AsyncSession, actor: Actor, source: PremiumSource, paid: int, on: date) -> None:
    """Pay so much of a held source out of the box and free the rest; 0 frees all of it.

    Raises: PeriodClosed, ResolvedBeforeHold, BusinessDateFuture.
    """
    key, permission = _key(source.payment_id, source.position, "resolve"), Permission.PREMIUM_RECORD
    if paid:
        done = await post_hold(
            db, actor, source.hold_id, key=key, business_date=on, amount=paid, permission=permission
        )
    else:
        done = await void_hold(db, actor, source.hold_id, key=key, business_date=on, permission=permission)
    source.paid, source.resolution_id = paid, UUID(done.value()["id"])


def at_field(refusal: DomainError, pointers: dict[str, str], rest: str) -> None:
    """Give a refusal of something that a request does the pointers of the request's own fields.

    pointers: from theirs to ours; rest: for all others.
    """
    refusal.errors = tuple(
        FieldError(pointers.get(error.pointer, rest), error.code, error.vi, error.en)
        for error in refusal.errors
    )


async def _give(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, asked: PremiumSourceIn, position: int
) -> UUID:
    """Book a donor's money into the fund; the entry's id."""
    gift = ContributionIn(
        kind="donation",
        group_id=payment.group_id,
        amount=asked.amount,
        product=Product(payment.product).value,
        source=asked.source,
        business_date=payment.business_date,
    )
    caller = await Caller.within(db, actor, Permission.PREMIUM_RECORD)
    return UUID((await record(caller, gift, _key(payment.id, position, "gift"))).value()["id"])


async def _hold(
    db: AsyncSession, actor: Actor, payment: PremiumPayment, asked: PremiumSourceIn, position: int
) -> UUID:
    """Hold the money in the member's savings or in the fund; the hold's id."""
    order = HoldOrder(
        group_id=payment.group_id,
        member_id=payment.member_id if asked.kind is PremiumSourceKind.SAVINGS else None,
        amount=asked.amount,
        product=Product(payment.product).value,
        business_date=payment.business_date,
    )
    key = _key(payment.id, position, "hold")
    try:
        held = await hold(db, actor, order, key=key, permission=Permission.PREMIUM_RECORD)
    except InsufficientBalance as refusal:
        at_field(refusal, {}, f"/sources/{position}/amount")
        raise
    except NotInGroup as refusal:
        at_field(refusal, {}, f"/sources/{position}/kind")
        raise
    return UUID(held.value()["id"])


def _key(payment_id: UUID, position: int, step: str) -> str:
    """The ledger's key of one step of one source."""
    return f"premium/{payment_id}/{position}/{step}"
