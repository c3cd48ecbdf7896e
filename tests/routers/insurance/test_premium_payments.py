"""Premium payments over HTTP: held, posted, voided; what they cost, and where the money is at each step."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from app.core.values.wording import format_dong
from tests.insurance.premium_scenario import (
    AMOUNT_DUE,
    CARD_PRICE,
    PARTICIPANT_PAYS,
    PAYMENTS,
    PremiumScenario,
    expect_problem_at,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


def payment_amounts(payment: Any) -> tuple[int, ...]:
    """Due, state, province, others, participant."""
    names = ("amount_due", "state_support", "province_support", "other_support", "participant_pays")
    return tuple(payment[name] for name in names)


class TestHoldPremium:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(PAYMENTS, json={})).status_code == 401

    async def test_bhxh_only_reads(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        expect_problem(
            await scenario.post(PAYMENTS, scenario.payment_body(enrolment), login=scenario.bhxh),
            403,
            "forbidden",
        )

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        for login in (scenario.farmers, scenario.other_treasurer):
            response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment), login=login)
            expect_problem(response, 404, "not_found", "/enrolment_id")
        expect_problem(
            await scenario.post(PAYMENTS, scenario.payment_body(str(uuid4()))),
            404,
            "not_found",
            "/enrolment_id",
        )

    async def test_out_of_savings(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS + 5)
        enrolment = await scenario.create_enrolment(scenario.members[0], accepted=False)
        response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment))
        created = expect_json(response, 201)
        assert response.headers["location"] == f"{PAYMENTS}/{created['id']}"
        assert (created["status"], created["months"], created["supported_months"]) == ("held", 12, 12)
        assert payment_amounts(created) == (AMOUNT_DUE, AMOUNT_DUE - PARTICIPANT_PAYS, 0, 0, PARTICIPANT_PAYS)
        assert await scenario.balance(scenario.members[0]) == (PARTICIPANT_PAYS + 5, PARTICIPANT_PAYS)
        assert expect_json(await scenario.get(f"{PAYMENTS}/{created['id']}")) == created
        held = ["premium_payment.held"]
        assert await scenario.list_events(created["id"]) == (held, held)
        await scenario.assert_books_agree()

    async def test_of_all_kinds_of_sources(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 1_000_000)
        await scenario.save(None, 1_000_000, kind="donation")
        sources: list[dict[str, Any]] = [
            {"kind": "savings", "amount": 1_000_000},
            {"kind": "fund", "amount": 300_000},
            {"kind": "donor", "amount": 500_000, "source": "Hội khuyến học"},
            {"kind": "instalment", "amount": 576_000, "instalments": 5, "first_due": str(today())},
        ]
        created = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]), *sources)
        assert payment_amounts(created) == (
            AMOUNT_DUE,
            AMOUNT_DUE - PARTICIPANT_PAYS,
            0,
            500_000,
            PARTICIPANT_PAYS - 500_000,
        )
        assert [source["kind"] for source in created["sources"]] == [source["kind"] for source in sources]
        assert await scenario.balance(scenario.members[0]) == (1_000_000, 1_000_000)
        assert await scenario.balance(None) == (1_500_000, 1_376_000)
        await scenario.assert_books_agree()

    async def test_one_source_too_small_keeps_nothing(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 1_000_000)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        sources = [
            {"kind": "donor", "amount": PARTICIPANT_PAYS - 1_000_001, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": 1_000_001},
        ]
        response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment, *sources))
        expect_problem(response, 409, "insufficient_balance", "/sources/1/amount")
        assert await scenario.balance(scenario.members[0]) == (1_000_000, 0)
        assert await scenario.balance(None) == (0, 0)
        assert expect_json(await scenario.get(PAYMENTS))["items"] == []

    async def test_sources_must_add_up(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        response = await scenario.post(
            PAYMENTS, scenario.payment_body(enrolment, {"kind": "savings", "amount": PARTICIPANT_PAYS - 1})
        )
        expect_problem_at(response, 422, "/sources")
        assert format_dong(PARTICIPANT_PAYS) in response.json()["errors"][0]["detail"]

    async def test_hostile_sources_name_the_field(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        early = str(today() - timedelta(days=1))
        bad: list[tuple[dict[str, Any], str]] = [
            ({"kind": "donor", "amount": 5}, "/sources/0/source"),
            ({"kind": "savings", "amount": 5, "source": "Ai đó"}, "/sources/0/source"),
            ({"kind": "instalment", "amount": 5, "instalments": 2}, "/sources/0/first_due"),
            ({"kind": "instalment", "amount": 5, "instalments": 2, "first_due": early}, "/sources/0/first_due"),
            ({"kind": "instalment", "amount": 1, "instalments": 2, "first_due": str(today())}, "/sources/0/instalments"),
            ({"kind": "gold", "amount": 5}, "/sources/0/kind"),
            ({"kind": "fund", "amount": 0}, "/sources/0/amount"),
            ({"kind": "fund", "amount": "5"}, "/sources/0/amount"),
            ({"kind": "fund", "amount": 10**15}, "/sources/0/amount"),
            ({"kind": "fund", "amount": 5, "nope": 1}, "/sources/0/nope"),
        ]  # fmt: skip
        for source, pointer in bad:
            expect_problem_at(
                await scenario.post(PAYMENTS, scenario.payment_body(enrolment, source)), 422, pointer
            )
        for changed, pointer in (
            ({"business_date": str(today() + timedelta(days=1))}, "/business_date"),
            ({"household_order": 2}, "/household_order"),
            ({"sources": [{"kind": "fund", "amount": 1}] * 11}, "/sources"),
            ({"enrolment_id": "x"}, "/enrolment_id"),
        ):
            expect_problem_at(
                await scenario.post(PAYMENTS, scenario.payment_body(enrolment, **changed)), 422, pointer
            )

    async def test_without_a_key_is_400(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        expect_problem(
            await scenario.post(PAYMENTS, scenario.payment_body(enrolment), key=""),
            400,
            "idempotency_key_missing",
        )

    async def test_same_key_gives_the_first_answer_for_ever(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        body = scenario.payment_body(await scenario.create_enrolment(scenario.members[0]))
        first = expect_json(await scenario.post(PAYMENTS, body, key="k"), 201)
        expect_json(await scenario.post_payment(first))
        again = await scenario.post(PAYMENTS, body, key="k")
        assert (expect_json(again, 201), again.headers["idempotency-replayed"]) == (first, "true")
        other = body | {"sources": [{"kind": "fund", "amount": PARTICIPANT_PAYS}]}
        expect_problem(await scenario.post(PAYMENTS, other, key="k"), 422, "idempotency_key_reused")

    async def test_an_enrolment_is_paid_once(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        first = await scenario.hold_payment(enrolment)
        expect_problem(
            await scenario.post(PAYMENTS, scenario.payment_body(enrolment)), 409, "premium_payment_exists"
        )
        expect_json(await scenario.post(f"{PAYMENTS}/{first['id']}/void"))
        await scenario.hold_payment(enrolment)

    async def test_only_what_waits_for_bhxh_or_was_accepted(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0], accepted=False)
        expect_json(await scenario.post(f"/v1/enrolments/{enrolment}/withdraw", login=scenario.officer))
        expect_problem(
            await scenario.post(PAYMENTS, scenario.payment_body(enrolment)), 409, "enrolment_status"
        )

    async def test_without_a_group_there_is_no_money(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0], group_id=None)
        response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment), login=scenario.officer)
        expect_problem_at(response, 422, "/enrolment_id")

    async def test_closed_books_name_the_day(self, scenario: PremiumScenario, owner: Any):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        await owner.execute(
            "insert into closed_period (network, province_code, closed_through) values ('womens_union', $1, $2)",
            scenario.world.province, today() - timedelta(days=1),
        )  # fmt: skip
        day = str(today() - timedelta(days=1))
        response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment, business_date=day))
        expect_problem(response, 409, "period_closed", "/business_date")

    async def test_by_values_that_ran_out_nothing_is_held_or_posted(
        self, scenario: PremiumScenario, owner: Any, app: FastAPI
    ):
        """Up to the last confirmed day, not after it, until BHXH confirms what holds."""
        member, yesterday = scenario.members[0], today() - timedelta(days=1)
        await owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, confirmed_to, legal_basis, status)"
            " values ($1, 'province_support_dong_near_poor', 1000, $2, '2020-01-01', $3, 'NQ thử', 'active')",
            rule_id := uuid7(), scenario.world.province, yesterday,
        )  # fmt: skip
        app.state.rules.expire()
        await scenario.save(member, needed := PARTICIPANT_PAYS - 12_000, day=yesterday)
        enrolment = await scenario.create_enrolment(member)
        body = scenario.payment_body(enrolment, {"kind": "savings", "amount": needed})
        response = await scenario.post(PAYMENTS, body)
        expect_problem(response, 422, "rule_run_out", "/business_date")
        assert f"chỉ được xác nhận đến hết ngày {yesterday:%d/%m/%Y}" in response.text
        held = expect_json(await scenario.post(PAYMENTS, body | {"business_date": str(yesterday)}), 201)
        expect_problem(await scenario.post_payment(held), 422, "rule_run_out", "/payment_date")

        await owner.execute(
            "update insurance_rule set valid_to = $2, version = version + 1 where id = $1", rule_id, yesterday
        )
        await owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, 'province_support_dong_near_poor', 1000, $2, $3, 'NQ thử', 'active')",
            uuid7(), scenario.world.province, today(),
        )  # fmt: skip
        app.state.rules.expire()
        expect_json(await scenario.post_payment(held))

    async def test_months_with_support_end_at_120(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0], supported_before=115)
        needed = AMOUNT_DUE - 5 * 132_000
        await scenario.save(scenario.members[0], needed)
        created = await scenario.hold_payment(enrolment, {"kind": "savings", "amount": needed})
        assert (created["supported_months"], created["state_support"]) == (5, 5 * 132_000)

    async def test_all_paid_by_others_needs_no_source(self, scenario: PremiumScenario, owner: Any):
        enrolment = await scenario.create_card_enrolment(scenario.members[0], support_group="near_poor")
        await owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, 'bhyt_province_support_rate_near_poor', 0.3, $2, '2020-01-01', 'NQ thử', 'active')",
            uuid7(), scenario.world.province,
        )  # fmt: skip
        body = scenario.payment_body(enrolment) | {"sources": []}
        response = await scenario.post(PAYMENTS, body)
        if response.status_code == 422:  # the rules in this process are half a second old
            await asyncio.sleep(0.6)
            response = await scenario.post(PAYMENTS, body)
        created = expect_json(response, 201)
        assert created["participant_pays"] == 0
        assert expect_json(await scenario.post_payment(created))["status"] == "posted"


class TestHouseholdOrder:
    async def create_household(self, scenario: PremiumScenario) -> None:
        """All members of the group live together."""
        created = expect_json(
            await scenario.post(
                "/v1/households", {"commune_code": scenario.world.commune}, login=scenario.officer
            ),
            201,
        )
        await scenario.world.owner.execute(
            "update member set household_id = $1 where id = any($2)", UUID(created["id"]), scenario.members
        )

    async def hold(
        self, scenario: PremiumScenario, member: UUID, amount: int, **changed: Any
    ) -> httpx.Response:
        await scenario.save(member, amount)
        source = {"kind": "savings", "amount": amount}
        return await scenario.post(
            PAYMENTS, scenario.payment_body(await scenario.create_card_enrolment(member), source, **changed)
        )

    async def test_each_further_member_pays_less(self, scenario: PremiumScenario):
        await self.create_household(scenario)
        first, second, third = scenario.members
        created = [
            expect_json(await self.hold(scenario, member, amount), 201)
            for member, amount in ((first, CARD_PRICE), (second, 956_340), (third, 819_720))
        ]
        assert [payment["household_order"] for payment in created] == [1, 2, 3]
        expect_json(await scenario.post_payment(created[2]))
        expect_json(await scenario.post_payment(created[0]))
        await scenario.assert_books_agree()

    async def test_who_was_first_and_gave_up_makes_room(self, scenario: PremiumScenario):
        await self.create_household(scenario)
        first, second, _ = scenario.members
        one = expect_json(await self.hold(scenario, first, CARD_PRICE), 201)
        two = expect_json(await self.hold(scenario, second, 956_340), 201)
        expect_json(await scenario.post(f"{PAYMENTS}/{one['id']}/void"))
        expect_problem(await scenario.post_payment(two), 409, "premium_changed")

    async def test_declared_when_others_joined_elsewhere(self, scenario: PremiumScenario):
        await self.create_household(scenario)
        first, second, third = scenario.members
        created = expect_json(await self.hold(scenario, first, 819_720, household_order=3), 201)
        assert created["household_order"] == 3
        expect_problem_at(
            await self.hold(scenario, second, CARD_PRICE, household_order=3), 422, "/household_order"
        )
        assert expect_json(await self.hold(scenario, third, CARD_PRICE), 201)["household_order"] == 1
        assert expect_json(await scenario.post_payment(created))["household_order"] == 3

    async def test_alone_is_first(self, scenario: PremiumScenario):
        created = expect_json(await self.hold(scenario, scenario.members[0], CARD_PRICE), 201)
        assert (created["household_order"], payment_amounts(created)) == (
            1,
            (CARD_PRICE, 0, 0, 0, CARD_PRICE),
        )

    async def test_who_is_supported_has_no_order(self, scenario: PremiumScenario):
        enrolment = await scenario.create_card_enrolment(scenario.members[0], support_group="near_poor")
        source = {"kind": "savings", "amount": 409_860}
        response = await scenario.post(PAYMENTS, scenario.payment_body(enrolment, source, household_order=1))
        expect_problem_at(response, 422, "/household_order")
        await scenario.save(scenario.members[0], 409_860)
        created = await scenario.hold_payment(enrolment, source)
        assert (created["household_order"], payment_amounts(created)) == (
            None,
            (CARD_PRICE, 956_340, 0, 0, 409_860),
        )


class TestPostPremium:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(f"{PAYMENTS}/{uuid4()}/post", json={})).status_code == 401

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await scenario.post_payment(held, login=login), 404, "not_found")
        expect_problem(await scenario.post_payment(held, login=scenario.bhxh), 403, "forbidden")

    async def test_the_money_leaves_and_coverage_follows(self, scenario: PremiumScenario):
        await scenario.set_remuneration_rate("bhxh_tn", "first", "0.14")
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        held = await scenario.hold_payment(enrolment)
        posted = expect_json(await scenario.post_payment(held, receipt_no="0000001"))
        assert (posted["status"], posted["receipt_no"], posted["payment_date"]) == (
            "posted", "0000001", str(today()),
        )  # fmt: skip
        assert payment_amounts(posted) == payment_amounts(held)
        assert {"bhxh_tn_rate", "rural_poverty_line"} <= {rule["key"] for rule in posted["rules"]}
        assert await scenario.balance(scenario.members[0]) == (0, 0)
        assert expect_json(await scenario.get(f"/v1/enrolments/{enrolment}"))["status"] == "paid"
        covered = expect_json(await scenario.get("/v1/coverages", enrolment_id=enrolment))["items"]
        assert [(row["valid_from"], row["valid_to"], row["months"]) for row in covered] == [
            ("2026-12-01", "2027-11-30", 12)
        ]
        expected_events = ["premium_payment.held", "premium_payment.posted"]
        assert await scenario.list_events(posted["id"]) == (expected_events, expected_events)
        assert (await scenario.list_events(enrolment))[1][-1] == "enrolment.paid"
        await scenario.assert_books_agree()

    async def test_only_when_bhxh_has_accepted(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0], accepted=False)
        held = await scenario.hold_payment(enrolment)
        expect_problem(await scenario.post_payment(held), 409, "enrolment_status")
        await scenario.accept(enrolment)
        expect_json(await scenario.post_payment(held))

    async def test_an_enrolment_that_says_something_else_is_held_again(self, scenario: PremiumScenario):
        """Returned after the hold, corrected, sent again and accepted: the payment is not its any more."""
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0], accepted=False)
        held = await scenario.hold_payment(enrolment)
        reason = {"pointer": "/from_month", "code": "wrong", "text": "Sai tháng."}
        path = f"/v1/enrolments/{enrolment}"
        expect_json(await scenario.post(f"{path}/return", {"reasons": [reason]}, login=scenario.bhxh))
        version = expect_json(await scenario.get(path))["version"]
        headers = scenario.officer.headers | {"If-Match": f'"{version}"'}
        expect_json(await scenario.client.patch(path, json={"from_month": "2027-01"}, headers=headers))
        expect_json(await scenario.post(f"{path}/submit", login=scenario.officer))
        await scenario.accept(enrolment)
        expect_problem(await scenario.post_payment(held), 409, "enrolment_changed")
        expect_json(await scenario.post(f"{PAYMENTS}/{held['id']}/void"))
        again = await scenario.hold_payment(enrolment)
        assert expect_json(await scenario.post_payment(again))["from_month"] == "2027-01"

    async def test_the_same_receipt_again_changes_nothing(self, scenario: PremiumScenario):
        held_for = scenario.members[0]
        await scenario.save(held_for, PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(held_for))
        first = expect_json(await scenario.post_payment(held, receipt_no="7"))
        assert expect_json(await scenario.post_payment(held, receipt_no="7")) == first
        expect_problem(await scenario.post_payment(held, receipt_no="8"), 409, "premium_payment_status")

    async def test_a_receipt_is_used_once_in_its_series(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        await scenario.save(scenario.members[1], PARTICIPANT_PAYS)
        one = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        two = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[1]))
        expect_json(await scenario.post_payment(one, receipt_no="9"))
        expect_problem(await scenario.post_payment(two, receipt_no="9"), 409, "receipt_used")
        assert await scenario.balance(scenario.members[1]) == (PARTICIPANT_PAYS, PARTICIPANT_PAYS)
        expect_json(await scenario.post_payment(two, receipt_no="9", receipt_series="KHAC"))

    async def test_days_out_of_order(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
            response = await scenario.post_payment(held, payment_date=str(day))
            expect_problem_at(response, 422, "/payment_date")

    async def test_time_that_is_paid_already(self, scenario: PremiumScenario):
        """What the checks of the enrolment let through, the database does not."""
        member = scenario.members[0]
        await scenario.create_posted_payment(member)
        await scenario.save(member, PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(member, from_month="2027-12")
        await scenario.world.owner.execute(
            "update enrolment set from_month = '2027-11-01' where id = $1", UUID(enrolment)
        )
        held = await scenario.hold_payment(enrolment)
        expect_problem(await scenario.post_payment(held), 409, "coverage_overlaps")
        assert await scenario.balance(member) == (PARTICIPANT_PAYS, PARTICIPANT_PAYS)

    async def test_nothing_of_it_can_be_changed(self, scenario: PremiumScenario, owner: Any):
        posted = await scenario.create_posted_payment(scenario.members[0])
        id_ = UUID(posted["id"])
        for sql in (
            "update premium_payment set participant_pays = participant_pays + 1, amount_due = amount_due + 1 where id = $1",
            "update premium_payment set formula = '{}' where id = $1",
            "update premium_payment set status = 'held' where id = $1",
            "update premium_payment set status = 'refunded', receipt_no = 'x' where id = $1",
            "delete from premium_payment where id = $1",
            "update premium_source set amount = amount + 1 where payment_id = $1",
            "update coverage set valid_to = valid_to + 1 where payment_id = $1",
            "delete from coverage where payment_id = $1",
        ):
            with pytest.raises(asyncpg.PostgresError) as raised:
                await owner.execute(sql, id_)
            assert raised.value.sqlstate == "AS409", sql


class TestPriceOfThePaymentDate:
    """The base salary rose on 2026-07-01: a card held in June is dearer in July."""

    async def hold_in_june(self, scenario: PremiumScenario) -> Any:
        member = scenario.members[0]
        await scenario.save(member, 2_000_000, day=date(2026, 6, 20))
        enrolment = await scenario.create_card_enrolment(member, from_month="2026-07", accepted=False)
        source = {"kind": "savings", "amount": 1_263_600}
        held = await scenario.hold_payment(enrolment, source, business_date="2026-06-20")
        await scenario.accept(enrolment)
        return held

    async def test_dearer_is_refused_with_the_new_amounts(self, scenario: PremiumScenario):
        held = await self.hold_in_june(scenario)
        response = await scenario.post_payment(held, payment_date="2026-07-01")
        expect_problem(response, 409, "premium_changed")
        assert format_dong(CARD_PRICE) in response.json()["detail"]
        assert await scenario.balance(scenario.members[0]) == (2_000_000, 1_263_600)

    async def test_the_day_before_it_keeps_its_price_for_ever(self, scenario: PremiumScenario):
        held = await self.hold_in_june(scenario)
        posted = expect_json(await scenario.post_payment(held, payment_date="2026-06-30"))
        assert (posted["participant_pays"], posted["priced_on"]) == (1_263_600, "2026-06-30")
        assert expect_json(await scenario.get(f"{PAYMENTS}/{held['id']}")) == posted

    async def test_cheaper_leaves_the_rest_where_it_was(self, scenario: PremiumScenario, owner: Any):
        """Held without support, posted with: the instalment shrinks first, then the savings."""
        member = scenario.members[0]
        await scenario.save(member, 3_000_000)
        await scenario.save(None, 2_000_000, kind="donation")
        enrolment = await scenario.create_enrolment(member, support_group=None, accepted=False)
        held = await scenario.hold_payment(
            enrolment,
            {"kind": "donor", "amount": 500_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": 2_460_000},
            {"kind": "instalment", "amount": 1_000_000, "instalments": 4, "first_due": str(today())},
        )
        await owner.execute("update enrolment set support_group = 'near_poor' where id = $1", UUID(enrolment))
        await scenario.accept(enrolment)
        posted = expect_json(await scenario.post_payment(held))
        assert [source["paid"] for source in posted["sources"]] == [500_000, 1_876_000, 0]
        assert payment_amounts(posted) == (AMOUNT_DUE, AMOUNT_DUE - PARTICIPANT_PAYS, 0, 500_000, 1_876_000)
        assert await scenario.balance(member) == (3_000_000 - 1_876_000, 0)
        assert await scenario.balance(None) == (2_000_000, 0)
        assert expect_json(await scenario.get("/v1/premium-advances"))["items"] == []
        await scenario.assert_books_agree()


class TestVoidPremium:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(f"{PAYMENTS}/{uuid4()}/void")).status_code == 401

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(
                await scenario.post(f"{PAYMENTS}/{held['id']}/void", login=login), 404, "not_found"
            )

    async def test_the_money_is_free_and_the_gift_stays(self, scenario: PremiumScenario):
        member = scenario.members[0]
        await scenario.save(member, PARTICIPANT_PAYS - 100_000)
        held = await scenario.hold_payment(
            await scenario.create_enrolment(member),
            {"kind": "donor", "amount": 100_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": PARTICIPANT_PAYS - 100_000},
        )
        voided = expect_json(await scenario.post(f"{PAYMENTS}/{held['id']}/void"))
        assert (voided["status"], [source["paid"] for source in voided["sources"]]) == ("voided", [0, 0])
        assert await scenario.balance(member) == (PARTICIPANT_PAYS - 100_000, 0)
        assert await scenario.balance(None) == (100_000, 0)
        assert expect_json(await scenario.post(f"{PAYMENTS}/{held['id']}/void")) == voided
        expect_problem(await scenario.post_payment(held), 409, "premium_payment_status")
        expected_events = ["premium_payment.held", "premium_payment.voided"]
        assert await scenario.list_events(held["id"]) == (expected_events, expected_events)
        await scenario.assert_books_agree()

    async def test_posted_is_not_voided(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        expect_problem(await scenario.post(f"{PAYMENTS}/{posted['id']}/void"), 409, "premium_payment_status")


class TestRemuneration:
    async def test_first_and_again_of_the_participants_own_money(self, scenario: PremiumScenario):
        await scenario.set_remuneration_rate("bhxh_tn", "first", "0.14")
        await scenario.set_remuneration_rate("bhxh_tn", "again", "0.0705")
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        member = scenario.members[0]
        await scenario.save(member, PARTICIPANT_PAYS - 76_000)
        first = await scenario.create_posted_payment(
            member,
            {"kind": "donor", "amount": 76_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": PARTICIPANT_PAYS - 76_000},
        )
        assert first["remuneration"] == {"kind": "first", "rate": "0.14", "amount": 322_000}
        again = await scenario.create_posted_payment(member, from_month="2027-12")
        assert again["remuneration"] == {"kind": "again", "rate": "0.0705", "amount": 167_508}
        declared = await scenario.create_posted_payment(scenario.members[1], insured_since=date(2020, 1, 1))
        assert declared["remuneration"]["kind"] == "again"

    async def test_a_rate_of_the_method_goes_before_that_of_all(self, scenario: PremiumScenario):
        await scenario.set_remuneration_rate("bhxh_tn", "first", "0.10")
        await scenario.set_remuneration_rate("bhxh_tn", "first_months_12", "0.20")
        await asyncio.sleep(0.6)
        posted = await scenario.create_posted_payment(scenario.members[0])
        assert (posted["method"], posted["remuneration"]["rate"]) == ("months_12", "0.2")

    async def test_without_a_rate_of_the_province_there_is_none(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        assert posted["remuneration"] is None
        sql = "select remuneration_kind from premium_payment where id = $1"
        kind = await scenario.world.owner.fetchval(sql, UUID(posted["id"]))
        assert kind == "first", "reports count who is new with or without a rate"


class TestReadPayments:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.get(PAYMENTS)).status_code == 401

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await scenario.get(f"{PAYMENTS}/{posted['id']}", login=login), 404, "not_found")
            assert expect_json(await scenario.get(PAYMENTS, login=login))["items"] == []
        assert (
            expect_json(await scenario.get(f"{PAYMENTS}/{posted['id']}", login=scenario.bhxh))["id"]
            == posted["id"]
        )

    async def test_filters(self, scenario: PremiumScenario):
        one = await scenario.create_posted_payment(scenario.members[0])
        await scenario.save(scenario.members[1], PARTICIPANT_PAYS)
        two = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[1]))
        every = expect_json(await scenario.get(PAYMENTS))["items"]
        assert [row["id"] for row in every] == [two["id"], one["id"]]
        day = str(today())
        for query, expected in (
            ({"status": "held"}, [two]),
            ({"member_id": one["member_id"]}, [one]),
            ({"enrolment_id": two["enrolment_id"]}, [two]),
            ({"from": day, "to": day}, [one]),
            ({"from": str(today() + timedelta(days=1))}, []),
            ({"product": "bhyt_hgd"}, []),
            ({"group_code": scenario.group.code, "commune_code": scenario.world.commune}, [two, one]),
        ):
            items = expect_json(await scenario.get(PAYMENTS, **query))["items"]
            assert [row["id"] for row in items] == [row["id"] for row in expected], query
        first = expect_json(await scenario.get(PAYMENTS, limit=1))
        rest = expect_json(await scenario.get(PAYMENTS, limit=1, cursor=first["next_cursor"]))
        assert [first["items"][0]["id"], rest["items"][0]["id"]] == [two["id"], one["id"]]
        expect_problem_at(await scenario.get(PAYMENTS, nope=1), 422, "/query/nope")

    async def test_who_may_not_see_the_support_group_learns_no_rate(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        as_officer = expect_json(await scenario.get(f"{PAYMENTS}/{posted['id']}", login=scenario.officer))
        assert as_officer["support_group"] == "near_poor"
        assert "support_rate" in as_officer["formula"]
        assert posted["support_group"] is None
        assert "support_rate" not in posted["formula"]
        assert not [rule for rule in posted["rules"] if "near_poor" in rule["key"]]
