"""Savings plans: what is to be put by until a day, and what a pledge buys. Nothing is stored, no clock is read."""

from datetime import date
from typing import Any

from app.core.errors import InvalidInput
from app.core.language import Language
from app.insurance import plan_orders as orders
from app.insurance import plan_rules as rules
from app.insurance import quote_errors as errors
from app.insurance.plan_notes import used_by, warnings_of
from app.insurance.plan_pledge import plan_pledge
from app.insurance.plan_prices import Prices, told_change, told_if_confirmed
from app.insurance.plan_schemas import PlanAsset, PlanIn
from app.insurance.quote_service import check_assumed, said, with_rules
from app.insurance.rule_keys import plain
from app.insurance.rulebook import Rulebook
from app.savings.kinds import Per, Product

_SHARES = ("amount_due", "state_support", "province_support", "other_support", "participant_pays")


def plan(book: Rulebook, body: PlanIn, language: Language) -> str:
    """The plan as JSON text. Raises: InvalidInput with each wrong field."""
    question = ("plan", language, body.model_dump_json(), str("support_group" in body.model_fields_set))
    return book.answer(question, lambda: _plan(book, body, language))


def _plan(book: Rulebook, body: PlanIn, language: Language) -> str:
    check_assumed(body.assume)
    orders.check_goal(body)
    named = orders.names_goal(body)
    wanted = [orders.goal(body)] if named else orders.candidates(body)
    priced = [Prices(book, order.wanted, body.start_date) for order in wanted]
    last = _due_date(body, priced[0]) if named else body.due_date
    told = _goal(body, priced[0], last) if named and last is not None else None
    answer: dict[str, Any] = {
        "start_date": body.start_date.isoformat(),
        "due_date": last and last.isoformat(),
        "days": last and rules.days_between(body.start_date, last),
        "saved": body.saved,
        "goal": told,
        "pledge": body.pledge and plan_pledge(body, body.pledge, wanted, priced, last),
        "assets": [_asset(body, asset, told["to_save"], last) for asset in body.assets]
        if told and last
        else [],
    }
    pledged = answer["pledge"]["candidates"] if body.pledge else [{}] * len(priced)
    readings = [
        found.read
        for prices, candidate in zip(priced, pledged, strict=True)
        for day in (last, candidate.get("reached_on") and date.fromisoformat(candidate["reached_on"]))
        if day is not None and (found := prices.maybe(day)) is not None
    ]
    notes = [note for prices in priced for note in warnings_of(prices, last)]
    answer["warnings"] = [said(note, language) for note in dict.fromkeys(notes)]
    answer["assumed"] = any(read.assumed for read in readings)
    return with_rules(answer, used_by(readings))


def _due_date(body: PlanIn, prices: Prices) -> date:
    """The day until which is saved: as given, or the deadline of the period."""
    if body.due_date is not None:
        return body.due_date
    if body.product is not Product.BHXH_TN or body.from_month is None:
        raise InvalidInput(errors=[errors.missing("/due_date")])
    last = date.fromisoformat(prices.on(body.start_date).quote["pay_by"])
    if last < body.start_date:
        raise InvalidInput(errors=[orders.DUE_BEFORE_START])
    return last


def _goal(body: PlanIn, prices: Prices, last: date) -> dict[str, Any]:
    """What is to be bought by *last*. Raises: InvalidInput as its quote."""
    found, at_start = prices.on(last), prices.maybe(body.start_date)
    need = max(0, found.amount - body.saved)
    return {
        "product": prices.order.product.value,
        "method": prices.order.method and prices.order.method.value,
        "months": found.quote["months"],
        "monthly_income": found.income,
        **{name: found.quote[name] for name in _SHARES},
        "price": found.amount,
        "price_at_start": at_start and at_start.amount,
        "to_save": need,
        "per_day": _rate(need, body.start_date, last, Per.DAY),
        "per_week": _rate(need, body.start_date, last, Per.WEEK),
        "per_month": _rate(need, body.start_date, last, Per.MONTH),
        "price_changes": [told_change(change) for change in prices.changes(body.start_date, last)],
        "if_confirmed": told_if_confirmed(prices, last, body.start_date, body.saved),
    }


def _rate(need: int, start: date, last: date, per: Per) -> dict[str, int] | None:
    times = rules.deposits(start, last, per)
    amount = rules.amount_needed(need, times)
    if amount is None:
        return None
    rounded = {f"rounded_{step}": rules.rounded_up(amount, step) for step in rules.ROUNDINGS}
    return {"amount": amount, **rounded, "times": times}


def _asset(body: PlanIn, asset: PlanAsset, need: int, last: date) -> dict[str, Any]:
    needed = rules.units_needed(need, asset.unit_income)
    weeks = rules.deposits(body.start_date, last, Per.WEEK)
    brings = None if asset.quantity is None else int(asset.quantity * asset.unit_income)
    return {
        "name": asset.name,
        "unit": asset.unit,
        "unit_income": asset.unit_income,
        "needed": plain(needed),
        "needed_per_week": plain(rules.units_needed(need, asset.unit_income * weeks)) if weeks else None,
        "income": int(needed * asset.unit_income),
        "quantity": asset.quantity and plain(asset.quantity),
        "suffices": None if brings is None else brings >= need,
        "short_by": None if brings is None else max(0, need - brings),
    }
