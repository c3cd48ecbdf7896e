"""Checks at the acceptance whose a number is; only BHXH is told, which decides."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.insurance.queries import any_of
from app.models.people.member import Member
from app.people.kinds import NumberStatus
from app.people.members.numbers import confirm_numbers


async def find_unsettled(db: AsyncSession, member_ids: Collection[UUID]) -> frozenset[UUID]:
    """Find those of these members of whose numbers it is not settled whose they are; what nobody else has any more is
    confirmed now."""
    stmt = select(Member.id).where(
        col(Member.id) == any_of(member_ids), Member.number_status == NumberStatus.PENDING.value
    )
    # In the order of their ids, so that two lists with the same members wait for one another.
    stmt = stmt.order_by(col(Member.id))
    pending = (await db.exec(stmt)).all()
    if pending:
        await confirm_numbers(db, pending)
    return frozenset((await db.exec(stmt)).all()) if pending else frozenset()
