"""The bounds of the months that a premium pays for, as functions of values. No clock, no database.

Months are `YYYY-MM`; the day of payment decides what may be paid for.
"""

from datetime import date, timedelta
from functools import lru_cache

from app.core.values.time import add_months, first_day, month_of


def last_month(from_month: str, months: int) -> str:
    """The last of so many months."""
    return add_months(from_month, months - 1)


def count_months_between(earlier: str, later: str) -> int:
    """How many months a month lies after another; negative where it lies before."""
    (year, month), (later_year, later_month) = (map(int, value.split("-")) for value in (earlier, later))
    return (later_year - year) * 12 + later_month - month


def months_late(pay_by: date, paid_on: date) -> int:
    """How many months a payment is late: the months after that of the deadline, the month of payment included.

    Source: QĐ 595/QĐ-BHXH (2017), Article 11.3 with its example 10, until 2026-04-30; later law has no arrears.
    """
    return max(0, count_months_between(month_of(pay_by), month_of(paid_on)))


def first_payable_month(last: str, max_months: int) -> str:
    """The first month in which a period may be paid for that ends with the month `last`.

    max_months: how many months after that of the payment may be paid ahead, in all. Source: Luật BHXH 41/2024/QH15,
    Article 36.2.đ with NĐ 159/2025/NĐ-CP, Article 6.1 (five years at most).
    """
    return add_months(last, -max_months)


def has_reached_age(birth_date: date, years: int, month: date) -> bool:
    """Whether a person has reached an age on the last day of a month. Born on 29 February: on 1 March."""
    return _latest_birth_date(years, month) >= (birth_date.year, birth_date.month, birth_date.day)


@lru_cache(maxsize=256)
def _latest_birth_date(years: int, month: date) -> tuple[int, int, int]:
    """Year, month and day of birth of the youngest who has reached an age on the month's last day."""
    last = first_day(add_months(month_of(month), 1)) - timedelta(days=1)
    return last.year - years, last.month, last.day


def missing_months(years_needed: int, months_paid: int) -> int:
    """How many months are missing to the years that a pension asks for; never below 0.

    Source: Luật BHXH 41/2024/QH15, Article 98; NĐ 159/2025/NĐ-CP, Article 7.1.
    """
    return max(0, 12 * years_needed - months_paid)
