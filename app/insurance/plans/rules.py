"""Savings plans (kế hoạch tiết kiệm): how much how often, how far an amount goes, and when it is enough.

Amounts are đồng. Who saves by the day puts something by on the first day and on the last; who saves by the week or
the month does so at the end of each that is full. Nothing here knows a clock, a price of the law or a database.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from app.insurance.law.card import shift_months
from app.savings.kinds import Per

ROUNDINGS: Final = (500, 1_000)
"""Notes that people put by: what a plan is rounded up to."""

DAYS_OF_YEAR: Final = 365


class PriceSpan(NamedTuple):
    """Days on which one price holds. last: None for the one that has no end; price: None where the law says nothing."""

    first: date
    last: date | None
    price: int | None


def days_between(start: date, due: date) -> int:
    """Days on which something can be put by, the first and the last among them; none when due comes first."""
    return max(0, (due - start).days + 1)


def count_deposits(start: date, day: date, per: Per) -> int:
    """Count how many times something was put by up to a day, this day included."""
    days = days_between(start, day)
    if per is Per.DAY:
        return days
    if per is Per.WEEK:
        return days // 7
    months = 0 if day < start else 12 * (day.year - start.year) + day.month - start.month + 1
    while months and deposit_day(start, months, Per.MONTH) > day:
        months -= 1
    return months // 12 if per is Per.YEAR else months


def deposit_day(start: date, count: int, per: Per) -> date:
    """Compute the day of the *count*th deposit. Raises: ValueError after the year 9999."""
    if per is Per.DAY:
        return start + timedelta(days=count - 1)
    if per is Per.WEEK:
        return start + timedelta(days=7 * count - 1)
    return shift_months(start, count * (12 if per is Per.YEAR else 1)) - timedelta(days=1)


def amount_needed(need: int, times: int) -> int | None:
    """Amount of each deposit so that *need* is there after so many; None when there is none.

    One đồng less would not do.
    """
    return -(-need // times) if times else None


def round_up(amount: int, step: int) -> int:
    """Round up to the next multiple of the step."""
    return -(-amount // step) * step


def units_needed(need: int, income: int, step: Decimal = Decimal(1)) -> Decimal:
    """How many trees, or kilograms, bring in *need*, each of them *income* đồng; in whole steps."""
    return (Decimal(need) / income / step).to_integral_value(rounding=ROUND_CEILING) * step


def find_day_affordable(
    start: date, saved: int, amount: int, per: Per, spans: Iterable[PriceSpan], last: date
) -> date | None:
    """Find the first day, up to *last*, on which the savings reach the price of that day.

    saved: what was there before the first time. spans: in their order, from *start* on.
    """
    for span in spans:
        if span.price is None:
            continue
        times = amount_needed(max(0, span.price - saved), amount) or 0
        begins, ends = max(span.first, start), min(span.last or last, last)
        reached = begins
        if times > count_deposits(start, begins, per):
            if times > count_deposits(start, ends, per):
                continue
            reached = max(begins, deposit_day(start, times, per))
        if reached <= ends:
            return reached
    return None


def convert_to_daily(amount: int, per: Per) -> Fraction:
    """Convert a pledge to đồng a day: a week has 7, a year 365, a month the twelfth part of it."""
    if per is Per.MONTH:
        return Fraction(12 * amount, DAYS_OF_YEAR)
    return Fraction(amount, {Per.DAY: 1, Per.WEEK: 7, Per.YEAR: DAYS_OF_YEAR}[per])


def project_savings(saved: int, pace: Fraction, days: int) -> int:
    """Project the savings after so many more days at this pace, whole đồng; never below 0."""
    return max(0, saved + int(pace * days // 1))


def find_day_reached(today: date, missing: int, pace: Fraction, last: date) -> date | None:
    """Find the day when what is missing will be there at this pace; None when never, or after *last*."""
    if missing <= 0:
        return today
    if pace <= 0:
        return None
    days = -(-missing // pace)
    return today + timedelta(days=int(days)) if days <= (last - today).days else None
