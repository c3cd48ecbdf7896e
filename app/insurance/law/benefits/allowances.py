"""The monthly allowance of those without a pension (trợ cấp hằng tháng) until the social pension. Amounts are đồng.

Nothing here knows a clock or a database.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.insurance.law.benefits.average import AverageIncome, count_half_years, round_once


@dataclass(frozen=True, slots=True)
class MonthlyAllowance:
    """The allowance a month and for how many months.

    covered: Ttt, the months that the money paid lasts for at the social pension's amount; until: Tđt, those until the
    social pension. top_up: STmlct, what may be paid at once to have it until then; 0 when it lasts.
    """

    amount: int
    months: int
    covered: int
    until: int
    top_up: int


def monthly_allowance(
    average: AverageIncome, months: int, factor: Decimal, social_pension: int, until: int
) -> MonthlyAllowance:
    """The allowance of somebody of retirement age with less than 15 years, and at least one.

    Ttt = average × factor (2) × years / social pension, a part of a month counted as one. If it lasts longer than until
    the social pension, the amount a month is raised: TCu = TC + (Ttt − Tđt) × TC / Tđt.
    until: months from the request to the age of the social pension, at least 1.
    Source: Luật BHXH 41/2024/QH15, Article 23; NĐ 159/2025/NĐ-CP, Articles 14.3, 14.5 and 14.8.
    """
    years = Fraction(count_half_years(months), 2)
    exact = average.amount * Fraction(factor) * years / social_pension
    covered = -(-exact.numerator // exact.denominator)
    if covered > until:
        amount = round_once(social_pension + Fraction((covered - until) * social_pension, until))
        return MonthlyAllowance(amount, until, covered, until, 0)
    return MonthlyAllowance(social_pension, covered, covered, until, (until - covered) * social_pension)
