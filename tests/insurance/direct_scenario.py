"""Scenario of direct customers: a collector of the Women's Union with people whom they entered, enrolled without a group."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from app.core.values.time import today
from tests.insurance.premium_scenario import PARTICIPANT_PAYS, PAYMENTS, PremiumScenario
from tests.routers.responses import expect_json
from tests.world import Login, Unit, World

ACCOUNTS = "/v1/organisation-accounts"
ENTRIES = "/v1/organisation-entries"

_references = count(1)


@dataclass
class DirectScenario:
    """The logins of the premium tests, and two collectors and an officer of one organisation."""

    premium: PremiumScenario
    unit: Unit
    collector: Login
    colleague: Login
    officer: Login

    @classmethod
    async def create(cls, world: World, client: httpx.AsyncClient) -> "DirectScenario":
        """Create every login; nobody has paid anything."""
        premium = await PremiumScenario.create(world, client, members=0)
        unit = await world.unit("womens_union")
        return cls(
            premium=premium,
            unit=unit,
            collector=await world.user(unit, "collector"),
            colleague=await world.user(unit, "collector"),
            officer=await world.user(unit, "union_officer"),
        )

    async def customer(self, collector: Login | None = None) -> UUID:
        """Somebody whom the collector entered."""
        body = {
            "full_name": "Lê Thị Khách",
            "commune_code": self.premium.world.commune,
            "birth_date": "1984-03-02",
        }
        login = collector or self.collector
        return UUID(expect_json(await self.premium.post("/v1/members", body, login=login), 201)["id"])

    async def enrol(self, customer: UUID | None = None, **changed: Any) -> str:
        """An enrolment of a customer without a group, accepted by BHXH unless said otherwise."""
        customer = customer or await self.customer()
        return await self.premium.create_enrolment(customer, group_id=None, **changed)

    @staticmethod
    def cash(amount: int = PARTICIPANT_PAYS, **changed: Any) -> dict[str, Any]:
        """Money in the collector's hand."""
        return {"kind": "cash", "amount": amount} | changed

    @staticmethod
    def transfer(amount: int = PARTICIPANT_PAYS, **changed: Any) -> dict[str, Any]:
        """Money in the organisation's bank."""
        return {"kind": "transfer", "amount": amount, "bank_reference": f"FT{next(_references):08}"} | changed

    async def hold(
        self,
        enrolment: str,
        *sources: dict[str, Any],
        login: Login | None = None,
        key: str | None = None,
        **changed: Any,
    ) -> httpx.Response:
        """What the collector took, in cash unless said otherwise."""
        body = self.premium.payment_body(enrolment, *(sources or (self.cash(),)), **changed)
        return await self.premium.post(PAYMENTS, body, login=login or self.collector, key=key)

    async def take(self, *sources: dict[str, Any], **changed: Any) -> Any:
        """A held payment of a new customer."""
        return expect_json(await self.hold(await self.enrol(), *sources, **changed), 201)

    async def post(self, payment: Any, *, login: Login | None = None, **changed: Any) -> httpx.Response:
        """Post a payment under the receipt that the customer got."""
        body = {"payment_date": str(today())} | changed
        return await self.premium.post(
            f"{PAYMENTS}/{payment['id']}/post", body, login=login or self.collector
        )

    async def void(self, payment: Any, *, login: Login | None = None) -> httpx.Response:
        """Give the money back to the customer."""
        return await self.premium.post(f"{PAYMENTS}/{payment['id']}/void", login=login or self.collector)

    async def balances(self, login: Login | None = None) -> dict[tuple[str, str | None], int]:
        """The organisation's balances by kind and holder, as its officer sees them."""
        page = expect_json(
            await self.premium.get(ACCOUNTS, login=login or self.officer, organisation_id=str(self.unit.id))
        )
        return {(item["kind"], item["holder_id"]): item["balance"] for item in page["items"]}

    async def entries(self, payment: Any, login: Login | None = None) -> list[tuple[str, int]]:
        """The entries of a payment, the first one first."""
        page = expect_json(
            await self.premium.get(ENTRIES, login=login or self.officer, payment_id=payment["id"])
        )
        return [(item["kind"], item["amount"]) for item in reversed(page["items"])]
