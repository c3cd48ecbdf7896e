"""Coverage over HTTP, and a member's insurance as a whole."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.time import today
from app.insurance.law.card import shift_months
from tests.insurance.coverage_factories import insert_paid_coverage
from tests.insurance.premium_scenario import CARD_PRICE, COVERAGES, PARTICIPANT_PAYS, PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


async def create_posted_card(scenario: PremiumScenario, **enrolled: Any) -> Any:
    """A posted card of the first member."""
    await scenario.save(scenario.members[0], CARD_PRICE)
    enrolment = await scenario.create_card_enrolment(scenario.members[0], **enrolled)
    return expect_json(
        await scenario.post_payment(
            await scenario.hold_payment(enrolment, {"kind": "savings", "amount": CARD_PRICE})
        )
    )


async def coverage_of(scenario: PremiumScenario, payment: Any) -> Any:
    return expect_json(await scenario.get(COVERAGES, payment_id=payment["id"]))["items"][0]


class TestReadCoverages:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.get(COVERAGES)).status_code == 401

    async def test_scope_and_filters(self, scenario: PremiumScenario):
        row = await coverage_of(scenario, await scenario.create_posted_payment(scenario.members[0]))
        assert expect_json(await scenario.get(f"{COVERAGES}/{row['id']}")) == row
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(await scenario.get(f"{COVERAGES}/{row['id']}", login=login), 404, "not_found")
            assert expect_json(await scenario.get(COVERAGES, login=login))["items"] == []
        filters: tuple[tuple[dict[str, Any], list[Any]], ...] = (
            ({"on": "2026-12-01"}, [row]),
            ({"on": "2027-11-30"}, [row]),
            ({"on": "2027-12-01"}, []),
            ({"product": "bhyt_hgd"}, []),
            ({"member_id": str(scenario.members[0]), "group_id": str(scenario.group.id)}, [row]),
        )
        for query, expected in filters:
            assert expect_json(await scenario.get(COVERAGES, **query))["items"] == expected


class TestValidityOfCards:
    async def test_the_first_card_waits_thirty_days(self, scenario: PremiumScenario):
        row = await coverage_of(scenario, await create_posted_card(scenario))
        begins = today() + timedelta(days=30)
        assert row["valid_from"] == str(begins)
        assert row["valid_to"] == str(shift_months(begins, 12) - timedelta(days=1))
        assert (row["continuous_since"], row["five_years_from"]) == (
            str(begins),
            str(shift_months(begins, 60)),
        )

    async def test_who_had_a_card_goes_on_at_once(self, scenario: PremiumScenario):
        until, since = today() + timedelta(days=9), date(2022, 3, 1)
        row = await coverage_of(
            scenario, await create_posted_card(scenario, covered_until=until, insured_since=since)
        )
        assert row["valid_from"] == str(until + timedelta(days=1))
        assert (row["continuous_since"], row["five_years_from"]) == ("2022-03-01", "2027-03-01")

    async def test_a_short_gap_breaks_nothing(self, scenario: PremiumScenario):
        until, since = today() - timedelta(days=60), date(2022, 3, 1)
        row = await coverage_of(
            scenario, await create_posted_card(scenario, covered_until=until, insured_since=since)
        )
        assert (row["valid_from"], row["continuous_since"]) == (str(today()), "2022-03-01")

    async def test_ends_are_counted_from_the_first_day_of_the_chain(self, scenario: PremiumScenario):
        """Half a year from 31 August, then three months: they end on 30 May, as nine months at once would."""
        year, member = today().year, scenario.members[0]
        begins, until = date(year, 8, 31), date(year + 1, 3, 1) - timedelta(days=2)
        await insert_paid_coverage(
            scenario.world, scenario.group, member, method="months_6", begins=begins, until=until
        )
        await scenario.save(member, CARD_PRICE // 4)
        enrolment = await scenario.create_card_enrolment(
            member, method="months_3", from_month=f"{year + 1}-03"
        )
        held = await scenario.hold_payment(enrolment, {"kind": "savings", "amount": CARD_PRICE // 4})
        row = await coverage_of(scenario, expect_json(await scenario.post_payment(held)))
        assert (row["valid_from"], row["valid_to"]) == (
            str(until + timedelta(days=1)),
            f"{year + 1}-05-30",
        )

    async def test_ninety_days_break_it(self, scenario: PremiumScenario):
        until, since = today() - timedelta(days=91), date(2022, 3, 1)
        row = await coverage_of(
            scenario, await create_posted_card(scenario, covered_until=until, insured_since=since)
        )
        assert row["continuous_since"] == row["valid_from"] == str(today() + timedelta(days=30))


class TestMemberInsurance:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.get(f"/v1/members/{uuid4()}/insurance")).status_code == 401

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        await scenario.create_posted_payment(scenario.members[0])
        for login in (scenario.farmers, scenario.other_treasurer):
            expect_problem(
                await scenario.get(f"/v1/members/{scenario.members[0]}/insurance", login=login),
                404,
                "not_found",
            )

    async def test_nothing_paid_yet(self, scenario: PremiumScenario):
        insurance = expect_json(await scenario.get(f"/v1/members/{scenario.members[0]}/insurance"))
        assert insurance == {
            "member_id": str(scenario.members[0]),
            "on": str(today()),
            "products": [],
            "outlook": None,  # neither birth nor sex is known
        }

    async def test_social_insurance(self, scenario: PremiumScenario):
        member, month = scenario.members[0], f"{today():%Y-%m}"
        since, follows = date(2024, 5, 1), shift_months(today().replace(day=1), 12)
        await scenario.create_posted_payment(
            member, from_month=month, supported_before=30, insured_since=since
        )
        insurance = expect_json(await scenario.get(f"/v1/members/{member}/insurance"))["products"]
        assert insurance == [
            {
                "product": "bhxh_tn",
                "months_paid": 12,
                "covered": True,
                "valid_from": f"{month}-01",
                "valid_to": str(follows - timedelta(days=1)),
                "continuous_since": "2024-05-01",
                "five_years_from": None,
                "supported_months_used": 42,
                "supported_months_left": 78,
                "next_due": str(shift_months(follows, 7) - timedelta(days=1)),
            }
        ]

    async def test_unbroken_over_two_payments_and_two_groups(self, scenario: PremiumScenario):
        member, month = scenario.members[0], f"{today():%Y-%m}"
        first = await scenario.create_posted_payment(member, from_month=month)
        follows = shift_months(today().replace(day=1), 12)
        other = await scenario.world.group(scenario.group.unit)
        await scenario.world.join(other, member)
        enrolment = await scenario.create_enrolment(
            member, from_month=f"{follows:%Y-%m}", group_id=str(other.id)
        )
        saving = {
            "group_id": str(other.id),
            "member_id": str(member),
            "kind": "saving",
            "amount": PARTICIPANT_PAYS,
        }
        expect_json(
            await scenario.post(
                "/v1/contributions", saving | {"business_date": str(today())}, login=scenario.officer
            ),
            201,
        )
        held = expect_json(
            await scenario.post(
                "/v1/premium-payments", scenario.payment_body(enrolment), login=scenario.officer
            ),
            201,
        )
        second = expect_json(await scenario.post_payment(held, login=scenario.officer))
        row = expect_json(await scenario.get(COVERAGES, login=scenario.officer, payment_id=second["id"]))[
            "items"
        ][0]
        assert row["continuous_since"] == f"{month}-01"
        insurance = expect_json(await scenario.get(f"/v1/members/{member}/insurance"))["products"][0]
        assert (insurance["months_paid"], insurance["valid_to"]) == (24, f"{follows - timedelta(days=1)}")
        assert expect_json(await scenario.get(COVERAGES))["items"] == [await coverage_of(scenario, first)]
