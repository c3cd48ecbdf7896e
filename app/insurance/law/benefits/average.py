"""Time paid for (thời gian đóng) and the average of indexed incomes (mức bình quân thu nhập), as functions of values.

Months are counted, incomes are đồng a month. Sums and averages stay exact; only a benefit is rounded, and once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class IncomeOfYear:
    """Months of one calendar year that were paid for with one income.

    factor: by which the incomes of that year are raised (hệ số điều chỉnh); 1 for missing months and for years to come.
    """

    year: int
    months: int
    income: int
    factor: Decimal


@dataclass(frozen=True, slots=True)
class AverageIncome:
    """The average of the indexed incomes of all months: total / months."""

    total: Fraction
    months: int

    @property
    def amount(self) -> Fraction:
        """The average, đồng a month, exact; 0 without a month."""
        return self.total / self.months if self.months else Fraction(0)


def average_income(parts: Iterable[IncomeOfYear]) -> AverageIncome:
    """Average the incomes of all months, each raised by the factor of its year: Σ income × factor × months / Σ months.

    Source: Luật BHXH 41/2024/QH15, Article 104; NĐ 159/2025/NĐ-CP, Article 10.
    """
    listed = list(parts)
    total = sum((part.income * part.months * Fraction(part.factor) for part in listed), Fraction(0))
    return AverageIncome(total, sum(part.months for part in listed))


def count_half_years(months: int) -> int:
    """Count the half years of a time, for the amount of a benefit: 1 to 6 odd months are a half, 7 to 11 a whole year.

    Whether there is a right at all is judged by full years of 12 months.
    Source: Luật BHXH 41/2024/QH15, Article 5.6; NĐ 159/2025/NĐ-CP, Article 14.3.
    """
    years, odd = divmod(months, MONTHS_OF_YEAR)
    return 2 * years + (0 if odd == 0 else 1 if odd <= 6 else 2)


def round_once(amount: Fraction) -> int:
    """Round an exact amount that is not negative to the đồng, half a đồng upwards, as `round_half_up` does."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
