"""Who acts in the tests of people: every role, at home and elsewhere, and the calls that they make."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from tests.world import GroupOf, Login, Unit, World

MEMBERS, HOUSEHOLDS = "/v1/members", "/v1/households"

_numbers = count(500_001)


def insurance_no() -> str:
    """A social insurance number that nobody else in this run bears."""
    return f"4200{next(_numbers)}"


def phone() -> str:
    """A phone number that nobody else in this run has."""
    return f"0912{next(_numbers)}"


@dataclass
class Cast:
    """The people of one province of the world."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    group: GroupOf
    officer: Login
    commune_officer: Login
    sibling_commune_officer: Login
    sibling_province_officer: Login
    farmers_officer: Login
    bhxh: Login
    viewer: Login
    treasurer: Login
    collector: Login
    partner: Login
    reading_partner: Login

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "Cast":
        """Everybody, with a group of three members that the treasurer keeps."""
        unit = await world.unit("womens_union")
        here = await world.unit("womens_union", world.commune, level="commune")
        beside = await world.unit("womens_union", world.sibling_commune, level="commune")
        beyond = await world.unit("womens_union", world.sibling_province)
        farmers = await world.unit("farmers_association")
        bhxh = await world.unit("bhxh")
        group = await world.group(unit, members=3)
        return cls(
            world=world,
            client=client,
            unit=unit,
            group=group,
            officer=await world.user(unit, "union_officer"),
            commune_officer=await world.user(here, "union_officer"),
            sibling_commune_officer=await world.user(beside, "union_officer"),
            sibling_province_officer=await world.user(beyond, "union_officer"),
            farmers_officer=await world.user(farmers, "union_officer"),
            bhxh=await world.user(bhxh, "bhxh_officer"),
            viewer=await world.user(unit, "viewer"),
            treasurer=await world.user(unit, "treasurer", groups=[group.id]),
            collector=await world.user(unit, "collector", groups=[]),
            partner=await world.partner(unit, "members:write"),
            reading_partner=await world.partner(unit, "members:read"),
        )

    def person(self, **values: Any) -> dict[str, Any]:
        """The body of a member who can be entered."""
        return {"full_name": "Nguyễn Thị Đào", "commune_code": self.world.commune} | values

    async def call(
        self, method: str, path: str, login: Login | None, body: Any = None, **headers: str
    ) -> httpx.Response:
        """One request of somebody."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, path, json=body, headers=named | (login.headers if login else {})
        )

    async def made(self, path: str, body: Any, login: Login | None = None) -> dict[str, Any]:
        """What a POST of the officer (or *login*) made."""
        answer = await self.call("POST", path, login or self.officer, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def member(self, login: Login | None = None, /, **values: Any) -> dict[str, Any]:
        """A member entered by the officer or *login*."""
        return await self.made(MEMBERS, self.person(**values), login)

    async def household(self, **values: Any) -> dict[str, Any]:
        """A household entered by the officer."""
        return await self.made(HOUSEHOLDS, {"commune_code": self.world.commune} | values)

    async def read(self, path: str, login: Login | None = None) -> dict[str, Any]:
        """What a GET of the officer (or *login*) answers."""
        answer = await self.call("GET", path, login or self.officer)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def edited(
        self, path: str, at: int, login: Login | None = None, /, **values: Any
    ) -> httpx.Response:
        """The answer to a PATCH of the officer (or *login*) at a version."""
        return await self.call("PATCH", path, login or self.officer, values, if_match=f'"{at}"')


def member_path(member: dict[str, Any] | UUID, *parts: object) -> str:
    """The path of a member or of what belongs to one."""
    member_id = member["id"] if isinstance(member, dict) else member
    return "/".join([MEMBERS, str(member_id), *map(str, parts)])


def refusal(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status and code of a problem, and the pointer and code of each field."""
    problem = answer.json()
    return answer.status_code, problem["code"], [(e["pointer"], e["code"]) for e in problem["errors"]]
