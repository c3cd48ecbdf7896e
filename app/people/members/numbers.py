"""Whose a number is: unique in a network's register as far as its members are held for whom they say they are.

A number that somebody has whom the caller may not see is accepted like any other and stays pending; who may see both
gets the pair to settle (`app/people/number_pairs`). Decision 0016 says why, and what else may be learnt from an answer.
"""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models.people.member import Member
from app.people.errors import NationalIdTaken, SocialInsuranceNoTaken
from app.people.kinds import NumberStatus

NUMBERS = ("national_id", "social_insurance_no")

_CONFIRM = text("select confirm_numbers(:id)")
# Each function looks at the register anew, so that the second one sees whom the first one waited for.
_CONFIRM_AND_LOOK = text("""
select number_in_sight(:id, :network, :national_id, :social_insurance_no) from confirm_numbers(:id)
""")


async def claim_numbers(db: AsyncSession, row: Member) -> None:
    """Write a member with new numbers: held as theirs, or pending where somebody out of the caller's sight has one.

    Nothing that the caller sees depends on which of the two, the statements neither.
    Raises: NationalIdTaken, SocialInsuranceNoTaken when a member whom the caller sees has one.
    """
    set_pending(row)
    await db.flush()
    if row.number_status != NumberStatus.PENDING:
        return
    values = {name: getattr(row, name) for name in ("id", "network", *NUMBERS)}
    taken = (await (await db.connection()).execute(_CONFIRM_AND_LOOK, values)).scalar_one()
    if taken is not None:
        raise _TAKEN[taken]


_TAKEN = {"national_id": NationalIdTaken, "social_insurance_no": SocialInsuranceNoTaken}


def set_pending(row: Member) -> None:
    """Set the numbers of a member to pending, if there are any."""
    pending = any(getattr(row, name) is not None for name in NUMBERS)
    row.number_claim = row.id if pending else None
    row.number_status = (NumberStatus.PENDING if pending else NumberStatus.CONFIRMED).value
    row.number_to_check = False


async def confirm_numbers(db: AsyncSession, member_id: UUID) -> None:
    """Confirm the pending numbers of a member whom nobody else in the network keeps from it."""
    await (await db.connection()).execute(_CONFIRM, {"id": member_id})
