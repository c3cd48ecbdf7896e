"""A figure of an estimate: an amount, its article, the terms of its formula, and what was assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from app.core.errors import Words
from app.core.language import Language
from app.insurance.law.results import Formula
from app.insurance.rules.keys import format_decimal

FigurePer = Literal["month", "year", "once"]


@dataclass(frozen=True, slots=True)
class EstimateFigure:
    """One figure. amount: đồng, None when there is no right to it. open: what the texts do not say."""

    amount: int | None
    per: FigurePer
    legal_basis: str
    words: Words
    formula: Formula = field(default_factory=dict)
    assumed: tuple[Words, ...] = ()
    open: tuple[Words, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_response(self, language: Language) -> dict[str, Any]:
        """Convert to the fields of a response, in the reader's language."""
        return {
            "amount": self.amount,
            "per": self.per,
            **{name: to_json(value) for name, value in self.more.items()},
            "legal_basis": self.legal_basis,
            "formula": {name: to_json(term) for name, term in self.formula.items()},
            "explanation": self.words.in_language(language),
            "assumed": [words.in_language(language) for words in self.assumed],
            "open": [words.in_language(language) for words in self.open],
        }


def to_json(value: Any) -> Any:
    """A value as JSON has it: exact numbers as text, days in ISO form."""
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
