"""How long insurance holds: days and months covered, unbroken time, five consecutive years, the months with support.

Nothing here knows a clock or a database. A span's last day is what a refund left of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.time import add_months, first_day, month_of
from app.insurance.card_rules import Gap, begins_anew, shifted

CONSECUTIVE_MONTHS = 60
"""Five consecutive years of health insurance: NĐ 188/2025/NĐ-CP, Article 10.1."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days that one payment covers, first to last, and since when the insurance had been unbroken at its beginning."""

    first: date
    last: date
    since: date


def months_from(from_month: date, months: int) -> tuple[date, date]:
    """First and last day of so many calendar months: what a premium of social insurance pays for."""
    return from_month, first_day(add_months(month_of(from_month), months)) - _DAY


def last_day(spans: Iterable[Span], declared: date | None) -> date | None:
    """The last day covered so far. declared: by the union, of a card from elsewhere."""
    return max((day for day in (declared, *(span.last for span in spans)) if day is not None), default=None)


def unbroken_since(spans: Sequence[Span]) -> date | None:
    """Since when the last span's insurance has been unbroken, spans that were paid for later included."""
    since: date | None = None
    for span in sorted(spans, key=lambda span: span.first, reverse=True):
        if since is not None and span.last + _DAY < since:
            break
        since = span.since if since is None else min(since, span.since)
    return since


def premium_since(begins: date, spans: Sequence[Span], declared: date | None) -> date:
    """Since when voluntary social insurance that begins on a day is unbroken: no month between is left out.

    declared: first day of the unbroken insurance before, as the union says it.
    """
    before = [span for span in spans if span.first < begins]
    if any(span.last + _DAY == begins for span in before):
        return min(day for day in (unbroken_since(before), declared, begins) if day is not None)
    return begins if before or declared is None else min(declared, begins)


def card_since(
    begins: date, paid_on: date, spans: Sequence[Span], declared: tuple[date | None, date | None], gap: Gap
) -> date:
    """Since when health insurance that begins on a day is unbroken: an interruption below the limit does not break it.

    declared: first and last day of a card from elsewhere, as the union says them.
    Source: NĐ 188/2025/NĐ-CP, Article 10.1; Luật 51/2024/QH15, Article 16.3.c (90 days since 2025-07-01).
    """
    first, last = declared
    found = [begins]
    before = [span for span in spans if span.first < begins]
    own = last_day(before, None)
    if own is not None and not begins_anew(paid_on, own, gap):
        found.append(unbroken_since(before) or begins)
    if first is not None and last is not None and not begins_anew(paid_on, last_day(before, last), gap):
        found.append(first)
    return min(found)


def five_years_from(since: date) -> date:
    """The day from which five consecutive years of health insurance are complete, if it stays unbroken."""
    return shifted(since, CONSECUTIVE_MONTHS)


def months_begun(begins: date, months: int, before: date) -> int:
    """How many of a period's months have begun before a day; the months of a card run from its own first day."""
    return sum(shifted(begins, month) < before for month in range(months))


def last_day_left(begins: date, used: int) -> date:
    """The last day of the used months of a period; the day before its first when none is used."""
    return shifted(begins, used) - _DAY


def supported_left(most: int, used: int) -> int:
    """How many months the state still supports in a lifetime. Source: NĐ 159/2025/NĐ-CP, Article 5.2."""
    return max(0, most - used)
