"""What was paid in error or twice goes back to whoever gave it, whatever was paid for (QĐ 366/QĐ-BHXH, Article 2)."""

from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.time import add_months, month_of, today
from app.insurance.law.card import shift_months
from tests.insurance.enrolment_scenario import ENROLMENTS
from tests.insurance.premium_scenario import (
    CARD_PRICE,
    COVERAGES,
    PARTICIPANT_PAYS,
    REFUNDS,
    PremiumScenario,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

FROM_MONTH = add_months(month_of(today()), 1)
MONTHLY = PARTICIPANT_PAYS // 12


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


async def decide(scenario: PremiumScenario, payment: Any, **more: str) -> httpx.Response:
    body = {"payment_id": payment["id"], "reason": "paid_in_error"} | more
    return await scenario.post(REFUNDS, body, login=scenario.bhxh)


async def pay(scenario: PremiumScenario, amount: int, **terms: Any) -> Any:
    """A posted payment out of the first member's savings."""
    await scenario.save(scenario.members[0], amount)
    source = {"kind": "savings", "amount": amount}
    terms = {"from_month": FROM_MONTH} | terms
    return await scenario.create_posted_payment(scenario.members[0], source, **terms)


class TestWholePayment:
    @pytest.mark.parametrize(("method", "months"), [("months_1", 1), ("months_3", 3), ("months_12", 12)])
    async def test_of_each_method(self, scenario: PremiumScenario, method: str, months: int):
        payment = await pay(scenario, months * MONTHLY, method=method)
        created = expect_json(await decide(scenario, payment), 201)
        assert (created["amount"], created["state_returned"]) == (months * MONTHLY, months * 132_000)
        assert (created["unused"], created["remaining_months"]) == (months * 330_000, months)
        assert created["from_month"] == FROM_MONTH
        enrolment = expect_json(await scenario.get(f"{ENROLMENTS}/{payment['enrolment_id']}"))
        assert (enrolment["status"], enrolment["ended_why"]) == ("ended", "stopped")
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]
        assert (coverage["months"], coverage["supported_months"], coverage["ended_why"]) == (
            0,
            0,
            "paid_in_error",
        )

    async def test_of_missing_months(self, scenario: PremiumScenario):
        member = scenario.members[0]
        await scenario.world.owner.execute(
            "update member set birth_date = date '1950-01-01', sex = 'male' where id = $1", member
        )
        terms: dict[str, Any] = {
            "method": "missing_months", "months": 60, "months_paid_before": 120, "support_group": None,
            "from_month": month_of(today()),
        }  # fmt: skip
        enrolment = await scenario.create_enrolment(member, **terms)
        due = await scenario.read_price(enrolment)
        await scenario.save(member, due)
        held = await scenario.hold_payment(enrolment, {"kind": "savings", "amount": due})
        payment = expect_json(await scenario.post_payment(held))
        part = await decide(scenario, payment, from_month=FROM_MONTH)
        expect_problem(part, 422, "refunded_as_a_whole", "/from_month")
        created = expect_json(await decide(scenario, payment), 201)
        assert (created["amount"], created["remaining_months"]) == (due, 60)
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment}"))["status"] == "ended"
        again = await scenario.create_enrolment(member, **terms)
        assert again != enrolment

    async def test_of_a_card_to_each_what_they_gave(self, scenario: PremiumScenario):
        donor = {"kind": "donor", "amount": 366_200, "source": "Nhà hảo tâm"}
        await scenario.save(scenario.members[0], CARD_PRICE - 366_200)
        enrolment = await scenario.create_card_enrolment(scenario.members[0], from_month=FROM_MONTH)
        savings = {"kind": "savings", "amount": CARD_PRICE - 366_200}
        payment = expect_json(
            await scenario.post_payment(await scenario.hold_payment(enrolment, donor, savings))
        )
        created = expect_json(await decide(scenario, payment), 201)
        assert (created["amount"], created["other_returned"]) == (CARD_PRICE - 366_200, 366_200)
        received = {"to": "savings", "business_date": str(today())}
        expect_json(await scenario.post(f"{REFUNDS}/{created['id']}/receive", received))
        assert await scenario.balance(scenario.members[0]) == (CARD_PRICE - 366_200, 0)
        await scenario.assert_books_agree()

    async def test_the_month_is_free_again_and_the_support_not_used(self, scenario: PremiumScenario):
        payment = await pay(scenario, 12 * MONTHLY)
        expect_json(await decide(scenario, payment), 201)
        assert (await pay(scenario, 12 * MONTHLY))["supported_months"] == 12
        counted = await scenario.world.owner.fetchval(
            "select sum(supported_months) from coverage where member_id = $1", scenario.members[0]
        )
        assert counted == 12

    async def test_who_pays_after_it_pays_for_the_first_time(self, scenario: PremiumScenario, app: FastAPI):
        """Its remuneration is taken back, and that of the right payment is that of a first one."""
        for kind, rate in (("first", "0.14"), ("again", "0.05")):
            await scenario.set_remuneration_rate("bhxh_tn", kind, rate)
        app.state.rules.expire()
        payment = await pay(scenario, 12 * MONTHLY)
        refund = expect_json(await decide(scenario, payment), 201)
        assert refund["clawback"] == payment["remuneration"]["amount"]
        right = await pay(scenario, 12 * MONTHLY)
        assert right["remuneration"] == payment["remuneration"]

    async def test_once(self, scenario: PremiumScenario):
        payment = await pay(scenario, MONTHLY, method="months_1")
        expect_json(await decide(scenario, payment), 201)
        expect_problem(await decide(scenario, payment), 409, "already_refunded")


class TestPart:
    @pytest.mark.parametrize(("offset", "left"), [(0, 12), (1, 11), (11, 1)])
    async def test_months_paid_twice(self, scenario: PremiumScenario, offset: int, left: int):
        payment = await pay(scenario, 12 * MONTHLY)
        created = expect_json(await decide(scenario, payment, from_month=add_months(FROM_MONTH, offset)), 201)
        assert (created["remaining_months"], created["amount"]) == (left, left * MONTHLY)

    @pytest.mark.parametrize("offset", [-1, 12])
    async def test_outside_the_payment(self, scenario: PremiumScenario, offset: int):
        payment = await pay(scenario, 12 * MONTHLY)
        refused = await decide(scenario, payment, from_month=add_months(FROM_MONTH, offset))
        expect_problem(refused, 422, "outside_payment", "/from_month")

    async def test_of_a_card_from_a_day_on(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], CARD_PRICE)
        enrolment = await scenario.create_card_enrolment(scenario.members[0], from_month=FROM_MONTH)
        payment = expect_json(
            await scenario.post_payment(
                await scenario.hold_payment(enrolment, {"kind": "savings", "amount": CARD_PRICE})
            )
        )
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]
        day = shift_months(date.fromisoformat(coverage["valid_from"]), 4)
        both = await decide(scenario, payment, unused_from=str(day), from_month=month_of(day))
        expect_problem(both, 422, "one_of_two", "/from_month")
        created = expect_json(await decide(scenario, payment, unused_from=str(day)), 201)
        assert (created["remaining_months"], created["amount"]) == (8, CARD_PRICE * 8 // 12)

    async def test_only_of_what_is_posted(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 12 * MONTHLY)
        held = await scenario.hold_payment(
            await scenario.create_enrolment(scenario.members[0], from_month=FROM_MONTH)
        )
        expect_problem(await decide(scenario, held), 409, "premium_payment_status")
