"""Refund quotes for the unused part of a payment, computed from its terms and the rules of the payment date."""

from decimal import Decimal

from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.insurance.kinds import Method, RefundReason
from app.insurance.law import premium as law
from app.insurance.law.card import CARD_PERIODS, card_refund
from app.insurance.law.refund import CARD_REFUND_KEYS
from app.insurance.law.results import Formula, RefundQuote
from app.insurance.quotes import errors
from app.insurance.quotes.terms import RefundTerms
from app.insurance.rules.rulebook import RuleLookup
from app.savings.kinds import Product

_PREMIUM_FIELDS = ("method", "monthly_income")
_CARD_FIELDS = ("months", "paid")
_CARD_CASE_FIELDS = ("reason", "unused_from")
_ADVANCE_EXPRESSION = "Σ[i=months-remaining+1..months] income × rate / (1 + fund_rate)^(i-1) − support"


def calculate_refund(terms: RefundTerms, lookup: RuleLookup) -> RefundQuote:
    """Calculate a refund by the rules of the lookup's day: that of the payment, of a card that of its first unused day.

    Raises: InvalidInput with each wrong field; rule_missing.
    """
    if terms.product is Product.BHYT_HGD:
        return _refund_card(terms, lookup)
    return _refund_premium(terms, lookup)


def find_card_refund_problem(
    reason: RefundReason | None, lookup: RuleLookup, *, unused: bool
) -> FieldError | None:
    """Why the money of a card is not given back, at /product or /reason; None where it is.

    reason: None where the case is not to be checked; lookup: of the first unused day; unused: no day of it was used.
    """
    if reason is RefundReason.PAID_IN_ERROR:
        return None
    if not lookup.optional_value("bhyt_refund_allowed"):
        return errors.CARD_NOT_REFUNDED
    if reason is None:
        return None
    if reason not in CARD_REFUND_KEYS:
        return errors.CASE_NOT_OF_CARD
    key, key_of_unused = CARD_REFUND_KEYS[reason]
    if lookup.optional_value(key):
        return None
    if key_of_unused is None or not lookup.optional_value(key_of_unused):
        return errors.CARD_CASE_NOT_REFUNDED
    return None if unused else errors.CARD_WAS_USED


def _refund_premium(terms: RefundTerms, lookup: RuleLookup) -> RefundQuote:
    method, income, remaining = terms.method, terms.monthly_income, terms.remaining_months
    problems = _find_field_problems(terms, _PREMIUM_FIELDS, (*_CARD_FIELDS, *_CARD_CASE_FIELDS))
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
    unused = terms.remaining_months == terms.months
    if problem := find_card_refund_problem(terms.reason, lookup, unused=unused):
        raise InvalidInput(errors=[problem])
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
