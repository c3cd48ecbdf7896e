"""Forecasts over HTTP: from the ledger, the pledges and the enrolments as they stand."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import VIET_NAM
from app.insurance.forecasts import service as forecast_service
from app.insurance.forecasts.schemas import GroupForecastOut, MembershipForecastOut
from app.insurance.kinds import CardGroup
from tests.insurance.coverage_factories import insert_paid_coverage
from tests.ledger.books import Books, create_books, entry_line
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def frozen_today(monkeypatch: pytest.MonkeyPatch):
    """Prices and due dates follow the day."""
    monkeypatch.setattr(forecast_service, "today", lambda: TODAY)


@pytest.fixture
async def books(world: World, client: httpx.AsyncClient) -> Books:
    return await create_books(world, client, members=3)


async def insert_pledge(
    books: Books, member: UUID, product: str | None, amount: int, since: date, per: str = "day"
) -> None:
    """A pledge of a member of the group."""
    await books.world.owner.execute(
        "insert into pledge (id, membership_id, group_id, network, province_code, commune_code, kind, product, amount,"
        " per, valid_from) select $1, m.id, m.group_id, m.network, m.province_code, m.commune_code, 'money', $3, $4, $5, $6"
        " from membership m where m.member_id = $2",
        uuid7(), member, product, amount, per, since,
    )  # fmt: skip


async def create_enrolment(books: Books, member: UUID, **given: Any) -> None:
    """An enrolment of a member of the group."""
    row: dict[str, Any] = {
        "id": uuid7(), "network": "womens_union", "organisation_id": books.group.unit.id,
        "province_code": books.world.province, "commune_code": books.group.commune, "group_id": books.group.id,
        "member_id": member, "product": "bhxh_tn", "method": "months_12", "months": 12, "monthly_income": 1_500_000,
        "from_month": date(2026, 12, 1), "status": "accepted", "decided_at": datetime(2026, 11, 1, tzinfo=VIET_NAM),
        "submitted_at": datetime(2026, 10, 30, tzinfo=VIET_NAM), "content_hash": b"hash", "created_by": uuid7(),
        "support_group": "near_poor", **given,
    }  # fmt: skip
    names = ", ".join(row)
    slots = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await books.world.owner.execute(f"insert into enrolment ({names}) values ({slots})", *row.values())


async def record_saving(books: Books, member: UUID, amount: int, days_ago: int) -> None:
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    sheet = books.meeting_body(entry_line(member, amount), business_date=day)
    assert (await books.post("/v1/meetings", sheet)).status_code == 201


async def read_group_forecast(books: Books, **query: Any) -> Any:
    forecast = expect_json(await books.get(f"/v1/groups/{books.group.id}/forecast", **query))
    GroupForecastOut.model_validate(forecast)
    return forecast


def forecast_of_member(forecast: Any, member: UUID) -> Any:
    return next(one for one in forecast["items"] if one["member_id"] == str(member))


class TestForecastOfGroup:
    async def test_the_worst_first_with_totals(self, books: Books):
        short, on_track, reached = books.members
        for member in books.members:
            await insert_pledge(books, member, "bhyt_hgd", 3_000, date(2026, 1, 1))
        await record_saving(books, short, 90_000, 40)
        await record_saving(books, on_track, 1_350_000, 40)
        await record_saving(books, reached, 1_400_000, 20)
        forecast = await read_group_forecast(books)
        assert [one["member_id"] for one in forecast["items"]] == [str(short), str(on_track), str(reached)]
        assert [one["status"] for one in forecast["items"]] == ["short", "on_track", "reached"]
        totals = forecast["totals"]
        assert (
            totals["members"],
            totals["short"],
            totals["on_track"],
            totals["reached"],
            totals["no_goal"],
        ) == (3, 1, 1, 1, 0)
        assert totals["available"] == 90_000 + 1_350_000 + 1_400_000
        assert totals["price"] == 3 * 1_366_200
        (goal,) = forecast_of_member(forecast, short)["goals"]
        assert (goal["product"], goal["months"], goal["due_on"], goal["days_left"]) == (
            "bhyt_hgd",
            12,
            "2026-12-31",
            40,
        )
        # 90,000 in the 41 days since the first entry, for 40 days more
        assert (goal["price"], goal["expected"]) == (1_366_200, 90_000 + 87_804)
        assert goal["short_by"] == totals["short_by"] == 1_366_200 - 177_804
        assert goal["per_day_needed"] == 31_905
        assert (
            forecast_of_member(forecast, short)["pace_basis"],
            forecast_of_member(forecast, short)["pledge_per_day"],
        ) == ("saved", 3_000)
        assert (
            forecast_of_member(forecast, reached)["saved_28_days"],
            forecast_of_member(forecast, short)["saved_28_days"],
        ) == (1_400_000, 0)
        assert {rule["key"] for rule in forecast["rules"]} >= {"base_salary", "bhyt_rate"}

    async def test_pages(self, books: Books):
        for member in books.members:
            await insert_pledge(books, member, "bhyt_hgd", 3_000, date(2026, 1, 1))
        await record_saving(books, books.members[0], 5_000, 3)
        forecast = await read_group_forecast(books)
        pages: list[Any] = []
        cursor: dict[str, str] = {}
        for _ in range(3):
            page = await read_group_forecast(books, limit=1, **cursor)
            pages += page["items"]
            cursor = {"cursor": page["next_cursor"]}
        assert (pages, page["next_cursor"]) == (forecast["items"], None)

    async def test_reversals_and_withdrawals_slow_the_pace_down(self, books: Books):
        member = books.members[0]
        wrong = await books.record(member, 500_000)
        await books.post(f"/v1/contributions/{wrong['id']}/reversal", {"note": "Ghi nhầm"})
        await books.record(member, 90_000)
        await books.record(member, 30_000, kind="withdrawal")
        one = forecast_of_member(await read_group_forecast(books), member)
        assert (one["balance"], one["saved_28_days"], one["saved_90_days"]) == (60_000, 60_000, 60_000)

    async def test_cards_of_one_household_in_order(self, books: Books):
        first, second, alone = books.members
        household_id = uuid7()
        await books.world.owner.execute(
            "insert into household (id, network, organisation_id, province_code, commune_code) select $1, network,"
            " organisation_id, province_code, commune_code from savings_group where id = $2", household_id, books.group.id,
        )  # fmt: skip
        await books.world.owner.execute(
            "update member set household_id = $1 where id = any($2)", household_id, [first, second]
        )
        for member in books.members:
            await insert_pledge(books, member, "bhyt_hgd", 3_000, date(2026, 1, 1))
        forecast = await read_group_forecast(books)
        prices = {
            member: forecast_of_member(forecast, member)["goals"][0]["price"] for member in books.members
        }
        assert sorted((prices[first], prices[second])) == [956_340, 1_366_200]
        assert prices[alone] == 1_366_200

    async def test_another_due_date_for_all(self, books: Books):
        await insert_pledge(books, books.members[0], "bhxh_tn", 10_000, date(2026, 1, 1))
        one = forecast_of_member(await read_group_forecast(books, due="2027-03-31"), books.members[0])
        assert one["goals"][0]["due_on"] == "2027-03-31"
        assert (one["goals"][0]["price"], one["goals"][0]["price_if_confirmed"]) == (3_168_000, 4_646_400)
        forecast = await read_group_forecast(books, due="2027-03-31")
        assert "rule_awaits_confirmation" in {note["code"] for note in forecast["warnings"]}

    async def test_nothing_is_due(self, books: Books):
        forecast = await read_group_forecast(books)
        assert forecast["totals"]["no_goal"] == 3
        assert [one["status"] for one in forecast["items"]] == [None, None, None]

    async def test_what_the_model_asks_for(self, books: Books):
        model = uuid7()
        await books.world.owner.execute(
            "insert into savings_model (id, code, network, organisation_id, name, search_name, mechanism, details, products)"
            " select $1, $2, network, organisation_id, 'Heo đất', 'heo dat', 'piggy_bank', $3, '{}' from savings_group where id = $4",
            model, f"M-{model}", '{"daily_amounts": [{"product": "bhxh_tn", "amount": 10000, "at_least": true}]}', books.group.id,
        )  # fmt: skip
        await books.world.owner.execute(
            "update savings_group set model_id = $1 where id = $2", model, books.group.id
        )
        one = (await read_group_forecast(books))["items"][0]
        assert (one["goals"][0]["product"], one["pledge_per_day"]) == ("bhxh_tn", 10_000)


class TestForecastOfMembership:
    async def membership(self, books: Books, member: UUID) -> str:
        return str(await books.world.owner.fetchval("select id from membership where member_id = $1", member))

    async def read(self, books: Books, member: UUID, **query: Any) -> Any:
        path = f"/v1/memberships/{await self.membership(books, member)}/forecast"
        body = expect_json(await books.get(path, **query))
        MembershipForecastOut.model_validate(body)
        return body

    async def test_by_the_enrolment_and_its_deadline(self, books: Books):
        member = books.members[0]
        await create_enrolment(books, member)
        (goal,) = (await self.read(books, member))["goals"]
        assert (goal["due_on"], goal["method"], goal["price"]) == ("2027-06-30", "months_12", 2_376_000)
        assert goal["price_today"] == 2_376_000

    async def test_what_is_paid_is_due_again(self, books: Books):
        member = books.members[0]
        paid_at = datetime(2026, 11, 2, tzinfo=VIET_NAM)
        await create_enrolment(books, member, status="paid", paid_at=paid_at, method="months_6", months=6)
        (goal,) = (await self.read(books, member))["goals"]
        assert (goal["due_on"], goal["months"]) == ("2027-09-30", 6)

    async def test_a_card_is_due_when_it_ends(self, books: Books):
        member = books.members[0]
        await insert_paid_coverage(books.world, books.group, member, until=date(2027, 2, 14))
        (goal,) = (await self.read(books, member))["goals"]
        assert (goal["product"], goal["due_on"], goal["price"]) == ("bhyt_hgd", "2027-02-14", 1_366_200)

    @pytest.mark.parametrize("group", CardGroup)
    async def test_a_card_costs_what_the_state_leaves(self, books: Books, group: CardGroup):
        member = books.members[0]
        card = {"product": "bhyt_hgd", "monthly_income": None, "support_group": group.value}
        await create_enrolment(books, member, **card)
        (goal,) = (await self.read(books, member))["goals"]
        body = {
            "product": "bhyt_hgd", "payment_date": str(TODAY), "months": 12,
            "members": [{"order": 1, "support_group": group.value}],
        }  # fmt: skip
        quoted = expect_json(await books.client.post("/v1/insurance/quotes", json=body))
        assert goal["price"] == quoted["participant_pays"] < quoted["amount_due"]

    async def test_what_the_province_adds_is_subtracted(self, books: Books):
        member = books.members[0]
        card = {"product": "bhyt_hgd", "monthly_income": None, "support_group": "farm_household"}
        await create_enrolment(books, member, **card)
        await books.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, 'bhyt_province_support_rate_farm_household', 0.2, $2, '2020-01-01', 'NQ thử', 'active')",
            uuid7(), books.world.province,
        )  # fmt: skip
        for _ in range(40):  # the rules in this process may be half a second old
            (goal,) = (await self.read(books, member))["goals"]
            if goal["price"] != 956_340:
                break
            await asyncio.sleep(0.05)
        assert goal["price"] == 683_100

    async def test_what_is_saved_goes_to_the_earliest_first(self, books: Books):
        member = books.members[0]
        await create_enrolment(books, member)
        await create_enrolment(books, member, product="bhyt_hgd", monthly_income=None, support_group=None)
        await record_saving(books, member, 1_400_000, 10)
        body = await self.read(books, member)
        card, premium = body["goals"]
        assert (card["product"], card["due_on"], card["status"]) == ("bhyt_hgd", "2026-11-30", "reached")
        assert (premium["needed"], premium["status"]) == (1_366_200 + 2_376_000, "on_track")
        assert body["status"] == "on_track"

    async def test_newcomers_are_believed_their_pledge(self, books: Books):
        member = await books.world.member(books.group.unit)
        await books.world.join(books.group, member, joined_on=TODAY - timedelta(days=5))
        await insert_pledge(books, member, "bhxh_tn", 70_000, TODAY - timedelta(days=5), per="week")
        body = await self.read(books, member)
        assert (body["pace_basis"], body["pace_per_day"], body["status"]) == (
            "pledged",
            10_000,
            "on_track",
        )
        assert body["goals"][0]["due_on"] == "2027-11-15"

    async def test_names_are_for_who_may_read_members(self, books: Books):
        member = books.members[0]
        assert (await self.read(books, member))["full_name"] == "Nguyễn Thị Thử"
        partner = await books.world.partner(books.group.unit, "contributions:read")
        path = f"/v1/memberships/{await self.membership(books, member)}/forecast"
        assert expect_json(await books.get(path, login=partner))["full_name"] is None

    async def test_refusals(self, books: Books):
        member = books.members[0]
        path = f"/v1/memberships/{await self.membership(books, member)}/forecast"
        expect_problem(await books.get(path, due="2026-11-20"), 422, "due_passed", "/query/due")
        expect_problem(await books.get(path, due="tomorrow"), 422, "day", "/query/due")
        expect_problem(await books.get(path, day="2026-11-20"), 422, "unknown_parameter", "/query/day")
        expect_problem(await books.get(f"/v1/memberships/{uuid7()}/forecast"), 404, "not_found")
        expect_problem(await books.get("/v1/memberships/x/forecast"), 404, "not_found")
        await books.world.owner.execute(
            "update membership set left_on = $2 where member_id = $1", member, date(2026, 11, 1)
        )
        expect_problem(await books.get(path), 404, "not_found")
