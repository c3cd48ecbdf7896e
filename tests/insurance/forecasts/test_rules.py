"""When payments are due, how fast members save, and whether it suffices."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.forecasts import rules
from app.insurance.forecasts.rules import ForecastStatus, PricedDueDate

TODAY = date(2026, 11, 21)
LAST = date(2200, 12, 31)


class TestDueOfEnrolment:
    @pytest.mark.parametrize(
        ("product", "months", "paid", "deadline", "due"),
        [
            ("bhxh_tn", 12, False, 7, date(2027, 6, 30)),
            ("bhxh_tn", 12, True, 7, date(2028, 6, 30)),
            ("bhxh_tn", 3, True, 3, date(2027, 5, 31)),
            ("bhxh_tn", 1, False, 1, date(2026, 12, 31)),
            ("bhxh_tn", 24, True, None, date(2028, 11, 30)),
            ("bhyt_hgd", 12, False, None, date(2026, 11, 30)),
            ("bhyt_hgd", 12, True, None, date(2027, 11, 30)),
        ],
    )
    def test_of_december(self, product: str, months: int, paid: bool, deadline: int | None, due: date):
        begins = rules.next_start_date(date(2026, 12, 1), months, paid, None)
        assert rules.enrolment_due_date(product, begins, deadline) == due

    def test_a_card_ends_when_it_does(self):
        begins = rules.next_start_date(date(2026, 11, 1), 12, True, date(2027, 12, 20))
        assert rules.enrolment_due_date("bhyt_hgd", begins, None) == date(2027, 12, 20)


class TestDueOfPledge:
    @pytest.mark.parametrize(
        ("since", "due"),
        [
            (date(2026, 11, 21), date(2027, 11, 20)),
            (date(2025, 11, 21), date(2027, 11, 20)),
            (date(2025, 11, 22), date(2026, 11, 21)),
            (date(2024, 2, 29), date(2027, 2, 27)),
        ],
    )
    def test_ends_the_year_that_is_running(self, since: date, due: date):
        assert rules.pledge_due_date(since, TODAY) == due

    @given(st.dates(date(2000, 1, 1), TODAY))
    def test_lies_within_a_year(self, since: date):
        assert TODAY <= rules.pledge_due_date(since, TODAY) <= TODAY + timedelta(days=366)


class TestPace:
    @pytest.mark.parametrize(
        ("began", "pledged", "pace", "basis"),
        [
            (date(2020, 1, 1), 0, Fraction(900_000, 90), "saved"),
            (date(2020, 1, 1), 50_000, Fraction(900_000, 90), "saved"),
            (TODAY - timedelta(days=29), 50_000, Fraction(900_000, 30), "saved"),
            (TODAY - timedelta(days=26), 50_000, Fraction(50_000), "pledged"),
            (TODAY - timedelta(days=26), 0, Fraction(900_000, 28), "saved"),
        ],
    )
    def test_what_was_saved_or_else_pledged(self, began: date, pledged: int, pace: Fraction, basis: str):
        assert rules.measure_pace(900_000, Fraction(pledged), began, TODAY) == (pace, basis)


class TestOutlooks:
    def test_the_earliest_is_paid_first(self):
        dues = [
            PricedDueDate(TODAY + timedelta(days=10), 1_000),
            PricedDueDate(TODAY + timedelta(days=20), 1_000),
        ]
        first, second = rules.forecast_payments(1_000, Fraction(10), dues, TODAY, LAST)
        assert (first.status, first.short_by, first.reached_on) == (ForecastStatus.REACHED, 0, TODAY)
        assert (second.needed, second.expected, second.status, second.short_by) == (
            2_000,
            1_200,
            ForecastStatus.SHORT,
            800,
        )
        assert second.reached_on == TODAY + timedelta(days=100)
        assert second.per_day_needed == 50

    def test_a_day_that_has_passed(self):
        (late,) = rules.forecast_payments(
            400, Fraction(10), [PricedDueDate(TODAY - timedelta(days=1), 1_000)], TODAY, LAST
        )
        assert (late.days_left, late.short_by, late.per_day_needed) == (0, 600, 600)

    @given(
        st.integers(0, 10**7), st.fractions(-10_000, 50_000),
        st.lists(st.tuples(st.integers(-30, 800), st.integers(1, 5 * 10**6)), max_size=3),
    )  # fmt: skip
    def test_agree_with_themselves(self, available: int, pace: Fraction, dues_given: list[tuple[int, int]]):
        dues = [PricedDueDate(TODAY + timedelta(days=days), price) for days, price in sorted(dues_given)]
        for due, outlook in zip(
            dues, rules.forecast_payments(available, pace, dues, TODAY, LAST), strict=True
        ):
            assert (outlook.short_by > 0) == (outlook.status is ForecastStatus.SHORT)
            assert (available >= outlook.needed) == (outlook.status is ForecastStatus.REACHED)
            if outlook.status is ForecastStatus.ON_TRACK:
                assert outlook.reached_on is not None
                assert outlook.reached_on <= due.on
            assert available + outlook.per_day_needed * max(1, outlook.days_left) >= outlook.needed

    def test_the_worst_counts(self):
        assert (
            rules.worst_status([ForecastStatus.REACHED, ForecastStatus.SHORT, ForecastStatus.ON_TRACK])
            is ForecastStatus.SHORT
        )
        assert rules.worst_status([]) is None
