"""The law's values as they stood on a day, and which of them an answer used."""

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
from app.insurance.rule_keys import plain

Found = tuple["Rule | None", "Rule | None"]

_MOST_REMEMBERED: Final = 20_000
_MOST_ANSWERS: Final = 2_000


@dataclass(frozen=True)
class Rule:
    """One value from one day to another; active: confirmed, and therefore used."""

    id: UUID
    key: str
    value: Decimal
    province_code: str | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    active: bool

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its time."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @cached_property
    def told(self) -> str:
        """How an answer names it, as JSON text made once: answers are many and rules few."""
        shown = {
            "key": self.key,
            "value": plain(self.value),
            "effective_from": self.valid_from.isoformat(),
            "legal_basis": self.legal_basis,
            "id": str(self.id),
            "assumed": False,
        }
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


class Rulebook:
    """All rules, as of one moment. Of one key and place, no two active rules hold on one day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, str | None], list[Rule]] = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.valid_from, reverse=True):
            self._rules[rule.key, rule.province_code].append(rule)
        self._answers: dict[tuple[str, ...], str] = {}
        self._remembered: dict[tuple[str, date, str | None], Found] = {}

    def answer(self, question: tuple[str, ...], work_out: Callable[[], str]) -> str:
        """The answer to a question under these rules: many people ask the same, and it depends on nothing else."""
        found = self._answers.get(question)
        if found is None:
            found = work_out()
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[question] = found
        return found

    def on(self, key: str, day: date, province: str | None = None) -> Found:
        """The rule in force on the day, and the one that would be, had it been confirmed."""
        asked = (key, day, province)
        found = self._remembered.get(asked)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            rules = [rule for rule in self._rules.get((key, province), ()) if rule.holds_on(day)]
            active = next((rule for rule in rules if rule.active), None)
            found = active, next((rule for rule in rules if not rule.active), None)
            self._remembered[asked] = found
        return found

    def changes(self, after: date, last: date, province: str | None = None) -> list[date]:
        """The days after one, up to another, on which a confirmed value of state or province begins or has ended."""
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


class Reading:
    """Looks values up for one day and remembers them.

    province: whose extras are asked for. assumed: values for a what-if, in place of the rules'.
    """

    def __init__(
        self,
        book: Rulebook,
        day: date,
        province: str | None = None,
        assumed: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.day = day
        self._book, self._province, self._assumed = book, province, assumed or {}
        self.used: dict[str, Rule | Decimal] = {}
        self.awaiting: list[Rule] = []
        self.assumed = False

    def value(self, key: str) -> Decimal:
        """The state's value. Raises: InvalidInput at /payment_date when none is in force on the day."""
        found = self._find(key, None)
        if found is None:
            raise InvalidInput.at(
                "/payment_date",
                "rule_missing",
                vi=f"Ngày này chưa có quy định được xác nhận cho {key}.",
                en=f"On this day there is no confirmed rule for {key}.",
            )
        return found

    def whole(self, key: str) -> int:
        """The state's value that has no fraction: đồng, months, days."""
        return int(self.value(key))

    def optional(self, key: str) -> Decimal | None:
        """The state's value, or None when the law has none on the day."""
        return self._find(key, None)

    def addition(self, key: str) -> Decimal:
        """What the province adds; 0 when it adds nothing, or no province was named."""
        found = self._find(key, self._province) if self._province or key in self._assumed else None
        return Decimal(0) if found is None else found

    def _find(self, key: str, province: str | None) -> Decimal | None:
        used = self.used.get(key)
        if used is not None:
            return used.value if isinstance(used, Rule) else used
        if key in self._assumed:
            value = self._assumed[key]
            self.used[key] = value
            self.assumed = True
            return value
        rule, waits = self._book.on(key, self.day, province)
        if waits is not None and waits not in self.awaiting:
            self.awaiting.append(waits)
        if rule is None:
            return None
        self.used[key] = rule
        return rule.value
