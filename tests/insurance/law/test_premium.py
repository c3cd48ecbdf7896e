"""The official examples, and what must hold for every premium."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.values.time import VIET_NAM, freeze_time
from app.insurance.law import premium as law
from app.insurance.plans.rules import amount_needed

RATE = Decimal("0.22")

incomes = st.integers(700_000, 100_000_000)
fund_rates = st.decimals("0", "0.02", places=5)
shares = st.sampled_from([Decimal(k) for k in ("0", "0.1", "0.2", "0.25", "0.3", "0.4", "0.5")])
months = st.integers(1, 120)


class TestOfficialExamples:
    def test_two_years_ahead(self):
        assert law.premium_in_advance(RATE, 3_000_000, 2, Decimal("0.00628")) == 14_753_539

    @pytest.mark.parametrize(("late", "amount"), [(4, 6_820_781), (1, 6_654_516)])
    def test_arrears(self, late: int, amount: int):
        assert law.premium_in_arrears(6_600_000, late, Decimal("0.00826")) == amount

    def test_near_poor_for_a_year_and_another_for_a_month(self):
        due = law.premium(RATE, 800_000, 12)
        assert due - law.state_support(Decimal("0.25"), RATE, 700_000, 12) == 1_650_000
        due = law.premium(RATE, 800_000, 1)
        assert due - law.state_support(Decimal("0.1"), RATE, 700_000, 1) == 160_600

    @pytest.mark.parametrize(
        ("share", "line", "amount"),
        [
            ("0.3", 700_000, 46_200), ("0.25", 700_000, 38_500), ("0.1", 700_000, 15_400),
            ("0.3", 1_500_000, 99_000), ("0.25", 1_500_000, 82_500), ("0.1", 1_500_000, 33_000),
            ("0.5", 1_500_000, 165_000), ("0.4", 1_500_000, 132_000), ("0.2", 1_500_000, 66_000),
            ("0.5", 2_200_000, 242_000), ("0.4", 2_200_000, 193_600), ("0.3", 2_200_000, 145_200),
            ("0.2", 2_200_000, 96_800),
        ],
    )  # fmt: skip
    def test_support_of_a_month(self, share: str, line: int, amount: int):
        assert law.state_support(Decimal(share), RATE, line, 1) == amount

    @pytest.mark.parametrize(
        ("salary", "most"),
        [(1_490_000, 29_800_000), (1_800_000, 36_000_000), (2_340_000, 46_800_000), (2_530_000, 50_600_000)],
    )
    def test_highest_income(self, salary: int, most: int):
        assert law.income_bounds(1_500_000, salary, Decimal(20)) == (1_500_000, most)

    @pytest.mark.parametrize(
        ("line", "share", "a_day"),
        [(1_500_000, "0.1", 9_765), (1_500_000, "0.2", 8_680), (2_200_000, "0.2", 12_730)],
    )
    def test_what_a_day_must_bring(self, line: int, share: str, a_day: int):
        own = law.premium(RATE, line, 12) - law.state_support(Decimal(share), RATE, line, 12)
        assert amount_needed(own, 365) == a_day
        assert a_day * 365 >= own > (a_day - 1) * 365


class TestDeadlines:
    @pytest.mark.parametrize(
        ("from_month", "months", "last"),
        [
            ("2026-11", 1, date(2026, 11, 30)),
            ("2026-11", 3, date(2027, 1, 31)),
            ("2026-11", 4, date(2027, 2, 28)),
            ("2027-08", 7, date(2028, 2, 29)),
        ],
    )
    def test_pay_by(self, from_month: str, months: int, last: date):
        assert law.payment_deadline(from_month, months) == last


class TestRefunds:
    def test_of_years_ahead_is_the_tail_of_the_sum(self):
        r = Decimal("0.00628")
        whole = law.premium_in_advance(RATE, 3_000_000, 2, r)
        assert law.refund_of_advance(RATE, 3_000_000, 2, 24, r, 0) == whole
        tail = sum(Decimal(660_000) / (1 + r) ** i for i in range(16, 24))
        assert law.refund_of_advance(RATE, 3_000_000, 2, 8, r, 123_200) == round(tail - 123_200)

    def test_of_months_is_ones_own_money(self):
        assert law.refund_of_months(RATE, 1_500_000, 5, 5 * 66_000) == 5 * (330_000 - 66_000)


class TestAlways:
    @given(incomes, months, fund_rates)
    def test_ahead_is_never_more_and_missing_never_less_than_by_the_month(
        self, income: int, t: int, r: Decimal
    ):
        assert law.premium_in_advance(RATE, income, 2, r) <= law.premium(RATE, income, 24)
        assert law.premium_for_missing(RATE, income, t, r) >= law.premium(RATE, income, t)

    @given(incomes, st.integers(1, 1_000_000), st.integers(2, 5), months, fund_rates)
    def test_grows_with_the_income(self, income: int, more: int, years: int, t: int, r: Decimal):
        assert law.premium(RATE, income, t) <= law.premium(RATE, income + more, t)
        ahead = law.premium_in_advance
        assert ahead(RATE, income, years, r) <= ahead(RATE, income + more, years, r)
        missing = law.premium_for_missing
        assert missing(RATE, income, t, r) <= missing(RATE, income + more, t, r)

    @given(shares, incomes, months, st.integers(0, 200), fund_rates)
    def test_support_stays_within_its_months_and_the_premium(
        self, share: Decimal, line: int, t: int, before: int, r: Decimal
    ):
        supported = law.supported_months(t, before, 120)
        assert 0 <= supported <= t
        assert supported == 0 or supported + before <= 120
        assert law.state_support(share, RATE, line, supported) <= law.premium(RATE, line, t)
        helped = law.state_support_for_missing(share, RATE, line, supported, r)
        assert helped <= law.premium_for_missing(RATE, line, t, r)

    @given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=4))
    def test_supports_together_never_exceed_what_is_due(self, due: int, supports: list[int]):
        cut = law.cap_supports(due, supports)
        assert sum(cut) == min(due, sum(supports))
        assert all(0 <= part <= whole for part, whole in zip(cut, supports, strict=True))

    @given(incomes, st.integers(2, 5), st.data(), fund_rates, shares)
    def test_a_refund_is_never_more_than_was_paid(
        self, income: int, years: int, data: st.DataObject, r: Decimal, share: Decimal
    ):
        remaining = data.draw(st.integers(1, 12 * years))
        support = law.state_support(share, RATE, 700_000, remaining)
        whole = law.premium_in_advance(RATE, income, years, r)
        assert 0 <= law.refund_of_advance(RATE, income, years, remaining, r, support) <= whole
        of_year = min(remaining, 12)
        assert 0 <= law.refund_of_months(RATE, income, of_year, support) <= law.premium(RATE, income, 12)

    @given(incomes, fund_rates, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    def test_no_clock_is_asked(self, income: int, r: Decimal, day: date):
        law.sum_discount_factors.cache_clear()
        with freeze_time(datetime.combine(day, time(9), VIET_NAM)):
            then = law.premium_in_advance(RATE, income, 3, r), law.payment_deadline("2026-11", 7)
        assert then == (law.premium_in_advance(RATE, income, 3, r), date(2027, 5, 31))
