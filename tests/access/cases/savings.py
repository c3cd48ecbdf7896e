"""Cases of savings models, groups and memberships."""

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.refusal_rules import own_network_only, own_places_only
from tests.access.scenario.actors import GROUP_CELLS, PLACE_CELLS, PROVINCE, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import former_member, member, membership, model, unassigned_group

cases = CaseList()
AROUND, GROUPED = Visibility.AROUND, Visibility.GROUPED


@cases.add("GET /v1/savings-models", P.MODEL_READ, ScopeCheck.LIST, cells=PLACE_CELLS, sight=AROUND)
async def list_models(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await model(data))


@cases.add("POST /v1/savings-models", P.MODEL_MANAGE, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING, PROVINCE))
async def create_model(data: CellData) -> CaseRequest:
    return CaseRequest(body={"name": "Nuôi heo đất", "mechanism": "piggy_bank", "place_code": data.place})


@cases.add(
    "GET /v1/savings-models/{model_id}", P.MODEL_READ, ScopeCheck.ROW, cells=(SUBJECT, PROVINCE), sight=AROUND
)
async def read_model(data: CellData) -> CaseRequest:
    return CaseRequest({"model_id": await model(data)})


@cases.add(
    "PATCH /v1/savings-models/{model_id}",
    P.MODEL_MANAGE,
    ScopeCheck.ROW,
    cells=(SUBJECT, PROVINCE),
    sight=AROUND,
    but=(own_network_only, own_places_only),
)
async def edit_model(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"model_id": await model(data)}, body={"description": "Mỗi ngày một nghìn đồng"}, version=1
    )


@cases.add(
    "POST /v1/savings-models/{model_id}/replicate",
    P.MODEL_MANAGE,
    ScopeCheck.ROW,
    cells=(SUBJECT, PROVINCE),
    sight=AROUND,
    but=(own_places_only,),
)
async def replicate_model(data: CellData) -> CaseRequest:
    return CaseRequest({"model_id": await model(data)}, body={"name": "Nhân rộng", "place_code": data.place})


@cases.add(
    "GET /v1/savings-models/{model_id}/summary",
    P.STATS_READ,
    ScopeCheck.ROW,
    cells=(SUBJECT, PROVINCE),
    sight=AROUND,
)
async def summarise_model(data: CellData) -> CaseRequest:
    return CaseRequest({"model_id": await model(data)})


@cases.add("GET /v1/groups", P.GROUP_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_groups(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await data.group())


@cases.add("POST /v1/groups", P.GROUP_MANAGE, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING))
async def open_group(data: CellData) -> CaseRequest:
    return CaseRequest(body={"name": "Tổ mới", "commune_code": data.place})


@cases.add("GET /v1/groups/{group_id}", P.GROUP_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_group(data: CellData) -> CaseRequest:
    return CaseRequest({"group_id": await data.group()})


@cases.add("PATCH /v1/groups/{group_id}", P.GROUP_MANAGE, ScopeCheck.ROW, sight=GROUPED)
async def edit_group(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"group_id": await unassigned_group(data)}, body={"note": "Họp ngày mười lăm"}, version=1
    )


@cases.add("GET /v1/groups/{group_id}/accounts", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_accounts(data: CellData) -> CaseRequest:
    await member(data)
    return CaseRequest({"group_id": await data.group()})


@cases.add("GET /v1/groups/{group_id}/memberships", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def list_memberships(data: CellData) -> CaseRequest:
    await membership(data)
    return CaseRequest({"group_id": await data.group()})


@cases.add("POST /v1/groups/{group_id}/memberships", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def join_group(data: CellData) -> CaseRequest:
    return CaseRequest({"group_id": await data.group()}, body={"member_id": await former_member(data)})


@cases.add(
    "GET /v1/groups/{group_id}/memberships/{membership_id}", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED
)
async def read_membership(data: CellData) -> CaseRequest:
    return CaseRequest({"group_id": await data.group(), "membership_id": await membership(data)})


@cases.add(
    "PATCH /v1/groups/{group_id}/memberships/{membership_id}", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED
)
async def edit_membership(data: CellData) -> CaseRequest:
    pledge = {"kind": "money", "amount": 10_000, "per": "month"}
    path = {"group_id": await data.group(), "membership_id": await membership(data)}
    return CaseRequest(path, body={"pledges": [pledge]}, version=1)
