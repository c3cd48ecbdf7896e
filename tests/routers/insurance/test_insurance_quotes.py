"""Quotes over HTTP: the official examples, the days on which a value changed, and what is refused."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.buckets import TokenBuckets
from app.core.values.time import VIET_NAM, freeze_time
from app.insurance.quotes.schemas import PremiumQuoteOut
from tests.routers.insurance.quote_requests import PATH, PREMIUM, request_quote, rule_values, warning_codes
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture(autouse=True)
def no_rate_limit(app: FastAPI):
    """No request here exceeds the rate limit, except in tests of the limit."""
    before = app.state.quote_buckets
    app.state.quote_buckets = TokenBuckets(1_000_000)
    yield
    app.state.quote_buckets = before


class TestPremium:
    async def test_of_the_contract(self, client: httpx.AsyncClient):
        body = await request_quote(client, PREMIUM)
        PremiumQuoteOut.model_validate(body, extra="forbid")
        expected = {
            "amount_due": 3_960_000, "state_support": 1_584_000, "province_support": 0, "other_support": 0,
            "participant_pays": 2_376_000, "months": 12, "pay_by": "2027-05-31", "valid_from": "2026-11-01",
            "warnings": [], "assumed": False,
        }  # fmt: skip
        assert {name: body[name] for name in expected} == expected
        line = next(rule for rule in body["rules"] if rule["key"] == "rural_poverty_line")
        assert (line["value"], line["effective_from"]) == ("1500000", "2022-01-01")
        assert line["legal_basis"]
        assert line["id"]

    async def test_two_years_ahead(self, client: httpx.AsyncClient):
        body = PREMIUM | {"method": "years_2", "monthly_income": 3_000_000, "support_group": None}
        result = await request_quote(client, body, assume={"fund_rate_month": "0.00628"})
        assert (result["amount_due"], result["months"]) == (14_753_539, 24)
        assert result["assumed"] is True
        assert {rule["key"] for rule in result["rules"] if rule["assumed"]} == {"fund_rate_month"}

    @pytest.mark.parametrize(("late", "amount"), [(4, 6_820_781), (1, 6_654_516)])
    async def test_arrears_while_there_were_any(self, client: httpx.AsyncClient, late: int, amount: int):
        body = PREMIUM | {"monthly_income": 2_500_000, "support_group": None, "late_months": late}
        assumed = {"fund_rate_month": "0.00826"}
        result = await request_quote(client, body, payment_date="2018-06-15", assume=assumed)
        assert result["amount_due"] == amount
        for day, status in (("2026-04-30", 200), ("2026-05-01", 422)):
            late_body = body | {"payment_date": day, "assume": assumed}
            assert (await client.post(PATH, json=late_body)).status_code == status
        expect_problem(await client.post(PATH, json=late_body), 422, "arrears_ended", "/late_months")

    async def test_near_poor_and_other_before_2022(self, client: httpx.AsyncClient):
        body = PREMIUM | {"monthly_income": 800_000, "payment_date": "2019-03-01"}
        assert (await request_quote(client, body))["participant_pays"] == 1_650_000
        month = await request_quote(client, body, method="months_1", support_group="other")
        assert month["participant_pays"] == 160_600

    @pytest.mark.parametrize(
        ("day", "group", "support"),
        [
            ("2017-12-31", "poor", 0), ("2018-01-01", "poor", 46_200),
            ("2021-12-31", "poor", 46_200), ("2022-01-01", "poor", 99_000),
            ("2025-06-30", "poor", 99_000), ("2025-07-01", "poor", 165_000),
            ("2025-06-30", "near_poor", 82_500), ("2025-07-01", "near_poor", 132_000),
            ("2025-06-30", "ethnic_minority", 33_000), ("2025-07-01", "ethnic_minority", 99_000),
            ("2025-06-30", "island", 33_000), ("2025-07-01", "island", 165_000),
            ("2025-06-30", "other", 33_000), ("2025-07-01", "other", 66_000),
        ],
    )  # fmt: skip
    async def test_support_on_the_days_of_change(
        self, client: httpx.AsyncClient, day: str, group: str, support: int
    ):
        body = PREMIUM | {"method": "months_1", "payment_date": day, "support_group": group}
        assert (await request_quote(client, body))["state_support"] == support

    @pytest.mark.parametrize(
        ("day", "least", "most"),
        [
            ("2021-12-31", 700_000, 29_800_000), ("2022-01-01", 1_500_000, 29_800_000),
            ("2023-06-30", 1_500_000, 29_800_000), ("2023-07-01", 1_500_000, 36_000_000),
            ("2024-06-30", 1_500_000, 36_000_000), ("2024-07-01", 1_500_000, 46_800_000),
            ("2026-06-30", 1_500_000, 46_800_000), ("2026-07-01", 1_500_000, 50_600_000),
        ],
    )  # fmt: skip
    async def test_bounds_on_the_days_of_change(
        self, client: httpx.AsyncClient, day: str, least: int, most: int
    ):
        body = PREMIUM | {"payment_date": day}
        for income in (least, most):
            expect_json(await client.post(PATH, json=body | {"monthly_income": income}))
        below = await client.post(PATH, json=body | {"monthly_income": least - 1})
        expect_problem(below, 422, "income_below_minimum", "/monthly_income")
        assert f"{least:,}".replace(",", ".") in below.json()["errors"][0]["detail"]
        above = await client.post(PATH, json=body | {"monthly_income": most + 1})
        expect_problem(above, 422, "income_above_maximum", "/monthly_income")

    async def test_the_step_is_an_error_and_then_a_warning(self, client: httpx.AsyncClient):
        body = PREMIUM | {"monthly_income": 1_510_000}
        before = await client.post(PATH, json=body | {"payment_date": "2026-04-30"})
        expect_problem(before, 422, "income_off_step", "/monthly_income")
        result = await request_quote(client, body, payment_date="2026-05-01")
        assert (result["amount_due"], warning_codes(result)) == (3_986_400, {"income_off_step"})

    @pytest.mark.parametrize(("day", "most"), [("2025-06-30", 120), ("2025-07-01", 60)])
    async def test_missing_months(self, client: httpx.AsyncClient, day: str, most: int):
        body = PREMIUM | {"method": "missing_months", "payment_date": day, "assume": {"fund_rate_month": "0"}}
        result = await request_quote(client, body, months=most, support_group=None)
        assert (result["amount_due"], result["pay_by"]) == (330_000 * most, day)
        if most < 120:
            expect_problem(
                await client.post(PATH, json=body | {"months": most + 1}), 422, "too_many_months", "/months"
            )

    async def test_missing_months_and_their_support_grow_alike(self, client: httpx.AsyncClient):
        body = PREMIUM | {"method": "missing_months", "months": 60, "support_group": "poor"}
        result = await request_quote(client, body)
        assert result["amount_due"] > 60 * 330_000
        assert abs(result["state_support"] * 2 - result["amount_due"]) <= 1

    @pytest.mark.parametrize(
        ("before", "supported"), [(0, 12), (108, 12), (110, 10), (119, 1), (120, 0), (200, 0)]
    )
    async def test_support_ends_with_120_months(self, client: httpx.AsyncClient, before: int, supported: int):
        body = await request_quote(client, PREMIUM, supported_before=before)
        assert body["supported_months"] == supported
        assert body["state_support"] == supported * 132_000

    @pytest.mark.parametrize(
        ("method", "pay_by"),
        [
            ("months_1", "2026-11-30"), ("months_3", "2027-01-31"), ("months_6", "2027-02-28"),
            ("months_12", "2027-05-31"), ("years_2", "2026-11-20"),
        ],
    )  # fmt: skip
    async def test_deadlines(self, client: httpx.AsyncClient, method: str, pay_by: str):
        assert (await request_quote(client, PREMIUM, method=method))["pay_by"] == pay_by

    async def test_after_the_deadline_is_a_warning(self, client: httpx.AsyncClient):
        body = await request_quote(client, PREMIUM, method="months_1", from_month="2026-10")
        assert (body["pay_by"], warning_codes(body)) == ("2026-10-31", {"after_deadline"})
        english = await client.post(
            PATH,
            json=PREMIUM | {"method": "months_1", "from_month": "2026-10"},
            headers={"Accept-Language": "en"},
        )
        assert english.json()["warnings"][0]["detail"].startswith("The day of payment")

    async def test_support_ahead_is_not_discounted(self, client: httpx.AsyncClient):
        body = await request_quote(client, PREMIUM, method="years_5")
        assert body["state_support"] == 60 * 132_000
        assert body["amount_due"] < 60 * 330_000

    async def test_others_add_to_it_up_to_the_whole(self, client: httpx.AsyncClient):
        body = await request_quote(client, PREMIUM, other_support_rate="0.1")
        assert (body["other_support"], body["participant_pays"]) == (396_000, 1_980_000)
        whole = await request_quote(client, PREMIUM, other_support=9_000_000)
        assert (whole["other_support"], whole["participant_pays"]) == (2_376_000, 0)

    async def test_a_provinces_extra_is_its_own(self, client: httpx.AsyncClient, world: World):
        unit = await world.unit("bhxh")
        admin, second = [await world.user(unit, "bhxh_admin") for _ in range(2)]
        for key, value in (
            ("province_support_rate_near_poor", "0.1"),
            ("province_support_dong_near_poor", 5000),
        ):
            body = {"key": key, "value": value, "province_code": world.province, "valid_from": "2026-01-01"}
            sent = body | {"legal_basis": "Nghị quyết"}
            rule = expect_json(
                await client.post("/v1/insurance/rules", json=sent, headers=admin.headers), 201
            )
            path = f"/v1/insurance/rules/{rule['id']}/confirm"
            expect_json(await client.post(path, headers=second.headers))
        result = await request_quote(client, PREMIUM, province_code=world.province)
        assert result["province_support"] == 12 * (33_000 + 5_000)
        for other in (world.sibling_province, None):
            assert (await request_quote(client, PREMIUM, province_code=other))["province_support"] == 0

    @pytest.mark.parametrize(
        ("other", "pointer", "code"),
        [
            ({"monthly_income": None}, "/monthly_income", "missing"),
            ({"method": None}, "/method", "missing"),
            ({"method": "months_2"}, "/method", "enum"),
            ({"method": "missing_months"}, "/months", "missing"),
            ({"months": 6}, "/months", "not_for_product"),
            ({"members": [{"order": 1}]}, "/members", "not_for_product"),
            ({"method": "years_2", "late_months": 1}, "/late_months", "not_for_product"),
            ({"other_support": 1, "other_support_rate": "0.1"}, "/other_support", "one_of_two"),
            ({"payment_date": "2026-02-30"}, "/payment_date", "day"),
            ({"payment_date": "2015-12-31"}, "/payment_date", "rule_missing"),
            ({"payment_date": "2027-01-01", "method": "years_2", "monthly_income": 2_200_000}, "/payment_date", "rule_missing"),
            ({"monthly_income": 1500000.5}, "/monthly_income", "int_type"),
            ({"monthly_income": 10**15}, "/monthly_income", "less_than_equal"),
            ({"assume": {"no_such": "1"}}, "/assume/no_such", "unknown_rule"),
            ({"assume": {"fund_rate_month": "0.2"}}, "/assume/fund_rate_month", "value_not_of_kind"),
            ({"assume": {"fund_rate_month": "NaN"}}, "/assume/fund_rate_month", "exact_number"),
            ({"surprise": 1}, "/surprise", "extra_forbidden"),
        ],
    )  # fmt: skip
    async def test_hostile_input_is_named(
        self, client: httpx.AsyncClient, other: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(await client.post(PATH, json=PREMIUM | other), 422, code, pointer)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        method=st.sampled_from(["months_1", "months_3", "months_6", "months_12", "years_2", "years_5"]),
        group=st.sampled_from([None, "poor", "island", "near_poor", "ethnic_minority", "other"]),
        income=st.integers(1_500_000, 50_600_000),
        before=st.integers(0, 150),
        other=st.integers(0, 10**8),
    )
    async def test_the_parts_are_the_whole(
        self, client: httpx.AsyncClient, method: str, group: str | None, income: int, before: int, other: int
    ):
        body = await request_quote(
            client, PREMIUM, method=method, support_group=group, monthly_income=income, supported_before=before,
            other_support=other,
        )  # fmt: skip
        parts = [body[name] for name in ("state_support", "province_support", "other_support")]
        assert min(*parts, body["participant_pays"]) >= 0
        assert sum(parts) + body["participant_pays"] == body["amount_due"]
        assert body["state_support"] <= 165_000 * min(body["months"], max(0, 120 - before))

    async def test_the_day_of_payment_counts_and_not_the_clock(self, client: httpx.AsyncClient):
        now = await request_quote(client, PREMIUM)
        for year in (2018, 2031):
            with freeze_time(datetime(year, 1, 1, tzinfo=VIET_NAM)):
                assert await request_quote(client, PREMIUM) == now


class TestUnconfirmed:
    async def test_it_is_not_used_until_bhxh_confirms_it(self, client: httpx.AsyncClient, world: World):
        """The only test that confirms a value of the state: quotes for 2027 change, older ones do not."""
        admin = await world.user(await world.national("bhxh"), "bhxh_admin")
        filters = {"key": "rural_poverty_line", "on": "2027-01-01"}
        page = expect_json(await client.get("/v1/insurance/rules", params=filters, headers=admin.headers))
        rule = next(item for item in page["items"] if item["value"] == "2200000")
        assert rule["status"] == "unconfirmed"

        later = PREMIUM | {"payment_date": "2027-01-01", "monthly_income": 2_200_000}
        older = PREMIUM | {"payment_date": "2026-12-31", "monthly_income": 2_200_000}
        before, old = await request_quote(client, later), await request_quote(client, older)
        assert (rule_values(before)["rural_poverty_line"], before["state_support"]) == ("1500000", 1_584_000)
        assert warning_codes(before) == {"rule_awaits_confirmation"}
        assert warning_codes(old) == set()

        expect_json(await client.post(f"/v1/insurance/rules/{rule['id']}/confirm", headers=admin.headers))
        after = await request_quote(client, later)
        assert (rule_values(after)["rural_poverty_line"], after["state_support"]) == ("2200000", 12 * 193_600)
        assert warning_codes(after) == set()
        expect_problem(
            await client.post(PATH, json=later | {"monthly_income": 1_500_000}),
            422,
            "income_below_minimum",
            "/monthly_income",
        )
        assert await request_quote(client, older) == old


class TestLimit:
    async def test_so_many_a_minute_from_one_address(self, app: FastAPI, stranger: httpx.AsyncClient):
        app.state.quote_buckets = TokenBuckets(3)
        left = []
        for _ in range(3):
            response = await stranger.post(PATH, json=PREMIUM)
            left.append(response.headers["ratelimit"].split(";")[1])
        assert left == ["r=2", "r=1", "r=0"]
        for path in (PATH, "/v1/insurance/refund-quotes"):
            response = await stranger.post(path, json={})
            expect_problem(response, 429, "too_many_requests")
            assert 1 <= int(response.headers["retry-after"]) <= 20
            assert response.headers["ratelimit-policy"] == '"quotes";q=3;w=60'

    async def test_another_address_is_served(self, app: FastAPI, client: httpx.AsyncClient, stranger: httpx.AsyncClient):  # fmt: skip
        app.state.quote_buckets = TokenBuckets(1)
        expect_json(await stranger.post(PATH, json=PREMIUM))
        expect_problem(await stranger.post(PATH, json=PREMIUM), 429, "too_many_requests")
        expect_json(await client.post(PATH, json=PREMIUM))
