"""Savings plans over HTTP: the published sums, changes of price on the way, pledges and trees."""

from datetime import date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.buckets import TokenBuckets
from app.core.values.time import VIET_NAM, freeze_time
from app.insurance.plans.schemas import PlanOut
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

PATH = "/v1/insurance/plans"
CARD: dict[str, Any] = {"product": "bhyt_hgd", "months": 12}
PREMIUM: dict[str, Any] = {"product": "bhxh_tn", "method": "months_12"}
THREE_THOUSAND = {"pledge": {"amount": 3_000, "per": "day"}}
TEN_THOUSAND = {"pledge": {"amount": 10_000, "per": "day"}}


@pytest.fixture(autouse=True)
def no_rate_limit(app: FastAPI):
    """No request here exceeds the rate limit, except in tests of the limit."""
    before = app.state.quote_buckets
    app.state.quote_buckets = TokenBuckets(1_000_000)
    yield
    app.state.quote_buckets = before


def year_ending(ends: int) -> dict[str, str]:
    """A year of 365 days that ends with the half of a year."""
    return {"start_date": f"{ends - 1}-07-01", "due_date": f"{ends}-06-30"}


async def request_plan(client: httpx.AsyncClient, *parts: dict[str, Any], **other: Any) -> Any:
    body: dict[str, Any] = {}
    for part in (*parts, other):
        body |= part
    result = expect_json(await client.post(PATH, json=body))
    PlanOut.model_validate(result, extra="forbid")
    return result


