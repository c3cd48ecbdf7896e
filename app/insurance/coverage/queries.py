"""Selects what a member has been covered for, whichever group paid: for prices and for the member's own view."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.insurance.law.coverage import CoverageSpan

_COVERAGE_OF = text("select * from coverage_of(:member) order by valid_from, id")


async def read_member_coverages(db: AsyncSession, member_id: UUID) -> Sequence[RowMapping]:
    """Read the columns of all coverages of a member; the caller has checked that the actor may see the member."""
    result = await (await db.connection()).execute(_COVERAGE_OF, {"member": member_id})
    return result.mappings().all()


def coverage_to_span(row: RowMapping) -> CoverageSpan | None:
    """The days of a coverage that a refund left; None when there are none."""
    if row["valid_from"] is None:
        return None
    last = row["valid_to"] if row["ended_on"] is None else row["ended_on"]
    if last < row["valid_from"]:
        return None
    since, months = row["continuous_since"] or row["valid_from"], row["months"]
    return CoverageSpan(row["valid_from"], last, since, months if row["ended_on"] is None else None)
