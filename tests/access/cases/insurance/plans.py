"""Cases of forecasts: whoever sees a group's books sees its forecasts. Plans are open to everybody, as quotes are."""

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import contribution, membership

cases = CaseList()
GROUPED = Visibility.GROUPED


@cases.add("GET /v1/groups/{group_id}/forecast", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def forecast_group(data: CellData) -> CaseRequest:
    await contribution(data)
    return CaseRequest({"group_id": await data.group()})


@cases.add("GET /v1/memberships/{membership_id}/forecast", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def forecast_membership(data: CellData) -> CaseRequest:
    return CaseRequest({"membership_id": await membership(data)})
