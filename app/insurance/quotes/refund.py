"""Refund quotes for the unused part of a payment, computed from its terms and the rules of the payment date."""

from decimal import Decimal

from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.insurance.kinds import Method
from app.insurance.law import premium as law
from app.insurance.law.card import CARD_PERIODS, card_refund
from app.insurance.law.results import Formula, RefundQuote
from app.insurance.quotes import errors
from app.insurance.quotes.terms import RefundTerms
from app.insurance.rules.rulebook import RuleLookup
from app.savings.kinds import Product

_PREMIUM_FIELDS = ("method", "monthly_income")
_CARD_FIELDS = ("months", "paid")
_ADVANCE_EXPRESSION = "Σ[i=months-remaining+1..months] income × rate / (1 + fund_rate)^(i-1) − support"


def calculate_refund(terms: RefundTerms, lookup: RuleLookup) -> RefundQuote:
    """Calculate a refund by the rules of the lookup's day. Raises: InvalidInput with each wrong field; rule_missing."""
    if terms.product is Product.BHYT_HGD:
        return _refund_card(terms, lookup)
    return _refund_premium(terms, lookup)


def _refund_premium(terms: RefundTerms, lookup: RuleLookup) -> RefundQuote:
    method, income, remaining = terms.method, terms.monthly_income, terms.remaining_months
    problems = _find_field_problems(terms, _PREMIUM_FIELDS, _CARD_FIELDS)
    if method in (Method.MONTHS_1, Method.MISSING_MONTHS):
        problems.append(errors.METHOD_NOT_REFUNDED)
    if problems or method is None or income is None:
        raise InvalidInput(errors=problems)
    years = law.METHOD_YEARS.get(method)
    months = law.METHOD_MONTHS[method] if years is None else 12 * years
    _check_remaining(terms, months)
    rate, support = lookup.value("bhxh_tn_rate"), terms.state_support + terms.other_support
    formula: dict[str, str | int | Decimal] = {
        "income": income, "rate": rate, "months": months, "remaining_months": remaining,
    }  # fmt: skip
    if years is None:
        unused = law.premium(rate, income, remaining)
        refund = law.refund_of_months(rate, income, remaining, support)
        formula["expression"] = "income × rate × remaining_months − support"
    else:
        fund_rate = lookup.value("fund_rate_month")
        unused = law.refund_of_advance(rate, income, years, remaining, fund_rate, 0)
        refund = law.refund_of_advance(rate, income, years, remaining, fund_rate, support)
        formula["expression"] = _ADVANCE_EXPRESSION
        formula["fund_rate"] = fund_rate
    if support > unused:
        raise InvalidInput(errors=[errors.MORE_THAN_UNUSED])
    return _build_quote(terms, lookup, months, unused, refund, formula)


def _refund_card(terms: RefundTerms, lookup: RuleLookup) -> RefundQuote:
    problems = _find_field_problems(terms, _CARD_FIELDS, _PREMIUM_FIELDS)
    problems += [
        errors.field_not_for_product(f"/{name}")
        for name in ("state_support", "other_support")
        if getattr(terms, name)
    ]
    if terms.months not in (None, *CARD_PERIODS):
        problems.append(errors.INVALID_CARD_MONTHS)
    if problems or terms.months is None or terms.paid is None:
        raise InvalidInput(errors=problems)
    _check_remaining(terms, terms.months)
    if not lookup.optional_value("bhyt_refund_allowed"):
        raise InvalidInput(errors=[errors.CARD_NOT_REFUNDED])
    refund = card_refund(terms.paid, terms.months, terms.remaining_months)
    formula: Formula = {"expression": "paid × remaining_months / months", "paid": terms.paid}
    return _build_quote(terms, lookup, terms.months, refund, refund, formula)


def _build_quote(
    terms: RefundTerms, lookup: RuleLookup, months: int, unused: int, refund: int, formula: Formula
) -> RefundQuote:
    return RefundQuote(
        product=terms.product,
        payment_date=lookup.day,
        months=months,
        remaining_months=terms.remaining_months,
        state_support=terms.state_support,
        other_support=terms.other_support,
        unused=unused,
        refund=refund,
        formula=formula,
    )


def _find_field_problems(
    terms: RefundTerms, needed: tuple[str, ...], foreign: tuple[str, ...]
) -> list[FieldError]:
    problems = [missing_field(f"/{name}") for name in needed if getattr(terms, name) is None]
    return problems + [
        errors.field_not_for_product(f"/{name}") for name in foreign if getattr(terms, name) is not None
    ]


def _check_remaining(terms: RefundTerms, months: int) -> None:
    if terms.remaining_months > months:
        raise InvalidInput(errors=[errors.too_many_months("/remaining_months", months)])
