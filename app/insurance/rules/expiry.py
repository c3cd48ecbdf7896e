"""Which values of the law run out soon and have no confirmed successor (quy định sắp hết hạn)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.insurance.rules.rulebook import Rule, Rulebook

NOTICE_DAYS: Final = 60
"""How long before its last day BHXH is reminded of a value."""
_REMEMBERED_DAYS: Final = 365
"""How long a value that ran out without a successor stays in the list: by then nobody misses it."""


@dataclass(frozen=True, slots=True)
class ExpiringRule:
    """A confirmed value whose last day comes, with no confirmed one after it.

    last_day: the last on which it may be paid by. successor: the next one that waits to be confirmed.
    """

    rule: Rule
    last_day: date
    successor: Rule | None


def list_expiring(book: Rulebook, on: date, days: int = NOTICE_DAYS) -> list[ExpiringRule]:
    """List the values that run out within so many days, or have run out within the last year; the first one first."""
    found = []
    for rules in book.rules_by_place():
        for rule in rules:
            last_day = rule.last_confirmed_day
            if last_day is None or not rule.active or not _is_near(last_day, on, days):
                continue
            if not any(_continues(other, rule, last_day) for other in rules):
                found.append(ExpiringRule(rule, last_day, _find_successor(rules, last_day)))
    return sorted(found, key=lambda each: (each.last_day, each.rule.key, each.rule.province_code or ""))


def _is_near(last_day: date, on: date, days: int) -> bool:
    return on - timedelta(days=_REMEMBERED_DAYS) <= last_day <= on + timedelta(days=days)


def _continues(other: Rule, rule: Rule, last_day: date) -> bool:
    """Whether another confirmed value holds on the day after the last."""
    return other is not rule and other.active and other.holds_on(last_day + timedelta(days=1))


def _find_successor(rules: Iterable[Rule], last_day: date) -> Rule | None:
    """The first value after the last day that only waits to be confirmed."""
    waiting = [rule for rule in rules if not rule.active and rule.may_hold_after(last_day)]
    return min(waiting, key=lambda rule: rule.valid_from, default=None)
