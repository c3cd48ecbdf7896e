"""Forecasts (dự báo): when a member's next payments are due, how fast they save, and whether the savings suffice.

Amounts are đồng. Nothing here knows a clock, a price of the law or a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from app.core.values.time import month_of
from app.insurance.law.card import shift_months
from app.insurance.law.premium import payment_deadline
from app.insurance.plans.rules import amount_needed, find_day_reached, project_savings
from app.savings.kinds import Product

LONG_PACE_DAYS, SHORT_PACE_DAYS = 90, 28
"""Days that a pace is measured over; for members who joined less than the shorter one ago, the pledge is used."""

PAID_STATUSES: Final = frozenset({"paid", "active"})


class ForecastStatus(StrEnum):
    """Whether the savings suffice (tiến độ)."""

    SHORT = "short"  # thiếu
    ON_TRACK = "on_track"  # đúng tiến độ
    REACHED = "reached"  # đã đủ


WORST_STATUS_FIRST: Final = (ForecastStatus.SHORT, ForecastStatus.ON_TRACK, ForecastStatus.REACHED, None)


class Pace(NamedTuple):
    """đồng a day, and whether that is what was saved or what was pledged."""

    per_day: Fraction
    basis: Literal["saved", "pledged"]


@dataclass(frozen=True, slots=True)
class PricedDueDate:
    """A payment that is due. price: đồng by the rules of `on`."""

    on: date
    price: int


@dataclass(frozen=True, slots=True)
class PaymentForecast:
    """The forecast for one payment. needed: for it and those before it.

    expected: what will be there on the day at the present pace; reached_on: when it will be enough, None for never.
    """

    needed: int
    expected: int
    short_by: int
    status: ForecastStatus
    reached_on: date | None
    per_day_needed: int
    days_left: int


def enrolment_due_date(product: str, begins: date, deadline_months: int | None) -> date:
    """Compute the last day to pay for what begins on a day: an unpaid enrolment, or what follows on a paid one.

    deadline_months: see app.insurance.law.premium.payment_deadline; None for cards and for what is paid at
    registration, which are due before they begin.
    """
    if product == Product.BHXH_TN and deadline_months is not None:
        return payment_deadline(month_of(begins), deadline_months)
    return begins - timedelta(days=1)


def next_start_date(from_month: date, months: int, paid: bool, covered_to: date | None) -> date:
    """Compute when the next payment's period begins. covered_to: last day that a paid enrolment covers, if known."""
    if not paid:
        return from_month
    return shift_months(from_month, months) if covered_to is None else covered_to + timedelta(days=1)


def pledge_due_date(since: date, today: date) -> date:
    """Compute the end of the current year of saving: a pledge buys one year with one year."""
    years = max(1, today.year - since.year)
    end = shift_months(since, 12 * years) - timedelta(days=1)
    return end if end >= today else shift_months(since, 12 * (years + 1)) - timedelta(days=1)


def measure_pace(saved: int, pledged: Fraction, saving_since: date, today: date) -> Pace:
    """Measure how fast a member saves now.

    saved: in the last 90 days, withdrawals subtracted. saving_since: when they joined, or saved for the first time.
    """
    days = (today - saving_since).days + 1
    if days < SHORT_PACE_DAYS and pledged:
        return Pace(pledged, "pledged")
    return Pace(Fraction(saved, min(max(days, SHORT_PACE_DAYS), LONG_PACE_DAYS)), "saved")


def forecast_payments(
    available: int, pace: Fraction, dues: Sequence[PricedDueDate], today: date, last: date
) -> list[PaymentForecast]:
    """Forecast each payment, in the order of their days: savings go to the earliest first.

    last: no later day is named.
    """
    forecasts, needed = [], 0
    for due in dues:
        needed += due.price
        days_left = max(0, (due.on - today).days)
        projected, missing = project_savings(available, pace, days_left), max(0, needed - available)
        unreached_status = ForecastStatus.ON_TRACK if projected >= needed else ForecastStatus.SHORT
        forecasts.append(
            PaymentForecast(
                needed=needed,
                expected=projected,
                short_by=max(0, needed - projected) if missing else 0,
                status=unreached_status if missing else ForecastStatus.REACHED,
                reached_on=find_day_reached(today, missing, pace, last),
                per_day_needed=amount_needed(missing, max(1, days_left)) or 0,
                days_left=days_left,
            )
        )
    return forecasts


def worst_status(statuses: Sequence[ForecastStatus]) -> ForecastStatus | None:
    """Return the worst of several statuses; None of none."""
    return min(statuses, key=WORST_STATUS_FIRST.index, default=None)
