"""What a member has been covered for, whichever group paid: for prices and for the member's own view."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.insurance.coverage_rules import Span

_COVERAGE = text("select * from coverage_of(:member) order by valid_from, id")


async def coverage_of(db: AsyncSession, member_id: UUID) -> Sequence[RowMapping]:
    """The columns of all coverages of a member of the actor's network; who may see the member is asked before."""
    found = await (await db.connection()).execute(_COVERAGE, {"member": member_id})
    return found.mappings().all()


def span_of(row: RowMapping) -> Span | None:
    """The days of a coverage as a refund left them; None when there are none."""
    if row["valid_from"] is None:
        return None
    last = row["valid_to"] if row["ended_on"] is None else row["ended_on"]
    if last < row["valid_from"]:
        return None
    return Span(row["valid_from"], last, row["continuous_since"] or row["valid_from"])
