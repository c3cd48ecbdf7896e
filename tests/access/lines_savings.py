"""Lines of savings models, groups and memberships."""

from app.auth.permissions import P
from tests.access.actors import ABOVE, COMMUNAL, PLACED, SIBLING, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import leaver, member, membership, model, own_group
from tests.access.rules import own_network_only, own_places_only
from tests.access.spots import Spot

lines = Matrix()
AROUND, GROUPED = Sight.AROUND, Sight.GROUPED


@lines.line("GET /v1/savings-models", P.MODEL_READ, Reach.LIST, cells=PLACED, sight=AROUND)
async def list_models(at: Spot) -> Sent:
    return Sent(shown=await model(at))


@lines.line("POST /v1/savings-models", P.MODEL_MANAGE, Reach.PLACE, cells=(SUBJECT, SIBLING, ABOVE))
async def create_model(at: Spot) -> Sent:
    return Sent(body={"name": "Nuôi heo đất", "mechanism": "piggy_bank", "place_code": at.place})


@lines.line(
    "GET /v1/savings-models/{model_id}", P.MODEL_READ, Reach.ROW, cells=(SUBJECT, ABOVE), sight=AROUND
)
async def read_model(at: Spot) -> Sent:
    return Sent({"model_id": await model(at)})


@lines.line(
    "PATCH /v1/savings-models/{model_id}",
    P.MODEL_MANAGE,
    Reach.ROW,
    cells=(SUBJECT, ABOVE),
    sight=AROUND,
    but=(own_network_only, own_places_only),
)
async def edit_model(at: Spot) -> Sent:
    return Sent({"model_id": await model(at)}, body={"description": "Mỗi ngày một nghìn đồng"}, version=1)


@lines.line(
    "POST /v1/savings-models/{model_id}/replicate",
    P.MODEL_MANAGE,
    Reach.ROW,
    cells=(SUBJECT, ABOVE),
    sight=AROUND,
    but=(own_places_only,),
)
async def replicate_model(at: Spot) -> Sent:
    return Sent({"model_id": await model(at)}, body={"name": "Nhân rộng", "place_code": at.place})


@lines.line(
    "GET /v1/savings-models/{model_id}/summary", P.STATS_READ, Reach.ROW, cells=(SUBJECT, ABOVE), sight=AROUND
)
async def summarise_model(at: Spot) -> Sent:
    return Sent({"model_id": await model(at)})


@lines.line("GET /v1/groups", P.GROUP_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_groups(at: Spot) -> Sent:
    return Sent(shown=await at.group())


@lines.line("POST /v1/groups", P.GROUP_MANAGE, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def open_group(at: Spot) -> Sent:
    return Sent(body={"name": "Tổ mới", "commune_code": at.place})


@lines.line("GET /v1/groups/{group_id}", P.GROUP_READ, Reach.ROW, sight=GROUPED)
async def read_group(at: Spot) -> Sent:
    return Sent({"group_id": await at.group()})


@lines.line("PATCH /v1/groups/{group_id}", P.GROUP_MANAGE, Reach.ROW, sight=GROUPED)
async def edit_group(at: Spot) -> Sent:
    return Sent({"group_id": await own_group(at)}, body={"note": "Họp ngày mười lăm"}, version=1)


@lines.line("GET /v1/groups/{group_id}/accounts", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def read_accounts(at: Spot) -> Sent:
    await member(at)
    return Sent({"group_id": await at.group()})


@lines.line("GET /v1/groups/{group_id}/memberships", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def list_memberships(at: Spot) -> Sent:
    await membership(at)
    return Sent({"group_id": await at.group()})


@lines.line("POST /v1/groups/{group_id}/memberships", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED)
async def join_group(at: Spot) -> Sent:
    return Sent({"group_id": await at.group()}, body={"member_id": await leaver(at)})


@lines.line("GET /v1/groups/{group_id}/memberships/{membership_id}", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def read_membership(at: Spot) -> Sent:
    return Sent({"group_id": await at.group(), "membership_id": await membership(at)})


@lines.line(
    "PATCH /v1/groups/{group_id}/memberships/{membership_id}", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED
)
async def edit_membership(at: Spot) -> Sent:
    pledge = {"kind": "money", "amount": 10_000, "per": "month"}
    path = {"group_id": await at.group(), "membership_id": await membership(at)}
    return Sent(path, body={"pledges": [pledge]}, version=1)
