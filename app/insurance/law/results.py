"""The results of the law's formulas, as typed values: who pays what, from when to when, by which formula.

Amounts are đồng. They are written to answers by app/insurance/quotes/responses.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from app.core.errors import FieldError
from app.insurance.kinds import CardGroup, Method
from app.insurance.law.premium import cap_supports
from app.people.kinds import SupportKind
from app.savings.kinds import Product

Formula = Mapping[str, str | int | Decimal]
"""The expression of a calculation and its terms, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class CostShares:
    """Who pays what of an amount due."""

    amount_due: int
    state_support: int
    province_support: int
    other_support: int

    @property
    def participant_pays(self) -> int:
        """What is left for the participant."""
        return self.amount_due - self.state_support - self.province_support - self.other_support

    @classmethod
    def split(cls, due: int, supports: tuple[int, int, int]) -> Self:
        """Share an amount with the supports of state, province and others, which never exceed it."""
        return cls(due, *cap_supports(due, supports))

    @classmethod
    def sum(cls, parts: Iterable["CostShares"]) -> Self:
        """Sum the shares of several amounts."""
        listed = list(parts)
        return cls(
            amount_due=sum(part.amount_due for part in listed),
            state_support=sum(part.state_support for part in listed),
            province_support=sum(part.province_support for part in listed),
            other_support=sum(part.other_support for part in listed),
        )


@dataclass(frozen=True, slots=True)
class PremiumQuote:
    """A premium of voluntary social insurance, as paid on a day.

    from_month: YYYY-MM; pay_by: the deadline; valid_from: first day covered, None for missing months.
    """

    payment_date: date
    method: Method
    months: int
    supported_months: int
    from_month: str
    pay_by: date
    valid_from: date | None
    shares: CostShares
    formula: Formula
    warnings: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class CardPrice:
    """One member's card. counted_order: None for whom the state supports, who count in no order."""

    order: int
    counted_order: int | None
    support_group: SupportKind | CardGroup | None
    valid_from: date
    valid_to: date
    shares: CostShares


@dataclass(frozen=True, slots=True)
class CardQuote:
    """The cards of a household, as paid on a day. valid_from: from when every member is covered."""

    payment_date: date
    months: int
    valid_from: date
    cards: tuple[CardPrice, ...]
    shares: CostShares
    formula: Formula
    warnings: tuple[FieldError, ...] = ()


Quote = PremiumQuote | CardQuote


@dataclass(frozen=True, slots=True)
class RefundQuote:
    """The refund of what is unused. unused: with the support of these months; refund: the participant's part."""

    product: Product
    payment_date: date
    months: int
    remaining_months: int
    state_support: int
    other_support: int
    unused: int
    refund: int
    formula: Formula