class TestGoal:
    @pytest.mark.parametrize(
        ("start", "due", "price", "per_day"),
        [
            ("2022-07-01", "2023-06-30", 804_600, 2_205),
            ("2022-07-02", "2023-07-01", 972_000, 2_664),
            ("2023-07-02", "2024-06-30", 972_000, 2_664),
            ("2023-07-03", "2024-07-01", 1_263_600, 3_462),
            ("2025-07-01", "2026-06-30", 1_263_600, 3_462),
            ("2025-07-02", "2026-07-01", 1_366_200, 3_744),
        ],
    )
    async def test_a_card_on_the_days_of_change(
        self, client: httpx.AsyncClient, start: str, due: str, price: int, per_day: int
    ):
        body = await request_plan(client, CARD, start_date=start, due_date=due)
        goal = body["goal"]
        assert (body["days"], goal["price"], goal["to_save"]) == (365, price, price)
        assert (goal["per_day"]["amount"], goal["per_day"]["times"]) == (per_day, 365)
        assert {rule["key"] for rule in body["rules"]} >= {"base_salary", "bhyt_rate", "bhyt_order_1"}

    @pytest.mark.parametrize(
        ("dates", "per_day"),
        [(year_ending(2023), 9_765), (year_ending(2026), 8_680), (year_ending(2027), 8_680)],
    )
    async def test_the_lowest_premium(self, client: httpx.AsyncClient, dates: dict[str, str], per_day: int):
        goal = (await request_plan(client, PREMIUM, dates))["goal"]
        assert goal["monthly_income"] == 1_500_000
        assert goal["per_day"]["amount"] == per_day

    async def test_the_line_of_2027_is_warned_of_and_not_used(self, client: httpx.AsyncClient):
        body = await request_plan(client, PREMIUM, year_ending(2027))
        waiting = body["goal"]["if_confirmed"]
        assert (waiting["price"], waiting["per_day"]) == (4_646_400, 12_730)
        assert [(rule["key"], rule["value_before"], rule["value_after"], rule["effective_from"]) for rule in waiting["rules"]] == [
            ("rural_poverty_line", "1500000", "2200000", "2027-01-01")
        ]  # fmt: skip
        warning = next(note for note in body["warnings"] if note["code"] == "rule_awaits_confirmation")
        assert warning["pointer"] == "/due_date"
        assert "4.646.400" in warning["detail"]
        assert [rule["value"] for rule in body["rules"] if rule["key"] == "rural_poverty_line"] == ["1500000"]
        assert body["goal"]["price_changes"] == []
        assumed = await request_plan(
            client, PREMIUM, year_ending(2027), assume={"rural_poverty_line": "2200000"}
        )
        assert (assumed["goal"]["per_day"]["amount"], assumed["assumed"]) == (12_730, True)

    async def test_changes_on_the_way_are_named(self, client: httpx.AsyncClient):
        goal = (await request_plan(client, CARD, start_date="2023-01-01", due_date="2026-11-20"))["goal"]
        assert [(change["on"], change["price_before"], change["price_after"]) for change in goal["price_changes"]] == [
            ("2023-07-01", 804_600, 972_000), ("2024-07-01", 972_000, 1_263_600), ("2026-07-01", 1_263_600, 1_366_200),
        ]  # fmt: skip
        (rule,) = goal["price_changes"][1]["rules"]
        assert (rule["key"], rule["value_before"], rule["value_after"]) == (
            "base_salary",
            "1800000",
            "2340000",
        )
        assert rule["legal_basis"] == "NĐ 73/2024/NĐ-CP"
        assert (goal["price_at_start"], goal["price"]) == (804_600, 1_366_200)

    async def test_support_changes_the_price_too(self, client: httpx.AsyncClient):
        body = {"support_group": "near_poor", "start_date": "2025-01-01", "due_date": "2025-12-31"}
        (change,) = (await request_plan(client, PREMIUM, body))["goal"]["price_changes"]
        assert (change["on"], [rule["key"] for rule in change["rules"]]) == (
            "2025-07-01", ["support_rate_near_poor"],
        )  # fmt: skip
        assert (change["price_before"], change["price_after"]) == (2_970_000, 2_376_000)

    async def test_weeks_months_and_what_is_practical(self, client: httpx.AsyncClient):
        goal = (await request_plan(client, CARD, year_ending(2027), saved=366_200))["goal"]
        assert goal["to_save"] == 1_000_000
        assert goal["per_day"] == {"amount": 2_740, "rounded_500": 3_000, "rounded_1000": 3_000, "times": 365}
        assert goal["per_week"] == {
            "amount": 19_231,
            "rounded_500": 19_500,
            "rounded_1000": 20_000,
            "times": 52,
        }
        assert goal["per_month"] == {
            "amount": 83_334,
            "rounded_500": 83_500,
            "rounded_1000": 84_000,
            "times": 12,
        }

    async def test_too_short_for_a_week(self, client: httpx.AsyncClient):
        body = await request_plan(client, CARD, start_date="2026-11-20", due_date="2026-11-20")
        assert (body["days"], body["goal"]["per_day"]["amount"]) == (1, 1_366_200)
        assert (body["goal"]["per_week"], body["goal"]["per_month"]) == (None, None)

    async def test_saved_already(self, client: httpx.AsyncClient):
        goal = (await request_plan(client, CARD, year_ending(2027), saved=2_000_000))["goal"]
        assert (goal["to_save"], goal["per_day"]["amount"]) == (0, 0)

    async def test_a_household_in_order(self, client: httpx.AsyncClient):
        members = [{"order": order} for order in (1, 2, 3)]
        goal = (await request_plan(client, CARD, year_ending(2027), members=members))["goal"]
        assert goal["price"] == 1_366_200 + 956_340 + 819_720

    async def test_until_the_deadline_of_the_period(self, client: httpx.AsyncClient):
        body = await request_plan(client, PREMIUM, start_date="2026-11-21", from_month="2026-12")
        assert body["due_date"] == "2027-06-30"

    async def test_an_income_that_was_enough_is_raised(self, client: httpx.AsyncClient):
        body = {"start_date": "2021-07-01", "due_date": "2022-06-30", "monthly_income": 700_000}
        result = await request_plan(client, PREMIUM, body)
        assert result["goal"]["monthly_income"] == 1_500_000
        assert "income_raised" in {note["code"] for note in result["warnings"]}
        (change,) = result["goal"]["price_changes"]
        assert [rule["key"] for rule in change["rules"]] == ["rural_poverty_line"]


def only_candidate(body: dict[str, Any], **fields: Any) -> Any:
    """The one candidate with these fields."""
    candidates = [
        one
        for one in body["pledge"]["candidates"]
        if all(one[name] == value for name, value in fields.items())
    ]
    assert len(candidates) == 1, candidates
    return candidates[0]


