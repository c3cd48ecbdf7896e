"""Cases of networks, organisations, users, devices, partner systems and the audit."""

from itertools import count
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import PLACE_CELLS, PROVINCE, SIBLING, SUBJECT
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_numbers = count(1)
_BOTH = (SUBJECT, PROVINCE)


@cases.add("GET /v1/networks", P.SELF, ScopeCheck.OWN)
async def list_networks(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("GET /v1/networks/{code}", P.SELF, ScopeCheck.OWN)
async def read_network(_data: CellData) -> CaseRequest:
    return CaseRequest({"code": "farmers_association"})


async def organisation(data: CellData) -> str:
    """An organisation of the cell to which nothing else belongs."""

    async def make() -> UUID:
        return (await data.scenario.new_unit(data.cell)).id

    return await data.row_id("organisation", make)


@cases.add("GET /v1/organisations", P.ORGANISATION_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_organisations(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await data.unit())


@cases.add("POST /v1/organisations", P.ORGANISATION_MANAGE, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING))
async def create_organisation(data: CellData) -> CaseRequest:
    code = f"hoi-{next(_numbers)}"
    return CaseRequest(
        body={"code": code, "name": "Hội mới", "level": "commune", "place_codes": [data.place]}
    )


@cases.add("GET /v1/organisations/{organisation_id}", P.ORGANISATION_READ, ScopeCheck.ROW, cells=_BOTH)
async def read_organisation(data: CellData) -> CaseRequest:
    return CaseRequest({"organisation_id": await organisation(data)})


@cases.add("PATCH /v1/organisations/{organisation_id}", P.ORGANISATION_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def edit_organisation(data: CellData) -> CaseRequest:
    return CaseRequest({"organisation_id": await organisation(data)}, body={"name": "Hội cũ"}, version=1)


@cases.add(
    "POST /v1/organisations/{organisation_id}/parents", P.ORGANISATION_MANAGE, ScopeCheck.ROW, cells=_BOTH
)
async def set_parent(data: CellData) -> CaseRequest:
    return CaseRequest({"organisation_id": await organisation(data)}, body={"parent_id": await data.unit()})


@cases.add("POST /v1/organisations/{organisation_id}/places", P.ORGANISATION_MANAGE, ScopeCheck.ROW)
async def add_place(data: CellData) -> CaseRequest:
    async def make() -> str:
        return await data.scenario.world.place("hamlet", data.place)

    hamlet = await data.get_or_create("hamlet", make)
    return CaseRequest({"organisation_id": await organisation(data)}, body={"place_code": str(hamlet)})


@cases.add(
    "POST /v1/organisations/{organisation_id}/places/{place_code}/end",
    P.ORGANISATION_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
)
async def end_place(data: CellData) -> CaseRequest:
    return CaseRequest({"organisation_id": await organisation(data), "place_code": data.place}, body={})


async def user(data: CellData, role: str = "viewer") -> str:
    """A user (người dùng) of the cell's organisation."""

    async def make() -> UUID:
        created = await data.scenario.world.user(data.scenario.units[data.cell], role)
        await data.scenario.owner.execute(
            "update app_user set full_name = $2 where id = $1", created.id, data.marked_name()
        )
        return created.id

    return await data.row_id(role, make)


async def treasurer(data: CellData) -> str:
    """A user who keeps the money of the cell's group."""
    created = await user(data, "treasurer")

    async def make() -> UUID:
        await data.scenario.owner.execute(
            "insert into user_group (user_id, group_id, duty, valid_from) values ($1, $2, 'treasurer', '2020-01-01')",
            UUID(created), UUID(await data.group()),
        )  # fmt: skip
        return uuid7()

    await data.get_or_create("duty", make)
    return created


@cases.add("GET /v1/users", P.USER_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_users(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await user(data))


@cases.add("POST /v1/users", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def create_user(data: CellData) -> CaseRequest:
    body: dict[str, Any] = {"username": f"nguoi.moi.{next(_numbers)}", "password": "con đường làng quê"}
    more = {"full_name": "Người Mới", "roles": ["viewer"], "organisation_id": await data.unit()}
    return CaseRequest(body=body | more)


@cases.add("GET /v1/users/{user_id}", P.USER_READ, ScopeCheck.ROW, cells=_BOTH)
async def read_user(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await user(data)})


@cases.add("PATCH /v1/users/{user_id}", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def edit_user(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await user(data)}, body={"disabled": True}, version=1)


@cases.add("POST /v1/users/{user_id}/password", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def reset_password(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await user(data)}, body={"password": "con đường làng quê"})


@cases.add("GET /v1/users/{user_id}/groups", P.USER_READ, ScopeCheck.ROW)
async def list_user_groups(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await treasurer(data)})


@cases.add("POST /v1/users/{user_id}/groups", P.USER_MANAGE, ScopeCheck.ROW)
async def assign_group(data: CellData) -> CaseRequest:
    body = {"group_id": await data.group(), "duty": "treasurer"}
    return CaseRequest({"user_id": await user(data, "treasurer")}, body=body)


@cases.add("POST /v1/users/{user_id}/groups/{group_id}/end", P.USER_MANAGE, ScopeCheck.ROW)
async def end_group(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await treasurer(data), "group_id": await data.group()}, body={})
