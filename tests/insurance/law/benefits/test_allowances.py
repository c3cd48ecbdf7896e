"""The monthly allowance below 15 years, worked out by hand from NĐ 159/2025/NĐ-CP, Article 14."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law.benefits.allowances import MonthlyAllowance, monthly_allowance
from tests.insurance.law.benefits.scales import flat


def allow(income: int, months: int, until: int) -> MonthlyAllowance:
    return monthly_allowance(flat(income, months), months, Decimal(2), 500_000, until)


@pytest.mark.parametrize(
    ("income", "months", "until", "amount", "lasts", "top_up"),
    [
        # 1,500,000 × 2 × 5 / 500,000 = 30 months of 180: 150 × 500,000 buy the rest
        (1_500_000, 60, 180, 500_000, 30, 75_000_000),
        # 1,500,000 × 2 × 5.5 / 500,000 = 33
        (1_500_000, 61, 180, 500_000, 33, 73_500_000),
        # 1,510,000 × 2 × 5 / 500,000 = 30.2, a part of a month is one
        (1_510_000, 60, 180, 500_000, 31, 74_500_000),
        # exactly until then
        (1_500_000, 60, 30, 500_000, 30, 0),
        # 10,000,000 × 2 × 14 / 500,000 = 560 > 180: 500,000 + 380 × 500,000 / 180 = 1,555,555.6
        (10_000_000, 168, 180, 1_555_556, 180, 0),
        # one year: 1,500,000 × 2 / 500,000 = 6
        (1_500_000, 12, 180, 500_000, 6, 87_000_000),
    ],
)
def test_by_hand(income: int, months: int, until: int, amount: int, lasts: int, top_up: int):
    result = allow(income, months, until)
    assert (result.amount, result.months, result.top_up) == (amount, lasts, top_up)


@given(
    income=st.integers(1_500_000, 50_600_000), months=st.integers(12, 179), more=st.integers(0, 60),
    richer=st.integers(0, 1_000_000), until=st.integers(1, 240),
)  # fmt: skip
def test_more_never_gives_less(income: int, months: int, more: int, richer: int, until: int):
    before = allow(income, months, until)
    for after in (allow(income, months + more, until), allow(income + richer, months, until)):
        assert (before.amount, before.months) <= (after.amount, after.months)
        assert before.amount * before.months <= after.amount * after.months
        assert after.months <= until
