"""Selects what a member has been covered for, whichever group paid: for prices and for the member's own view."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver
from app.insurance.law.coverage import CoverageSpan

_SUPPORTS_BEFORE = "select * from supports_before($1::uuid[], $2::uuid[])"
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


SupportQuery = tuple[UUID, UUID | None]
"""Of which member the months with support are asked, and for which of their enrolments, whose declaration then counts
before BHXH accepts it."""


async def read_supports_before(db: AsyncSession, asked: Iterable[SupportQuery]) -> dict[SupportQuery, int]:
    """Read how many months with the state's support people had so far, over all registers, in one statement.

    The caller has checked that the actor may see the members; of others nothing comes back. A union is told what other
    registers know only of members of whom BHXH has accepted an enrolment.
    """
    queries = list(dict.fromkeys(asked))
    if not queries:
        return {}
    await db.flush()
    columns = [member for member, _ in queries], [enrolment for _, enrolment in queries]
    rows = await fetch_with_custom_plan(await get_driver(db), _SUPPORTS_BEFORE, *columns)
    return {(row["member_id"], row["enrolment_id"]): row["months"] for row in rows}
