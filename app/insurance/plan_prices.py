"""What one thing costs from day to day: quotes on the days of a plan, and by which rules its price changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.insurance.card_quote import quote_cards
from app.insurance.plan_rules import Span, amount_needed, days_between
from app.insurance.premium_quote import quote_premium
from app.insurance.quote_schemas import QuoteIn
from app.insurance.rule_keys import plain
from app.insurance.rulebook import Reading, Rule, Rulebook
from app.savings.kinds import Product


class Priced(NamedTuple):
    """A quote of one day. raised: the income that was asked for is below the minimum of that day, which was taken."""

    amount: int
    income: int | None
    quote: dict[str, Any]
    notes: list[FieldError]
    read: Reading
    raised: bool


class Change(NamedTuple):
    """A day on which a price becomes another. rules: key, before, after."""

    on: date
    before: int
    after: int
    rules: list[tuple[str, Rule | None, Rule | None]]


class Prices:
    """The price of one thing by the rules of each day, as the person pays it.

    order: what is bought; its payment date does not matter. Without an income it is the lowest of the day; one that
    was enough on *start* is raised with the minimum.
    """

    def __init__(self, book: Rulebook, order: QuoteIn, start: date) -> None:
        self.book, self.order, self._start = book, order, start
        self._found: dict[date, Priced] = {}

    def on(self, day: date) -> Priced:
        """Raises: InvalidInput as a quote of that day, the day being named as /due_date."""
        found = self._found.get(day)
        if found is None:
            found = self._found[day] = self._priced(day, {})
        return found

    def maybe(self, day: date) -> Priced | None:
        """The same; None where the law gives no price."""
        try:
            return self.on(day)
        except InvalidInput:
            return None

    def if_confirmed(self, day: date) -> tuple[Priced, list[Rule]] | None:
        """The price that values awaiting confirmation would make, and these values; None when it is the same."""
        found = self.maybe(day)
        if found is None or not found.read.awaiting:
            return None
        waiting = {rule.key: rule for rule in found.read.awaiting}
        try:
            would = self._priced(day, {key: rule.value for key, rule in waiting.items()})
        except InvalidInput:
            return None
        if would.amount == found.amount:
            return None
        return would, [
            rule for key, rule in waiting.items() if self._matters(day, key, rule.value, found.amount)
        ]

    def changes(self, start: date, last: date) -> list[Change]:
        """The days after *start* and up to *last* on which the price changes, and the confirmed rules that do it."""
        found = []
        for day in self.book.changes(start, last, self.order.province_code):
            before, after = self.maybe(day - timedelta(days=1)), self.maybe(day)
            if before is not None and after is not None and before.amount != after.amount:
                found.append(
                    Change(day, before.amount, after.amount, list(self._reasons(before, after, day)))
                )
        return found

    def spans(self, start: date, last: date) -> list[Span]:
        """The price from *start* on, in stretches of days with the same rules."""
        firsts = [start, *self.book.changes(start, last, self.order.province_code)]
        ends = [*(day - timedelta(days=1) for day in firsts[1:]), None]
        prices = [self.maybe(day) for day in firsts]
        return [
            Span(first, end, price and price.amount)
            for first, end, price in zip(firsts, ends, prices, strict=True)
        ]

    def _reasons(
        self, before: Priced, after: Priced, day: date
    ) -> Iterable[tuple[str, Rule | None, Rule | None]]:
        for key in {**before.read.used, **after.read.used}:
            was, now = _rule(before.read.used.get(key)), _rule(after.read.used.get(key))
            value_before, value_after = was and was.value, now and now.value
            if value_before != value_after and self._matters(
                day, key, value_before or Decimal(0), after.amount
            ):
                yield key, was, now

    def _matters(self, day: date, key: str, value: Decimal, amount: int) -> bool:
        """Whether another value of this one rule makes another price."""
        try:
            return self._priced(day, {key: value}).amount != amount
        except InvalidInput:
            return True

    def _priced(self, day: date, instead: Mapping[str, Decimal]) -> Priced:
        order = self.order
        read = Reading(self.book, day, order.province_code, {**order.assume, **instead})
        try:
            income = self._income(read) if order.product is Product.BHXH_TN else None
            raised = income is not None and order.monthly_income is not None and income > order.monthly_income
            body = order.model_copy(
                update={"payment_date": day}
                if income is None
                else {"payment_date": day, "monthly_income": income}
            )
            notes: list[FieldError] = []
            if order.product is Product.BHXH_TN:
                answer, notes = quote_premium(body, read)
            else:
                answer = quote_cards(body, read)
        except InvalidInput as refusal:
            raise InvalidInput(errors=[due(error) for error in refusal.errors]) from None
        return Priced(answer["participant_pays"], income, answer, notes, read, raised)

    def _income(self, read: Reading) -> int:
        """The income of a day: what was asked for, or the lowest where that is more."""
        least, wanted = read.whole("rural_poverty_line"), self.order.monthly_income
        if wanted is None:
            return least
        then = self.book.on("rural_poverty_line", self._start)[0]
        return max(wanted, least) if then is not None and wanted >= then.value else wanted


def due(error: FieldError) -> FieldError:
    """A word about the payment date, which a plan calls its due date."""
    return replace(error, pointer="/due_date") if error.pointer == "/payment_date" else error


def told_change(change: Change) -> dict[str, Any]:
    """A change of price as the wire has it."""
    return {
        "on": change.on.isoformat(),
        "price_before": change.before,
        "price_after": change.after,
        "rules": [
            {
                "key": key,
                "value_before": was and plain(was.value),
                "value_after": now and plain(now.value),
                "effective_from": change.on.isoformat(),
                "legal_basis": now and now.legal_basis,
            }
            for key, was, now in change.rules
        ],
    }


def told_if_confirmed(prices: Prices, last: date, start: date, saved: int) -> dict[str, Any] | None:
    """What it would come to with the values that await confirmation, beside those used; None when it is the same."""
    waiting = prices.if_confirmed(last)
    if waiting is None:
        return None
    would, values = waiting
    used = prices.on(last).read.used
    return {
        "price": would.amount,
        "per_day": amount_needed(max(0, would.amount - saved), days_between(start, last)),
        "rules": [
            {
                "key": rule.key,
                "value_before": (now := _rule(used.get(rule.key))) and plain(now.value),
                "value_after": plain(rule.value),
                "effective_from": rule.valid_from.isoformat(),
                "legal_basis": rule.legal_basis,
            }
            for rule in values
        ],
    }


def _rule(used: Rule | Decimal | None) -> Rule | None:
    return used if isinstance(used, Rule) else None
