"""Quotes and refunds: the rules of the payment date, the sums, and how they were worked out. Nothing is stored."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

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

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote as values: the answer's fields, the rules used (as an answer names them) and the warnings."""

    values: dict[str, Any]
    rules: list[dict[str, Any]]
    warnings: list[FieldError]


def price(book: Rulebook, body: QuoteIn) -> Priced:
    """What is to be paid, for what is recorded and not only told: never with assumed values.

    Raises: InvalidInput as `quote`; ValueError when the body assumes anything.
    """
    if body.assume:
        raise ValueError("nothing is priced with assumed values")
    read = Reading(book, body.payment_date, body.province_code)
    answer, warnings = _answer(body, read)
    return Priced(answer, told_rules(read), warnings)


def told_rules(read: Reading) -> list[dict[str, Any]]:
    """The rules that were used, as an answer names them."""
    return [json.loads(_used(key, rule)) for key, rule in read.used.items()]


def quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    """What is to be paid, by whom and until when, as JSON text.

    Raises: InvalidInput with each wrong field, or at /payment_date when the law has no confirmed value for the day.
    """
    return book.answer(("quote", language, body.model_dump_json()), lambda: _quote(book, body, language))


def _quote(book: Rulebook, body: QuoteIn, language: Language) -> str:
    check_assumed(body.assume)
    read = Reading(book, body.payment_date, body.province_code, body.assume)
    answer, warnings = _answer(body, read)
    return _told(answer, read, warnings, language)


def _answer(body: QuoteIn, read: Reading) -> tuple[dict[str, Any], list[FieldError]]:
    if body.product is Product.BHXH_TN:
        return quote_premium(body, read)
    return quote_cards(body, read), []


def refund(book: Rulebook, body: RefundIn, language: Language) -> str:
    """What the unused part of a payment gives back, as JSON text. Raises: as `quote`."""
    check_assumed(body.assume)
    read = Reading(book, body.payment_date, None, body.assume)
    return _told(quote_refund(body, read), read, (), language)


def check_assumed(assumed: Mapping[str, Decimal]) -> None:
    """Raises: InvalidInput with each value that is no rule's."""
    found = []
    for key, value in assumed.items():
        if key not in KEYS:
            found.append(FieldError("/assume" + json_step(key), *errors.UNKNOWN_RULE))
        elif not fits(KEYS[key], value):
            found.append(FieldError("/assume" + json_step(key), *errors.NOT_OF_KIND))
    if found:
        raise InvalidInput(errors=found)


def _told(answer: dict[str, Any], read: Reading, warnings: Iterable[FieldError], language: Language) -> str:
    """The answer as JSON text, with how it was worked out."""
    answer["warnings"] = [said(note, language) for note in (*warnings, *map(errors.awaiting, read.awaiting))]
    answer["assumed"] = read.assumed
    return with_rules(answer, read.used.items())


def with_rules(answer: Mapping[str, Any], used: Iterable[tuple[str, Rule | Decimal]]) -> str:
    """An answer as JSON text, with the rules that it was worked out by."""
    rules = ",".join(_used(key, rule) for key, rule in used)
    return f'{_encode(answer)[:-1]},"rules":[{rules}]}}'


def said(note: FieldError, language: Language) -> dict[str, str]:
    """A warning in the reader's language."""
    return {"pointer": note.pointer, "code": note.code, "detail": note.en if language == "en" else note.vi}


def _used(key: str, rule: Rule | Decimal) -> str:
    if isinstance(rule, Rule):
        return rule.told
    nothing = {"effective_from": None, "legal_basis": None, "id": None}
    return _encode({"key": key, "value": plain(rule), **nothing, "assumed": True})
