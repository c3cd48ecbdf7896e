"""The price of one thing from day to day, and the rules by which it changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.insurance.law.results import Quote
from app.insurance.plans.rules import PriceSpan, amount_needed, days_between
from app.insurance.quotes.service import calculate_quote
from app.insurance.quotes.terms import QuoteTerms
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.savings.kinds import Product


class DayQuote(NamedTuple):
    """A quote of one day. raised: the requested income is below the minimum of that day, which was used instead."""

    quote: Quote
    income: int | None
    lookup: RuleLookup
    raised: bool

    @property
    def amount(self) -> int:
        """What the person pays, đồng."""
        return self.quote.shares.participant_pays


class PriceChange(NamedTuple):
    """A day on which the price changes. rules: key, before, after."""

    day: date
    before: int
    after: int
    rules: list[tuple[str, Rule | None, Rule | None]]


class Prices:
    """The price of one thing by the rules of each day, as the person pays it.

    terms: what is bought. Without an income it is the lowest of the day; one that was enough on *start* is raised with
    the minimum. province: whose extras are added; assumed: values of a what-if.
    """

    def __init__(
        self,
        book: Rulebook,
        terms: QuoteTerms,
        start: date,
        province: str | None = None,
        assumed: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.book, self.terms, self._start = book, terms, start
        self._province, self._assumed = province, assumed or {}
        self._quotes: dict[date, DayQuote] = {}

    def quote_on(self, day: date) -> DayQuote:
        """Quote by the rules of a day. Raises: InvalidInput as that quote, with the day named as /due_date."""
        quoted = self._quotes.get(day)
        if quoted is None:
            quoted = self._quotes[day] = self._calculate(day, {})
        return quoted

    def find_quote_on(self, day: date) -> DayQuote | None:
        """Quote by the rules of a day; None where the law gives no price."""
        try:
            return self.quote_on(day)
        except InvalidInput:
            return None

    def quote_if_confirmed(self, day: date) -> tuple[DayQuote, list[Rule]] | None:
        """Quote with the values that await confirmation, and list these values; None when the price is the same."""
        quoted = self.find_quote_on(day)
        if quoted is None or not quoted.lookup.unconfirmed:
            return None
        unconfirmed = {rule.key: rule for rule in quoted.lookup.unconfirmed}
        try:
            confirmed = self._calculate(day, {key: rule.value for key, rule in unconfirmed.items()})
        except InvalidInput:
            return None
        if confirmed.amount == quoted.amount:
            return None
        return confirmed, [
            rule
            for key, rule in unconfirmed.items()
            if self._changes_price(day, key, rule.value, quoted.amount)
        ]

    def list_changes(self, start: date, last: date) -> list[PriceChange]:
        """List the days after *start* and up to *last* on which the price changes, with the confirmed rules."""
        changes = []
        for day in self._find_change_days(start, last):
            before, after = self.find_quote_on(day - timedelta(days=1)), self.find_quote_on(day)
            if before is not None and after is not None and before.amount != after.amount:
                changes.append(
                    PriceChange(
                        day, before.amount, after.amount, list(self._find_changed_rules(before, after, day))
                    )
                )
        return changes

    def list_spans(self, start: date, last: date) -> list[PriceSpan]:
        """List the price from *start* on, in spans of days on which it is the same."""
        firsts = [start, *self._find_change_days(start, last)]
        ends = [*(day - timedelta(days=1) for day in firsts[1:]), None]
        prices = [self.find_quote_on(day) for day in firsts]
        return [
            PriceSpan(first, end, price and price.amount)
            for first, end, price in zip(firsts, ends, prices, strict=True)
        ]

    def _find_change_days(self, start: date, last: date) -> list[date]:
        """List the days after *start* and up to *last* on which rules change, or a province supports a month less."""
        days = self.book.change_days(start, last, self._province)
        ends = [*(day - timedelta(days=1) for day in days), last]
        for first, end in zip([start, *days], ends, strict=True):
            if self._find_ending_rules(first):
                days += self._find_rises(first, end)
        return sorted(days)

    def _find_rises(self, first: date, last: date) -> list[date]:
        """List the days of a span on which the price rises: within one, the supported months only become fewer."""
        before, after = self.find_quote_on(first), self.find_quote_on(last)
        if first >= last or (before and before.amount) == (after and after.amount):
            return []
        if last - first == timedelta(days=1):
            return [last]
        middle = first + (last - first) // 2
        return [*self._find_rises(first, middle), *self._find_rises(middle, last)]

    def _find_ending_rules(self, day: date) -> dict[str, Rule]:
        """Find the rules of a province that a quote of the day used and whose last day is known."""
        quoted = self.find_quote_on(day)
        used = quoted.lookup.used_rules if quoted else {}
        return {
            key: rule
            for key, rule in used.items()
            if isinstance(rule, Rule) and rule.province_code is not None and rule.valid_to is not None
        }

    def _find_changed_rules(
        self, before: DayQuote, after: DayQuote, day: date
    ) -> Iterable[tuple[str, Rule | None, Rule | None]]:
        for key in {**before.lookup.used_rules, **after.lookup.used_rules}:
            was, now = _as_rule(before.lookup.used_rules.get(key)), _as_rule(after.lookup.used_rules.get(key))
            value_before, value_after = was and was.value, now and now.value
            if value_before != value_after and self._changes_price(
                day, key, value_before or Decimal(0), after.amount
            ):
                yield key, was, now
        if before.lookup.used_rules == after.lookup.used_rules:
            for key, rule in self._find_ending_rules(day).items():
                yield key, rule, rule

    def _changes_price(self, day: date, key: str, value: Decimal, amount: int) -> bool:
        """Whether another value of this one rule changes the price."""
        try:
            return self._calculate(day, {key: value}).amount != amount
        except InvalidInput:
            return True

    def _calculate(self, day: date, overrides: Mapping[str, Decimal]) -> DayQuote:
        lookup = RuleLookup(self.book, day, self._province, {**self._assumed, **overrides})
        requested, income, terms = self.terms.monthly_income, None, self.terms
        try:
            if terms.product is Product.BHXH_TN:
                income = self._resolve_income(lookup)
                terms = replace(terms, monthly_income=income)
            quote = calculate_quote(terms, lookup)
        except InvalidInput as refusal:
            raise InvalidInput(errors=[point_at_due_date(error) for error in refusal.errors]) from None
        raised = income is not None and requested is not None and income > requested
        return DayQuote(quote, income, lookup, raised)

    def _resolve_income(self, lookup: RuleLookup) -> int:
        """Resolve the income of a day: the requested one, or the minimum where that is more."""
        minimum, requested = lookup.int_value("rural_poverty_line"), self.terms.monthly_income
        if requested is None:
            return minimum
        minimum_at_start = self.book.rules_on("rural_poverty_line", self._start)[0]
        return (
            max(requested, minimum)
            if minimum_at_start is not None and requested >= minimum_at_start.value
            else requested
        )


def point_at_due_date(error: FieldError) -> FieldError:
    """Point an error about the payment date at a plan's due date."""
    return replace(error, pointer="/due_date") if error.pointer == "/payment_date" else error


