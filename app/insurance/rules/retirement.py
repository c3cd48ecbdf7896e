"""The month of somebody's retirement age, by the dated values of the law."""

from datetime import date

from app.insurance.law.retirement import RetirementAge, retirement_month
from app.insurance.rules.rulebook import Rulebook


def find_retirement_month(book: Rulebook, birth_date: date, sex: str) -> str | None:
    """Find the month (YYYY-MM) in which somebody reaches retirement age; None while the law says nothing for it.

    sex: "female" or "male". Source: as `retirement_month`.
    """
    return retirement_month(birth_date, read_retirement_ages(book, sex))


def read_retirement_ages(book: Rulebook, sex: str) -> list[RetirementAge]:
    """Read the ages of retirement of one sex, the oldest first."""
    rules = book.confirmed_rules(f"retirement_age_months_{sex}")
    return [RetirementAge(rule.valid_from, rule.valid_to, int(rule.value)) for rule in rules]
