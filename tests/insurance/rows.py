"""Rows of enrolments with invented people, and those who send and decide them."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import httpx

from tests.world import GroupOf, Login, Unit, World, national_id

ENROLMENTS = "/v1/enrolments"
BATCHES = "/v1/enrolments/batches"

_numbers = count(1)


def row(commune: str, **changed: Any) -> dict[str, Any]:
    """One good row for a person whom nobody knows yet."""
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
    } | changed


@dataclass
class Cast:
    """Who has to do with enrolments in one province of the world."""

    world: World
    client: httpx.AsyncClient
    unit: Unit
    group: GroupOf
    officer: Login
    partner: Login
    bhxh: Login
    farmers: Login
    treasurer: Login
    commune_officer: Login
    sibling_officer: Login

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "Cast":
        """Everybody, with a group that the treasurer keeps."""
        unit = await world.unit("womens_union")
        here = await world.unit("womens_union", world.commune, level="commune", parent=unit)
        beside = await world.unit("womens_union", world.sibling_commune, level="commune", parent=unit)
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
            treasurer=await world.user(here, "treasurer", groups=[group.id]),
            commune_officer=await world.user(here, "union_officer"),
            sibling_officer=await world.user(beside, "union_officer"),
        )

    async def old_commune(self) -> str:
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
        return row(self.world.commune, **changed)

    async def send(
        self,
        *items: Any,
        who: Login | None = None,
        key: str | None = None,
        mode: str = "partial",
        **headers: str,
    ) -> httpx.Response:
        """Send a batch; the partner's, under a new key, unless said otherwise."""
        sender = who or self.partner
        return await self.client.post(
            BATCHES,
            json={"mode": mode, "items": list(items)},
            headers=sender.headers | {"Idempotency-Key": key or f"key-{next(_numbers)}"} | headers,
        )

    async def sent(self, *items: Any, **how: Any) -> Any:
        """The answer to a batch that is taken."""
        answer = await self.send(*items, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, who: Login | None = None, **params: Any) -> httpx.Response:
        """Read, as the officer unless said otherwise."""
        return await self.client.get(path, params=params, headers=(who or self.officer).headers)

    async def create_one(self, who: Login | None = None, **changed: Any) -> httpx.Response:
        """Enter one enrolment, as the officer unless said otherwise."""
        return await self.client.post(
            ENROLMENTS, json=self.row(**changed), headers=(who or self.officer).headers
        )

    async def draft(self, **changed: Any) -> Any:
        """An enrolment that the officer entered."""
        answer = await self.create_one(**changed)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(
        self,
        enrolment: Any,
        action: str,
        who: Login | None = None,
        *,
        reasons: Any = None,
        version: Any = None,
    ) -> httpx.Response:
        """Take an enrolment a step on, as the officer unless said otherwise."""
        version = enrolment["version"] if version is None else version
        return await self.client.post(
            f"{ENROLMENTS}/{enrolment['id']}/{action}",
            json=None if reasons is None else {"reasons": reasons},
            headers=(who or self.officer).headers | {"If-Match": f'"{version}"'},
        )

    async def submitted(self, who: Login | None = None, /, **changed: Any) -> Any:
        """An enrolment that waits for BHXH."""
        made = await self.create_one(who, **changed)
        assert made.status_code == 201, made.text
        answer = await self.step(made.json(), "submit", who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def accepted(self, who: Login | None = None, /, **changed: Any) -> Any:
        """An enrolment that BHXH accepted."""
        answer = await self.step(await self.submitted(who, **changed), "accept", self.bhxh)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def paid(self, who: Login | None = None, /, **changed: Any) -> Any:
        """An enrolment whose premium was posted, as far as enrolments know."""
        made = await self.accepted(who, **changed)
        await self.world.owner.execute(
            "update enrolment set status = 'paid', paid_at = now() where id = $1", made["id"]
        )
        return (await self.get(f"{ENROLMENTS}/{made['id']}", who)).json()

    async def call(self, path: str, who: Login | None = None, /, **body: Any) -> httpx.Response:
        """Send a body, as the officer unless said otherwise."""
        return await self.client.post(path, json=body, headers=(who or self.officer).headers)

    async def edit(self, enrolment: Any, who: Login | None = None, **body: Any) -> httpx.Response:
        """Change an enrolment, as the officer unless said otherwise."""
        return await self.client.patch(
            f"{ENROLMENTS}/{enrolment['id']}",
            json=body,
            headers=(who or self.officer).headers | {"If-Match": f'"{enrolment["version"]}"'},
        )


REASON = {"pointer": "/national_id", "code": "not_readable", "text": "Ảnh CCCD mờ, đề nghị gửi lại số."}
