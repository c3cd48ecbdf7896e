"""Scenario of the enrolment tests: rows with invented people, logins and HTTP helpers."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import httpx

from tests.world import GroupRef, Login, Unit, World, national_id

ENROLMENTS = "/v1/enrolments"
BATCHES = "/v1/enrolments/batches"

_numbers = count(1)


def enrolment_row(commune: str, **changed: Any) -> dict[str, Any]:
    """Build a valid enrolment row for a person who is not registered yet."""
    number = next(_numbers)
    return {
        "external_ref": f"REF-{number:06}",
        "commune_code": commune,
        "full_name": f"Nguyễn Thị Thử {number}",
        "birth_date": "1984-03-02",
        "sex": "female",
        "national_id": national_id(),
        "phone": "0912000111",
        "product": "bhxh_tn",
        "method": "months_12",
        "monthly_income": 1_500_000,
        "from_month": "2026-12",
        "support_group": "near_poor",
        "consented_on": "2026-11-01",
    } | changed


@dataclass
class EnrolmentScenario:
    """The organisations and logins that deal with enrolments in one province of the world."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    group: GroupRef
    officer: Login
    partner: Login
    bhxh: Login
    farmers: Login
    treasurer: Login
    commune_officer: Login
    sibling_officer: Login

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "EnrolmentScenario":
        """Create every login, and a group that the treasurer keeps."""
        unit = await world.unit("womens_union")
        commune_unit = await world.unit("womens_union", world.commune, level="commune", parent=unit)
        sibling_unit = await world.unit("womens_union", world.sibling_commune, level="commune", parent=unit)
        group = await world.group(unit)
        return cls(
            world=world,
            client=client,
            unit=unit,
            group=group,
            officer=await world.user(unit, "union_officer"),
            partner=await world.partner(unit, "enrolments:write"),
            bhxh=await world.user(await world.unit("bhxh"), "bhxh_officer"),
            farmers=await world.user(await world.unit("farmers_association"), "union_officer"),
            treasurer=await world.user(commune_unit, "treasurer", groups=[group.id]),
            commune_officer=await world.user(commune_unit, "union_officer"),
            sibling_officer=await world.user(sibling_unit, "union_officer"),
        )

    async def create_old_commune(self) -> str:
        """A commune of the old districts, which became the world's first commune."""
        district = await self.world.place("district", self.world.province, valid_to=date(2025, 6, 30))
        code = await self.world.place("commune", district, valid_to=date(2025, 6, 30))
        await self.world.owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default)"
            " values ($1, $2, '2025-07-01', 1, true)",
            code,
            self.world.commune,
        )
        return code

    def row(self, **changed: Any) -> dict[str, Any]:
        """A good row in the world's first commune."""
        return enrolment_row(self.world.commune, **changed)

    async def send(
        self,
        *items: Any,
        login: Login | None = None,
        key: str | None = None,
        mode: str = "partial",
        **headers: str,
    ) -> httpx.Response:
        """Send a batch; the partner's, under a new key, unless said otherwise."""
        sender = login or self.partner
        return await self.client.post(
            BATCHES,
            json={"mode": mode, "items": list(items)},
            headers=sender.headers | {"Idempotency-Key": key or f"key-{next(_numbers)}"} | headers,
        )

    async def send_ok(self, *items: Any, **options: Any) -> Any:
        """Send a batch and return the body of its 200 response."""
        response = await self.send(*items, **options)
        assert response.status_code == 200, response.text
        return response.json()

    async def get(self, path: str, login: Login | None = None, **params: Any) -> httpx.Response:
        """Read, as the officer unless said otherwise."""
        return await self.client.get(path, params=params, headers=(login or self.officer).headers)

    async def create_enrolment(self, login: Login | None = None, **changed: Any) -> httpx.Response:
        """Enter one enrolment, as the officer unless said otherwise."""
        return await self.client.post(
            ENROLMENTS, json=self.row(**changed), headers=(login or self.officer).headers
        )

    async def create_draft(self, **changed: Any) -> Any:
        """An enrolment that the officer entered."""
        response = await self.create_enrolment(**changed)
        assert response.status_code == 201, response.text
        return response.json()

    async def transition(
        self,
        enrolment: Any,
        action: str,
        login: Login | None = None,
        *,
        reasons: Any = None,
        version: Any = None,
    ) -> httpx.Response:
        """Transition an enrolment, as the officer unless said otherwise."""
        version = enrolment["version"] if version is None else version
        return await self.client.post(
            f"{ENROLMENTS}/{enrolment['id']}/{action}",
            json=None if reasons is None else {"reasons": reasons},
            headers=(login or self.officer).headers | {"If-Match": f'"{version}"'},
        )

    async def create_submitted(self, login: Login | None = None, /, **changed: Any) -> Any:
        """Create an enrolment and submit it."""
        created = await self.create_enrolment(login, **changed)
        assert created.status_code == 201, created.text
        response = await self.transition(created.json(), "submit", login)
        assert response.status_code == 200, response.text
        return response.json()

    async def create_accepted(self, login: Login | None = None, /, **changed: Any) -> Any:
        """Create an enrolment that BHXH has accepted."""
        response = await self.transition(await self.create_submitted(login, **changed), "accept", self.bhxh)
        assert response.status_code == 200, response.text
        return response.json()

    async def create_paid(self, login: Login | None = None, /, **changed: Any) -> Any:
        """Create an accepted enrolment and mark it paid."""
        created = await self.create_accepted(login, **changed)
        await self.world.owner.execute(
            "update enrolment set status = 'paid', paid_at = now() where id = $1", created["id"]
        )
        return (await self.get(f"{ENROLMENTS}/{created['id']}", login)).json()

    async def post(self, path: str, login: Login | None = None, /, **body: Any) -> httpx.Response:
        """Send a body, as the officer unless said otherwise."""
        return await self.client.post(path, json=body, headers=(login or self.officer).headers)

    async def edit(self, enrolment: Any, login: Login | None = None, **body: Any) -> httpx.Response:
        """Change an enrolment, as the officer unless said otherwise."""
        return await self.client.patch(
            f"{ENROLMENTS}/{enrolment['id']}",
            json=body,
            headers=(login or self.officer).headers | {"If-Match": f'"{enrolment["version"]}"'},
        )


REASON = {"pointer": "/national_id", "code": "not_readable", "text": "Ảnh CCCD mờ, đề nghị gửi lại số."}
