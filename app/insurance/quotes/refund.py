"""Refund quotes for the unused part of a payment, computed from the request and the rules of the payment date."""

from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.insurance.kinds import Method
from app.insurance.law import premium as rules
from app.insurance.law.card import CARD_PERIODS, card_refund
from app.insurance.quotes import errors
from app.insurance.quotes.schemas import RefundIn
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.rulebook import RuleLookup
from app.savings.kinds import Product

_PREMIUM_FIELDS = ("method", "monthly_income")
_CARD_FIELDS = ("months", "paid")


def quote_refund(body: RefundIn, lookup: RuleLookup) -> dict[str, Any]:
    """Quote a refund: the answer's fields. Raises: InvalidInput with each wrong field; rule_missing."""
    answer = _refund_card(body, lookup) if body.product is Product.BHYT_HGD else _refund_premium(body, lookup)
    return {
        "product": body.product.value,
        "payment_date": body.payment_date.isoformat(),
        "remaining_months": body.remaining_months,
        "state_support": body.state_support,
        "other_support": body.other_support,
    } | answer


def _refund_premium(body: RefundIn, lookup: RuleLookup) -> dict[str, Any]:
    method, income = body.method, body.monthly_income
    problems = _find_field_problems(body, _PREMIUM_FIELDS, _CARD_FIELDS)
    if method in (Method.MONTHS_1, Method.MISSING_MONTHS):
        problems.append(errors.METHOD_NOT_REFUNDED)
    if problems or method is None or income is None:
        raise InvalidInput(errors=problems)
    years = rules.METHOD_YEARS.get(method)
    months = rules.METHOD_MONTHS[method] if years is None else 12 * years
    _check_remaining(body, months)
    rate, support = lookup.value("bhxh_tn_rate"), body.state_support + body.other_support
    terms = {
        "income": income,
        "rate": format_decimal(rate),
        "months": months,
        "remaining_months": body.remaining_months,
    }
    if years is None:
        unused = rules.premium(rate, income, body.remaining_months)
        refund = rules.refund_of_months(rate, income, body.remaining_months, support)
        terms["expression"] = "income × rate × remaining_months − support"
    else:
        fund_rate = lookup.value("fund_rate_month")
        unused = rules.refund_of_advance(rate, income, years, body.remaining_months, fund_rate, 0)
        refund = rules.refund_of_advance(rate, income, years, body.remaining_months, fund_rate, support)
        terms["expression"] = (
            "Σ[i=months-remaining+1..months] income × rate / (1 + fund_rate)^(i-1) − support"
        )
        terms["fund_rate"] = format_decimal(fund_rate)
    if support > unused:
        raise InvalidInput(errors=[errors.MORE_THAN_UNUSED])
    return {"months": months, "unused": unused, "refund": refund, "formula": terms}


def _refund_card(body: RefundIn, lookup: RuleLookup) -> dict[str, Any]:
    problems = _find_field_problems(body, _CARD_FIELDS, _PREMIUM_FIELDS)
    problems += [
        errors.field_not_for_product(f"/{name}")
        for name in ("state_support", "other_support")
        if getattr(body, name)
    ]
    if body.months not in (None, *CARD_PERIODS):
        problems.append(errors.INVALID_CARD_MONTHS)
    if problems or body.months is None or body.paid is None:
        raise InvalidInput(errors=problems)
    _check_remaining(body, body.months)
    if not lookup.optional_value("bhyt_refund_allowed"):
        raise InvalidInput(errors=[errors.CARD_NOT_REFUNDED])
    refund = card_refund(body.paid, body.months, body.remaining_months)
    terms = {"expression": "paid × remaining_months / months", "paid": body.paid}
    return {"months": body.months, "unused": refund, "refund": refund, "formula": terms}


def _find_field_problems(
    body: RefundIn, needed: tuple[str, ...], foreign: tuple[str, ...]
) -> list[FieldError]:
    problems = [errors.missing_quote_field(f"/{name}") for name in needed if getattr(body, name) is None]
    return problems + [
        errors.field_not_for_product(f"/{name}") for name in foreign if getattr(body, name) is not None
    ]


def _check_remaining(body: RefundIn, months: int) -> None:
    if body.remaining_months > months:
        raise InvalidInput(errors=[errors.too_many_months("/remaining_months", months)])
