"""Whose a number is: unique in a network's register as far as its members are held for whom they say they are.

A number that somebody has whom the caller may not see is accepted like any other and stays pending; who may see both
gets the pair to settle (`app/people/number_pairs`). Decision 0015 says why, and what else may be learnt from an answer.
"""

from uuid import UUID

from sqlalchemy import or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.models.people.member import Member
from app.people.errors import NationalIdTaken, SocialInsuranceNoTaken
from app.people.kinds import NumberStatus

NUMBERS = ("national_id", "social_insurance_no")

_CONFIRM = text("select confirm_numbers(:id)")


async def claim_numbers(db: AsyncSession, actor: Actor, row: Member) -> None:
    """Write a member with new numbers: held as theirs, or pending where somebody out of the caller's sight has one.

    Nothing that the caller sees depends on which of the two, the statements neither.
    Raises: NationalIdTaken, SocialInsuranceNoTaken when a member whom the actor sees has one.
    """
    set_pending(row)
    await db.flush()
    if row.number_status != NumberStatus.PENDING:
        return
    await confirm_numbers(db, row.id)
    await _check_not_taken(db, actor, row)


def set_pending(row: Member) -> None:
    """Set the numbers of a member to pending, if there are any."""
    pending = any(getattr(row, name) is not None for name in NUMBERS)
    row.number_claim = row.id if pending else None
    row.number_status = (NumberStatus.PENDING if pending else NumberStatus.CONFIRMED).value
    row.number_to_check = False


async def confirm_numbers(db: AsyncSession, member_id: UUID) -> None:
    """Confirm the pending numbers of a member whom nobody else in the network keeps from it."""
    await (await db.connection()).execute(_CONFIRM, {"id": member_id})


async def _check_not_taken(db: AsyncSession, actor: Actor, row: Member) -> None:
    """Check that nobody whom the actor sees has one of the numbers; whoever else was entering it has ended by now."""
    same = [
        col(getattr(Member, name)) == getattr(row, name) for name in NUMBERS if getattr(row, name) is not None
    ]
    stmt = (
        select(Member.national_id)
        .where(
            visible_condition(actor, Member), Member.network == row.network, Member.id != row.id, or_(*same)
        )
        .limit(2)
    )
    taken = (await db.exec(stmt)).all()
    if taken:
        raise NationalIdTaken if row.national_id in taken and row.national_id else SocialInsuranceNoTaken
