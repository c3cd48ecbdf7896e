"""How far a pledge goes: when the savings reach each price, by the rules of that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from app.core.time import LAST_YEAR
from app.insurance import plan_rules as rules
from app.insurance.plan_orders import Order
from app.insurance.plan_prices import Prices, told_change, told_if_confirmed
from app.insurance.plan_schemas import PlanIn, PlanPledge
from app.insurance.premium_rules import MONTHS

LAST_DAY: Final = date(LAST_YEAR, 12, 31)


def plan_pledge(
    body: PlanIn, pledge: PlanPledge, wanted: Sequence[Order], priced: Sequence[Prices], last: date | None
) -> dict[str, Any]:
    """What the pledge comes to by *last*, and each thing that it may buy. Without *last* nothing is said of a day."""
    saved = None
    if last is not None:
        saved = body.saved + pledge.amount * rules.deposits(body.start_date, last, pledge.per)
    return {
        "amount": pledge.amount,
        "per": pledge.per.value,
        "saved_by_due": saved,
        "candidates": [
            _named(order) | _reached(body, pledge, prices) | _by_due(body, pledge, prices, last, saved)
            for order, prices in zip(wanted, priced, strict=True)
        ],
    }


def _named(order: Order) -> dict[str, Any]:
    wanted = order.wanted
    method = wanted.method and wanted.method.value
    months = wanted.months if wanted.method is None else MONTHS.get(wanted.method, wanted.months)
    return {
        "product": wanted.product.value,
        "method": method,
        "months": months,
        "order": order.order,
        "cards": order.cards,
    }


def _reached(body: PlanIn, pledge: PlanPledge, prices: Prices) -> dict[str, Any]:
    start, spans = body.start_date, prices.spans(body.start_date, LAST_DAY)
    reached = rules.reached_on(start, body.saved, pledge.amount, pledge.per, spans, LAST_DAY)
    then = reached and prices.maybe(reached)
    return {
        "reached_on": reached and reached.isoformat(),
        "monthly_income": then and then.income,
        "price_when_reached": then and then.amount,
    }


def _by_due(
    body: PlanIn, pledge: PlanPledge, prices: Prices, last: date | None, saved: int | None
) -> dict[str, Any]:
    found = last and prices.maybe(last)
    if last is None or saved is None or not found:
        nothing = ("price", "suffices", "short_by", "needed", "if_confirmed")
        return {**dict.fromkeys(nothing), "price_changes": []}
    times = rules.deposits(body.start_date, last, pledge.per)
    return {
        "monthly_income": found.income,
        "price": found.amount,
        "suffices": saved >= found.amount,
        "short_by": max(0, found.amount - saved),
        "needed": rules.amount_needed(max(0, found.amount - body.saved), times),
        "price_changes": [told_change(change) for change in prices.changes(body.start_date, last)],
        "if_confirmed": told_if_confirmed(prices, last, body.start_date, body.saved),
    }
