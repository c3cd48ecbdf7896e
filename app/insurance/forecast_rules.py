"""Forecasts (dự báo): when a member has to pay next, at what pace they save, and where that leads.

Amounts are đồng. Nothing here knows a clock, a price of the law or a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from app.core.time import month_of
from app.insurance.card_rules import shifted
from app.insurance.plan_rules import amount_needed, day_reached, expected
from app.insurance.premium_rules import pay_by
from app.savings.kinds import Product

LONG, SHORT = 90, 28
"""Days that a pace is measured over; with less than the shorter one behind them, members are believed their pledge."""

PAID: Final = frozenset({"paid", "active"})


class Standing(StrEnum):
    """Whether the savings will do (tiến độ)."""

    SHORT = "short"  # thiếu
    ON_TRACK = "on_track"  # đúng tiến độ
    REACHED = "reached"  # đã đủ


WORST_FIRST: Final = (Standing.SHORT, Standing.ON_TRACK, Standing.REACHED, None)


class Pace(NamedTuple):
    """đồng a day, and whether that is what was saved or what was pledged."""

    a_day: Fraction
    basis: Literal["saved", "pledged"]


@dataclass(frozen=True, slots=True)
class Due:
    """Something to pay. price: đồng by the rules of `on`."""

    on: date
    price: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the savings stand for one payment. needed: for it and those before it.

    expected: what will be there on the day at the present pace; reached_on: when it will be enough, None for never.
    """

    needed: int
    expected: int
    short_by: int
    standing: Standing
    reached_on: date | None
    a_day_needed: int
    days_left: int


def due_of_enrolment(product: str, begins: date, deadline_months: int | None) -> date:
    """The last day to pay for what begins on a day: an enrolment that is not paid, or what follows on one that is.

    deadline_months: of the method (premium_rules.pay_by); None for cards and for what is paid at registration, which
    are due before they begin.
    """
    if product == Product.BHXH_TN and deadline_months is not None:
        return pay_by(month_of(begins), deadline_months)
    return begins - timedelta(days=1)


def begins_on(from_month: date, months: int, paid: bool, covered_to: date | None) -> date:
    """When what is to be paid next begins. covered_to: the last day that a paid enrolment covers, if it is known."""
    if not paid:
        return from_month
    return shifted(from_month, months) if covered_to is None else covered_to + timedelta(days=1)


def due_of_pledge(since: date, today: date) -> date:
    """The end of the year of saving that is running: a pledge buys one year with one year."""
    years = max(1, today.year - since.year)
    end = shifted(since, 12 * years) - timedelta(days=1)
    return end if end >= today else shifted(since, 12 * (years + 1)) - timedelta(days=1)


def pace_of(saved: int, pledged: Fraction, began: date, today: date) -> Pace:
    """How fast a member saves now.

    saved: in the last 90 days, withdrawals subtracted. began: when they joined, or saved for the first time.
    """
    days = (today - began).days + 1
    if days < SHORT and pledged:
        return Pace(pledged, "pledged")
    return Pace(Fraction(saved, min(max(days, SHORT), LONG)), "saved")


def outlooks(available: int, pace: Fraction, dues: Sequence[Due], today: date, last: date) -> list[Outlook]:
    """How it stands for each payment, in the order of their days: what is saved goes to the earliest first.

    last: no later day is named.
    """
    found, needed = [], 0
    for due in dues:
        needed += due.price
        days_left = max(0, (due.on - today).days)
        will, missing = expected(available, pace, days_left), max(0, needed - available)
        on_way = Standing.ON_TRACK if will >= needed else Standing.SHORT
        found.append(
            Outlook(
                needed=needed,
                expected=will,
                short_by=max(0, needed - will) if missing else 0,
                standing=on_way if missing else Standing.REACHED,
                reached_on=day_reached(today, missing, pace, last),
                a_day_needed=amount_needed(missing, max(1, days_left)) or 0,
                days_left=days_left,
            )
        )
    return found


def worst(standings: Sequence[Standing]) -> Standing | None:
    """The worst of several; None of none."""
    return min(standings, key=WORST_FIRST.index, default=None)
