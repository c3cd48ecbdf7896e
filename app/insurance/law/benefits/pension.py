"""The pension of voluntary social insurance (lương hưu), as functions of values. Amounts are đồng."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.insurance.law.benefits.average import MONTHS_OF_YEAR, AverageIncome, count_half_years, round_once


@dataclass(frozen=True, slots=True)
class PensionScale:
    """How the share grows with the years, for one sex.

    years_needed: 15; base_share (45 %) after base_years (15 of a woman, 20 of a man), then `step` (2 %) a year to
    max_share (75 %). From years_needed to base_years a man has short_share (40 %) and short_step (1 %) a year.
    bonus_years: more than so many (30, 35) earn a bonus of bonus_factor (0.5) averages a year; late_factor (2) for
    years after age and years were reached.
    """

    years_needed: int
    base_years: int
    base_share: Decimal
    step: Decimal
    max_share: Decimal
    short_share: Decimal
    short_step: Decimal
    bonus_years: int
    bonus_factor: Decimal
    late_factor: Decimal


def has_years(scale: PensionScale, months: int) -> bool:
    """Whether the months are enough years for a pension; a year is 12 months.

    Source: Luật BHXH 41/2024/QH15, Articles 5.6 and 98.
    """
    return months >= MONTHS_OF_YEAR * scale.years_needed


def pension_share(scale: PensionScale, months: int) -> Decimal:
    """The share of the average that is the pension: 0 without enough years.

    Source: Luật BHXH 41/2024/QH15, Articles 5.6 (half years) and 99.1.
    """
    if not has_years(scale, months):
        return Decimal(0)
    years = Decimal(count_half_years(months)) / 2
    if years < scale.base_years:
        return scale.short_share + scale.short_step * (years - scale.years_needed)
    return min(scale.max_share, scale.base_share + scale.step * (years - scale.base_years))


def monthly_pension(share: Decimal, average: AverageIncome) -> int:
    """The pension a month: share × average, rounded once.

    Source: Luật BHXH 41/2024/QH15, Article 99.1; NĐ 159/2025/NĐ-CP, Article 11.3.
    """
    return round_once(Fraction(share) * average.amount)


@dataclass(frozen=True, slots=True)
class BonusYears:
    """Years above the threshold of the bonus: until retirement age, and after it."""

    before: Decimal
    after: Decimal


def count_bonus_years(scale: PensionScale, months_at_age: int, months: int) -> BonusYears:
    """Count the years that earn the bonus. months_at_age: paid until the age was reached; months: in all."""
    at_age, in_all = (Decimal(count_half_years(count)) / 2 for count in (months_at_age, months))
    before = max(Decimal(0), at_age - scale.bonus_years)
    return BonusYears(before, max(Decimal(0), in_all - scale.bonus_years) - before)


def retirement_bonus(scale: PensionScale, years: BonusYears, average: AverageIncome) -> int:
    """Paid once on retirement (trợ cấp một lần khi nghỉ hưu) for more than 35 years of a man, 30 of a woman.

    Source: Luật BHXH 41/2024/QH15, Article 100.
    """
    factor = Fraction(scale.bonus_factor) * Fraction(years.before) + Fraction(scale.late_factor) * Fraction(
        years.after
    )
    return round_once(factor * average.amount)
