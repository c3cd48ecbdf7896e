"""Retirement age by the table of Bộ luật Lao động, Article 169.2, and what must hold for every birth date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.values.time import month_of
from app.insurance.law.retirement import RetirementAge, earliest_month_for_missing, retirement_month

MEN = [
    RetirementAge(date(2008, 1, 1), date(2020, 12, 31), 720),
    *(
        RetirementAge(date(year, 1, 1), date(year, 12, 31), 723 + 3 * (year - 2021))
        for year in range(2021, 2028)
    ),
    RetirementAge(date(2028, 1, 1), None, 744),
]
WOMEN = [
    RetirementAge(date(2008, 1, 1), date(2020, 12, 31), 660),
    *(
        RetirementAge(date(year, 1, 1), date(year, 12, 31), 664 + 4 * (year - 2021))
        for year in range(2021, 2035)
    ),
    RetirementAge(date(2035, 1, 1), None, 720),
]


@pytest.mark.parametrize(
    ("born", "month"),
    [
        # 60 years before 2021
        ("1940-05-09", "2000-05"), ("1960-12-31", "2020-12"),
        # 60 years and 3 months in 2021, and three months more in every year after
        ("1961-01-01", "2021-04"), ("1961-09-30", "2021-12"), ("1961-10-01", "2022-04"), ("1962-06-30", "2022-12"),
        ("1962-07-01", "2023-04"), ("1963-03-31", "2023-12"), ("1963-04-01", "2024-04"), ("1963-12-31", "2024-12"),
        ("1964-01-01", "2025-04"), ("1964-09-30", "2025-12"), ("1964-10-01", "2026-04"), ("1965-06-30", "2026-12"),
        ("1965-07-01", "2027-04"), ("1966-03-31", "2027-12"),
        # 62 years since 2028
        ("1966-04-01", "2028-04"), ("1984-02-29", "2046-02"),
    ],
)  # fmt: skip
def test_men(born: str, month: str):
    assert retirement_month(date.fromisoformat(born), MEN) == month


@pytest.mark.parametrize(
    ("born", "month"),
    [
        ("1965-12-31", "2020-12"), ("1966-01-01", "2021-05"), ("1966-08-31", "2021-12"),
        ("1966-09-01", "2022-05"), ("1967-04-30", "2022-12"), ("1967-05-01", "2023-05"), ("1967-12-31", "2023-12"),
        ("1968-01-01", "2024-05"), ("1968-08-31", "2024-12"), ("1968-09-01", "2025-05"), ("1969-04-30", "2025-12"),
        ("1969-05-01", "2026-05"), ("1969-12-31", "2026-12"), ("1970-01-01", "2027-05"), ("1970-08-31", "2027-12"),
        ("1972-09-01", "2031-05"), ("1974-08-31", "2033-12"), ("1974-09-01", "2034-05"), ("1975-04-30", "2034-12"),
        # 60 years since 2035
        ("1975-05-01", "2035-05"), ("1996-11-30", "2056-11"),
    ],
)  # fmt: skip
def test_women(born: str, month: str):
    assert retirement_month(date.fromisoformat(born), WOMEN) == month


@given(st.dates(date(1930, 1, 1), date(2011, 12, 31)), st.integers(1, 400))
def test_who_is_older_never_retires_later(born: date, days: int):
    younger = date.fromordinal(born.toordinal() + days)
    for ages in (MEN, WOMEN):
        earlier, later = retirement_month(born, ages), retirement_month(younger, ages)
        assert earlier is not None
        assert later is not None
        assert earlier <= later


@given(st.dates(date(1955, 1, 1), date(2011, 12, 31)))
def test_the_age_is_that_of_the_month(born: date):
    """In the month itself the law of that month asks for no more, and in the one before for more."""
    for ages in (MEN, WOMEN):
        month = retirement_month(born, ages)
        assert month is not None

        def is_old_enough(at: str, ages: list[RetirementAge] = ages) -> bool:
            year, number = map(int, at.split("-"))
            lived = (year - born.year) * 12 + number - born.month
            return any(
                age.months <= lived
                for age in ages
                if month_of(age.first) <= at and (age.last is None or at <= month_of(age.last))
            )

        assert is_old_enough(month)
        assert not is_old_enough(earliest_month_for_missing(month))


def test_the_law_may_end():
    assert retirement_month(date(1990, 1, 1), MEN[:3]) is None
    assert retirement_month(date(1990, 1, 1), []) is None
