"""Plan of a pledge: when the savings reach each price, by the rules of that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from app.core.values.time import LAST_YEAR
from app.insurance.law.premium import METHOD_MONTHS
from app.insurance.plans import rules
from app.insurance.plans.items import PlanItem
from app.insurance.plans.prices import Prices, if_confirmed_to_response, price_change_to_response
from app.insurance.plans.schemas import PlanIn, PlanPledge

LAST_DAY: Final = date(LAST_YEAR, 12, 31)


def build_pledge_plan(
    body: PlanIn,
    pledge: PlanPledge,
    items: Sequence[PlanItem],
    item_prices: Sequence[Prices],
    reached_days: Sequence[date | None],
    last: date | None,
) -> dict[str, Any]:
    """Compute what the pledge saves by *last*, and tell when it reaches each item.

    reached_days: those of `find_reached_days`. Without *last*, no due-date fields.
    """
    saved = None
    if last is not None:
        saved = body.saved + pledge.amount * rules.count_deposits(body.start_date, last, pledge.per)
    return {
        "amount": pledge.amount,
        "per": pledge.per.value,
        "saved_by_due": saved,
        "candidates": [
            _describe_item(item)
            | _describe_reached(reached, prices)
            | _describe_by_due(body, pledge, prices, last, saved)
            for item, prices, reached in zip(items, item_prices, reached_days, strict=True)
        ],
    }


def find_reached_days(body: PlanIn, pledge: PlanPledge, item_prices: Sequence[Prices]) -> list[date | None]:
    """Find the first day on which the pledge has saved the price of each item; None when it never does."""
    start = body.start_date
    return [
        rules.find_day_affordable(
            start, body.saved, pledge.amount, pledge.per, prices.list_spans(start, LAST_DAY), LAST_DAY
        )
        for prices in item_prices
    ]


def _describe_item(item: PlanItem) -> dict[str, Any]:
    terms = item.terms
    months = terms.months if terms.method is None else METHOD_MONTHS.get(terms.method, terms.months)
    return {
        "product": terms.product,
        "method": terms.method,
        "months": months,
        "order": item.household_order,
        "cards": item.cards,
    }


def _describe_reached(reached: date | None, prices: Prices) -> dict[str, Any]:
    quoted = reached and prices.find_quote_on(reached)
    return {
        "reached_on": reached and reached.isoformat(),
        "monthly_income": quoted and quoted.income,
        "price_when_reached": quoted and quoted.amount,
    }


def _describe_by_due(
    body: PlanIn, pledge: PlanPledge, prices: Prices, last: date | None, saved: int | None
) -> dict[str, Any]:
    quoted = last and prices.find_quote_on(last)
    if last is None or saved is None or not quoted:
        empty_fields = ("price", "suffices", "short_by", "needed", "if_confirmed")
        return {**dict.fromkeys(empty_fields), "price_changes": []}
    times = rules.count_deposits(body.start_date, last, pledge.per)
    return {
        "monthly_income": quoted.income,
        "price": quoted.amount,
        "suffices": saved >= quoted.amount,
        "short_by": max(0, quoted.amount - saved),
        "needed": rules.amount_needed(max(0, quoted.amount - body.saved), times),
        "price_changes": [
            price_change_to_response(change) for change in prices.list_changes(body.start_date, last)
        ],
        "if_confirmed": if_confirmed_to_response(prices, last, body.start_date, body.saved),
    }
