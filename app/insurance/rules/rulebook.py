"""The insurance rules in force on a day, and a record of which of them an answer used."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final
from uuid import UUID

from app.core.errors import InvalidInput
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.names import name_rule

RulesOnDay = tuple["Rule | None", "Rule | None"]

_MAX_CACHED_LOOKUPS: Final = 20_000
_MAX_CACHED_ANSWERS: Final = 2_000


@dataclass(frozen=True)
class Rule:
    """One value from one day to another; active: confirmed, and therefore used.

    confirmed_to: the last day for which its legal basis is known to hold, where that is known: it is quoted beyond, but
    nothing is paid by it.
    """

    id: UUID
    key: str
    value: Decimal
    province_code: str | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    active: bool
    confirmed_to: date | None = None

    @property
    def last_confirmed_day(self) -> date | None:
        """The last day on which something may be paid by it; None: until further notice."""
        return min((day for day in (self.valid_to, self.confirmed_to) if day is not None), default=None)

    def may_hold_after(self, day: date) -> bool:
        """Whether it begins at last on the day after, or holds at some time after it; not of one that was withdrawn."""
        is_withdrawn = self.valid_to is not None and self.valid_to < self.valid_from
        return not is_withdrawn and (self.valid_to is None or self.valid_to > day)

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its time."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @cached_property
    def json_text(self) -> str:
        """The rule as an answer names it, as JSON text that is built once."""
        fields = {
            "key": self.key,
            "value": format_decimal(self.value),
            "effective_from": self.valid_from.isoformat(),
            "legal_basis": self.legal_basis,
            "id": str(self.id),
            "assumed": False,
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


class Rulebook:
    """All rules, as of one moment. Of one key and place, no two active rules hold on one day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, str | None], list[Rule]] = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.valid_from, reverse=True):
            self._rules[rule.key, rule.province_code].append(rule)
        self._answer_cache: dict[tuple[str, ...], str] = {}
        self._rules_on_cache: dict[tuple[str, date, str | None], RulesOnDay] = {}

    def cached_answer(self, cache_key: tuple[str, ...], compute: Callable[[], str]) -> str:
        """Return the cached answer for a key, computing it once: under the same rules it never changes."""
        cached = self._answer_cache.get(cache_key)
        if cached is None:
            cached = compute()
            if len(self._answer_cache) >= _MAX_CACHED_ANSWERS:
                self._answer_cache.clear()
            self._answer_cache[cache_key] = cached
        return cached

    def rules_on(self, key: str, day: date, province: str | None = None) -> RulesOnDay:
        """Return the rule in force on the day, and the unconfirmed one that would be."""
        cache_key = (key, day, province)
        on_day = self._rules_on_cache.get(cache_key)
        if on_day is None:
            if len(self._rules_on_cache) >= _MAX_CACHED_LOOKUPS:
                self._rules_on_cache.clear()
            rules = [rule for rule in self._rules.get((key, province), ()) if rule.holds_on(day)]
            active = next((rule for rule in rules if rule.active), None)
            on_day = active, next((rule for rule in rules if not rule.active), None)
            self._rules_on_cache[cache_key] = on_day
        return on_day

    def confirmed_rules(self, key: str) -> list[Rule]:
        """List the state's confirmed values of a key, the oldest first."""
        return [rule for rule in reversed(self._rules.get((key, None), ())) if rule.active]

    def known_since(self, key: str) -> date | None:
        """The first day of the state's oldest value of a key, confirmed or not; None when there is none."""
        rules = self._rules.get((key, None))
        return rules[-1].valid_from if rules else None

    def rules_by_place(self) -> Iterable[list[Rule]]:
        """The rules of each key and place, the latest first."""
        return self._rules.values()

    def change_days(self, after: date, last: date, province: str | None = None) -> list[date]:
        """List the days after one, up to another, on which a confirmed value of state or province begins or ends."""
        days = {
            day
            for (_, place), rules in self._rules.items()
            if place is None or place == province
            for rule in rules
            if rule.active
            for day in (rule.valid_from, rule.valid_to and rule.valid_to + timedelta(days=1))
            if day is not None and after < day <= last
        }
        return sorted(days)


class RuleLookup:
    """Looks up rule values for one day and records which were used.

    unconfirmed: values that only wait to be confirmed; run_out: those that were used after the last day for which they
    are confirmed. province: whose extras are asked for. assumed: values for a what-if, in place of the rules'.
    """

    def __init__(
        self,
        book: Rulebook,
        day: date,
        province: str | None = None,
        assumed: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.day = day
        self.book, self._province, self._assumed = book, province, assumed or {}
        self.used_rules: dict[str, Rule | Decimal] = {}
        self.unconfirmed: list[Rule] = []
        self.run_out: list[Rule] = []
        self.assumed = False

    def value(self, key: str) -> Decimal:
        """Return the state's value. Raises: InvalidInput at /payment_date when none is in force on the day."""
        value = self._find(key, None)
        if value is None:
            name = name_rule(key)
            raise InvalidInput.at(
                "/payment_date",
                "rule_missing",
                vi=f"Ngày {self.day:%d/%m/%Y} chưa có quy định được BHXH xác nhận về {name.vi}.",
                en=f"On {self.day.isoformat()} there is no confirmed rule for {name.en}.",
            )
        return value

    def int_value(self, key: str) -> int:
        """Return the state's value as an integer: đồng, months, days."""
        return int(self.value(key))

    def optional_value(self, key: str) -> Decimal | None:
        """Return the state's value, or None when none is in force on the day."""
        return self._find(key, None)

    def province_value(self, key: str) -> Decimal:
        """Return the province's value; 0 when it has none, or no province was named."""
        value = self._find(key, self._province) if self._province or key in self._assumed else None
        return Decimal(0) if value is None else value

    def validity_of(self, key: str) -> tuple[date, date | None] | None:
        """First and last day of a value that was looked up; None for an assumed one, which has none."""
        used = self.used_rules.get(key)
        return (used.valid_from, used.valid_to) if isinstance(used, Rule) else None

    def _find(self, key: str, province: str | None) -> Decimal | None:
        used = self.used_rules.get(key)
        if used is not None:
            return used.value if isinstance(used, Rule) else used
        if key in self._assumed:
            value = self._assumed[key]
            self.used_rules[key] = value
            self.assumed = True
            return value
        rule, unconfirmed_rule = self.book.rules_on(key, self.day, province)
        if unconfirmed_rule is not None and unconfirmed_rule not in self.unconfirmed:
            self.unconfirmed.append(unconfirmed_rule)
        if rule is None:
            return None
        self.used_rules[key] = rule
        if rule.confirmed_to is not None and self.day > rule.confirmed_to:
            self.run_out.append(rule)
        return rule.value
