"""Quotes and refund quotes by the rules of the payment date, with how they were calculated. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from app.core.errors import FieldError, InvalidInput
from app.core.language import Language
from app.core.values.json_flaws import to_pointer_step
from app.insurance.law.results import Quote
from app.insurance.quotes import errors
from app.insurance.quotes.card import calculate_cards
from app.insurance.quotes.period import find_period_problems
from app.insurance.quotes.premium import calculate_premium
from app.insurance.quotes.refund import calculate_refund
from app.insurance.quotes.responses import format_answer, quote_to_response, refund_to_response
from app.insurance.quotes.schemas import QuoteIn, RefundIn
from app.insurance.quotes.terms import QuoteTerms
from app.insurance.rules.errors import UNKNOWN_RULE, value_not_of_kind
from app.insurance.rules.keys import RULE_KEYS, is_valid_value
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.savings.kinds import Product


def calculate_quote(terms: QuoteTerms, lookup: RuleLookup) -> Quote:
    """Calculate a quote by the rules of the lookup's day.

    Raises: InvalidInput with each wrong field, or at /payment_date when the law has no confirmed value for the day.
    """
    if terms.product is Product.BHXH_TN:
        return calculate_premium(terms, lookup)
    return calculate_cards(terms, lookup)


def build_quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    """Build a quote as JSON text: what is to be paid, by whom and until when. Raises: as `calculate_quote`."""
    return book.cached_answer(
        ("quote", language, body.model_dump_json()), lambda: _build_quote(book, body, language)
    )


def _build_quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    check_assumed(body.assume)
    lookup = RuleLookup(book, body.payment_date, body.province_code, body.assume)
    terms = body.to_terms()
    quote = calculate_quote(terms, lookup)
    warnings = [*quote.warnings, *_check_period(terms, body, book)]
    return format_answer(quote_to_response(quote), lookup, list(dict.fromkeys(warnings)), language)


def _check_period(terms: QuoteTerms, body: QuoteIn, book: Rulebook) -> list[FieldError]:
    """Check that the months may ever be paid for, and return warnings. Raises: InvalidInput."""
    lookup = RuleLookup(
        book, body.payment_date, None, body.assume
    )  # what it asks for is no part of the price
    problems = find_period_problems(terms, body.to_person(), lookup)
    if wrong := [problem.note for problem in problems if not problem.is_late]:
        raise InvalidInput(errors=wrong)
    return [errors.AFTER_DEADLINE] if problems and not terms.late_months else []


def build_refund_quote(book: Rulebook, body: RefundIn, language: Language) -> str:
    """Build a refund quote as JSON text: what the unused part of a payment gives back. Raises: as `calculate_quote`."""
    check_assumed(body.assume)
    lookup = RuleLookup(book, body.rules_day, None, body.assume)
    quote = replace(calculate_refund(body.to_terms(), lookup), payment_date=body.payment_date)
    return format_answer(refund_to_response(quote), lookup, (), language)


def check_assumed(assumed: Mapping[str, Decimal]) -> None:
    """Check the assumed values. Raises: InvalidInput with each key or value that no rule can have."""
    problems = []
    for key, value in assumed.items():
        if key not in RULE_KEYS:
            problems.append(FieldError("/assume" + to_pointer_step(key), *UNKNOWN_RULE))
        elif not is_valid_value(key, value):
            problems.append(value_not_of_kind("/assume" + to_pointer_step(key), key))
    if problems:
        raise InvalidInput(errors=problems)
