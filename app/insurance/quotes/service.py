"""Quotes and refund quotes by the rules of the payment date, with how they were calculated. Nothing is stored."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.core.errors import FieldError, InvalidInput
from app.core.language import Language
from app.core.values.strict_json import to_pointer_step
from app.insurance.quotes import errors
from app.insurance.quotes.card import quote_cards
from app.insurance.quotes.premium import quote_premium
from app.insurance.quotes.refund import quote_refund
from app.insurance.quotes.schemas import QuoteIn, RefundIn
from app.insurance.rules.keys import RULE_KEYS, format_decimal, is_valid_value
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.savings.kinds import Product

_encode_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class QuoteValues:
    """A quote as values: the answer's fields, the rules used (as an answer names them) and the warnings."""

    values: dict[str, Any]
    rules: list[dict[str, Any]]
    warnings: list[FieldError]


def calculate_quote(book: Rulebook, body: QuoteIn) -> QuoteValues:
    """Calculate a quote whose values are to be recorded: never with assumed values.

    Raises: InvalidInput as `build_quote`; ValueError when the body assumes anything.
    """
    if body.assume:
        raise ValueError("nothing is priced with assumed values")
    lookup = RuleLookup(book, body.payment_date, body.province_code)
    answer, warnings = _calculate_fields(body, lookup)
    return QuoteValues(answer, used_rules_to_response(lookup), warnings)


def used_rules_to_response(lookup: RuleLookup) -> list[dict[str, Any]]:
    """Convert the rules that were used to their response form."""
    return [json.loads(_format_used_rule(key, rule)) for key, rule in lookup.used_rules.items()]


def build_quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    """Build a quote as JSON text: what is to be paid, by whom and until when.

    Raises: InvalidInput with each wrong field, or at /payment_date when the law has no confirmed value for the day.
    """
    return book.cached_answer(
        ("quote", language, body.model_dump_json()), lambda: _build_quote(book, body, language)
    )


def _build_quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    check_assumed(body.assume)
    lookup = RuleLookup(book, body.payment_date, body.province_code, body.assume)
    answer, warnings = _calculate_fields(body, lookup)
    return _format_answer(answer, lookup, warnings, language)


def _calculate_fields(body: QuoteIn, lookup: RuleLookup) -> tuple[dict[str, Any], list[FieldError]]:
    if body.product is Product.BHXH_TN:
        return quote_premium(body, lookup)
    return quote_cards(body, lookup), []


def build_refund_quote(book: Rulebook, body: RefundIn, language: Language) -> str:
    """Build a refund quote as JSON text: what the unused part of a payment gives back. Raises: as `build_quote`."""
    check_assumed(body.assume)
    lookup = RuleLookup(book, body.payment_date, None, body.assume)
    return _format_answer(quote_refund(body, lookup), lookup, (), language)


def check_assumed(assumed: Mapping[str, Decimal]) -> None:
    """Check the assumed values. Raises: InvalidInput with each key or value that no rule can have."""
    problems = []
    for key, value in assumed.items():
        if key not in RULE_KEYS:
            problems.append(FieldError("/assume" + to_pointer_step(key), *errors.UNKNOWN_RULE))
        elif not is_valid_value(RULE_KEYS[key], value):
            problems.append(FieldError("/assume" + to_pointer_step(key), *errors.VALUE_NOT_OF_KIND))
    if problems:
        raise InvalidInput(errors=problems)


def _format_answer(
    answer: dict[str, Any], lookup: RuleLookup, warnings: Iterable[FieldError], language: Language
) -> str:
    """Format the answer as JSON text, with how it was calculated."""
    answer["warnings"] = [
        warning_to_response(note, language)
        for note in (*warnings, *map(errors.rule_awaits_confirmation, lookup.unconfirmed))
    ]
    answer["assumed"] = lookup.assumed
    return format_with_rules(answer, lookup.used_rules.items())


def format_with_rules(answer: Mapping[str, Any], used: Iterable[tuple[str, Rule | Decimal]]) -> str:
    """Format an answer as JSON text, with the rules that were used."""
    rules = ",".join(_format_used_rule(key, rule) for key, rule in used)
    return f'{_encode_json(answer)[:-1]},"rules":[{rules}]}}'


def warning_to_response(note: FieldError, language: Language) -> dict[str, str]:
    """Convert a warning to its response form, in the reader's language."""
    return {"pointer": note.pointer, "code": note.code, "detail": note.en if language == "en" else note.vi}


def _format_used_rule(key: str, rule: Rule | Decimal) -> str:
    if isinstance(rule, Rule):
        return rule.json_text
    empty = {"effective_from": None, "legal_basis": None, "id": None}
    return _encode_json({"key": key, "value": format_decimal(rule), **empty, "assumed": True})
