"""Refunds of cards over HTTP: from enrolment to the money back in savings, in each case of the law."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from app.insurance.law.card import shift_months
from tests.insurance.coverage_factories import insert_paid_coverage
from tests.insurance.premium_scenario import (
    CARD_PRICE,
    COVERAGES,
    PAYMENTS,
    REFUNDS,
    PremiumScenario,
    expect_problem_at,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

CARD_CASES = ("other_group", "compulsory", "died", "missing", "left_country")


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


async def pay_for_card(scenario: PremiumScenario, price: int = CARD_PRICE, **enrolment: Any) -> Any:
    """A posted card of twelve months of the first member, out of savings; it begins in thirty days."""
    member = scenario.members[0]
    await scenario.save(member, price)
    enrolled = await scenario.create_card_enrolment(member, **enrolment)
    held = await scenario.hold_payment(enrolled, {"kind": "savings", "amount": price})
    return expect_json(await scenario.post_payment(held))


async def decide(scenario: PremiumScenario, payment: Any, reason: str, day: date) -> httpx.Response:
    body = {"payment_id": payment["id"], "reason": reason, "unused_from": str(day)}
    return await scenario.post(REFUNDS, body, login=scenario.bhxh)


class TestDecideCardRefund:
    @pytest.mark.parametrize("reason", CARD_CASES)
    async def test_months_not_begun_come_back_into_savings(self, scenario: PremiumScenario, reason: str):
        """On the day on which the fifth month would begin: eight months of twelve."""
        payment = await pay_for_card(scenario)
        begins = today() + timedelta(days=30)
        unused_from = shift_months(begins, 4)
        refund = expect_json(await decide(scenario, payment, reason, unused_from), 201)
        assert (refund["remaining_months"], refund["amount"], refund["unused"]) == (8, 910_800, 910_800)
        assert (refund["unused_from"], refund["from_month"]) == (str(unused_from), f"{unused_from:%Y-%m}")
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"], coverage["ended_why"]) == (
            str(unused_from - timedelta(days=1)),
            4,
            reason,
        )
        assert expect_json(await scenario.get(f"{PAYMENTS}/{payment['id']}"))["status"] == "refunded"
        enrolment = expect_json(await scenario.get(f"/v1/enrolments/{payment['enrolment_id']}"))
        assert enrolment["status"] == "ended"
        received = {"to": "savings", "business_date": str(today())}
        expect_json(await scenario.post(f"{REFUNDS}/{refund['id']}/receive", received))
        assert await scenario.balance(scenario.members[0]) == (910_800, 0)
        await scenario.assert_books_agree()

    @pytest.mark.parametrize(("days", "left"), [(-1, 8), (0, 8), (1, 7)])
    async def test_a_month_that_has_begun_is_used(self, scenario: PremiumScenario, days: int, left: int):
        """Four months have begun the day before the fifth and on its first day; the day after, five."""
        payment = await pay_for_card(scenario)
        unused_from = shift_months(today() + timedelta(days=30), 4) + timedelta(days=days)
        refund = expect_json(await decide(scenario, payment, "other_group", unused_from), 201)
        assert refund["remaining_months"] == left

    async def test_before_it_begins_all_comes_back(self, scenario: PremiumScenario):
        payment = await pay_for_card(scenario)
        refund = expect_json(await decide(scenario, payment, "died", today()), 201)
        assert (refund["remaining_months"], refund["amount"]) == (12, CARD_PRICE)
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"]) == (str(today() + timedelta(days=29)), 0)

    async def test_the_state_gets_its_part_and_remuneration_is_taken_back(self, scenario: PremiumScenario):
        """Near-poor: 70 % of the months that are left go back to the budget."""
        await scenario.set_remuneration_rate("bhyt", "first", "0.07")
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        payment = await pay_for_card(scenario, 409_860, support_group="near_poor")
        unused_from = shift_months(today() + timedelta(days=30), 6)
        refund = expect_json(await decide(scenario, payment, "other_group", unused_from), 201)
        assert (refund["unused"], refund["amount"], refund["state_returned"]) == (683_100, 204_930, 478_170)
        assert refund["clawback"] == 14_345  # 204,930 × 7 %

    async def test_of_a_province_that_supported_the_first_months_the_last_are_the_persons_own(
        self, scenario: PremiumScenario, app: FastAPI
    ):
        """The card begins in thirty days; a resolution until then supports one month of twelve with 10,000 đồng."""
        await scenario.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, valid_to, legal_basis, status)"
            " values ($1, 'bhyt_province_support_dong_household', 10000, $2, '2020-01-01', $3, 'NQ thử', 'active')",
            uuid7(), scenario.world.province, today() + timedelta(days=30),
        )  # fmt: skip
        app.state.rules.expire()
        payment = await pay_for_card(scenario, CARD_PRICE - 10_000)
        assert payment["province_support"] == 10_000
        unused_from = shift_months(today() + timedelta(days=30), 4)
        refund = expect_json(await decide(scenario, payment, "other_group", unused_from), 201)
        assert (refund["remaining_months"], refund["amount"], refund["province_returned"]) == (8, 910_800, 0)

    async def test_in_a_chain_months_begin_on_the_day_of_the_first_card(self, scenario: PremiumScenario):
        year, member = today().year, scenario.members[0]
        begins, until = date(year, 8, 31), date(year + 1, 3, 1) - timedelta(days=2)
        await insert_paid_coverage(
            scenario.world, scenario.group, member, method="months_6", begins=begins, until=until
        )
        payment = await pay_for_card(
            scenario, CARD_PRICE // 4, method="months_3", from_month=f"{year + 1}-03"
        )
        refund = expect_json(await decide(scenario, payment, "other_group", date(year + 1, 3, 31)), 201)
        assert refund["remaining_months"] == 2
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]
        assert coverage["ended_on"] == f"{year + 1}-03-30"

    async def test_what_is_wrong_is_named(self, scenario: PremiumScenario):
        payment = await pay_for_card(scenario)
        last = shift_months(today() + timedelta(days=30), 12)
        body = {"payment_id": payment["id"], "reason": "died", "unused_from": str(last)}
        for changed, pointer in (
            ({}, "/unused_from"),  # nothing is left
            ({"unused_from": None}, "/from_month"),
            ({"from_month": "2027-01"}, "/from_month"),
            ({"unused_from": str(today()), "reason": "pension"}, "/reason"),
            ({"unused_from": str(today()), "reason": "one_off"}, "/reason"),
            ({"unused_from": "31/12/2026"}, "/unused_from"),
        ):
            expect_problem_at(await scenario.post(REFUNDS, body | changed, login=scenario.bhxh), 422, pointer)

    async def test_once_and_again_after_a_refusal(self, scenario: PremiumScenario):
        payment = await pay_for_card(scenario)
        day = today() + timedelta(days=60)
        expect_problem_at(await decide(scenario, payment, "pension", day), 422, "/reason")
        expect_json(await decide(scenario, payment, "other_group", day), 201)
        expect_problem(await decide(scenario, payment, "other_group", day), 409, "already_refunded")
