"""Retirement age (tuổi nghỉ hưu) by the law's table, as functions of values. No clock, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.values.time import add_months, first_day, month_of


@dataclass(frozen=True, slots=True)
class RetirementAge:
    """An age of retirement and its days. months: of life; last: None while it is in force."""

    first: date
    last: date | None
    months: int


def retirement_month(birth_date: date, ages: Sequence[RetirementAge]) -> str | None:
    """The month (YYYY-MM) of retirement age: that in which somebody is as old as the law of the month asks.

    ages: those of the person's sex, the oldest first. Whoever was old enough before the first of them reached its age
    then. The age rises more slowly than people grow old, so that nobody waits for an age that runs ahead of them.
    Source: Bộ luật Lao động 45/2019/QH14, Article 169.2; Luật BHXH 41/2024/QH15, Article 98; NĐ 159/2025/NĐ-CP,
    Article 7.1. Before 2021: 60 and 55 years, QĐ 595/QĐ-BHXH (2017), Article 9.3.2.
    None where the law says nothing for so late a month.
    """
    born_in = month_of(birth_date)
    for age in ages:
        month = add_months(born_in, age.months)
        if age.last is None or first_day(month) <= age.last:
            return month
    return None


def earliest_month_for_missing(reached_in: str) -> str:
    """The first month in which missing months may be paid for: the one before that of retirement age.

    Source: Luật BHXH 41/2024/QH15, Article 36.3.e.
    """
    return add_months(reached_in, -1)
