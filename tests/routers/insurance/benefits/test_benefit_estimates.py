"""Benefit estimates over HTTP, open to everybody: worked examples by hand, days of change, and what is refused."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.buckets import TokenBuckets
from app.insurance.benefits.shapes import BenefitEstimateOut
from tests.routers.responses import expect_json, expect_problem

PATH = "/v1/insurance/benefit-estimates"
WOMAN: dict[str, Any] = {"birth_date": "1984-03-02", "sex": "female", "as_of": "2026-11-20"}
FIFTEEN_YEARS = {"monthly_income": 1_500_000, "years": 15, "from_month": "2026-12"}


@pytest.fixture(autouse=True)
def no_rate_limit(app: FastAPI):
    """No request here exceeds the rate limit, except in the test of the limit."""
    before = app.state.quote_buckets
    app.state.quote_buckets = TokenBuckets(1_000_000)
    yield
    app.state.quote_buckets = before


async def estimate(client: httpx.AsyncClient, **changed: Any) -> Any:
    answer = expect_json(await client.post(PATH, json=WOMAN | changed))
    BenefitEstimateOut.model_validate(answer, extra="forbid")
    return answer


async def estimate_plan(client: httpx.AsyncClient, plan: dict[str, Any] | None = None, **changed: Any) -> Any:
    plans = [] if plan is None else [plan]
    return (await estimate(client, plans=plans, **changed))["plans"][0]


async def refuse(client: httpx.AsyncClient, code: str, pointer: str, **changed: Any) -> None:
    expect_problem(await client.post(PATH, json=WOMAN | changed), 422, code, pointer)


def amounts(plan: Any, *names: str) -> list[int | None]:
    return [plan[name]["amount"] for name in names]


class TestOpenToEverybody:
    async def test_anonymous(self, client: httpx.AsyncClient):
        answer = await estimate(client, plans=[FIFTEEN_YEARS])
        assert answer["as_of"] == "2026-11-20"
        assert {"pension_base_share", "rural_poverty_line"} <= {rule["key"] for rule in answer["rules"]}

    async def test_so_many_a_minute(self, client: httpx.AsyncClient, app: FastAPI):
        app.state.quote_buckets = TokenBuckets(2)
        statuses = [(await client.post(PATH, json=WOMAN)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]

    async def test_in_english(self, client: httpx.AsyncClient):
        headers = {"Accept-Language": "en"}
        answer = expect_json(
            await client.post(PATH, json=WOMAN | {"plans": [FIFTEEN_YEARS]}, headers=headers)
        )
        assert answer["plans"][0]["pension"]["explanation"].startswith("The pension is")


class TestFifteenYears:
    """180 months from 2026-12 on 1,500,000 by a woman of the group "other", who has 120 months of support at 66,000."""

    async def test_every_figure_by_hand(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, FIFTEEN_YEARS)
        expected = {
            "cost": 51_480_000,  # 180 × 330,000 = 59,400,000 less 120 × 66,000 = 7,920,000
            "average_income": 1_500_000,
            "pension": 675_000,  # 45 %
            "retirement_bonus": None,
            "health_card": 1_366_200,  # 4.5 % × 2,530,000 × 12
            "monthly_allowance": None,
            "withdrawal": 37_080_000,  # 15 × 2 × 1,500,000 less 7,920,000
            "maternity": 2_000_000,
            "funeral": 25_300_000,  # 10 × 2,530,000
            "survivors": 45_000_000,  # 15 × 2 × 1,500,000
            "survivors_of_pensioner": 32_400_000,  # 48 × 675,000
            "social_pension": None,  # the pension is higher
        }
        assert amounts(plan, *expected) == list(expected.values())
        assert plan["survivors_of_pensioner"]["least"] == 2_025_000
        assert plan["pension_months_to_recover"] == 77  # 51,480,000 / 675,000 = 76.3

    async def test_each_figure_says_where_it_comes_from(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, FIFTEEN_YEARS)
        for name, figure in plan.items():
            if isinstance(figure, dict):
                assert "Điều" in figure["legal_basis"], name
                assert figure["explanation"].endswith("."), name
        assert plan["pension"]["explanation"] == (
            "Lương hưu hằng tháng là 45 % × 1.500.000 đồng = 675.000 đồng, từ tháng 4/2044."
        )
        assert plan["pension"]["formula"]["share"] == "0.45"

    async def test_time_and_age(self, client: httpx.AsyncClient):
        answer = await estimate(client, plans=[FIFTEEN_YEARS])
        assert answer["retirement"]["month"] == "2044-03"
        service = answer["plans"][0]["service"]
        assert (service["reached_in"], service["months_at_retirement_age"]) == ("2041-11", 180)
        assert answer["plans"][0]["pension"]["from_month"] == "2044-04"
        assert answer["plans"][0]["funeral"]["from_month"] == "2031-11"  # the sixtieth month

    async def test_a_man_has_forty_percent(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, FIFTEEN_YEARS, sex="male")
        assert (plan["pension"]["share"], plan["pension"]["amount"]) == ("0.4", 600_000)
        assert plan["pension"]["from_month"] == "2046-04"  # 62 years

    @pytest.mark.parametrize(
        ("group", "support"),
        [(None, 0), ("other", 7_920_000), ("ethnic_minority", 11_880_000), ("near_poor", 15_840_000),
         ("poor", 19_800_000), ("island", 19_800_000)],
    )  # fmt: skip
    async def test_support_of_each_group(self, client: httpx.AsyncClient, group: str | None, support: int):
        plan = await estimate_plan(client, FIFTEEN_YEARS, support_group=group)
        assert plan["cost"]["state_support"] == plan["withdrawal"]["state_support"] == support
        assert plan["cost"]["amount"] == 59_400_000 - support

    async def test_support_ends_with_the_120th_month(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, FIFTEEN_YEARS, supported_before=118)
        assert plan["cost"]["supported_months"] == 2
        assert [payment["months"] for payment in plan["payments"]] == [2, 178]


class TestWhatWasPaid:
    PAID = [
        {"from_month": "2020-01", "months": 24, "monthly_income": 700_000},
        {"from_month": "2022-01", "months": 12, "monthly_income": 1_500_000},
    ]

    async def test_incomes_are_raised_by_the_factors_of_their_years(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, paid=self.PAID)
        # (700,000 × 1.16 + 700,000 × 1.14 + 1,500,000 × 1.11) / 3
        assert plan["average_income"]["amount"] == 1_091_667
        assert [year["factor"] for year in plan["average_income"]["years"]] == ["1.16", "1.14", "1.11"]
        # 3 × 2 × 1,091,666.67 less 24 × 15,400 and 12 × 33,000
        assert plan["withdrawal"]["before_deduction"] == 6_550_000
        assert plan["withdrawal"]["state_support"] == 765_600
        assert plan["withdrawal"]["amount"] == 5_784_400
        # below 60 months the family gets what was paid: 22 % of 24 × 700,000 and 12 × 1,500,000
        assert plan["survivors"]["amount"] == 7_656_000
        assert plan["survivors"]["open"]

    @pytest.mark.parametrize(
        ("day", "factor"), [("2025-12-31", "1.12"), ("2026-01-01", "1.16"), ("2026-12-31", "1.16")]
    )
    async def test_factors_are_those_of_the_year_of_the_estimate(
        self, client: httpx.AsyncClient, day: str, factor: str
    ):
        plan = await estimate_plan(client, paid=self.PAID, as_of=day)
        assert plan["average_income"]["years"][0]["factor"] == factor

    async def test_before_the_next_ones_are_published_the_last_are_taken_and_named(
        self, client: httpx.AsyncClient
    ):
        answer = await estimate(client, paid=self.PAID, as_of="2027-01-01")
        assert answer["plans"][0]["average_income"]["years"][0]["factor"] == "1.16"
        assert "value_outdated" in {warning["code"] for warning in answer["warnings"]}

    async def test_known_support_is_taken_as_it_was(self, client: httpx.AsyncClient):
        paid = [self.PAID[0] | {"state_support": 100_000}]
        assert (await estimate_plan(client, paid=paid))["withdrawal"]["state_support"] == 100_000

    async def test_no_support_before_2018(self, client: httpx.AsyncClient):
        paid = [{"from_month": "2017-01", "months": 24, "monthly_income": 700_000}]
        assert (await estimate_plan(client, paid=paid))["withdrawal"]["state_support"] == 12 * 15_400

    async def test_a_single_time_without_its_month_ends_before_the_estimate(self, client: httpx.AsyncClient):
        paid = [{"months": 12, "monthly_income": 1_500_000}]
        plan = await estimate_plan(client, {"months": 1}, paid=paid)
        assert [(year["year"], year["months"]) for year in plan["average_income"]["years"]][:2] == [
            (2025, 2), (2026, 10),
        ]  # fmt: skip
        assert plan["payments"][0]["from_month"] == "2026-11"

    async def test_a_plan_goes_on_after_what_is_paid_ahead(self, client: httpx.AsyncClient):
        paid = [{"from_month": "2026-01", "months": 24, "monthly_income": 1_500_000}]
        plan = await estimate_plan(client, {"months": 12}, paid=paid)
        assert plan["payments"][0]["from_month"] == "2028-01"

    @pytest.mark.parametrize(("months", "right"), [(239, False), (240, True)])
    async def test_who_joined_before_2021_and_has_twenty_years_may_retire_earlier(
        self, client: httpx.AsyncClient, months: int, right: bool
    ):
        paid = [{"from_month": "2020-12", "months": 60, "monthly_income": 1_500_000}]
        plan = await estimate_plan(client, {"months": months - 60, "monthly_income": 1_500_000}, paid=paid,
                                   birth_date="1990-05-20")  # fmt: skip
        assert (plan["early_pension"] is not None) is right
        if right:
            assert plan["early_pension"]["from_month"] == "2045-06"  # 55 in May 2045
        paid = [paid[0] | {"from_month": "2021-01"}]
        later = await estimate_plan(client, {"months": months - 60, "monthly_income": 1_500_000}, paid=paid,
                                    birth_date="1990-05-20")  # fmt: skip
        assert later["early_pension"] is None


class TestMissingMonths:
    """A woman born in May 1969 reaches 57 years in May 2026."""

    OLD: dict[str, Any] = {"birth_date": "1969-05-01", "as_of": "2026-05-20"}

    def paid(self, months: int) -> list[dict[str, Any]]:
        return [{"months": months, "monthly_income": 1_500_000}]

    async def test_sixty_months_may_be_paid_at_once(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, paid=self.paid(120), **self.OLD)
        missing = plan["missing_payment"]
        assert (missing["months"], missing["payable"], missing["earliest_month"]) == (60, True, "2026-05")
        assert missing["amount_due"] == 21_791_542  # Σ[i=1..60] 330,000 × 1.0031^i
        assert plan["service"]["right"] == "by_missing_payment"
        assert plan["pension"]["share"] == "0.45"
        assert plan["pension"]["from_month"] == "2026-06"

    async def test_sixty_one_may_not(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, paid=self.paid(119), **self.OLD)
        missing = plan["missing_payment"]
        assert (missing["months"], missing["payable"], missing["amount"]) == (61, False, None)
        assert plan["service"]["monthly_until"] == "2031-05"
        assert (plan["pension"]["amount"], plan["service"]["right"]) == (None, "none")

    async def test_it_is_a_choice(self, client: httpx.AsyncClient):
        plan = await estimate_plan(
            client, {"months": 1, "pay_missing": False}, paid=self.paid(120), **self.OLD
        )
        assert plan["missing_payment"]["payable"] is True
        assert plan["service"]["right"] == "none"

    async def test_the_allowance_instead(self, client: httpx.AsyncClient):
        paid = [{"months": 60, "monthly_income": 1_500_000, "from_month": "2021-05"}]
        plan = await estimate_plan(client, paid=paid, **self.OLD)
        allowance = plan["monthly_allowance"]
        average = plan["average_income"]["amount"]
        lasts = -(-average * 2 * 5 // 500_000)
        assert (allowance["amount"], allowance["months"]) == (500_000, lasts)
        assert (allowance["from_month"], allowance["formula"]["Tdt"]) == ("2026-05", 216)  # 75 in May 2044
        assert allowance["top_up"] == (216 - lasts) * 500_000
        assert plan["social_pension"]["from_month"] == "2044-05"


class TestAges:
    @pytest.mark.parametrize(
        ("born", "sex", "month"),
        [
            ("1965-06-30", "male", "2026-12"), ("1965-07-01", "male", "2027-04"),
            ("1966-03-31", "male", "2027-12"), ("1966-04-01", "male", "2028-04"),
            ("1969-12-31", "female", "2026-12"), ("1970-01-01", "female", "2027-05"),
            ("1975-04-30", "female", "2034-12"), ("1975-05-01", "female", "2035-05"),
        ],
    )  # fmt: skip
    async def test_steps_of_the_retirement_age(
        self, client: httpx.AsyncClient, born: str, sex: str, month: str
    ):
        assert (await estimate(client, birth_date=born, sex=sex))["retirement"]["month"] == month

    @pytest.mark.parametrize(
        ("group", "month"), [("other", "2059-03"), ("poor", "2054-03"), ("near_poor", "2054-03")]
    )
    async def test_social_pension_from_75_or_70(self, client: httpx.AsyncClient, group: str, month: str):
        plan = await estimate_plan(client, support_group=group)
        assert (plan["social_pension"]["amount"], plan["social_pension"]["from_month"]) == (500_000, month)

    @pytest.mark.parametrize(("born", "status"), [("2011-12-31", 200), ("2012-01-01", 422)])
    async def test_fifteen_in_the_first_month(self, client: httpx.AsyncClient, born: str, status: int):
        body = WOMAN | {"birth_date": born, "plans": [{"from_month": "2026-12", "months": 12}]}
        response = await client.post(PATH, json=body)
        assert response.status_code == status
        if status == 422:
            expect_problem(response, 422, "too_young", "/plans/0/from_month")

    @pytest.mark.parametrize(("born", "status"), [("2026-11-19", 200), ("2026-11-20", 422)])
    async def test_born_before_the_day(self, client: httpx.AsyncClient, born: str, status: int):
        assert (await client.post(PATH, json=WOMAN | {"birth_date": born})).status_code == status

    @pytest.mark.parametrize(("day", "status"), [("2025-06-30", 422), ("2025-07-01", 200)])
    async def test_the_law_begins_in_july_2025(self, client: httpx.AsyncClient, day: str, status: int):
        response = await client.post(PATH, json=WOMAN | {"as_of": day})
        assert response.status_code == status
        if status == 422:
            expect_problem(response, 422, "rule_missing", "/as_of")


class TestMaternity:
    async def test_six_of_the_twelve_months_before(self, client: httpx.AsyncClient):
        births = ["2027-05", "2027-06", "2027-06"]  # from 2026-12 on the sixth month is 2027-05
        plan = await estimate_plan(client, FIFTEEN_YEARS, births=births)
        assert [birth["entitled"] for birth in plan["maternity"]["births"]] == [False, True, True]
        assert plan["maternity"]["amount"] == 4_000_000
        assert (plan["maternity"]["from_month"], plan["maternity"]["to_month"]) == ("2027-06", "2042-06")

    async def test_nothing_paid(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, births=["2027-05"])
        assert (plan["maternity"]["amount"], plan["maternity"]["from_month"]) == (0, None)


class TestPledges:
    async def test_ten_thousand_a_day_against_twenty(self, client: httpx.AsyncClient):
        plans = [{"pledge": {"amount": amount, "per": "day"}, "years": 15} for amount in (10_000, 20_000)]
        answer = await estimate(client, plans=plans)
        less, more = answer["plans"]
        # 10,000 × 365 / 12 = 304,166: with 66,000 of support (370,166 / 0.22) an income of 1,650,000, without it the lowest
        assert [payment["monthly_income"] for payment in less["payments"]] == [1_650_000, 1_500_000]
        assert (less["pledge"]["suffices"], less["pledge"]["needed"]) == (False, 10_850)
        # 608,333 a month: (608,333 + 66,000) / 0.22 = 3,065,150 and 608,333 / 0.22 = 2,765,150, on a step of 50,000
        assert [payment["monthly_income"] for payment in more["payments"]] == [3_050_000, 2_750_000]
        assert more["pledge"]["suffices"] is True
        difference = answer["comparison"][0]
        assert difference["pension_more"] == more["pension"]["amount"] - less["pension"]["amount"] > 0
        assert difference["participant_pays_more"] == more["cost"]["amount"] - less["cost"]["amount"] > 0

    @pytest.mark.parametrize(
        ("amount", "per", "monthly"),
        [(70_000, "week", 304_166), (300_000, "month", 300_000), (3_600_000, "year", 300_000)],
    )
    async def test_by_week_month_and_year(
        self, client: httpx.AsyncClient, amount: int, per: str, monthly: int
    ):
        plan = await estimate_plan(client, {"pledge": {"amount": amount, "per": per}, "months": 12})
        assert plan["pledge"]["monthly"] == monthly

    async def test_what_is_needed_suffices(self, client: httpx.AsyncClient):
        plan = {"pledge": {"amount": 8_679, "per": "day"}, "months": 12}
        assert (await estimate_plan(client, plan))["pledge"] | {"explanation": ""} == {
            "amount": 8_679, "per": "day", "monthly": 263_986, "suffices": False, "needed": 8_680, "explanation": "",
        }  # fmt: skip
        plan = {"pledge": {"amount": 8_680, "per": "day"}, "months": 12}
        assert (await estimate_plan(client, plan))["pledge"]["suffices"] is True


class TestLengths:
    async def test_until_the_years_are_there_by_default(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, {}, paid=[{"months": 30, "monthly_income": 1_500_000}])
        assert plan["service"]["months_in_all"] == 180

    async def test_until_retirement_age(self, client: httpx.AsyncClient):
        plan = await estimate_plan(client, {"until": "retirement_age", "from_month": "2026-12"})
        assert plan["service"]["months_planned"] == 208  # 2026-12 to 2044-03
        assert plan["payments"][-1]["to_month"] == "2044-03"


class TestRefusals:
    @pytest.mark.parametrize(
        ("plan", "code", "pointer"),
        [
            ({"monthly_income": 1_499_999}, "income_out_of_bounds", "/plans/0/monthly_income"),
            ({"monthly_income": 50_600_001}, "income_out_of_bounds", "/plans/0/monthly_income"),
            (
                {"monthly_income": 1_500_000, "pledge": {"amount": 1, "per": "day"}},
                "one_of_two",
                "/plans/0/pledge",
            ),
            ({"months": 1, "years": 1}, "one_of_two", "/plans/0/months"),
            ({"from_month": "2026-10"}, "month_has_passed", "/plans/0/from_month"),
            ({"from_month": "2076-12"}, "too_late_a_month", "/plans/0/from_month"),
            ({"months": 0}, "greater_than_equal", "/plans/0/months"),
            ({"months": 601}, "less_than_equal", "/plans/0/months"),
            ({"from_month": "2199-12", "until": "retirement_age"}, "too_late_a_month", "/plans/0/from_month"),
            ({"months": True}, "int_type", "/plans/0/months"),
            ({"unknown": 1}, "extra_forbidden", "/plans/0/unknown"),
        ],
    )
    async def test_plans(self, client: httpx.AsyncClient, plan: dict[str, Any], code: str, pointer: str):
        await refuse(client, code, pointer, plans=[plan])

    @pytest.mark.parametrize(
        ("paid", "code", "pointer"),
        [
            ([{"from_month": "2007-12", "months": 1, "monthly_income": 1}], "before_voluntary_insurance", "/paid/0/from_month"),
            ([{"from_month": "1999-02", "months": 1, "monthly_income": 1}], "before_voluntary_insurance", "/paid/0/from_month"),
            ([{"from_month": "2026-11", "months": 62, "monthly_income": 1}], "too_far_ahead", "/paid/0/from_month"),
            ([{"months": 1, "monthly_income": 1}] * 2, "missing", "/paid/0/from_month"),
            ([{"from_month": "2020-01", "months": 12, "monthly_income": 1},
              {"from_month": "2020-12", "months": 1, "monthly_income": 1}], "month_paid_twice", "/paid/1/from_month"),
            ([{"months": 1, "monthly_income": 0}], "greater_than_equal", "/paid/0/monthly_income"),
        ],
    )  # fmt: skip
    async def test_paid(self, client: httpx.AsyncClient, paid: list[Any], code: str, pointer: str):
        await refuse(client, code, pointer, paid=paid)

    async def test_planned_over_what_is_paid(self, client: httpx.AsyncClient):
        paid = [{"from_month": "2026-01", "months": 12, "monthly_income": 1_500_000}]
        await refuse(
            client, "month_paid_twice", "/plans/0/from_month", paid=paid,
            plans=[{"from_month": "2026-12", "months": 12}],
        )  # fmt: skip

    async def test_nothing_left_to_pay(self, client: httpx.AsyncClient):
        paid = [{"from_month": "2009-01", "months": 180, "monthly_income": 700_000}]
        await refuse(client, "nothing_to_pay", "/plans/0/until", paid=paid, plans=[{}])

    @pytest.mark.parametrize(
        ("body", "code", "pointer"),
        [
            ({"sex": "other"}, "enum", "/sex"),
            ({"birth_date": "1984-02-30"}, "day", "/birth_date"),
            ({"birth_date": "1899-12-31"}, "day_range", "/birth_date"),
            ({"births": ["2027-13"]}, "month", "/births/0"),
            ({"assume": {"no_such_rule": "1"}}, "unknown_rule", "/assume/no_such_rule"),
            ({"assume": {"bhxh_tn_rate": "0"}}, "value_not_of_kind", "/assume/bhxh_tn_rate"),
            ({"assume": {"social_pension": "0"}}, "value_not_of_kind", "/assume/social_pension"),
            (
                {"assume": {"survivor_pensions_step": "0"}},
                "value_not_of_kind",
                "/assume/survivor_pensions_step",
            ),
            ({"plans": [{}] * 6}, "too_long", "/plans"),
        ],
    )
    async def test_bodies(self, client: httpx.AsyncClient, body: dict[str, Any], code: str, pointer: str):
        await refuse(client, code, pointer, **body)

    @pytest.mark.parametrize("content", [b"[]", b"null", b"{", b'{"birth_date": NaN}', b"\x00", b'"x"'])
    async def test_hostile_content(self, client: httpx.AsyncClient, content: bytes):
        response = await client.post(PATH, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code in (400, 422)

    async def test_an_assumption_is_named(self, client: httpx.AsyncClient):
        answer = await estimate(client, plans=[FIFTEEN_YEARS], assume={"pension_base_share": "0.5"})
        assert answer["assumed"] is True
        assert answer["plans"][0]["pension"]["amount"] == 750_000


class TestProperties:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        born=st.dates(), sex=st.sampled_from(["male", "female"]), months=st.integers(1, 600),
        income=st.integers(1, 60_000_000), group=st.sampled_from([None, "poor", "other"]),
        paid=st.integers(1, 240), day=st.dates(),
    )  # fmt: skip
    async def test_whatever_is_asked_there_is_an_answer(
        self,
        client: httpx.AsyncClient,
        born: Any,
        sex: str,
        months: int,
        income: int,
        group: str | None,
        paid: int,
        day: Any,
    ):
        body = {
            "birth_date": str(born), "sex": sex, "as_of": str(day), "support_group": group,
            "paid": [{"months": paid, "monthly_income": income}],
            "plans": [{"months": months, "monthly_income": income}, {"pledge": {"amount": income, "per": "week"}}],
        }  # fmt: skip
        response = await client.post(PATH, json=body)
        assert response.status_code in (200, 422)
        if response.status_code == 200:
            BenefitEstimateOut.model_validate(response.json(), extra="forbid")

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        months=st.integers(1, 500), more=st.integers(0, 100), income=st.integers(1_500_000, 40_000_000),
        richer=st.integers(0, 10_000_000), sex=st.sampled_from(["male", "female"]),
    )  # fmt: skip
    async def test_more_months_and_more_income_never_give_less(
        self, client: httpx.AsyncClient, months: int, more: int, income: int, richer: int, sex: str
    ):
        plans = [
            {"months": months, "monthly_income": income, "pay_missing": False},
            {"months": min(600, months + more), "monthly_income": income, "pay_missing": False},
            {"months": months, "monthly_income": income + richer, "pay_missing": False},
        ]
        first, longer, higher = (await estimate(client, plans=plans, sex=sex))["plans"]
        for other in (longer, higher):
            assert (first["pension"]["amount"] or 0) <= (other["pension"]["amount"] or 0)
            assert first["withdrawal"]["before_deduction"] <= other["withdrawal"]["before_deduction"]
            assert first["cost"]["amount"] <= other["cost"]["amount"]
