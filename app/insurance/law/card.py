"""Household health insurance (BHYT hộ gia đình): prices, support, validity and refunds, as functions of values.

Amounts are đồng, shares are fractions. Nothing here knows a clock or a database.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Final

from app.core.values.money import round_half_up
from app.core.values.time import add_months, first_day, month_of

CARD_PERIODS: Final = (3, 6, 12)
"""Months that one payment covers. Source: NĐ 188/2025/NĐ-CP, Article 7.8."""

_LONGEST_MONTH: Final = 31

MAX_COUNTED_ORDER: Final = 5
"""Shares fall to the fifth member; whoever comes later pays as the fifth."""


def card_price(rate: Decimal, base_salary: int, share: Decimal, months: int) -> int:
    """Price of one card: rate × base salary on the day of payment × months × share of the member's order.

    share: 1, 0.7, 0.6, 0.5, 0.4 for the first to the fifth member; 1 for whoever the state supports.
    Source: NĐ 188/2025/NĐ-CP, Article 6.5; before it NĐ 146/2018/NĐ-CP, Article 7.1.e.
    """
    return round_half_up(rate * base_salary * months * share)


def card_support(share: Decimal, rate: Decimal, base_salary: Decimal | int, months: int) -> int:
    """What the state pays for a card: share × rate × base salary × months.

    Source: NĐ 188/2025/NĐ-CP, Article 6.6; before it NĐ 146/2018/NĐ-CP, Article 8.
    """
    return round_half_up(share * rate * base_salary * months)


def counted_orders(members: Iterable[tuple[int, bool]]) -> list[int | None]:
    """The order in which each member is counted, from (order as listed, supported) of each.

    Members whom the state supports pay by their own group and are not counted, so that those listed after them move
    up; they get None. Source: NĐ 188/2025/NĐ-CP, Article 6.5 (members joining by household); Luật 51/2024/QH15,
    Article 13.5.
    """
    listed = list(members)
    supported = [order for order, is_supported in listed if is_supported]
    return [
        None if is_supported else order - sum(s < order for s in supported) for order, is_supported in listed
    ]


def find_free_order(taken: Collection[int], declared: int | None) -> int:
    """Find the first order in a household that nobody has taken, not before the declared one."""
    return next(order for order in count(declared or 1) if order not in taken)


@dataclass(frozen=True, slots=True)
class CoverageGap:
    """How long an interruption may be until it counts: for a new beginning, or for five consecutive years.

    days: so many days without a card (90 since 2025-07-01), or None; months: so many months (3 until 2025-06-30; for a
    new beginning, within the financial year).
    """

    days: int | None
    months: int


def starts_new_coverage(paid_on: date, covered_until: date | None, gap: CoverageGap) -> bool:
    """Whether a card is the first one, or the first after an interruption that counts.

    covered_until: last day of the member's last card; None when there was none.
    Source: Luật 51/2024/QH15, Article 16.3.c; before it QĐ 595/QĐ-BHXH (2017), Article 47.2.2.
    """
    if covered_until is None:
        return True
    uncovered_from = covered_until + timedelta(days=1)
    if gap.days is not None:
        return (paid_on - uncovered_from).days >= gap.days
    within_year = max(uncovered_from, date(paid_on.year, 1, 1))
    return shift_months(within_year, gap.months) <= paid_on


def breaks_five_years(begins: date, covered_until: date, gap: CoverageGap) -> bool:
    """Whether an interruption until a card begins breaks the five consecutive years of health insurance.

    The time without a card counts, that of waiting for it included: more than 90 days, or more than three months in
    whichever financial year (`starts_new_coverage` is another rule: until the payment, 90 days or more, and in months
    of one financial year). gap: by the law of the day of payment.
    Source: NĐ 188/2025/NĐ-CP, Article 18.1.a ("gián đoạn trong vòng 90 ngày"); before it NĐ 146/2018/NĐ-CP, Article
    12.5 ("thời gian sử dụng ghi trên thẻ lần sau nối tiếp lần trước; gián đoạn tối đa không quá 03 tháng").
    """
    uncovered_from = covered_until + timedelta(days=1)
    if gap.days is not None:
        return (begins - uncovered_from).days > gap.days
    return shift_months(uncovered_from, gap.months) < begins


@dataclass(frozen=True, slots=True)
class CardChain:
    """Cards that follow on one another without a day between them.

    anchor: first day of the first; months: of all together. Their ends are counted from the anchor, so that four cards
    of three months end with the one card of twelve, whatever month has no 31st.
    """

    anchor: date
    months: int

    def end_after(self, months: int) -> date:
        """The last day of a further card of so many months."""
        return shift_months(self.anchor, self.months + months) - timedelta(days=1)


@lru_cache(maxsize=4096)
def card_validity(
    paid_on: date,
    covered_until: date | None,
    months: int,
    gap: CoverageGap,
    wait_days: int,
    chain: CardChain | None = None,
) -> tuple[date, date]:
    """First and last day of a card: `wait_days` (30) after payment for a new beginning, else at once.

    A card paid for before the last one ends, or on the day after, follows on it. chain: of the card that ends with
    `covered_until`, where it is known; else, and after any interruption, the months are counted from the card's own
    first day.
    Source: Luật 51/2024/QH15, Article 16.3.c; NĐ 188/2025/NĐ-CP, Articles 13.9 and 13.10.
    """
    if starts_new_coverage(paid_on, covered_until, gap):
        begins = paid_on + timedelta(days=wait_days)
    else:
        assert covered_until is not None  # noqa: S101 - without one it begins anew
        begins = max(paid_on, covered_until + timedelta(days=1))
        if chain is not None and begins == covered_until + timedelta(days=1):
            return begins, chain.end_after(months)
    return begins, CardChain(begins, 0).end_after(months)


def may_be_of_later_day(begins: date) -> bool:
    """Whether a card that begins on this day may follow on one of a later day of the month: it is the month's last."""
    return begins.day < _LONGEST_MONTH and (begins + timedelta(days=1)).day == 1


def card_refund(paid: int, months: int, remaining: int) -> int:
    """The person's own money of the whole months that are left, when the law gives it back.

    paid: what the person paid for all the months, without support. Whether a refund is due is a dated rule.
    """
    return round_half_up(Decimal(paid * remaining) / months)


def shift_months(day: date, months: int) -> date:
    """Shift a day by months; the last day of the month where there is no such day."""
    month = add_months(month_of(day), months)
    last = (first_day(add_months(month, 1)) - timedelta(days=1)).day
    return first_day(month).replace(day=min(day.day, last))