class TestPledge:
    @pytest.mark.parametrize(
        ("start", "due", "suffices", "short_by", "needed"),
        [
            ("2022-07-01", "2023-06-30", True, 0, 2_205),
            ("2023-07-02", "2024-06-30", True, 0, 2_664),
            ("2023-07-03", "2024-07-01", False, 168_600, 3_462),
            ("2025-07-02", "2026-07-01", False, 271_200, 3_744),
        ],
    )
    async def test_three_thousand_a_day_and_a_card(
        self, client: httpx.AsyncClient, start: str, due: str, suffices: bool, short_by: int, needed: int
    ):
        body = await request_plan(client, THREE_THOUSAND, start_date=start, due_date=due)
        assert body["pledge"]["saved_by_due"] == 1_095_000
        card = only_candidate(body, product="bhyt_hgd", months=12, order=1)
        assert (card["suffices"], card["short_by"], card["needed"]) == (suffices, short_by, needed)

    @pytest.mark.parametrize("ends", [2023, 2026])
    async def test_ten_thousand_a_day_and_the_lowest_premium(self, client: httpx.AsyncClient, ends: int):
        body = await request_plan(client, TEN_THOUSAND, year_ending(ends))
        assert only_candidate(body, method="months_12")["suffices"] is True
        assert {one["suffices"] for one in body["pledge"]["candidates"]} == {True}
        assert len(body["pledge"]["candidates"]) == 4 + 3

    async def test_ten_thousand_a_day_will_not_do_if_the_line_is_confirmed(self, client: httpx.AsyncClient):
        year_12 = only_candidate(
            await request_plan(client, TEN_THOUSAND, year_ending(2027)), method="months_12"
        )
        assert (year_12["suffices"], year_12["needed"]) == (True, 8_680)
        assert (year_12["if_confirmed"]["price"], year_12["if_confirmed"]["per_day"]) == (4_646_400, 12_730)

    async def test_when_it_is_reached_by_the_price_of_that_day(self, client: httpx.AsyncClient):
        body = await request_plan(client, THREE_THOUSAND, start_date="2023-07-03", household_size=2)
        assert (body["due_date"], body["days"], body["pledge"]["saved_by_due"]) == (None, None, None)
        card = only_candidate(body, product="bhyt_hgd", months=12, order=1)
        assert (card["reached_on"], card["price_when_reached"], card["suffices"]) == (
            "2024-05-21",
            972_000,
            None,
        )
        both = only_candidate(body, product="bhyt_hgd", months=12, cards=2)
        assert both["order"] is None
        assert (both["reached_on"], both["price_when_reached"]) == ("2025-06-18", 2_148_120)
        month = only_candidate(body, method="months_1")
        assert (month["reached_on"], month["price_when_reached"]) == ("2023-10-09", 297_000)

    async def test_a_named_goal_alone(self, client: httpx.AsyncClient):
        body = await request_plan(client, CARD, THREE_THOUSAND, year_ending(2026))
        (card,) = body["pledge"]["candidates"]
        assert (card["price"], card["short_by"]) == (body["goal"]["price"], 168_600)

    async def test_by_week_and_month(self, client: httpx.AsyncClient):
        for per, amount, saved in (("week", 70_000, 3_640_000), ("month", 300_000, 3_600_000)):
            body = await request_plan(client, year_ending(2026), pledge={"amount": amount, "per": per})
            assert body["pledge"]["saved_by_due"] == saved


