"""Cases of renewals: who sees enrolments sees which of them are due; a summary is figures alone."""

from datetime import date
from uuid import UUID

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import GROUP_CELLS, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import former_member, member
from tests.insurance.coverage_factories import insert_paid_coverage

cases = CaseList()
GROUPED = Visibility.GROUPED
_OF_ITS_DAY = {"on": "2037-03-01"}


async def coverage(data: CellData, person: str, until: date) -> str:
    """A card (thẻ) that was paid in the cell's group."""

    async def make() -> UUID:
        group = data.scenario.groups[data.cell]
        return (await insert_paid_coverage(data.scenario.world, group, UUID(person), until=until))["coverage"]

    return await data.row_id(f"coverage {until}", make, sight=GROUPED)


async def due_coverage(data: CellData) -> str:
    """One of `member` that nobody has renewed yet."""
    return await coverage(data, await member(data), date(2037, 3, 10))


async def lapsed_coverage(data: CellData) -> str:
    """One of `leaver` that ended long ago."""
    return await coverage(data, await former_member(data), date(2019, 3, 10))


@cases.add("GET /v1/renewals", P.ENROLMENT_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_renewals(data: CellData) -> CaseRequest:
    return CaseRequest(query=_OF_ITS_DAY, listed_id=await due_coverage(data))


@cases.add("GET /v1/renewals", P.ENROLMENT_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def renewals_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(
        query=_OF_ITS_DAY | {"group_id": await data.group()}, listed_id=await due_coverage(data)
    )


@cases.add("GET /v1/renewals", P.ENROLMENT_READ, ScopeCheck.LIST, sight=GROUPED, about="by commune")
async def renewals_by_commune(data: CellData) -> CaseRequest:
    return CaseRequest(query=_OF_ITS_DAY | {"commune_code": data.place}, listed_id=await due_coverage(data))


@cases.add("GET /v1/renewals/summary", P.STATS_READ, ScopeCheck.OWN)
async def summarise_renewals(_data: CellData) -> CaseRequest:
    return CaseRequest(query={"from": "2037-03-01", "to": "2037-03-31"})


@cases.add("GET /v1/renewals/lapsed", P.ENROLMENT_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_lapsed(data: CellData) -> CaseRequest:
    return CaseRequest(query={"from": "2019-03", "to": "2019-03"}, listed_id=await lapsed_coverage(data))
