"""Coverage over HTTP, and a member's insurance as a whole."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.time import today
from app.insurance.card_rules import shifted
from tests.insurance.premium_cast import CARD, COVERAGES, NEEDED, Till
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def till(world: World, client: httpx.AsyncClient) -> Till:
    return await Till.create(world, client)


async def card(till: Till, **enrolled: Any) -> Any:
    """A posted card of the first member."""
    await till.save(till.members[0], CARD)
    enrolment = await till.card(till.members[0], **enrolled)
    return got(await till.pay(await till.hold(enrolment, {"kind": "savings", "amount": CARD})))


async def covered_by(till: Till, payment: Any) -> Any:
    return got(await till.get(COVERAGES, payment_id=payment["id"]))["items"][0]


class TestReadCoverages:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.get(COVERAGES)).status_code == 401

    async def test_scope_and_filters(self, till: Till):
        row = await covered_by(till, await till.posted(till.members[0]))
        assert got(await till.get(f"{COVERAGES}/{row['id']}")) == row
        for login in (till.farmers, till.other_treasurer):
            refused(await till.get(f"{COVERAGES}/{row['id']}", login=login), 404, "not_found")
            assert got(await till.get(COVERAGES, login=login))["items"] == []
        filters: tuple[tuple[dict[str, Any], list[Any]], ...] = (
            ({"on": "2026-12-01"}, [row]),
            ({"on": "2027-11-30"}, [row]),
            ({"on": "2027-12-01"}, []),
            ({"product": "bhyt_hgd"}, []),
            ({"member_id": str(till.members[0]), "group_id": str(till.group.id)}, [row]),
        )
        for query, found in filters:
            assert got(await till.get(COVERAGES, **query))["items"] == found


class TestValidityOfCards:
    async def test_the_first_card_waits_thirty_days(self, till: Till):
        row = await covered_by(till, await card(till))
        begins = today() + timedelta(days=30)
        assert row["valid_from"] == str(begins)
        assert row["valid_to"] == str(shifted(begins, 12) - timedelta(days=1))
        assert (row["continuous_since"], row["five_years_from"]) == (str(begins), str(shifted(begins, 60)))

    async def test_who_had_a_card_goes_on_at_once(self, till: Till):
        until, since = today() + timedelta(days=9), date(2022, 3, 1)
        row = await covered_by(till, await card(till, covered_until=until, insured_since=since))
        assert row["valid_from"] == str(until + timedelta(days=1))
        assert (row["continuous_since"], row["five_years_from"]) == ("2022-03-01", "2027-03-01")

    async def test_a_short_gap_breaks_nothing(self, till: Till):
        until, since = today() - timedelta(days=60), date(2022, 3, 1)
        row = await covered_by(till, await card(till, covered_until=until, insured_since=since))
        assert (row["valid_from"], row["continuous_since"]) == (str(today()), "2022-03-01")

    async def test_ninety_days_break_it(self, till: Till):
        until, since = today() - timedelta(days=91), date(2022, 3, 1)
        row = await covered_by(till, await card(till, covered_until=until, insured_since=since))
        assert row["continuous_since"] == row["valid_from"] == str(today() + timedelta(days=30))


class TestMemberInsurance:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.get(f"/v1/members/{uuid4()}/insurance")).status_code == 401

    async def test_not_yours_is_404(self, till: Till):
        await till.posted(till.members[0])
        for login in (till.farmers, till.other_treasurer):
            refused(await till.get(f"/v1/members/{till.members[0]}/insurance", login=login), 404, "not_found")

    async def test_nothing_paid_yet(self, till: Till):
        whole = got(await till.get(f"/v1/members/{till.members[0]}/insurance"))
        assert whole == {"member_id": str(till.members[0]), "on": str(today()), "products": []}

    async def test_social_insurance(self, till: Till):
        member, month = till.members[0], f"{today():%Y-%m}"
        since, follows = date(2024, 5, 1), shifted(today().replace(day=1), 12)
        await till.posted(member, from_month=month, supported_before=30, insured_since=since)
        whole = got(await till.get(f"/v1/members/{member}/insurance"))["products"]
        assert whole == [
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
                "next_due": str(shifted(follows, 7) - timedelta(days=1)),
            }
        ]

    async def test_unbroken_over_two_payments_and_two_groups(self, till: Till):
        member, month = till.members[0], f"{today():%Y-%m}"
        first = await till.posted(member, from_month=month)
        follows = shifted(today().replace(day=1), 12)
        other = await till.world.group(till.group.unit)
        await till.world.join(other, member)
        enrolment = await till.enrolment(member, from_month=f"{follows:%Y-%m}", group_id=str(other.id))
        saving = {"group_id": str(other.id), "member_id": str(member), "kind": "saving", "amount": NEEDED}
        got(
            await till.post(
                "/v1/contributions", saving | {"business_date": str(today())}, login=till.officer
            ),
            201,
        )
        held = got(await till.post("/v1/premium-payments", till.order(enrolment), login=till.officer), 201)
        second = got(await till.pay(held, login=till.officer))
        row = got(await till.get(COVERAGES, login=till.officer, payment_id=second["id"]))["items"][0]
        assert row["continuous_since"] == f"{month}-01"
        whole = got(await till.get(f"/v1/members/{member}/insurance"))["products"][0]
        assert (whole["months_paid"], whole["valid_to"]) == (24, f"{follows - timedelta(days=1)}")
        assert got(await till.get(COVERAGES))["items"] == [await covered_by(till, first)]
