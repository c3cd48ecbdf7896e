"""What is paid once: the one-off withdrawal, funeral and survivors' benefits, maternity. Amounts are đồng.

Nothing here knows a clock or a database.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.insurance.law.benefits.average import MONTHS_OF_YEAR, AverageIncome, count_half_years, round_once


@dataclass(frozen=True, slots=True)
class LumpScale:
    """Averages for each year: early_factor (1.5) for those before 2014, factor (2) for those since then."""

    early_factor: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class LumpYears:
    """Half years before 2014 and since then, with the odd months of the first carried into the second."""

    early: int
    later: int


def split_half_years(early_months: int, later_months: int) -> LumpYears:
    """Split the time into half years before and since 2014; odd months before it are moved behind it.

    Source: Luật BHXH 41/2024/QH15, Articles 5.6, 102.2.a and 110.2.a.
    """
    if not later_months:
        return LumpYears(count_half_years(early_months), 0)
    odd = early_months % MONTHS_OF_YEAR
    return LumpYears(2 * (early_months // MONTHS_OF_YEAR), count_half_years(later_months + odd))


def sum_averages(scale: LumpScale, years: LumpYears, average: AverageIncome) -> int:
    """So many averages for each year, rounded once: Articles 102.2 (TC) and 110.2."""
    factor = (years.early * Fraction(scale.early_factor) + years.later * Fraction(scale.factor)) / 2
    return round_once(factor * average.amount)


def withdrawal_before_deduction(
    scale: LumpScale,
    early_months: int,
    later_months: int,
    average: AverageIncome,
    paid: int,
    short_cap: Decimal,
) -> int:
    """TC, the one-off withdrawal (BHXH một lần) before the state's support is taken off.

    paid: all premiums of this time, which is what comes back of less than a year, at most short_cap (2) averages.
    Source: Luật BHXH 41/2024/QH15, Article 102.2.
    """
    months = early_months + later_months
    if months < MONTHS_OF_YEAR:
        return min(paid, round_once(Fraction(short_cap) * average.amount))
    return sum_averages(scale, split_half_years(early_months, later_months), average)


def withdrawal(before_deduction: int, state_support: int) -> int:
    """MH = TC − M, the one-off withdrawal less the state's support; never below 0.

    Source: NĐ 159/2025/NĐ-CP, Article 9.1; Luật BHXH 41/2024/QH15, Article 102.3.
    """
    return max(0, before_deduction - state_support)


def survivors_of_participant(
    scale: LumpScale,
    early_months: int,
    later_months: int,
    average: AverageIncome,
    paid: int,
    months_needed: int,
) -> int:
    """For the family of somebody who dies before a pension (trợ cấp tuất một lần).

    Below months_needed (60) it is what was paid. Source: Luật BHXH 41/2024/QH15, Article 110.2.
    """
    if early_months + later_months < months_needed:
        return paid
    return sum_averages(scale, split_half_years(early_months, later_months), average)


@dataclass(frozen=True, slots=True)
class PensionerScale:
    """Pensions for a pensioner's family: first (48) in full_months (2), then step (0.5) less a month, at least 3."""

    first: Decimal
    full_months: int
    step: Decimal
    least: Decimal


def survivors_of_pensioner(scale: PensionerScale, pension: int, months_drawn: int) -> int:
    """For the family of somebody who dies in the month of the pension of this number (1 is the first).

    Source: Luật BHXH 41/2024/QH15, Article 110.4.
    """
    pensions = scale.first - scale.step * max(0, months_drawn - scale.full_months)
    return round_once(Fraction(max(scale.least, pensions)) * pension)


def first_month_of_least(scale: PensionerScale) -> int:
    """The number of the month of the pension from which the family gets the least."""
    return scale.full_months + -int((scale.least - scale.first) // scale.step)


def funeral_allowance(multiple: Decimal, reference_level: int) -> int:
    """For whoever sees to the funeral (trợ cấp mai táng): multiple (10) × the reference level of the month of death.

    Source: Luật BHXH 41/2024/QH15, Article 109.2.
    """
    return round_once(Fraction(multiple) * reference_level)


def has_maternity_right(paid_months: Sequence[int], birth: int, window: int, needed: int) -> bool:
    """Whether enough months (6) are paid in the months (12) before that of a birth. Months are numbers.

    paid_months: each once, in order. Source: Luật BHXH 41/2024/QH15, Article 94.1.
    """
    return bisect_left(paid_months, birth) - bisect_left(paid_months, birth - window) >= needed
