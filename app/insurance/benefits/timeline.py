"""Months as numbers, and the times paid for: pure arithmetic over periods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.core.values.money import round_half_up
from app.core.values.time import month_of
from app.insurance.benefits.values import EstimateValues
from app.insurance.law.benefits.average import AverageIncome, IncomeOfYear, average_income


def month_number(month: str) -> int:
    """The number of a month, so that months can be counted."""
    return 12 * int(month[:4]) + int(month[5:]) - 1


def number_month(number: int) -> str:
    """The month (YYYY-MM) of a number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@dataclass(frozen=True, slots=True)
class IncomePeriod:
    """Months in a row that were, or are to be, paid with one income.

    first: number of the first month; state_support: đồng of all its months; missing: paid at once at retirement age.
    """

    first: int
    months: int
    income: int
    supported_months: int = 0
    state_support: int = 0
    missing: bool = False

    @property
    def last(self) -> int:
        """The number of the last month."""
        return self.first + self.months - 1

    def overlaps(self, other: "IncomePeriod") -> bool:
        """Whether both have a month."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Timeline:
    """All periods, in their order, without overlap."""

    periods: tuple[IncomePeriod, ...]

    @property
    def months(self) -> int:
        """All months."""
        return sum(period.months for period in self.periods)

    @property
    def last(self) -> int | None:
        """The number of the last month; None without any."""
        return max((period.last for period in self.periods), default=None)

    @property
    def state_support(self) -> int:
        """All support of the state, đồng."""
        return sum(period.state_support for period in self.periods)

    def months_until(self, month: int) -> int:
        """How many months lie in or before a month."""
        return sum(max(0, min(period.last, month) - period.first + 1) for period in self.periods)

    def month_of_count(self, count: int) -> int | None:
        """In which month so many months are complete; None when they never are."""
        for period in sorted(self.periods, key=lambda period: period.first):
            if count <= period.months:
                return period.first + count - 1
            count -= period.months
        return None

    def month_set(self) -> set[int]:
        """The numbers of all months."""
        return {month for period in self.periods for month in range(period.first, period.last + 1)}


def split_years(periods: Iterable[IncomePeriod], values: EstimateValues) -> list[IncomeOfYear]:
    """Split periods by calendar year, each with the factor of its year; what is paid for missing months is not raised.

    Source: NĐ 159/2025/NĐ-CP, Articles 10.1 and 10.3.
    """
    parts = []
    for period in periods:
        month = period.first
        while month <= period.last:
            year = month // 12
            months = min(period.last, 12 * year + 11) - month + 1
            factor = Decimal(1) if period.missing else values.income_factor(year)
            parts.append(IncomeOfYear(year, months, period.income, factor))
            month += months
    return parts


def average_of(periods: Iterable[IncomePeriod], values: EstimateValues) -> AverageIncome:
    """Average the indexed incomes of periods."""
    return average_income(split_years(periods, values))


def sum_premiums(periods: Iterable[IncomePeriod], values: EstimateValues) -> int:
    """Sum the premiums of periods, state support included, each year at its rate; without one, at the present rate."""
    total = 0
    for part in split_years(periods, values):
        rate = values.value_in_month("bhxh_tn_rate", f"{part.year:04d}-01")
        total += round_half_up((rate or values.value("bhxh_tn_rate")) * part.income * part.months)
    return total


def count_early_months(periods: Iterable[IncomePeriod], later_since: int) -> int:
    """Count the months before a calendar year."""
    return Timeline(tuple(periods)).months_until(12 * later_since - 1)


def find_overlap(periods: Sequence[IncomePeriod]) -> int | None:
    """The index of the first period that shares a month with one before it in time; None without any."""
    ordered = sorted(range(len(periods)), key=lambda index: (periods[index].first, index))
    for before, after in pairwise(ordered):
        if periods[after].first <= periods[before].last:
            return max(before, after)
    return None


def present_month(values: EstimateValues) -> int:
    """The number of the month of the estimate."""
    return month_number(month_of(values.day))
