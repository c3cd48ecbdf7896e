"""How long insurance holds: days and months covered, unbroken time, five consecutive years, the months with support.

Nothing here knows a clock or a database. A span's last day is what a refund left of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values.time import add_months, first_day, month_of
from app.insurance.law.card import CoverageGap, shift_months, starts_new_coverage

CONSECUTIVE_MONTHS = 60
"""Five consecutive years of health insurance: NĐ 188/2025/NĐ-CP, Article 10.1."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CoverageSpan:
    """Days that one payment covers, first to last; since: first day of the unbroken insurance that they continue."""

    first: date
    last: date
    since: date


def month_range_days(from_month: date, months: int) -> tuple[date, date]:
    """First and last day of a number of calendar months: what a premium of social insurance pays for."""
    return from_month, first_day(add_months(month_of(from_month), months)) - _DAY


def last_covered_day(spans: Iterable[CoverageSpan], declared: date | None) -> date | None:
    """The last day covered so far. declared: by the union, of a card from elsewhere."""
    return max((day for day in (declared, *(span.last for span in spans)) if day is not None), default=None)


def unbroken_since(spans: Sequence[CoverageSpan]) -> date | None:
    """The first day of the last span's unbroken insurance, spans that were paid for later included."""
    since: date | None = None
    for span in sorted(spans, key=lambda span: span.first, reverse=True):
        if since is not None and span.last + _DAY < since:
            break
        since = span.since if since is None else min(since, span.since)
    return since


def premium_unbroken_since(begins: date, spans: Sequence[CoverageSpan], declared: date | None) -> date:
    """Since when voluntary social insurance that begins on a day is unbroken: no month between is left out.

    declared: first day of the unbroken insurance before, as the union says it.
    """
    earlier = [span for span in spans if span.first < begins]
    if any(span.last + _DAY == begins for span in earlier):
        return min(day for day in (unbroken_since(earlier), declared, begins) if day is not None)
    return begins if earlier or declared is None else min(declared, begins)


def card_unbroken_since(
    begins: date,
    paid_on: date,
    spans: Sequence[CoverageSpan],
    declared: tuple[date | None, date | None],
    gap: CoverageGap,
) -> date:
    """Since when health insurance that begins on a day is unbroken: an interruption below the limit does not break it.

    declared: first and last day of a card from elsewhere, as the union says them.
    Source: NĐ 188/2025/NĐ-CP, Article 10.1; Luật 51/2024/QH15, Article 16.3.c (90 days since 2025-07-01).
    """
    declared_first, declared_last = declared
    candidates = [begins]
    earlier = [span for span in spans if span.first < begins]
    last_own_day = last_covered_day(earlier, None)
    if last_own_day is not None and not starts_new_coverage(paid_on, last_own_day, gap):
        candidates.append(unbroken_since(earlier) or begins)
    if (
        declared_first is not None
        and declared_last is not None
        and not starts_new_coverage(paid_on, last_covered_day(earlier, declared_last), gap)
    ):
        candidates.append(declared_first)
    return min(candidates)


def five_years_from(since: date) -> date:
    """The day from which five consecutive years of health insurance are complete, if it stays unbroken."""
    return shift_months(since, CONSECUTIVE_MONTHS)


def count_months_begun(begins: date, months: int, day: date) -> int:
    """How many of a period's months have begun before a day; the months of a card run from its own first day."""
    return sum(shift_months(begins, month) < day for month in range(months))


def last_used_day(begins: date, used: int) -> date:
    """The last day of the used months of a period; the day before its first when none is used."""
    return shift_months(begins, used) - _DAY


def supported_months_left(maximum: int, used: int) -> int:
    """How many months the state still supports in a lifetime. Source: NĐ 159/2025/NĐ-CP, Article 5.2."""
    return max(0, maximum - used)
