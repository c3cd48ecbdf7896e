"""Quotes and refunds: the rules of the payment date, the sums, and how they were worked out. Nothing is stored."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.core.language import Language
from app.core.strict_json import json_step
from app.insurance import quote_errors as errors
from app.insurance.card_quote import quote_cards
from app.insurance.premium_quote import quote_premium
from app.insurance.quote_schemas import QuoteIn, RefundIn
from app.insurance.refund_quote import quote_refund
from app.insurance.rule_keys import KEYS, fits, plain
from app.insurance.rulebook import Reading, Rule, Rulebook
from app.savings.kinds import Product


def quote(book: Rulebook, body: QuoteIn, language: Language) -> dict[str, Any]:
    """What is to be paid, by whom and until when, as JSON values.

    Raises: InvalidInput with each wrong field, or at /payment_date when the law has no confirmed value for the day.
    """
    _check_assumed(body.assume)
    read = Reading(book, body.payment_date, body.province_code, body.assume)
    warnings: list[FieldError] = []
    if body.product is Product.BHXH_TN:
        answer, warnings = quote_premium(body, read)
    else:
        answer = quote_cards(body, read)
    return answer | _worked(read, warnings, language)


def refund(book: Rulebook, body: RefundIn, language: Language) -> dict[str, Any]:
    """What the unused part of a payment gives back, as JSON values. Raises: as `quote`."""
    _check_assumed(body.assume)
    read = Reading(book, body.payment_date, None, body.assume)
    return quote_refund(body, read) | _worked(read, [], language)


def _check_assumed(assumed: Mapping[str, Decimal]) -> None:
    found = []
    for key, value in assumed.items():
        if key not in KEYS:
            found.append(FieldError("/assume" + json_step(key), *errors.UNKNOWN_RULE))
        elif not fits(KEYS[key], value):
            found.append(FieldError("/assume" + json_step(key), *errors.NOT_OF_KIND))
    if found:
        raise InvalidInput(errors=found)


def _worked(read: Reading, warnings: Iterable[FieldError], language: Language) -> dict[str, Any]:
    notes = [*warnings, *map(errors.awaiting, read.awaiting)]
    return {
        "rules": [_used(key, rule) for key, rule in read.used.items()],
        "warnings": [
            {"pointer": note.pointer, "code": note.code, "detail": note.en if language == "en" else note.vi}
            for note in notes
        ],
        "assumed": any(not isinstance(rule, Rule) for rule in read.used.values()),
    }


def _used(key: str, rule: Rule | Decimal) -> dict[str, Any]:
    if not isinstance(rule, Rule):
        nothing = {"effective_from": None, "legal_basis": None, "id": None}
        return {"key": key, "value": plain(rule), **nothing, "assumed": True}
    return {
        "key": key,
        "value": plain(rule.value),
        "effective_from": rule.valid_from.isoformat(),
        "legal_basis": rule.legal_basis,
        "id": str(rule.id),
        "assumed": False,
    }
