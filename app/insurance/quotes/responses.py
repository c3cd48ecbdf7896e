"""Quotes and refunds as answers: typed results become JSON values here and nowhere else."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from app.core.errors import FieldError
from app.core.language import Language
from app.insurance.law.results import (
    CardPrice,
    CardQuote,
    CostShares,
    Formula,
    PremiumQuote,
    Quote,
    RefundQuote,
)
from app.insurance.quotes import errors
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.rulebook import Rule, RuleLookup
from app.savings.kinds import Product

_encode_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def quote_to_response(quote: Quote) -> dict[str, Any]:
    """Convert a quote to the fields of its response."""
    return _premium_to_response(quote) if isinstance(quote, PremiumQuote) else _cards_to_response(quote)


def _premium_to_response(quote: PremiumQuote) -> dict[str, Any]:
    return {
        "product": Product.BHXH_TN,
        "method": quote.method,
        "payment_date": quote.payment_date.isoformat(),
        "months": quote.months,
        "supported_months": quote.supported_months,
        "from_month": quote.from_month,
        "pay_by": quote.pay_by.isoformat(),
        "valid_from": quote.valid_from and quote.valid_from.isoformat(),
        **shares_to_response(quote.shares),
        "formula": formula_to_response(quote.formula),
    }


def _cards_to_response(quote: CardQuote) -> dict[str, Any]:
    return {
        "product": Product.BHYT_HGD,
        "payment_date": quote.payment_date.isoformat(),
        "months": quote.months,
        "valid_from": quote.valid_from.isoformat(),
        "members": [_card_to_response(card) for card in quote.cards],
        **shares_to_response(quote.shares),
        "formula": formula_to_response(quote.formula),
    }


def _card_to_response(card: CardPrice) -> dict[str, Any]:
    return {
        "order": card.order,
        "counted_order": card.counted_order,
        "support_group": card.support_group,
        **shares_to_response(card.shares),
        "valid_from": card.valid_from.isoformat(),
        "valid_to": card.valid_to.isoformat(),
    }


def refund_to_response(quote: RefundQuote) -> dict[str, Any]:
    """Convert a refund to the fields of its response."""
    return {
        "product": quote.product,
        "payment_date": quote.payment_date.isoformat(),
        "remaining_months": quote.remaining_months,
        "state_support": quote.state_support,
        "other_support": quote.other_support,
        "months": quote.months,
        "unused": quote.unused,
        "refund": quote.refund,
        "formula": formula_to_response(quote.formula),
    }


def shares_to_response(shares: CostShares) -> dict[str, int]:
    """Convert who pays what to the fields of a response."""
    return {
        "amount_due": shares.amount_due,
        "state_support": shares.state_support,
        "province_support": shares.province_support,
        "other_support": shares.other_support,
        "participant_pays": shares.participant_pays,
    }


def formula_to_response(formula: Formula) -> dict[str, str | int]:
    """Convert a formula to its response form: exact decimals as text."""
    return {
        name: format_decimal(term) if isinstance(term, Decimal) else term for name, term in formula.items()
    }


def used_rules_to_response(lookup: RuleLookup) -> list[dict[str, Any]]:
    """Convert the rules that were used to their response form."""
    return [json.loads(_format_used_rule(key, rule)) for key, rule in lookup.used_rules.items()]


def warning_to_response(note: FieldError, language: Language) -> dict[str, str]:
    """Convert a warning to its response form, in the reader's language."""
    return {"pointer": note.pointer, "code": note.code, "detail": note.en if language == "en" else note.vi}


def format_answer(
    answer: dict[str, Any], lookup: RuleLookup, warnings: Iterable[FieldError], language: Language
) -> str:
    """Format an answer as JSON text, with how it was calculated."""
    answer["warnings"] = [
        warning_to_response(note, language) for note in (*warnings, *errors.list_rule_warnings(lookup))
    ]
    answer["assumed"] = lookup.assumed
    return format_with_rules(answer, lookup.used_rules.items())


def format_with_rules(answer: Mapping[str, Any], used: Iterable[tuple[str, Rule | Decimal]]) -> str:
    """Format an answer as JSON text, with the rules that were used."""
    rules = ",".join(_format_used_rule(key, rule) for key, rule in used)
    return f'{_encode_json(answer)[:-1]},"rules":[{rules}]}}'


def _format_used_rule(key: str, rule: Rule | Decimal) -> str:
    if isinstance(rule, Rule):
        return rule.json_text
    empty = {"effective_from": None, "legal_basis": None, "id": None}
    return _encode_json({"key": key, "value": format_decimal(rule), **empty, "assumed": True})