def price_change_to_response(change: PriceChange) -> dict[str, Any]:
    """Convert a change of price to its response form."""
    return {
        "on": change.day.isoformat(),
        "price_before": change.before,
        "price_after": change.after,
        "rules": [
            {
                "key": key,
                "value_before": was and format_decimal(was.value),
                "value_after": now and format_decimal(now.value),
                "effective_from": change.day.isoformat(),
                "legal_basis": now and now.legal_basis,
            }
            for key, was, now in change.rules
        ],
    }


def if_confirmed_to_response(prices: Prices, last: date, start: date, saved: int) -> dict[str, Any] | None:
    """Convert the price with unconfirmed values to its response form; None when it is the same."""
    result = prices.quote_if_confirmed(last)
    if result is None:
        return None
    confirmed, values = result
    used_rules = prices.quote_on(last).lookup.used_rules
    return {
        "price": confirmed.amount,
        "per_day": amount_needed(max(0, confirmed.amount - saved), days_between(start, last)),
        "rules": [
            {
                "key": rule.key,
                "value_before": (now := _as_rule(used_rules.get(rule.key))) and format_decimal(now.value),
                "value_after": format_decimal(rule.value),
                "effective_from": rule.valid_from.isoformat(),
                "legal_basis": rule.legal_basis,
            }
            for rule in values
        ],
    }


def _as_rule(used: Rule | Decimal | None) -> Rule | None:
    return used if isinstance(used, Rule) else None
