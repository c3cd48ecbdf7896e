"""Selects what was paid for a member's voluntary social insurance, whichever group paid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

_PREMIUMS_OF = text("select * from premiums_of(:member)")


async def read_member_premiums(db: AsyncSession, member_id: UUID) -> Sequence[RowMapping]:
    """Read months, incomes and support of a member; the caller has checked that the actor may see the member."""
    result = await (await db.connection()).execute(_PREMIUMS_OF, {"member": member_id})
    return result.mappings().all()
