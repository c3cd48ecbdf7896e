"""Scenario of the premium tests: a group with savings and accepted enrolments, logins and HTTP helpers."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from app.core.values.ids import uuid7
from app.core.values.time import today
from app.ledger.verification.verify import verify_ledger
from tests.insurance.enrolment_scenario import ENROLMENTS
from tests.routers.responses import expect_json
from tests.world import GroupRef, Login, World

PAYMENTS = "/v1/premium-payments"
REFUNDS = "/v1/premium-refunds"
ADVANCES = "/v1/premium-advances"
COVERAGES = "/v1/coverages"

AMOUNT_DUE = 3_960_000
"""Twelve months of the lowest income, 1,500,000 × 22 % × 12."""
PARTICIPANT_PAYS = 2_376_000
"""The same after the state's 40 % for a near-poor household."""
CARD_PRICE = 1_366_200
"""A first card of a household for twelve months, since 2026-07-01."""

_numbers = count(1)


def expect_problem_at(response: httpx.Response, status: int, pointer: str) -> None:
    """Assert that the response is a problem with this status that names this field."""
    assert response.status_code == status, response.text
    assert pointer in {error["pointer"] for error in response.json()["errors"]}, response.text


@dataclass
class PremiumScenario:
    """One group of the Women's Union with members, and the logins that record, decide and only read."""

    world: World
    client: httpx.AsyncClient
    group: GroupRef
    treasurer: Login
    officer: Login
    bhxh: Login
    farmers: Login
    other_treasurer: Login

    @classmethod
    async def create(
        cls, world: World, client: httpx.AsyncClient, members: int = 3, network: str = "womens_union"
    ) -> "PremiumScenario":
        """Create every login; nobody has saved anything."""
        unit = await world.unit(network)
        group = await world.group(unit, members=members)
        other = await world.group(unit)
        return cls(
            world=world,
            client=client,
            group=group,
            treasurer=await world.user(unit, "treasurer", groups=[group.id]),
            officer=await world.user(unit, "union_officer"),
            bhxh=await world.user(await world.unit("bhxh"), "bhxh_officer"),
            farmers=await world.user(await world.unit("farmers_association"), "union_officer"),
            other_treasurer=await world.user(unit, "treasurer", groups=[other.id]),
        )

    @property
    def members(self) -> list[UUID]:
        return self.group.members

    async def post(
        self, path: str, body: Any = None, *, login: Login | None = None, key: str | None = None
    ) -> httpx.Response:
        """POST as the treasurer under a new key, unless said otherwise; without a key when it is empty."""
        headers = dict((login or self.treasurer).headers)
        if key != "":
            headers["Idempotency-Key"] = key or str(uuid7())
        return await self.client.post(path, json=body, headers=headers)

    async def get(self, path: str, *, login: Login | None = None, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query, headers=(login or self.treasurer).headers)

    async def save(
        self, member: UUID | None, amount: int, *, kind: str = "saving", day: date | None = None
    ) -> None:
        """Money in the member's savings, or in the fund; of today unless a day is given."""
        body = {
            "group_id": str(self.group.id),
            "member_id": member and str(member),
            "kind": kind,
            "amount": amount,
            "business_date": str(day or today()),
        }
        expect_json(
            await self.post("/v1/contributions", {k: v for k, v in body.items() if v is not None}), 201
        )

    async def create_enrolment(self, member: UUID, *, accepted: bool = True, **changed: Any) -> str:
        """An enrolment of a member, accepted by BHXH unless said otherwise."""
        body = {
            "member_id": str(member),
            "group_id": str(self.group.id),
            "product": "bhxh_tn",
            "method": "months_12",
            "monthly_income": 1_500_000,
            "consented_on": "2026-01-01",
            "from_month": "2026-12",
            "support_group": "near_poor",
        } | changed
        declared_fields = {
            k: body.pop(k) for k in ("covered_until", "insured_since", "supported_before") if k in body
        }
        enrolment = expect_json(
            await self.post(ENROLMENTS, {k: v for k, v in body.items() if v is not None}, login=self.officer),
            201,
        )
        for name, value in declared_fields.items():
            await self.world.owner.execute(
                f"update enrolment set {name} = $2 where id = $1", UUID(enrolment["id"]), value
            )
        expect_json(await self.post(f"{ENROLMENTS}/{enrolment['id']}/submit", login=self.officer))
        if accepted:
            await self.accept(enrolment["id"])
        return str(enrolment["id"])

    async def accept(self, enrolment: str) -> None:
        expect_json(await self.post(f"{ENROLMENTS}/{enrolment}/accept", login=self.bhxh))

    async def create_card_enrolment(self, member: UUID, **changed: Any) -> str:
        """An enrolment for a card of twelve months, accepted."""
        card = {"product": "bhyt_hgd", "monthly_income": None, "support_group": None}
        return await self.create_enrolment(member, **card | changed)

    def payment_body(self, enrolment: str, *sources: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The body of a payment out of the member's savings, unless sources are given."""
        return {
            "enrolment_id": enrolment,
            "business_date": str(today()),
            "sources": list(sources) or [{"kind": "savings", "amount": PARTICIPANT_PAYS}],
        } | changed

    async def read_price(self, enrolment: str) -> int:
        """What an enrolment costs the person, as the refusal of another amount says it."""
        body = self.payment_body(enrolment, {"kind": "savings", "amount": 1})
        refused = await self.post(PAYMENTS, body)
        detail: str = refused.json()["errors"][0]["detail"]
        return int(detail.split("phải bằng ")[1].split(" ")[0].replace(".", ""))

    async def hold_payment(self, enrolment: str, *sources: dict[str, Any], **changed: Any) -> Any:
        """A held payment."""
        return expect_json(await self.post(PAYMENTS, self.payment_body(enrolment, *sources, **changed)), 201)

    async def post_payment(self, payment: Any, **changed: Any) -> httpx.Response:
        """Post a held payment with a receipt of its own."""
        receipt = {
            "receipt_series": f"AS/{self.world.province}",
            "receipt_no": f"{next(_numbers):07}",
            "payment_date": str(today()),
        } | changed
        login = receipt.pop("login", None)
        return await self.post(f"{PAYMENTS}/{payment['id']}/post", receipt, login=login)

    async def create_posted_payment(
        self, member: UUID, *sources: dict[str, Any], **enrolment_fields: Any
    ) -> Any:
        """Create, hold and post a payment, out of savings made for it unless sources are given."""
        if not sources:
            await self.save(member, PARTICIPANT_PAYS)
        enrolment = await self.create_enrolment(member, **enrolment_fields)
        return expect_json(await self.post_payment(await self.hold_payment(enrolment, *sources)))

    async def balance(self, member: UUID | None) -> tuple[int, int]:
        """What an account has and holds."""
        row = await self.world.owner.fetchrow(
            "select posted, held from account where group_id = $1 and member_id is not distinct from $2"
            " and kind <> 'cash'",
            self.group.id, member,
        )  # fmt: skip
        return row["posted"], row["held"]

    async def set_remuneration_rate(self, product: str, kind: str, value: str) -> None:
        """Set the province's rate of remuneration."""
        await self.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, $2, $3::text::numeric, $4, '2020-01-01', 'NQ thử', 'active')",
            uuid7(), f"remuneration_rate_{product}_{kind}", value, self.world.province,
        )  # fmt: skip

    async def list_events(self, subject: str) -> tuple[list[str], list[str]]:
        """List the audit events and the outbox events of a row."""
        audit = "select event from audit_event where subject_id = $1 order by id"
        outbox = "select kind from outbox_event where subject_id = $1 order by seq"
        rows = [await self.world.owner.fetch(sql, UUID(subject)) for sql in (audit, outbox)]
        return [row[0] for row in rows[0]], [row[0] for row in rows[1]]

    async def assert_books_agree(self) -> None:
        """Assert that the ledger of this world is consistent."""
        assert await verify_ledger(self.world.owner, [self.world.province]) == []
