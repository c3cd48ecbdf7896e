"""How long insurance holds: days and months covered, unbroken time, five consecutive years, the months with support.

Nothing here knows a clock or a database. A span's last day is what a refund left of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values.time import add_months, first_day, month_of
from app.insurance.law.card import CardChain, CoverageGap, breaks_five_years, shift_months

CONSECUTIVE_MONTHS = 60
"""Five consecutive years of health insurance, whose day the card shows: NĐ 188/2025/NĐ-CP, Article 10.1.

What counts as consecutive is said elsewhere: Article 18.1.a (`app.insurance.law.card.breaks_five_years`).
"""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CoverageSpan:
    """Days that one payment covers, first to last; since: first day of the unbroken insurance that they continue.

    months: that were paid for; None when a refund ended them early.
    """

    first: date
    last: date
    since: date
    months: int | None = None


def month_range_days(from_month: date, months: int) -> tuple[date, date]:
    """First and last day of a number of calendar months: what a premium of social insurance pays for."""
    return from_month, first_day(add_months(month_of(from_month), months)) - _DAY


def last_covered_day(spans: Iterable[CoverageSpan], declared: date | None) -> date | None:
    """The last day covered so far. declared: by the union, of a card from elsewhere."""
    return max((day for day in (declared, *(span.last for span in spans)) if day is not None), default=None)


def find_stop_month(last_day: date) -> str:
    """The month in which insurance stops (tháng dừng), YYYY-MM: that of the first day without it.

    Whole months that end with October stop in November, a card whose last day is 30 October in October. The guide to
    C21-TS of QĐ 366/QĐ-BHXH tells apart the months up to which (đến hết tháng) somebody takes part and the stop.
    """
    return month_of(last_day + _DAY)


def find_stop_days(first_month: str, last_month: str) -> tuple[date, date]:
    """The earliest and the latest last day of insurance that stops within these months."""
    return first_day(first_month) - _DAY, first_day(add_months(last_month, 1)) - 2 * _DAY


def find_card_chain(spans: Iterable[CoverageSpan], until: date | None) -> CardChain | None:
    """Find the chain of recorded cards whose last one ends on a day.

    None where no recorded card ends on it, or where a refund ended that one early: what follows is counted anew.
    """
    chain: CardChain | None = None
    for span in sorted(spans, key=lambda span: span.first, reverse=True):
        if until is None or (chain is not None and span.last != until):
            break
        if span.last == until:
            if span.months is None:
                break
            chain = CardChain(span.first, span.months + (0 if chain is None else chain.months))
            until = span.first - _DAY
    return chain


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
    spans: Sequence[CoverageSpan],
    declared: tuple[date | None, date | None],
    gap: CoverageGap,
) -> date:
    """Since when health insurance that begins on a day is unbroken: an interruption below the limit does not break it.

    declared: first and last day of a card from elsewhere, as the union says them.
    gap: which interruption breaks it. Source: see `app.insurance.law.card.breaks_five_years`.
    """
    declared_first, declared_last = declared
    candidates = [begins]
    earlier = [span for span in spans if span.first < begins]
    last_own_day = last_covered_day(earlier, None)
    if last_own_day is not None and not breaks_five_years(begins, last_own_day, gap):
        candidates.append(unbroken_since(earlier) or begins)
    if (
        declared_first is not None
        and declared_last is not None
        and not breaks_five_years(begins, max(declared_last, last_own_day or declared_last), gap)
    ):
        candidates.append(declared_first)
    return min(candidates)


def five_years_from(since: date) -> date:
    """The day from which five consecutive years of health insurance are complete, if it stays unbroken."""
    return shift_months(since, CONSECUTIVE_MONTHS)


def count_months_begun(begins: date, months: int, day: date, chain: CardChain | None = None) -> int:
    """How many of a period's months have begun before a day.

    The months of a card run from its own first day, or from the anchor of the chain that it follows on.
    """
    before = CardChain(begins, 0) if chain is None else chain
    return sum(before.end_after(month) + _DAY < day for month in range(months))


def find_months_within(
    begins: date, months: int, validity: tuple[date, date | None], chain: CardChain | None = None
) -> tuple[int, int]:
    """How many of a period's months end before a time, and how many have a day in it.

    validity: its first and last day, None for no last one. The months run as in `count_months_begun`.
    """
    first, last = validity
    before = CardChain(begins, 0) if chain is None else chain
    ended = sum(before.end_after(month + 1) < first for month in range(months))
    begun = months if last is None else count_months_begun(begins, months, last + _DAY, chain)
    return ended, max(0, begun - ended)


def last_used_day(begins: date, used: int, chain: CardChain | None = None) -> date:
    """The last day of the used months of a period; the day before its first when none is used."""
    return (CardChain(begins, 0) if chain is None else chain).end_after(used)


def supported_months_left(maximum: int, used: int) -> int:
    """How many months the state still supports in a lifetime. Source: NĐ 159/2025/NĐ-CP, Article 5.2."""
    return max(0, maximum - used)