class TestAssets:
    async def test_trees_and_scrap(self, client: httpx.AsyncClient):
        assets = [
            {"name": "cây mai", "unit_income": 500_000, "quantity": 2},
            {"name": "giấy vụn", "unit": "kg", "unit_income": 3_000},
        ]
        mai, paper = (await request_plan(client, CARD, year_ending(2027), assets=assets))["assets"]
        assert (mai["needed"], mai["income"], mai["suffices"], mai["short_by"]) == (
            "3",
            1_500_000,
            False,
            366_200,
        )
        assert (paper["needed"], paper["needed_per_week"], paper["suffices"]) == ("456", "9", None)


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({}, "/product", "missing"),
            ({"product": "bhyt_hgd"}, "/months", "missing"),
            ({"product": "bhxh_tn"}, "/method", "missing"),
            (CARD | {"due_date": None}, "/due_date", "missing"),
            (CARD | {"due_date": "2026-06-30"}, "/due_date", "due_before_start"),
            (CARD | {"due_date": "2018-11-30", "start_date": "2018-01-01"}, "/due_date", "rule_missing"),
            (CARD | {"saved": -1}, "/saved", "greater_than_equal"),
            (CARD | {"start_date": None}, "/start_date", "day"),
            (CARD | {"months": 5}, "/months", "months_of_card"),
            (CARD | {"monthly_income": 1_500_000}, "/monthly_income", "not_for_product"),
            (CARD | {"support_group": "other"}, "/support_group", "not_for_product"),
            (CARD | {"payment_date": "2026-11-20"}, "/payment_date", "extra_forbidden"),
            (PREMIUM | {"monthly_income": 1_000_000}, "/monthly_income", "income_below_minimum"),
            (PREMIUM | {"members": [{"order": 1}]}, "/members", "not_for_product"),
            (PREMIUM | {"assume": {"nothing": "1"}}, "/assume/nothing", "unknown_rule"),
            ({"pledge": {"amount": 0, "per": "day"}}, "/pledge/amount", "greater_than_equal"),
            ({"pledge": {"amount": 1, "per": "hour"}}, "/pledge/per", "enum"),
            (TEN_THOUSAND | {"months": 12}, "/product", "missing"),
            (TEN_THOUSAND | {"household_size": 11}, "/household_size", "less_than_equal"),
            (TEN_THOUSAND | {"product": "bhyt_hgd", "assets": [{"name": "mai", "unit_income": 1}]}, "/months", "missing"),
            (CARD | {"assets": [{"name": "mai", "unit_income": 0}]}, "/assets/0/unit_income", "greater_than_equal"),
        ],
    )  # fmt: skip
    async def test_hostile_input_is_named(
        self, client: httpx.AsyncClient, body: dict[str, Any], pointer: str, code: str
    ):
        dates = {"start_date": "2026-07-01", "due_date": "2027-06-30"}
        expect_problem(await client.post(PATH, json=dates | body), 422, code, pointer)

    async def test_shares_the_limit_of_quotes(self, app: FastAPI, client: httpx.AsyncClient):
        app.state.quote_buckets = TokenBuckets(1)
        expect_json(
            await client.post(
                "/v1/insurance/quotes", json=CARD | {"members": [{"order": 1}], "payment_date": "2026-11-20"}
            )
        )
        response = await client.post(PATH, json=CARD | year_ending(2026))
        expect_problem(response, 429, "too_many_requests")
        assert int(response.headers["retry-after"]) >= 1


class TestFarAway:
    @pytest.mark.parametrize("start", ["1900-01-01", "2016-01-01", "2200-12-31"])
    @pytest.mark.parametrize("per", ["day", "week", "month", "year"])
    @pytest.mark.parametrize("amount", [1, 9_000_000_000_000])
    async def test_has_an_answer(self, client: httpx.AsyncClient, start: str, per: str, amount: int):
        body = {"start_date": start, "household_size": 10, "pledge": {"amount": amount, "per": per}}
        for due in ({}, {"due_date": "2200-12-31"}):
            assert len((await request_plan(client, body, due))["pledge"]["candidates"]) == 4 + 3 * 11


class TestEveryPlan:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    async def test_is_enough_whatever_the_clock_says(
        self, client: httpx.AsyncClient, world: World, data: st.DataObject
    ):
        start = data.draw(st.dates(date(2019, 1, 1), date(2028, 1, 1)))
        days = data.draw(st.integers(1, 900))
        due = start.fromordinal(start.toordinal() + days - 1)
        body: dict[str, Any] = {
            "start_date": start.isoformat(), "due_date": due.isoformat(), "saved": data.draw(st.integers(0, 900_000)),
        }  # fmt: skip
        body |= data.draw(st.sampled_from([CARD, PREMIUM, PREMIUM | {"method": "months_3"}]))
        results = []
        for instant in (datetime(2020, 1, 1, tzinfo=VIET_NAM), datetime(2030, 1, 1, tzinfo=VIET_NAM)):
            with freeze_time(instant):
                results.append(await request_plan(client, body))
        assert results[0] == results[1]
        goal = results[0]["goal"]
        need = max(0, goal["price"] - body["saved"])
        rate = goal["per_day"]
        assert rate["times"] == days
        assert rate["amount"] * days >= need
        assert need == 0 or (rate["amount"] - 1) * days < need
        again = await request_plan(client, body, pledge={"amount": max(1, rate["amount"]), "per": "day"})
        assert again["pledge"]["candidates"][0]["suffices"] is True
