"""Benefit estimates of a member: from the premiums that are known, within what the actor may see."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import InvalidInput
from app.core.language import Language, missing_field
from app.core.values.time import month_of, today
from app.insurance.benefits.errors import BORN_LATER, PAID_ALREADY_KNOWN
from app.insurance.benefits.outlook import build_outlook
from app.insurance.benefits.planning import read_paid_times
from app.insurance.benefits.queries import read_member_premiums
from app.insurance.benefits.schemas import MemberEstimateIn
from app.insurance.benefits.service import KnownTime, format_estimate, open_values
from app.insurance.benefits.shapes import MemberInsurancePage
from app.insurance.benefits.timeline import IncomePeriod, month_number
from app.insurance.benefits.values import EstimateValues
from app.insurance.coverage.queries import read_supports_before
from app.insurance.coverage.service import read_member_insurance
from app.insurance.rules.rulebook import Rulebook
from app.people.members.queries import require_visible_member


async def estimate_member(
    db: AsyncSession,
    actor: Actor,
    book: Rulebook,
    member_id: UUID,
    body: MemberEstimateIn,
    language: Language,
) -> str:
    """Estimate the benefits of a member as JSON text.

    Who may not see premiums gets an estimate of what is declared only. Raises: NotFound, InvalidInput.
    """
    member = await require_visible_member(db, actor, member_id)
    born, sex = member.birth_date or body.birth_date, member.sex or body.sex
    if born is None or sex is None:
        missing = {"birth_date": born, "sex": sex}
        raise InvalidInput(
            errors=[missing_field(f"/{name}") for name, known in missing.items() if known is None]
        )
    values = open_values(book, body, body.as_of or today())
    if born >= values.day:
        raise InvalidInput(errors=[BORN_LATER])
    elsewhere = read_paid_times(body.paid_elsewhere, "/paid_elsewhere", born, values)
    known, used = await _read_known(db, actor, member_id)
    _check_declared(elsewhere, known)
    used += sum(period.supported_months for period in elsewhere)
    paid = tuple(sorted((*known, *elsewhere), key=lambda period: period.first))
    return format_estimate(body, KnownTime(born, sex, paid, used), values, language)


async def read_insurance_page(
    db: AsyncSession, actor: Actor, book: Rulebook, member_id: UUID, on: date, language: Language
) -> MemberInsurancePage:
    """Read what a member is insured for, with what it will bring. Raises: NotFound."""
    insurance = await read_member_insurance(db, actor, book, member_id, on)
    member = await require_visible_member(db, actor, member_id)
    future = None
    if (
        member.birth_date is not None
        and member.sex is not None
        and actor.has_permission(Permission.MEMBER_READ)
    ):
        paid, used = await _read_known(db, actor, member_id)
        known = KnownTime(member.birth_date, member.sex, tuple(paid), used)
        future = build_outlook(known, EstimateValues(book, on, {}), language)
    return MemberInsurancePage(**dict(insurance), outlook=future)


async def _read_known(db: AsyncSession, actor: Actor, member_id: UUID) -> tuple[list[IncomePeriod], int]:
    """Read the premiums and the months with support; nothing for who may not see premiums."""
    if not actor.has_permission(Permission.PREMIUM_READ):
        return [], 0
    rows = await read_member_premiums(db, member_id)
    supports = await read_supports_before(db, [(member_id, None)])
    return [_to_period(row) for row in rows], supports.get((member_id, None), 0)


def _to_period(row: RowMapping) -> IncomePeriod:
    """Convert a premium to a period; missing months end in the month in which they were paid for."""
    months, begins = row["months"], row["valid_from"]
    first = (
        month_number(month_of(row["paid_on"])) - months + 1
        if begins is None
        else month_number(month_of(begins))
    )
    return IncomePeriod(
        first,
        months,
        row["monthly_income"] or 0,
        row["supported_months"],
        row["state_support"],
        missing=begins is None,
    )


def _check_declared(elsewhere: Sequence[IncomePeriod], known: Sequence[IncomePeriod]) -> None:
    """Check that nothing declared is known already. Raises: InvalidInput."""
    if any(declared.overlaps(period) for declared in elsewhere for period in known if not period.missing):
        raise InvalidInput(errors=[PAID_ALREADY_KNOWN])
