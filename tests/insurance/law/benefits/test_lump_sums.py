"""What is paid once: by hand, around each threshold, and what must hold for every time and income."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law.benefits.lump_sums import (
    LumpYears,
    first_month_of_least,
    funeral_allowance,
    has_maternity_right,
    split_half_years,
    survivors_of_participant,
    survivors_of_pensioner,
    withdrawal,
    withdrawal_before_deduction,
)
from tests.insurance.law.benefits.scales import LUMP, PENSIONER, flat

CAP = Decimal(2)


def premiums(income: int, months: int) -> int:
    return income * 22 * months // 100


def withdraw(early: int, later: int, income: int) -> int:
    months = early + later
    return withdrawal_before_deduction(
        LUMP, early, later, flat(income, months), premiums(income, months), CAP
    )


class TestWithdrawal:
    @pytest.mark.parametrize(
        ("early", "later", "years"),
        [
            (0, 24, LumpYears(0, 4)), (0, 25, LumpYears(0, 5)), (0, 31, LumpYears(0, 6)),
            (24, 0, LumpYears(4, 0)), (27, 0, LumpYears(5, 0)),
            (27, 24, LumpYears(4, 5)),  # three odd months before 2014 count after it (Article 102.2.a)
            (27, 28, LumpYears(4, 6)),  # with four others they are seven, a whole year
        ],
    )  # fmt: skip
    def test_odd_months_before_2014_are_carried_over(self, early: int, later: int, years: LumpYears):
        assert split_half_years(early, later) == years

    @pytest.mark.parametrize(
        ("early", "later", "income", "amount"),
        [
            (0, 1, 1_500_000, 330_000),  # less than a year: what was paid
            (0, 9, 1_500_000, 2_970_000),
            (0, 10, 1_500_000, 3_000_000),  # 3,300,000, at most twice the average
            (0, 11, 1_500_000, 3_000_000),
            (0, 12, 1_500_000, 3_000_000),
            (0, 13, 1_500_000, 4_500_000),
            (0, 60, 1_500_000, 15_000_000),
            (24, 60, 1_000_000, 13_000_000),  # 2 × 1.5 + 5 × 2
        ],
    )
    def test_by_hand(self, early: int, later: int, income: int, amount: int):
        assert withdraw(early, later, income) == amount

    def test_less_what_the_state_paid(self):
        """120 supported months of "other" people: 120 × 66,000 of 30,000,000 (NĐ 159, Article 9)."""
        assert withdrawal(30_000_000, 120 * 66_000) == 22_080_000
        assert withdrawal(100, 101) == 0

    @given(
        months=st.integers(1, 400), more=st.integers(0, 60), income=st.integers(700_000, 50_000_000),
        richer=st.integers(0, 1_000_000),
    )  # fmt: skip
    def test_is_monotone_before_the_deduction(self, months: int, more: int, income: int, richer: int):
        assert withdraw(0, months, income) <= withdraw(0, months + more, income)
        assert withdraw(0, months, income) <= withdraw(0, months, income + richer)


class TestSurvivors:
    @pytest.mark.parametrize(
        ("early", "later", "amount"),
        [
            (0, 1, 220_000),
            (0, 59, 12_980_000),
            (0, 60, 10_000_000),
            (0, 61, 11_000_000),
            (60, 60, 17_500_000),
        ],
    )
    def test_of_a_participant(self, early: int, later: int, amount: int):
        """An income of 1,000,000: 22 % of it each month below 60 months, 2 (1.5) averages a year from then on."""
        months = early + later
        paid = premiums(1_000_000, months)
        assert survivors_of_participant(LUMP, early, later, flat(1_000_000, months), paid, 60) == amount

    @pytest.mark.parametrize(
        ("month", "pensions"),
        [(1, "48"), (2, "48"), (3, "47.5"), (4, "47"), (91, "3.5"), (92, "3"), (93, "3"), (400, "3")],
    )
    def test_of_a_pensioner(self, month: int, pensions: str):
        assert survivors_of_pensioner(PENSIONER, 675_000, month) == Decimal(pensions) * 675_000

    def test_from_when_on_it_is_the_least(self):
        assert first_month_of_least(PENSIONER) == 92

    @given(pension=st.integers(0, 40_000_000), month=st.integers(1, 500))
    def test_falls_to_the_least_and_no_further(self, pension: int, month: int):
        now, later = (survivors_of_pensioner(PENSIONER, pension, each) for each in (month, month + 1))
        assert now >= later >= 3 * pension


def test_funeral():
    assert funeral_allowance(Decimal(10), 2_530_000) == 25_300_000


@pytest.mark.parametrize(
    ("paid", "entitled"),
    [
        (range(94, 100), True),  # the six months before the birth in month 100
        (range(95, 100), False),
        (range(88, 94), True),  # the first six of the twelve
        (range(87, 93), False),  # one of them lies before the twelve
        (range(95, 101), False),  # the month of the birth does not count
    ],
)
def test_maternity(paid: range, entitled: bool):
    assert has_maternity_right(sorted(paid), 100, window=12, needed=6) is entitled
