"""Retention, small cells, years without a break."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law.card import shift_months
from app.insurance.renewals import rules
from app.insurance.renewals.rules import Tally


def make_cell(persons: int) -> Tally:
    return Tally(due=persons, renewed=0, open=0, persons=persons)


class TestRetention:
    @pytest.mark.parametrize(
        ("renewed", "due", "rate"), [(0, 0, None), (0, 3, "0.0000"), (2, 3, "0.6667"), (47, 82, "0.5732"), (9, 9, "1.0000")]
    )  # fmt: skip
    def test_of_those_that_were_due(self, renewed: int, due: int, rate: str | None):
        assert rules.retention(renewed, due) == (rate and Decimal(rate))

    def test_the_rest_lapsed(self):
        assert Tally(due=10, renewed=6, open=3, persons=10).lapsed == 1


class TestHidden:
    @pytest.mark.parametrize(
        ("persons", "small"),
        [
            ({"a": 5, "b": 90}, set()),
            ({"a": 4, "b": 90, "c": 7}, {"a", "c"}),  # c too, or the total tells a
            ({"a": 4, "b": 4, "c": 7}, {"a", "b"}),
            ({"a": 1, "b": 2, "c": 7, "d": 8}, {"a", "b", "c"}),
            ({"a": 3}, {"a"}),
            ({"a": 0, "b": 9}, set()),
            ({}, set()),
        ],
    )
    def test_fewer_than_five_and_what_would_tell_them(self, persons: dict[str, int], small: set[str]):
        assert (
            rules.find_suppressed_tallies({key: make_cell(number) for key, number in persons.items()})
            == small
        )

    @given(st.dictionaries(st.integers(), st.integers(0, 12), max_size=8))
    def test_what_is_missing_from_the_total_is_no_single_small_cell(self, persons: dict[int, int]):
        small = rules.find_suppressed_tallies({key: make_cell(number) for key, number in persons.items()})
        assert all(number >= 5 or number == 0 for key, number in persons.items() if key not in small)
        missing = sum(persons[key] for key in small)
        large = {key for key, number in persons.items() if number >= 5}
        assert missing == 0 or large <= small or (missing >= 5 and len(small) > 1)


class TestYears:
    @pytest.mark.parametrize(
        ("since", "until", "years"),
        [
            (date(2025, 1, 1), date(2025, 12, 30), 0),
            (date(2025, 1, 1), date(2025, 12, 31), 1),
            (date(2000, 3, 1), date(2026, 2, 28), 26),
            (date(2024, 2, 29), date(2025, 2, 27), 1),
            (date(2025, 1, 1), date(2024, 1, 1), 0),
        ],
    )
    def test_whole_ones(self, since: date, until: date, years: int):
        assert rules.full_years(since, until) == years

    @given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 40))
    def test_the_day_on_which_a_year_is_full(self, since: date, years: int):
        last = shift_months(since, 12 * years) - timedelta(days=1)
        assert rules.full_years(since, last) == years
        assert years == 0 or rules.full_years(since, last - timedelta(days=1)) == years - 1
