"""Scenario of emergency accesses: two administrators of a commune, their officers, and a member beyond their places."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from tests.privacy.request_scenario import PrivacyScenario
from tests.routers.responses import expect_json
from tests.world import Login, Unit, World

PATH = "/v1/emergency-accesses"
REASON = "Bệnh viện tỉnh cần xác minh người được cấp cứu đêm nay"


@dataclass
class EmergencyScenario:
    """A commune's union: who asks, who decides, who reviews. person: a member of the sibling commune."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    admin: Login
    second: Login
    officer: Login
    person: dict[str, Any]
    province: PrivacyScenario

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "EmergencyScenario":
        province = await PrivacyScenario.create(world, client)
        unit = await world.unit("womens_union", world.sibling_commune, level="commune", parent=province.unit)
        return cls(
            world=world,
            client=client,
            unit=unit,
            admin=await world.user(unit, "union_admin"),
            second=await world.user(unit, "union_admin"),
            officer=await world.user(unit, "union_data_officer"),
            person=await province.create_person(),
            province=province,
        )

    def body(self, **fields: Any) -> dict[str, Any]:
        return {
            "place_code": self.world.commune, "reason_kind": "urgent_care", "reason": REASON, "minutes": 60,
        } | fields  # fmt: skip

    async def request(self, login: Login | None = None, **fields: Any) -> dict[str, Any]:
        headers = (login or self.admin).headers
        response = await self.client.post(PATH, json=self.body(**fields), headers=headers)
        asked: dict[str, Any] = expect_json(response, 201)
        return asked

    async def act(
        self, access: dict[str, Any], action: str, login: Login, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        headers = login.headers | {"If-Match": f'"{access["version"]}"'}
        if body is None and action in ("approve", "refuse"):
            body = {}
        return await self.client.post(f"{PATH}/{access['id']}/{action}", json=body, headers=headers)

    async def approve(self, **fields: Any) -> dict[str, Any]:
        """An access that a second person approved."""
        approved: dict[str, Any] = expect_json(
            await self.act(await self.request(**fields), "approve", self.second)
        )
        return approved

    async def enter(self, access: dict[str, Any], login: Login | None = None) -> dict[str, str]:
        """The headers of a session of an approved access."""
        response = await self.client.post(
            f"{PATH}/{access['id']}/session", headers=(login or self.admin).headers
        )
        return {"Authorization": f"Bearer {expect_json(response, 201)['access_token']}"}

    async def move_back(self, access: dict[str, Any], minutes: int) -> None:
        """Let so many minutes go by for an access."""
        await self.world.owner.execute(
            "update emergency_access set created_at = created_at - d, decide_by = decide_by - d, starts_at = starts_at - d,"
            " ends_at = ends_at - d, review_by = review_by - d from (select $2 * interval '1 minute' as d) x where id = $1",
            UUID(access["id"]), minutes,
        )  # fmt: skip

    async def review(self, access: dict[str, Any], login: Login, **fields: Any) -> httpx.Response:
        body = {"outcome": "justified", "note": "Đúng một hồ sơ, đúng lý do."} | fields
        return await self.act(access, "review", login, body)
