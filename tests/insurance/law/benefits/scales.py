"""The scales of Luật BHXH 41/2024/QH15 as values, for the tests of its formulas."""

from decimal import Decimal

from app.insurance.law.benefits.average import AverageIncome, IncomeOfYear, average_income
from app.insurance.law.benefits.lump_sums import LumpScale, PensionerScale
from app.insurance.law.benefits.pension import PensionScale

WOMAN = PensionScale(
    15,
    15,
    Decimal("0.45"),
    Decimal("0.02"),
    Decimal("0.75"),
    Decimal("0.45"),
    Decimal(0),
    30,
    Decimal("0.5"),
    Decimal(2),
)
MAN = PensionScale(
    15,
    20,
    Decimal("0.45"),
    Decimal("0.02"),
    Decimal("0.75"),
    Decimal("0.4"),
    Decimal("0.01"),
    35,
    Decimal("0.5"),
    Decimal(2),
)
LUMP = LumpScale(Decimal("1.5"), Decimal(2))
PENSIONER = PensionerScale(Decimal(48), 2, Decimal("0.5"), Decimal(3))


def flat(income: int, months: int) -> AverageIncome:
    """The average of months with one income, all at the factor 1."""
    return average_income([IncomeOfYear(2026, months, income, Decimal(1))] if months else [])
