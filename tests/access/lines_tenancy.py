"""Lines of networks, organisations, users, devices, partner systems and the audit."""

from itertools import count
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from tests.access.actors import ABOVE, PLACED, SIBLING, SUBJECT
from tests.access.lines import Matrix, Reach, Sent
from tests.access.spots import Spot

lines = Matrix()
_numbers = count(1)
_BOTH = (SUBJECT, ABOVE)


@lines.line("GET /v1/networks", P.SELF, Reach.OWN)
async def list_networks(_at: Spot) -> Sent:
    return Sent()


@lines.line("GET /v1/networks/{code}", P.SELF, Reach.OWN)
async def read_network(_at: Spot) -> Sent:
    return Sent({"code": "farmers_association"})


async def organisation(at: Spot) -> str:
    """An organisation of the cell to which nothing else belongs."""

    async def make() -> UUID:
        return (await at.stage.new_unit(at.cell)).id

    return await at.row("organisation", make)


@lines.line("GET /v1/organisations", P.ORGANISATION_READ, Reach.LIST, cells=PLACED)
async def list_organisations(at: Spot) -> Sent:
    return Sent(shown=await at.unit())


@lines.line("POST /v1/organisations", P.ORGANISATION_MANAGE, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def create_organisation(at: Spot) -> Sent:
    code = f"hoi-{next(_numbers)}"
    return Sent(body={"code": code, "name": "Hội mới", "level": "commune", "place_codes": [at.place]})


@lines.line("GET /v1/organisations/{organisation_id}", P.ORGANISATION_READ, Reach.ROW, cells=_BOTH)
async def read_organisation(at: Spot) -> Sent:
    return Sent({"organisation_id": await organisation(at)})


@lines.line("PATCH /v1/organisations/{organisation_id}", P.ORGANISATION_MANAGE, Reach.ROW, cells=_BOTH)
async def edit_organisation(at: Spot) -> Sent:
    return Sent({"organisation_id": await organisation(at)}, body={"name": "Hội cũ"}, version=1)


@lines.line("POST /v1/organisations/{organisation_id}/parents", P.ORGANISATION_MANAGE, Reach.ROW, cells=_BOTH)
async def set_parent(at: Spot) -> Sent:
    return Sent({"organisation_id": await organisation(at)}, body={"parent_id": await at.unit()})


@lines.line("POST /v1/organisations/{organisation_id}/places", P.ORGANISATION_MANAGE, Reach.ROW)
async def add_place(at: Spot) -> Sent:
    async def make() -> str:
        return await at.stage.world.place("hamlet", at.place)

    hamlet = await at.once("hamlet", make)
    return Sent({"organisation_id": await organisation(at)}, body={"place_code": str(hamlet)})


@lines.line(
    "POST /v1/organisations/{organisation_id}/places/{place_code}/end",
    P.ORGANISATION_MANAGE,
    Reach.ROW,
    cells=_BOTH,
)
async def end_place(at: Spot) -> Sent:
    return Sent({"organisation_id": await organisation(at), "place_code": at.place}, body={})


async def user(at: Spot, role: str = "viewer") -> str:
    """A user (người dùng) of the cell's organisation."""

    async def make() -> UUID:
        made = await at.stage.world.user(at.stage.units[at.cell], role)
        await at.stage.owner.execute("update app_user set full_name = $2 where id = $1", made.id, at.name())
        return made.id

    return await at.row(role, make)


async def treasurer(at: Spot) -> str:
    """A user who keeps the money of the cell's group."""
    made = await user(at, "treasurer")

    async def make() -> UUID:
        await at.stage.owner.execute(
            "insert into user_group (user_id, group_id, duty, valid_from) values ($1, $2, 'treasurer', '2020-01-01')",
            UUID(made), UUID(await at.group()),
        )  # fmt: skip
        return uuid7()

    await at.once("duty", make)
    return made


@lines.line("GET /v1/users", P.USER_READ, Reach.LIST, cells=PLACED)
async def list_users(at: Spot) -> Sent:
    return Sent(shown=await user(at))


@lines.line("POST /v1/users", P.USER_MANAGE, Reach.ROW, cells=_BOTH)
async def create_user(at: Spot) -> Sent:
    body: dict[str, Any] = {"username": f"nguoi.moi.{next(_numbers)}", "password": "con đường làng quê"}
    more = {"full_name": "Người Mới", "roles": ["viewer"], "organisation_id": await at.unit()}
    return Sent(body=body | more)


@lines.line("GET /v1/users/{user_id}", P.USER_READ, Reach.ROW, cells=_BOTH)
async def read_user(at: Spot) -> Sent:
    return Sent({"user_id": await user(at)})


@lines.line("PATCH /v1/users/{user_id}", P.USER_MANAGE, Reach.ROW, cells=_BOTH)
async def edit_user(at: Spot) -> Sent:
    return Sent({"user_id": await user(at)}, body={"disabled": True}, version=1)


@lines.line("POST /v1/users/{user_id}/password", P.USER_MANAGE, Reach.ROW, cells=_BOTH)
async def reset_password(at: Spot) -> Sent:
    return Sent({"user_id": await user(at)}, body={"password": "con đường làng quê"})


@lines.line("GET /v1/users/{user_id}/groups", P.USER_READ, Reach.ROW)
async def list_user_groups(at: Spot) -> Sent:
    return Sent({"user_id": await treasurer(at)})


@lines.line("POST /v1/users/{user_id}/groups", P.USER_MANAGE, Reach.ROW)
async def assign_group(at: Spot) -> Sent:
    body = {"group_id": await at.group(), "duty": "treasurer"}
    return Sent({"user_id": await user(at, "treasurer")}, body=body)


@lines.line("POST /v1/users/{user_id}/groups/{group_id}/end", P.USER_MANAGE, Reach.ROW)
async def end_group(at: Spot) -> Sent:
    return Sent({"user_id": await treasurer(at), "group_id": await at.group()}, body={})
