"""Savings plans: how much to save until a day, and what a pledge buys. Nothing is stored, no clock is read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core.errors import InvalidInput
from app.core.language import Language, missing_field
from app.insurance.law.results import PremiumQuote
from app.insurance.plans import rules
from app.insurance.plans.items import (
    DUE_BEFORE_START,
    build_candidate_items,
    build_goal_item,
    check_goal,
    has_named_goal,
)
from app.insurance.plans.notes import collect_price_warnings, collect_used_rules
from app.insurance.plans.pledge import build_pledge_plan, find_reached_days
from app.insurance.plans.prices import Prices, if_confirmed_to_response, price_change_to_response
from app.insurance.plans.schemas import PlanAsset, PlanIn
from app.insurance.quotes.responses import format_with_rules, shares_to_response, warning_to_response
from app.insurance.quotes.service import check_assumed
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.savings.kinds import Per, Product


def build_plan(book: Rulebook, body: PlanIn, language: Language) -> str:
    """Build the plan as JSON text. Raises: InvalidInput with each wrong field."""
    cache_key = ("plan", language, body.model_dump_json(), str("support_group" in body.model_fields_set))
    return book.cached_answer(cache_key, lambda: _build_plan(book, body, language))


def _build_plan(book: Rulebook, body: PlanIn, language: Language) -> str:
    check_assumed(body.assume)
    check_goal(body)
    has_goal = has_named_goal(body)
    items = [build_goal_item(body)] if has_goal else build_candidate_items(body)
    item_prices = [
        Prices(book, item.terms, body.start_date, body.province_code, body.assume) for item in items
    ]
    last = _resolve_due_date(body, item_prices[0]) if has_goal else body.due_date
    goal = _build_goal(body, item_prices[0], last) if has_goal and last is not None else None
    reached_days: list[date | None] = [None] * len(items)
    if body.pledge:
        reached_days = find_reached_days(body, body.pledge, item_prices)
    lookups = _list_used_lookups(item_prices, reached_days, last)
    notes = [note for prices in item_prices for note in collect_price_warnings(prices, last)]
    answer = {
        "start_date": body.start_date.isoformat(),
        "due_date": last and last.isoformat(),
        "days": last and rules.days_between(body.start_date, last),
        "saved": body.saved,
        "goal": goal,
        "pledge": body.pledge
        and build_pledge_plan(body, body.pledge, items, item_prices, reached_days, last),
        "assets": _build_assets(body, goal, last),
        "warnings": [warning_to_response(note, language) for note in dict.fromkeys(notes)],
        "assumed": any(lookup.assumed for lookup in lookups),
    }
    return format_with_rules(answer, collect_used_rules(lookups))


def _list_used_lookups(
    item_prices: Sequence[Prices], reached_days: Sequence[date | None], last: date | None
) -> list[RuleLookup]:
    """List the lookups of the days that the plan tells a price of: the due date, and when an item is reached."""
    return [
        quoted.lookup
        for prices, reached in zip(item_prices, reached_days, strict=True)
        for day in (last, reached)
        if day is not None and (quoted := prices.find_quote_on(day)) is not None
    ]


def _resolve_due_date(body: PlanIn, prices: Prices) -> date:
    """Resolve the day until which to save: as given, or the deadline of the period."""
    if body.due_date is not None:
        return body.due_date
    if body.product is not Product.BHXH_TN or body.from_month is None:
        raise InvalidInput(errors=[missing_field("/due_date")])
    quote = prices.quote_on(body.start_date).quote
    assert isinstance(quote, PremiumQuote)  # noqa: S101 - the quote of BHXH_TN
    if quote.pay_by < body.start_date:
        raise InvalidInput(errors=[DUE_BEFORE_START])
    return quote.pay_by


def _build_goal(body: PlanIn, prices: Prices, last: date) -> dict[str, Any]:
    """Build the goal: what is to be bought by *last*. Raises: InvalidInput as its quote."""
    quoted, at_start = prices.quote_on(last), prices.find_quote_on(body.start_date)
    need = max(0, quoted.amount - body.saved)
    return {
        "product": prices.terms.product,
        "method": prices.terms.method,
        "months": quoted.quote.months,
        "monthly_income": quoted.income,
        **shares_to_response(quoted.quote.shares),
        "price": quoted.amount,
        "price_at_start": at_start and at_start.amount,
        "to_save": need,
        "per_day": _build_rate(need, body.start_date, last, Per.DAY),
        "per_week": _build_rate(need, body.start_date, last, Per.WEEK),
        "per_month": _build_rate(need, body.start_date, last, Per.MONTH),
        "price_changes": [
            price_change_to_response(change) for change in prices.list_changes(body.start_date, last)
        ],
        "if_confirmed": if_confirmed_to_response(prices, last, body.start_date, body.saved),
    }


def _build_rate(need: int, start: date, last: date, per: Per) -> dict[str, int] | None:
    times = rules.count_deposits(start, last, per)
    amount = rules.amount_needed(need, times)
    if amount is None:
        return None
    rounded = {f"rounded_{step}": rules.round_up(amount, step) for step in rules.ROUNDINGS}
    return {"amount": amount, **rounded, "times": times}


def _build_assets(body: PlanIn, goal: dict[str, Any] | None, last: date | None) -> list[dict[str, Any]]:
    if goal is None or last is None:
        return []
    return [_build_asset(body, asset, goal["to_save"], last) for asset in body.assets]


def _build_asset(body: PlanIn, asset: PlanAsset, need: int, last: date) -> dict[str, Any]:
    needed = rules.units_needed(need, asset.unit_income)
    weeks = rules.count_deposits(body.start_date, last, Per.WEEK)
    income = None if asset.quantity is None else int(asset.quantity * asset.unit_income)
    return {
        "name": asset.name,
        "unit": asset.unit,
        "unit_income": asset.unit_income,
        "needed": format_decimal(needed),
        "needed_per_week": format_decimal(rules.units_needed(need, asset.unit_income * weeks))
        if weeks
        else None,
        "income": int(needed * asset.unit_income),
        "quantity": asset.quantity and format_decimal(asset.quantity),
        "suffices": None if income is None else income >= need,
        "short_by": None if income is None else max(0, need - income),
    }
