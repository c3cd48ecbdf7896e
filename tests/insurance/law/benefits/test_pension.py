"""The share, the pension and the bonus: a table worked out by hand, and what must hold for every time and income."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law.benefits.average import (
    IncomeOfYear,
    average_income,
    count_half_years,
    round_once,
)
from app.insurance.law.benefits.pension import (
    BonusYears,
    count_bonus_years,
    monthly_pension,
    pension_share,
    retirement_bonus,
)
from tests.insurance.law.benefits.scales import MAN, WOMAN, flat

MONTHS = st.integers(0, 700)
INCOMES = st.integers(700_000, 50_600_000)


@pytest.mark.parametrize(
    ("months", "halves"),
    [
        (0, 0),
        (1, 1),
        (6, 1),
        (7, 2),
        (11, 2),
        (12, 2),
        (13, 3),
        (18, 3),
        (19, 4),
        (180, 30),
        (186, 31),
        (187, 32),
    ],
)
def test_half_years(months: int, halves: int):
    assert count_half_years(months) == halves


class TestShare:
    @pytest.mark.parametrize(
        ("months", "woman", "man"),
        [
            # years and months: percent of a woman, percent of a man (Article 99.1)
            (179, "0", "0"),  # 14 years 11 months: no right (Article 5.6)
            (180, "45", "40"),
            (181, "46", "40.5"),  # half a year more
            (186, "46", "40.5"),
            (187, "47", "41"),
            (192, "47", "41"),
            (239, "55", "45"),  # 19 years 11 months count as 20
            (240, "55", "45"),
            (252, "57", "47"),
            (300, "65", "55"),
            (359, "75", "65"),
            (360, "75", "65"),  # a woman's most at 30 years
            (419, "75", "75"),
            (420, "75", "75"),  # a man's most at 35 years
            (480, "75", "75"),
        ],
    )
    def test_by_hand(self, months: int, woman: str, man: str):
        assert pension_share(WOMAN, months) * 100 == Decimal(woman)
        assert pension_share(MAN, months) * 100 == Decimal(man)

    @given(months=MONTHS, more=st.integers(0, 60))
    def test_more_months_never_give_less(self, months: int, more: int):
        for scale in (WOMAN, MAN):
            assert pension_share(scale, months) <= pension_share(scale, months + more) <= scale.max_share


class TestAverage:
    def test_by_hand(self):
        """700,000 in 2020 (1.16) and 2021 (1.14), 1,500,000 in 2022 (1.11): (812,000 + 798,000 + 1,665,000) / 3."""
        average = average_income(
            [
                IncomeOfYear(2020, 12, 700_000, Decimal("1.16")),
                IncomeOfYear(2021, 12, 700_000, Decimal("1.14")),
                IncomeOfYear(2022, 12, 1_500_000, Decimal("1.11")),
            ]
        )
        assert average.months == 36
        assert round_once(average.amount) == 1_091_667

    @given(parts=st.lists(st.tuples(st.integers(1, 12), INCOMES), min_size=1, max_size=10), more=INCOMES)
    def test_grows_with_each_income_and_lies_between(self, parts: list[tuple[int, int]], more: int):
        def average_of(rows: list[tuple[int, int]]):
            return average_income(IncomeOfYear(2026, months, income, Decimal(1)) for months, income in rows)

        before = average_of(parts).amount
        assert min(income for _, income in parts) <= before <= max(income for _, income in parts)
        (months, income), *others = parts
        assert average_of([(months, income + more), *others]).amount > before


class TestPension:
    @pytest.mark.parametrize(
        ("scale", "months", "income", "pension"),
        [
            (WOMAN, 180, 1_500_000, 675_000),
            (MAN, 180, 1_500_000, 600_000),
            (WOMAN, 240, 1_500_000, 825_000),
            (MAN, 240, 3_000_000, 1_350_000),
            (WOMAN, 186, 1_700_000, 782_000),
            (MAN, 186, 1_500_001, 607_500),  # 607,500.405
            (WOMAN, 420, 50_600_000, 37_950_000),
        ],
    )
    def test_by_hand(self, scale, months: int, income: int, pension: int):
        assert monthly_pension(pension_share(scale, months), flat(income, months)) == pension

    @given(months=MONTHS, more=st.integers(0, 60), income=INCOMES, richer=st.integers(0, 1_000_000))
    def test_is_monotone(self, months: int, more: int, income: int, richer: int):
        for scale in (WOMAN, MAN):

            def pension(months: int, income: int, scale=scale) -> int:
                return monthly_pension(pension_share(scale, months), flat(income, months))

            assert pension(months, income) <= pension(months + more, income)
            assert pension(months, income) <= pension(months, income + richer)


class TestBonus:
    @pytest.mark.parametrize(
        ("scale", "at_age", "months", "before", "after", "bonus"),
        [
            (WOMAN, 360, 360, "0", "0", 0),
            (WOMAN, 361, 361, "0.5", "0", 500_000),  # 0.5 years × 0.5 × 2,000,000
            (WOMAN, 384, 384, "2", "0", 2_000_000),
            (WOMAN, 384, 396, "2", "1", 6_000_000),  # a year after the age counts double the average
            (WOMAN, 348, 384, "0", "2", 8_000_000),
            (MAN, 420, 420, "0", "0", 0),
            (MAN, 444, 444, "2", "0", 2_000_000),
        ],
    )
    def test_by_hand(self, scale, at_age: int, months: int, before: str, after: str, bonus: int):
        years = count_bonus_years(scale, at_age, months)
        assert years == BonusYears(Decimal(before), Decimal(after))
        assert retirement_bonus(scale, years, flat(2_000_000, months)) == bonus
