"""The law's values as they stood on a day, and which of them an answer used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
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


class Rulebook:
    """All rules, as of one moment. Of one key and place, no two active rules hold on one day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, str | None], list[Rule]] = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.valid_from, reverse=True):
            self._rules[rule.key, rule.province_code].append(rule)

    def on(self, key: str, day: date, province: str | None = None) -> Rule | None:
        """The rule in force on the day."""
        rules = self._rules.get((key, province), ())
        return next((rule for rule in rules if rule.active and rule.holds_on(day)), None)

    def awaiting(self, key: str, day: date, province: str | None = None) -> Rule | None:
        """A rule that would hold on the day, had it been confirmed."""
        rules = self._rules.get((key, province), ())
        return next((rule for rule in rules if not rule.active and rule.holds_on(day)), None)


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
        if key in self._assumed:
            value = self._assumed[key]
            self.used[key] = value
            return value
        if (found := self.used.get(key)) is not None:
            return found.value if isinstance(found, Rule) else found
        if (waits := self._book.awaiting(key, self.day, province)) is not None:
            self.awaiting.append(waits)
        rule = self._book.on(key, self.day, province)
        if rule is None:
            return None
        self.used[key] = rule
        return rule.value
