"""What the unused part of a payment gives back: a function of the request and of the rules of the payment date."""

from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.insurance import premium_rules as rules
from app.insurance import quote_errors as errors
from app.insurance.card_rules import PERIODS, card_refund
from app.insurance.enrolment_rules import Method
from app.insurance.quote_schemas import RefundIn
from app.insurance.rule_keys import plain
from app.insurance.rulebook import Reading
from app.savings.kinds import Product

_OF_PREMIUM = ("method", "monthly_income")
_OF_CARD = ("months", "paid")


def quote_refund(body: RefundIn, read: Reading) -> dict[str, Any]:
    """The answer's fields. Raises: InvalidInput with each wrong field; rule_missing."""
    answer = _refund_card(body, read) if body.product is Product.BHYT_HGD else _refund_premium(body, read)
    return {
        "product": body.product.value,
        "payment_date": body.payment_date.isoformat(),
        "remaining_months": body.remaining_months,
        "state_support": body.state_support,
        "other_support": body.other_support,
    } | answer


def _refund_premium(body: RefundIn, read: Reading) -> dict[str, Any]:
    method, income = body.method, body.monthly_income
    problems = _fields(body, _OF_PREMIUM, _OF_CARD)
    if method in (Method.MONTHS_1, Method.MISSING_MONTHS):
        problems.append(errors.NOT_REFUNDED)
    if problems or method is None or income is None:
        raise InvalidInput(errors=problems)
    years = rules.YEARS.get(method)
    months = rules.MONTHS[method] if years is None else 12 * years
    _check_remaining(body, months)
    rate, support = read.value("bhxh_tn_rate"), body.state_support + body.other_support
    terms = {
        "income": income,
        "rate": plain(rate),
        "months": months,
        "remaining_months": body.remaining_months,
    }
    if years is None:
        unused = rules.premium(rate, income, body.remaining_months)
        refund = rules.refund_of_months(rate, income, body.remaining_months, support)
        terms["expression"] = "income × rate × remaining_months − support"
    else:
        r = read.value("fund_rate_month")
        unused = rules.refund_of_advance(rate, income, years, body.remaining_months, r, 0)
        refund = rules.refund_of_advance(rate, income, years, body.remaining_months, r, support)
        terms["expression"] = (
            "Σ[i=months-remaining+1..months] income × rate / (1 + fund_rate)^(i-1) − support"
        )
        terms["fund_rate"] = plain(r)
    if support > unused:
        raise InvalidInput(errors=[errors.MORE_THAN_UNUSED])
    return {"months": months, "unused": unused, "refund": refund, "formula": terms}


def _refund_card(body: RefundIn, read: Reading) -> dict[str, Any]:
    problems = _fields(body, _OF_CARD, _OF_PREMIUM)
    problems += [
        errors.not_for(f"/{name}") for name in ("state_support", "other_support") if getattr(body, name)
    ]
    if body.months not in (None, *PERIODS):
        problems.append(errors.METHOD_OF_CARD)
    if problems or body.months is None or body.paid is None:
        raise InvalidInput(errors=problems)
    _check_remaining(body, body.months)
    if not read.optional("bhyt_refund_allowed"):
        raise InvalidInput(errors=[errors.CARD_NOT_REFUNDED])
    refund = card_refund(body.paid, body.months, body.remaining_months)
    terms = {"expression": "paid × remaining_months / months", "paid": body.paid}
    return {"months": body.months, "unused": refund, "refund": refund, "formula": terms}


def _fields(body: RefundIn, needed: tuple[str, ...], foreign: tuple[str, ...]) -> list[FieldError]:
    found = [errors.missing(f"/{name}") for name in needed if getattr(body, name) is None]
    return found + [errors.not_for(f"/{name}") for name in foreign if getattr(body, name) is not None]


def _check_remaining(body: RefundIn, months: int) -> None:
    if body.remaining_months > months:
        raise InvalidInput(errors=[errors.too_many("/remaining_months", months)])
