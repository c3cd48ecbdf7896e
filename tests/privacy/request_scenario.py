"""Scenario of the tests about personal data: a member with something in every corner, and who handles requests."""

from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Any
from uuid import UUID

import httpx

from app.core.values.ids import uuid7
from app.core.values.search_key import search_key
from app.core.values.time import today
from tests.routers.responses import expect_json
from tests.world import GroupRef, Login, Unit, World, national_id

REQUESTS = "/v1/data-requests"
_numbers = count(1)


@dataclass
class PrivacyScenario:
    """A union with a group, its officer and administrator, another union, BHXH and those who work for groups alone."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    group: GroupRef
    officer: Login
    admin: Login
    treasurer: Login
    sibling_officer: Login
    farmers: Login
    bhxh: Login
    bhxh_admin: Login

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "PrivacyScenario":
        unit = await world.unit("womens_union")
        group = await world.group(unit)
        sibling = await world.unit("womens_union", world.sibling_commune, level="commune", parent=unit)
        bhxh = await world.unit("bhxh")
        return cls(
            world=world,
            client=client,
            unit=unit,
            group=group,
            officer=await world.user(unit, "union_officer"),
            admin=await world.user(unit, "union_admin"),
            treasurer=await world.user(unit, "treasurer", groups=[group.id]),
            sibling_officer=await world.user(sibling, "union_officer"),
            farmers=await world.user(await world.unit("farmers_association"), "union_officer"),
            bhxh=await world.user(bhxh, "bhxh_officer"),
            bhxh_admin=await world.user(bhxh, "bhxh_admin"),
        )

    async def create_person(self, **fields: Any) -> dict[str, Any]:
        """A member with a household, numbers and a phone; `words` are what nobody else in this run has."""
        number = next(_numbers)
        name, address = (
            f"Trần Thị {''.join(ascii_lowercase[int(digit)] for digit in str(10**8 + number))}",
            f"Xóm Bí Mật {number}",
        )
        household = await self.post(
            "/v1/households", {"commune_code": self.world.commune, "address": address}
        )
        body = {
            "commune_code": self.world.commune,
            "household_id": expect_json(household, 201)["id"],
            "full_name": name,
            "birth_date": "1984-03-02",
            "sex": "female",
            "national_id": national_id(),
            "phone": f"0932{number:06}",
            "occupation": "làm vườn",
        }
        person: dict[str, Any] = expect_json(await self.post("/v1/members", body | fields), 201)
        sent = body | fields
        words = [
            sent["full_name"],
            search_key(sent["full_name"]),
            sent["national_id"],
            sent["phone"],
            address,
        ]
        return person | {"national_id": sent["national_id"], "words": words}

    async def join(self, person: dict[str, Any]) -> str:
        """A membership of the person in the group since yesterday or earlier."""
        return str(await self.world.join(self.group, UUID(person["id"])))

    async def leave(self, membership: str) -> None:
        """The membership ended long ago."""
        await self.world.owner.execute(
            "update membership set left_on = '2001-12-31' where id = $1", UUID(membership)
        )

    async def save(
        self, person: dict[str, Any], amount: int, kind: str = "saving", note: str | None = None
    ) -> Any:
        """One entry of money of the person."""
        body = {
            "group_id": str(self.group.id), "member_id": person["id"], "kind": kind, "product": "bhxh_tn",
            "amount": amount, "business_date": str(today()), "note": note,
        }  # fmt: skip
        headers = self.treasurer.headers | {"Idempotency-Key": str(uuid7())}
        return expect_json(await self.client.post("/v1/contributions", json=body, headers=headers), 201)

    async def post(
        self, path: str, body: Any = None, login: Login | None = None, version: int | None = None
    ) -> httpx.Response:
        """POST as the officer unless said otherwise, at a version if one is given."""
        headers = dict((login or self.officer).headers)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.client.post(path, json=body, headers=headers)

    async def get(self, path: str, login: Login | None = None, **query: Any) -> httpx.Response:
        """GET as the officer unless said otherwise."""
        return await self.client.get(path, params=query, headers=(login or self.officer).headers)

    def request_body(self, person: dict[str, Any], kind: str, **fields: Any) -> dict[str, Any]:
        """The body of a request by the person, who came."""
        return {
            "member_id": person["id"], "kind": kind, "requester": "self", "identity_check": "in_person",
        } | fields  # fmt: skip

    async def receive(self, person: dict[str, Any], kind: str, **fields: Any) -> dict[str, Any]:
        """A request that was received."""
        received: dict[str, Any] = expect_json(
            await self.post(REQUESTS, self.request_body(person, kind, **fields)), 201
        )
        return received

    async def act(
        self, request: dict[str, Any], action: str, body: Any = None, login: Login | None = None
    ) -> httpx.Response:
        """A step of a request at its version."""
        return await self.post(f"{REQUESTS}/{request['id']}/{action}", body, login, request["version"])

    async def accept(self, person: dict[str, Any], kind: str, **fields: Any) -> dict[str, Any]:
        """A request that was accepted."""
        received = await self.receive(person, kind, **fields)
        accepted: dict[str, Any] = expect_json(await self.act(received, "accept"))
        return accepted

    async def carry_out(self, person: dict[str, Any], kind: str, **fields: Any) -> httpx.Response:
        """Receive, accept and carry out a request."""
        return await self.act(await self.accept(person, kind, **fields), "carry-out", {})
