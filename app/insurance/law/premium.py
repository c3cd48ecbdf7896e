"""Premiums of voluntary social insurance (BHXH tự nguyện): what the law says, as functions of values.

Nothing here knows a date, a clock or a database: rates, poverty line and fund rate of the day of payment are given.
Incomes and poverty lines are đồng a month; rates and shares are fractions (0.22); every result is rounded once, half up
to the đồng.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Final

from app.core.values.money import round_half_up
from app.core.values.time import add_months, first_day
from app.insurance.kinds import Method

_EXACT_CONTEXT: Final = Context(prec=60)
"""Enough digits that only the last step, to the đồng, rounds."""

METHOD_MONTHS: Final[Mapping[Method, int]] = {
    Method.MONTHS_1: 1, Method.MONTHS_3: 3, Method.MONTHS_6: 6, Method.MONTHS_12: 12,
}  # fmt: skip
"""Methods paid for as they go (đóng hằng tháng, 3, 6, 12 tháng) and the months of each."""

METHOD_YEARS: Final[Mapping[Method, int]] = {
    Method.YEARS_2: 2, Method.YEARS_3: 3, Method.YEARS_4: 4, Method.YEARS_5: 5,
}  # fmt: skip
"""Methods paid several years ahead (đóng một lần cho nhiều năm về sau) and the years of each."""


def premium(rate: Decimal, income: int, months: int) -> int:
    """Premium for so many months (mức đóng): rate × income × months.

    Source: Luật BHXH 41/2024/QH15, Articles 36.1 and 36.2; before it QĐ 595/QĐ-BHXH (2017), Article 10.1.
    """
    return round_half_up(rate * income * months)


def premium_in_advance(rate: Decimal, income: int, years: int, fund_rate: Decimal) -> int:
    """MĐ1, premium for years to come: Σ_{i=1..12n} rate × income / (1+r)^(i-1).

    fund_rate: r, the fund's return a month of the year before.
    Source: NĐ 159/2025/NĐ-CP, Article 6.2; the same in QĐ 595/QĐ-BHXH, Article 10.3.
    """
    return _multiply_exact(rate * income, sum_discount_factors(fund_rate, 0, 12 * years))


def premium_for_missing(rate: Decimal, income: int, months: int, fund_rate: Decimal) -> int:
    """MĐ2, premium for the months still missing at retirement age: Σ_{i=1..t} rate × income × (1+r)^i.

    Source: NĐ 159/2025/NĐ-CP, Article 7.2; the same in QĐ 595/QĐ-BHXH, Article 10.4.
    """
    return _multiply_exact(rate * income, sum_growth_factors(fund_rate, months))


def premium_in_arrears(due: int, months_late: int, fund_rate: Decimal) -> int:
    """T3, a premium paid after its deadline (đóng bù): due × (1+r)^t.

    Source: QĐ 595/QĐ-BHXH, Article 11.3, until 2026-04-30; later law has no arrears, which a dated rule says.
    """
    with localcontext(_EXACT_CONTEXT):
        return round_half_up(due * (1 + fund_rate) ** months_late)


def state_support(share: Decimal, rate: Decimal, poverty_line: int, months: int) -> int:
    """Mht, what the state pays: months × share × rate × rural poverty line; never discounted.

    share: k of the support group. months: those that are supported (`supported_months`).
    Source: NĐ 159/2025/NĐ-CP, Article 5.1; QĐ 595/QĐ-BHXH, Article 12.1; guide to D05-TS of QĐ 366/QĐ-BHXH (2026).
    """
    return round_half_up(share * rate * poverty_line * months)


def state_support_for_missing(
    share: Decimal, rate: Decimal, poverty_line: int, months: int, fund_rate: Decimal
) -> int:
    """Mht of missing months: Σ_{i=1..t} share × rate × rural poverty line × (1+r)^i.

    Source: QĐ 595/QĐ-BHXH, Article 12.1.2c; NĐ 159/2025/NĐ-CP gives no formula of its own.
    """
    return _multiply_exact(share * rate * poverty_line, sum_growth_factors(fund_rate, months))


def supported_months(months: int, supported_before: int, maximum: int) -> int:
    """How many of the months the state still supports.

    supported_before: months already paid with support; maximum: the limit in a lifetime, 120.
    Source: NĐ 159/2025/NĐ-CP, Article 5.2; QĐ 595/QĐ-BHXH, Article 12.2.
    """
    return max(0, min(months, maximum - supported_before))


def cap_supports(due: int, supports: Iterable[int]) -> list[int]:
    """Cap each support, in its order, to what is left of the amount due.

    Support never exceeds what is to be paid: NĐ 159/2025/NĐ-CP, Article 5, supports a premium, it pays nothing out.
    """
    capped = []
    for amount in supports:
        capped.append(min(amount, due))
        due -= capped[-1]
    return capped


def income_bounds(poverty_line: int, salary: int, multiple: Decimal) -> tuple[int, int]:
    """The lowest and the highest income to choose: the rural poverty line, and 20 times the reference level.

    salary: base salary, which mức tham chiếu equals while there is one.
    Source: Luật BHXH 41/2024/QH15, Articles 31.2 and 141.13; QĐ 595/QĐ-BHXH, Article 10.1.
    """
    return poverty_line, round_half_up(salary * multiple)


def is_on_step(income: int, poverty_line: int, step: int) -> bool:
    """Whether the income is the poverty line plus a multiple of the step (50,000 đồng).

    Source: QĐ 595/QĐ-BHXH, Article 10.1, until 2026-04-30; later law has no step.
    """
    return step == 0 or (income - poverty_line) % step == 0


def payment_deadline(from_month: str, deadline_months: int) -> date:
    """Compute the last day to pay for a period: the end of its first month, third, fourth or seventh.

    deadline_months: 1, 3, 4, 7 for the methods of 1, 3, 6 and 12 months.
    Source: Luật BHXH 41/2024/QH15, Article 36.3; QĐ 595/QĐ-BHXH, Article 11.
    """
    return first_day(add_months(from_month, deadline_months)) - timedelta(days=1)


def refund_of_advance(
    rate: Decimal, income: int, years: int, remaining: int, fund_rate: Decimal, support: int
) -> int:
    """HT, refund of years paid ahead: Σ_{i=12n-m+1..12n} rate × income / (1+r)^(i-1) − support; never below 0.

    remaining: m, months not yet begun; support: what state and others paid for these months; fund_rate: that of the
    payment. Source: NĐ 159/2025/NĐ-CP, Article 8.3.
    """
    months = 12 * years
    return max(
        0,
        _multiply_exact(rate * income, sum_discount_factors(fund_rate, months - remaining, months)) - support,
    )


def refund_of_months(rate: Decimal, income: int, remaining: int, support: int) -> int:
    """Refund of a period of 3, 6 or 12 months: the person's own money of the remaining months; never below 0.

    Source: NĐ 159/2025/NĐ-CP, Article 8.2.
    """
    return max(0, premium(rate, income, remaining) - support)


@lru_cache(maxsize=1024)
def sum_discount_factors(fund_rate: Decimal, first: int, last: int) -> Decimal:
    """Σ 1/(1+r)^i for i from `first` to below `last`."""
    with localcontext(_EXACT_CONTEXT):
        return sum(((1 + fund_rate) ** -i for i in range(first, last)), Decimal(0))


@lru_cache(maxsize=1024)
def sum_growth_factors(fund_rate: Decimal, months: int) -> Decimal:
    """Σ (1+r)^i for i from 1 to `months`."""
    with localcontext(_EXACT_CONTEXT):
        return sum(((1 + fund_rate) ** i for i in range(1, months + 1)), Decimal(0))


def _multiply_exact(amount: Decimal, factor: Decimal) -> int:
    with localcontext(_EXACT_CONTEXT):
        return round_half_up(amount * factor)
