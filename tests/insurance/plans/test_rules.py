"""What must hold for every savings plan."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.plans import rules
from app.insurance.plans.rules import PriceSpan
from app.savings.kinds import Per

START = date(2026, 1, 1)
LAST = date(2200, 12, 31)

starts = st.dates(date(2016, 1, 1), date(2090, 1, 1))
needs = st.integers(0, 50_000_000)
amounts = st.integers(1, 1_000_000)
pers = st.sampled_from(Per)


class TestDeposits:
    @pytest.mark.parametrize(
        ("due", "days", "weeks", "months"),
        [
            (date(2026, 1, 1), 1, 0, 0),
            (date(2026, 1, 6), 6, 0, 0),
            (date(2026, 1, 7), 7, 1, 0),
            (date(2026, 1, 30), 30, 4, 0),
            (date(2026, 1, 31), 31, 4, 1),
            (date(2026, 12, 31), 365, 52, 12),
            (date(2025, 12, 31), 0, 0, 0),
        ],
    )
    def test_of_a_new_year(self, due: date, days: int, weeks: int, months: int):
        counts = [rules.count_deposits(START, due, per) for per in (Per.DAY, Per.WEEK, Per.MONTH)]
        assert counts == [days, weeks, months]

    @given(starts, st.integers(0, 4000), pers)
    def test_the_day_of_each_counts_it_first(self, start: date, days: int, per: Per):
        day = start + timedelta(days=days)
        times = rules.count_deposits(start, day, per)
        assert rules.deposit_day(start, times + 1, per) > day
        if times:
            at = rules.deposit_day(start, times, per)
            assert at <= day
            assert rules.count_deposits(start, at, per) == times
            assert rules.count_deposits(start, at - timedelta(days=1), per) == times - 1


class TestAmountNeeded:
    @given(needs, st.integers(1, 4000))
    def test_is_enough_and_one_dong_less_is_not(self, need: int, times: int):
        amount = rules.amount_needed(need, times)
        assert amount is not None
        assert amount * times >= need
        assert need == 0 or (amount - 1) * times < need

    def test_without_time(self):
        assert rules.amount_needed(1, 0) is None

    @pytest.mark.parametrize(
        ("price", "a_day"),
        [
            (1_263_600, 3_462), (1_366_200, 3_744),  # a card since 2024-07 and since 2026-07
            (3_564_000, 9_765), (3_168_000, 8_680), (4_646_400, 12_730),  # the lowest premium in 2023, 2026, 2027
        ],
    )  # fmt: skip
    def test_as_published(self, price: int, a_day: int):
        assert rules.amount_needed(price, 365) == a_day

    @given(needs, st.sampled_from(rules.ROUNDINGS))
    def test_rounded_up_by_less_than_a_step(self, amount: int, step: int):
        rounded = rules.round_up(amount, step)
        assert rounded % step == 0
        assert 0 <= rounded - amount < step


class TestUnitsNeeded:
    @given(needs, amounts, st.sampled_from([Decimal(1), Decimal("0.5")]))
    def test_is_enough_and_one_less_is_not(self, need: int, income: int, step: Decimal):
        needed = rules.units_needed(need, income, step)
        assert needed * income >= need
        assert need == 0 or (needed - step) * income < need


class TestReachedOn:
    @given(
        starts, st.integers(0, 5_000_000), amounts, pers,
        st.lists(st.tuples(st.integers(1, 600), st.none() | needs), min_size=1, max_size=5),
    )  # fmt: skip
    def test_is_the_first_day_that_suffices(
        self, start: date, saved: int, amount: int, per: Per, stretches: list[tuple[int, int | None]]
    ):
        spans, first = [], start
        for days, price in stretches:
            spans.append(PriceSpan(first, first + timedelta(days=days - 1), price))
            first += timedelta(days=days)
        last = first - timedelta(days=1)

        def suffices(day: date) -> bool:
            price = next(span.price for span in spans if span.last and span.first <= day <= span.last)
            return price is not None and saved + amount * rules.count_deposits(start, day, per) >= price

        every = [start + timedelta(days=count) for count in range((last - start).days + 1)]
        first_day = next((day for day in every if suffices(day)), None)
        assert rules.find_day_affordable(start, saved, amount, per, spans, last) == first_day

    def test_a_price_may_run_away(self):
        spans = [
            PriceSpan(START, date(2026, 6, 30), 2_000),
            PriceSpan(date(2026, 7, 1), None, 10**9),
        ]
        assert rules.find_day_affordable(START, 0, 1, Per.DAY, spans, LAST) is None
        assert rules.find_day_affordable(START, 0, 1_000, Per.WEEK, spans, LAST) == date(2026, 1, 14)


class TestPace:
    def test_periods_as_days(self):
        paces = [rules.convert_to_daily(36_500, per) for per in (Per.DAY, Per.WEEK, Per.MONTH, Per.YEAR)]
        assert paces == [36_500, Fraction(36_500, 7), 1_200, 100]

    @given(st.integers(1, 10**7), st.fractions(Fraction(1, 100), 10**6))
    def test_the_day_reached_is_the_first(self, missing: int, pace: Fraction):
        day = rules.find_day_reached(START, missing, pace, date.max)
        assert day is not None or pace * (date.max - START).days < missing
        if day is not None:
            days = (day - START).days
            assert pace * days >= missing > pace * (days - 1)

    def test_never(self):
        assert rules.find_day_reached(START, 1, Fraction(0), LAST) is None
        assert rules.find_day_reached(START, 1, Fraction(-1), LAST) is None
        assert rules.find_day_reached(START, 10**9, Fraction(1), LAST) is None
        assert rules.find_day_reached(START, 0, Fraction(0), LAST) == START

    def test_expected_is_whole_and_not_negative(self):
        assert rules.project_savings(10, Fraction(1, 3), 5) == 11
        assert rules.project_savings(10, Fraction(-5), 5) == 0
