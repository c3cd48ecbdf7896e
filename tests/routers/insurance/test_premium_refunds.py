"""Premium refunds over HTTP: decided by BHXH by the rules of the payment, received by the member."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.insurance.premium_scenario import (
    COVERAGES,
    PARTICIPANT_PAYS,
    PAYMENTS,
    REFUNDS,
    PremiumScenario,
    expect_problem_at,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


def refund_parts(refund: Any) -> tuple[int, ...]:
    """Unused, the participant's, state's, province's, others'."""
    names = ("unused", "amount", "state_returned", "province_returned", "other_returned")
    return tuple(refund[name] for name in names)


async def decide_refund(scenario: PremiumScenario, payment: Any, **changed: Any) -> httpx.Response:
    body = {"payment_id": payment["id"], "reason": "compulsory", "from_month": "2027-08"} | changed
    return await scenario.post(REFUNDS, body, login=changed.pop("login", scenario.bhxh))


class TestDecideRefund:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(REFUNDS, json={})).status_code == 401

    async def test_bhxh_alone_decides(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        body = {"payment_id": posted["id"], "reason": "died", "from_month": "2027-08"}
        for login in (scenario.treasurer, scenario.officer):
            expect_problem(await scenario.post(REFUNDS, body, login=login), 403, "forbidden")

    async def test_elsewhere_is_404(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        elsewhere = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        body = {"payment_id": posted["id"], "reason": "died", "from_month": "2027-08"}
        expect_problem(await scenario.post(REFUNDS, body, login=elsewhere), 404, "not_found", "/payment_id")
        expect_problem(await decide_refund(scenario, {"id": str(uuid4())}), 404, "not_found", "/payment_id")

    async def test_own_money_of_the_months_left(self, scenario: PremiumScenario):
        await scenario.set_remuneration_rate("bhxh_tn", "first", "0.14")
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        posted = await scenario.create_posted_payment(scenario.members[0])
        response = await decide_refund(scenario, posted)
        created = expect_json(response, 201)
        assert response.headers["location"] == f"{REFUNDS}/{created['id']}"
        assert refund_parts(created) == (1_320_000, 792_000, 528_000, 0, 0)
        assert (created["remaining_months"], created["status"], created["clawback"]) == (
            4,
            "decided",
            110_880,
        )
        assert expect_json(await scenario.get(f"{REFUNDS}/{created['id']}")) == created
        assert expect_json(await scenario.get(f"{PAYMENTS}/{posted['id']}"))["status"] == "refunded"
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=posted["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"], coverage["supported_months"]) == (
            "2027-07-31",
            8,
            8,
        )
        enrolment = expect_json(await scenario.get(f"/v1/enrolments/{posted['enrolment_id']}"))
        assert enrolment["status"] == "ended"
        expected_events = ["premium_payment.held", "premium_payment.posted", "premium_payment.refunded"]
        assert await scenario.list_events(posted["id"]) == (expected_events, expected_events)

    async def test_donors_and_the_state_get_their_part(self, scenario: PremiumScenario):
        member = scenario.members[0]
        await scenario.save(member, PARTICIPANT_PAYS - 1_200_000)
        posted = await scenario.create_posted_payment(
            member,
            {"kind": "donor", "amount": 1_200_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": PARTICIPANT_PAYS - 1_200_000},
        )
        created = expect_json(await decide_refund(scenario, posted, from_month="2026-12"), 201)
        assert refund_parts(created) == (3_960_000, PARTICIPANT_PAYS - 1_200_000, 1_584_000, 0, 1_200_000)
        coverage = expect_json(await scenario.get(COVERAGES, payment_id=posted["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"]) == ("2026-11-30", 0)

    async def test_months_without_support_are_the_persons_own(self, scenario: PremiumScenario):
        member, needed = scenario.members[0], 3_960_000 - 8 * 132_000
        await scenario.save(member, needed)
        source = {"kind": "savings", "amount": needed}
        posted = await scenario.create_posted_payment(member, source, supported_before=112)
        assert refund_parts(expect_json(await decide_refund(scenario, posted), 201)) == (
            1_320_000,
            1_320_000,
            0,
            0,
            0,
        )

    async def test_the_province_gets_back_what_its_resolution_supported(
        self, scenario: PremiumScenario, app: FastAPI
    ):
        """A resolution until August supports nine of twelve months; of the four that are left it paid for one."""
        await scenario.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, valid_to, legal_basis, status)"
            " values ($1, 'province_support_dong_near_poor', 10000, $2, '2020-01-01', '2027-08-31', 'NQ thử', 'active')",
            uuid7(), scenario.world.province,
        )  # fmt: skip
        app.state.rules.expire()
        member, needed = scenario.members[0], PARTICIPANT_PAYS - 90_000
        await scenario.save(member, needed)
        posted = await scenario.create_posted_payment(member, {"kind": "savings", "amount": needed})
        assert (posted["province_support"], posted["state_support"]) == (90_000, 1_584_000)
        created = expect_json(await decide_refund(scenario, posted), 201)
        assert refund_parts(created) == (1_320_000, 782_000, 528_000, 10_000, 0)

    async def test_years_ahead_by_the_fund_rate_of_the_payment(self, scenario: PremiumScenario):
        """2 years at 3,000,000: 22 months are left, discounted as they were paid."""
        member = scenario.members[0]
        enrolled: dict[str, Any] = {"method": "years_2", "monthly_income": 3_000_000, "support_group": None}
        enrolment = await scenario.create_enrolment(member, **enrolled)
        due = await scenario.read_price(enrolment)
        await scenario.save(member, due)
        posted = expect_json(
            await scenario.post_payment(
                await scenario.hold_payment(enrolment, {"kind": "savings", "amount": due})
            )
        )
        created = expect_json(await decide_refund(scenario, posted, from_month="2027-02"), 201)
        left = sum(660_000 / 1.0031**i for i in range(2, 24))
        assert abs(created["amount"] - left) <= 0.5
        assert created["remaining_months"] == 22

    async def test_once(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        expect_json(await decide_refund(scenario, posted), 201)
        expect_problem(await decide_refund(scenario, posted, from_month="2027-09"), 409, "already_refunded")
        held = await self.hold_payment(scenario)
        expect_problem(await decide_refund(scenario, held), 409, "premium_payment_status")

    async def hold_payment(self, scenario: PremiumScenario) -> Any:
        await scenario.save(scenario.members[1], PARTICIPANT_PAYS)
        return await scenario.hold_payment(await scenario.create_enrolment(scenario.members[1]))

    async def test_two_at_once_are_one(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        responses = await asyncio.gather(*(decide_refund(scenario, posted) for _ in range(4)))
        assert sorted(response.status_code for response in responses) == [201, 409, 409, 409]

    async def test_what_is_wrong_is_named(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        for changed, pointer in (
            ({"from_month": "2027-12"}, "/from_month"),
            ({"from_month": "2026-11"}, "/from_month"),
            ({"from_month": "2027-13"}, "/from_month"),
            ({"reason": "other_group"}, "/reason"),
            ({"reason": "missing"}, "/reason"),
            ({"reason": "tired"}, "/reason"),
            ({"unused_from": "2027-08-01"}, "/unused_from"),
            ({"from_month": None}, "/from_month"),
            ({"amount": 5}, "/amount"),
        ):
            expect_problem_at(await decide_refund(scenario, posted, **changed), 422, pointer)

    async def test_one_month_is_not_given_back(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 198_000)
        source = {"kind": "savings", "amount": 198_000}
        posted = await scenario.create_posted_payment(scenario.members[0], source, method="months_1")
        expect_problem_at(await decide_refund(scenario, posted, from_month="2026-12"), 422, "/payment_id")


class TestReceiveRefund:
    async def create_refund(self, scenario: PremiumScenario) -> Any:
        return expect_json(
            await decide_refund(scenario, await scenario.create_posted_payment(scenario.members[0])), 201
        )

    async def receive_refund(
        self, scenario: PremiumScenario, refund: Any, to: str = "savings", **how: Any
    ) -> httpx.Response:
        body = {"to": to, "business_date": str(how.pop("day", today()))}
        return await scenario.post(f"{REFUNDS}/{refund['id']}/receive", body, **how)

    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(f"{REFUNDS}/{uuid4()}/receive", json={})).status_code == 401

    async def test_not_yours(self, scenario: PremiumScenario):
        refund = await self.create_refund(scenario)
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await self.receive_refund(scenario, refund, login=login), 404, "not_found")
        expect_problem(await self.receive_refund(scenario, refund, login=scenario.bhxh), 403, "forbidden")

    async def test_into_savings(self, scenario: PremiumScenario):
        refund = await self.create_refund(scenario)
        body = expect_json(await self.receive_refund(scenario, refund))
        assert (body["status"], body["received_as"]) == ("received", "savings")
        assert await scenario.balance(scenario.members[0]) == (792_000, 0)
        passbook = expect_json(await scenario.get(f"/v1/members/{scenario.members[0]}/passbook"))["items"][0]
        assert (passbook["kind"], passbook["amount"], passbook["balance"]) == (
            "premium_refund",
            792_000,
            792_000,
        )
        listed = expect_json(await scenario.get("/v1/contributions"))["items"]
        assert [row["kind"] for row in listed] == ["saving"]
        reversal = await scenario.post(f"/v1/contributions/{body['txn_id']}/reversal", {"note": "nhầm"})
        expect_problem(reversal, 409, "not_reversible")
        await scenario.assert_books_agree()

    async def test_by_the_person(self, scenario: PremiumScenario):
        body = expect_json(await self.receive_refund(scenario, await self.create_refund(scenario), "person"))
        assert (body["received_as"], body["txn_id"]) == ("person", None)
        assert await scenario.balance(scenario.members[0]) == (0, 0)
        await scenario.assert_books_agree()

    async def test_once_under_a_key(self, scenario: PremiumScenario):
        refund = await self.create_refund(scenario)
        expect_problem(await self.receive_refund(scenario, refund, key=""), 400, "idempotency_key_missing")
        first = expect_json(await self.receive_refund(scenario, refund, key="r"))
        again = await self.receive_refund(scenario, refund, key="r")
        assert (expect_json(again), again.headers["idempotency-replayed"]) == (first, "true")
        expect_problem(
            await self.receive_refund(scenario, refund, "person", key="r"), 422, "idempotency_key_reused"
        )
        expect_problem(await self.receive_refund(scenario, refund), 409, "refund_already_received")
        assert await scenario.balance(scenario.members[0]) == (792_000, 0)

    async def test_not_tomorrow(self, scenario: PremiumScenario):
        expect_problem_at(
            await self.receive_refund(scenario, await self.create_refund(scenario), day="2100-01-01"),
            422,
            "/business_date",
        )


class TestReadRefunds:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.get(REFUNDS)).status_code == 401

    async def test_scope_and_filters(self, scenario: PremiumScenario):
        refund = expect_json(
            await decide_refund(scenario, await scenario.create_posted_payment(scenario.members[0])), 201
        )
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await scenario.get(f"{REFUNDS}/{refund['id']}", login=login), 404, "not_found")
            assert expect_json(await scenario.get(REFUNDS, login=login))["items"] == []
        day = str(today())
        for query, expected in (
            ({"status": "decided", "from": day, "to": day}, [refund]),
            ({"status": "received"}, []),
            ({"payment_id": refund["payment_id"], "product": "bhxh_tn"}, [refund]),
            ({"from": "2100-01-01"}, []),
        ):
            assert expect_json(await scenario.get(REFUNDS, **query))["items"] == expected


async def test_the_limit_of_supported_months_counts_what_was_used(scenario: PremiumScenario):
    """After a refund only the months that were used count towards the 120."""
    member = scenario.members[0]
    posted = await scenario.create_posted_payment(member)
    expect_json(await decide_refund(scenario, posted), 201)
    insurance = expect_json(await scenario.get(f"/v1/members/{member}/insurance"))["products"][0]
    assert (insurance["supported_months_used"], insurance["supported_months_left"]) == (8, 112)
    row = await scenario.world.owner.fetchrow(
        "select supported_before from premium_payment where id = $1",
        UUID((await scenario.create_posted_payment(member, from_month="2027-08"))["id"]),
    )
    assert row["supported_before"] == 8
