"""Advances over HTTP: what members owe their fund for premiums, and its repayment."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.values.time import today
from app.insurance.law.card import shift_months
from tests.insurance.premium_scenario import ADVANCES, PARTICIPANT_PAYS, PremiumScenario, expect_problem_at
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    created = await PremiumScenario.create(world, client)
    await created.save(None, PARTICIPANT_PAYS, kind="donation")
    return created


async def create_advance(
    scenario: PremiumScenario, *, instalments: int = 5, first_due: date | None = None
) -> Any:
    """All of a premium, to be paid back."""
    first_due = first_due or today()
    source = {
        "kind": "instalment",
        "amount": PARTICIPANT_PAYS,
        "instalments": instalments,
        "first_due": str(first_due),
    }
    await scenario.create_posted_payment(scenario.members[0], source)
    return expect_json(await scenario.get(ADVANCES))["items"][0]


async def repay_advance(
    scenario: PremiumScenario, owed: Any, amount: int, paid_from: str = "cash", **how: Any
) -> httpx.Response:
    body = {"amount": amount, "paid_from": paid_from, "business_date": str(how.pop("day", today()))}
    return await scenario.post(f"{ADVANCES}/{owed['id']}/repayments", body, **how)


class TestReadAdvances:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.get(ADVANCES)).status_code == 401

    async def test_schedule(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        assert (owed["amount"], owed["repaid"], owed["outstanding"], owed["overdue"]) == (
            PARTICIPANT_PAYS,
            0,
            PARTICIPANT_PAYS,
            0,
        )
        days = [str(shift_months(today(), nth)) for nth in range(5)]
        assert [part["due_on"] for part in owed["instalments"]] == days
        assert [part["amount"] for part in owed["instalments"]] == [475_200] * 5
        assert owed["next_due"] == str(today())
        assert expect_json(await scenario.get(f"{ADVANCES}/{owed['id']}")) == owed | {"repayments": []}

    async def test_scope_and_filters(self, scenario: PremiumScenario, owner: Any):
        owed = await create_advance(scenario)
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await scenario.get(f"{ADVANCES}/{owed['id']}", login=login), 404, "not_found")
            assert expect_json(await scenario.get(ADVANCES, login=login))["items"] == []
        assert expect_json(await scenario.get(ADVANCES, overdue="true"))["items"] == []
        assert expect_json(await scenario.get(ADVANCES, overdue="false"))["items"] == [owed]
        await owner.execute(
            "update premium_advance set next_due = $2 where id = $1", UUID(owed["id"]), today() - timedelta(1)
        )
        late = expect_json(await scenario.get(ADVANCES, overdue="true", payment_id=owed["payment_id"]))[
            "items"
        ]
        assert [row["id"] for row in late] == [owed["id"]]


class TestRepay:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(f"{ADVANCES}/{uuid4()}/repayments", json={})).status_code == 401

    async def test_not_yours(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await repay_advance(scenario, owed, 5, login=login), 404, "not_found")
        expect_problem(await repay_advance(scenario, owed, 5, login=scenario.bhxh), 403, "forbidden")

    async def test_in_cash(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        paid = expect_json(await repay_advance(scenario, owed, 500_000), 201)
        assert (paid["amount"], paid["repaid_after"]) == (500_000, 500_000)
        assert await scenario.balance(None) == (500_000, 0)
        now = expect_json(await scenario.get(f"{ADVANCES}/{owed['id']}"))
        assert (now["outstanding"], now["next_due"]) == (
            PARTICIPANT_PAYS - 500_000,
            str(shift_months(today(), 1)),
        )
        assert now["repayments"] == [paid]
        assert (await scenario.list_events(owed["id"]))[0] == ["premium_advance.repaid"]
        await scenario.assert_books_agree()

    async def test_out_of_savings(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        await scenario.save(scenario.members[0], 600_000)
        paid = expect_json(await repay_advance(scenario, owed, 600_000, "savings"), 201)
        assert await scenario.balance(None) == (600_000, 0)
        assert await scenario.balance(scenario.members[0]) == (0, 0)
        passbook = expect_json(await scenario.get(f"/v1/members/{scenario.members[0]}/passbook"))["items"][0]
        assert (passbook["kind"], passbook["amount"], passbook["balance"]) == ("repayment", -600_000, 0)
        expect_problem(
            await repay_advance(scenario, owed, 1, "savings"), 409, "insufficient_balance", "/amount"
        )
        assert expect_json(await scenario.get("/v1/contributions"))["items"][0]["kind"] == "saving"
        assert paid["paid_from"] == "savings"
        await scenario.assert_books_agree()

    async def test_never_more_than_owed(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        expect_problem(
            await repay_advance(scenario, owed, PARTICIPANT_PAYS + 1), 409, "more_than_owed", "/amount"
        )
        expect_json(await repay_advance(scenario, owed, PARTICIPANT_PAYS), 201)
        expect_problem(await repay_advance(scenario, owed, 1), 409, "more_than_owed", "/amount")
        now = expect_json(await scenario.get(f"{ADVANCES}/{owed['id']}"))
        assert (now["outstanding"], now["overdue"], now["next_due"]) == (0, 0, None)

    async def test_once_under_a_key(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        expect_problem(await repay_advance(scenario, owed, 5, key=""), 400, "idempotency_key_missing")
        responses = await asyncio.gather(*(repay_advance(scenario, owed, 5, key="r") for _ in range(5)))
        assert {response.text for response in responses} == {responses[0].text}
        assert sum("idempotency-replayed" in response.headers for response in responses) == 4
        expect_problem(await repay_advance(scenario, owed, 6, key="r"), 422, "idempotency_key_reused")
        assert await scenario.balance(None) == (5, 0)

    async def test_at_once_never_more_than_owed(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        responses = await asyncio.gather(*(repay_advance(scenario, owed, 1_000_000) for _ in range(4)))
        assert sorted(response.status_code for response in responses) == [201, 201, 409, 409]
        await scenario.assert_books_agree()

    async def test_hostile_input_names_the_field(self, scenario: PremiumScenario):
        owed = await create_advance(scenario)
        expect_problem_at(await repay_advance(scenario, owed, 0), 422, "/amount")
        expect_problem_at(await repay_advance(scenario, owed, 5, "gold"), 422, "/paid_from")
        expect_problem_at(await repay_advance(scenario, owed, 5, day="2100-01-01"), 422, "/business_date")
