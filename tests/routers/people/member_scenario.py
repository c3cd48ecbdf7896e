"""Scenario of the member tests: logins of every role, at home and elsewhere, and HTTP helpers."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from tests.world import GroupRef, Login, Unit, World

MEMBERS, HOUSEHOLDS = "/v1/members", "/v1/households"

_numbers = count(500_001)


def new_insurance_no() -> str:
    """A social insurance number that nobody else in this run bears."""
    return f"4200{next(_numbers)}"


def new_phone() -> str:
    """A phone number that nobody else in this run has."""
    return f"0912{next(_numbers)}"


@dataclass
class MemberScenario:
    """The logins and members of one province of the world."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    group: GroupRef
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
    async def create(cls, world: World, client: httpx.AsyncClient) -> "MemberScenario":
        """Create every login, and a group of three members that the treasurer keeps."""
        unit = await world.unit("womens_union")
        commune_unit = await world.unit("womens_union", world.commune, level="commune")
        sibling_commune_unit = await world.unit("womens_union", world.sibling_commune, level="commune")
        sibling_province_unit = await world.unit("womens_union", world.sibling_province)
        farmers = await world.unit("farmers_association")
        bhxh = await world.unit("bhxh")
        group = await world.group(unit, members=3)
        return cls(
            world=world,
            client=client,
            unit=unit,
            group=group,
            officer=await world.user(unit, "union_officer"),
            commune_officer=await world.user(commune_unit, "union_officer"),
            sibling_commune_officer=await world.user(sibling_commune_unit, "union_officer"),
            sibling_province_officer=await world.user(sibling_province_unit, "union_officer"),
            farmers_officer=await world.user(farmers, "union_officer"),
            bhxh=await world.user(bhxh, "bhxh_officer"),
            viewer=await world.user(unit, "viewer"),
            treasurer=await world.user(unit, "treasurer", groups=[group.id]),
            collector=await world.user(unit, "collector", groups=[]),
            partner=await world.partner(unit, "members:write"),
            reading_partner=await world.partner(unit, "members:read"),
        )

    def member_body(self, **values: Any) -> dict[str, Any]:
        """A valid body for a new member."""
        return {"full_name": "Nguyễn Thị Đào", "commune_code": self.world.commune} | values

    async def request(
        self, method: str, path: str, login: Login | None, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send a request as a login."""
        all_headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, path, json=body, headers=all_headers | (login.headers if login else {})
        )

    async def create_row(self, path: str, body: Any, login: Login | None = None) -> dict[str, Any]:
        """POST as the officer (or *login*) and return the created row."""
        response = await self.request("POST", path, login or self.officer, body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    async def create_member(self, login: Login | None = None, /, **values: Any) -> dict[str, Any]:
        """A member entered by the officer or *login*."""
        return await self.create_row(MEMBERS, self.member_body(**values), login)

    async def create_household(self, **values: Any) -> dict[str, Any]:
        """A household entered by the officer."""
        return await self.create_row(HOUSEHOLDS, {"commune_code": self.world.commune} | values)

    async def get_json(self, path: str, login: Login | None = None) -> dict[str, Any]:
        """GET as the officer (or *login*) and return the body."""
        response = await self.request("GET", path, login or self.officer)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def patch(
        self, path: str, version: int, login: Login | None = None, /, **values: Any
    ) -> httpx.Response:
        """PATCH as the officer (or *login*) at a version."""
        return await self.request("PATCH", path, login or self.officer, values, if_match=f'"{version}"')


def member_path(member: dict[str, Any] | UUID, *parts: object) -> str:
    """The path of a member or of what belongs to one."""
    member_id = member["id"] if isinstance(member, dict) else member
    return "/".join([MEMBERS, str(member_id), *map(str, parts)])


def problem_of(response: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status and code of a problem, and the pointer and code of each field."""
    problem = response.json()
    return response.status_code, problem["code"], [(e["pointer"], e["code"]) for e in problem["errors"]]
