"""The terms of a quote or of a refund, as values. The day of payment and its rules come with the `RuleLookup`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.insurance.kinds import CardGroup, Method, RefundReason
from app.insurance.law.card import CardChain
from app.people.kinds import SupportKind
from app.savings.kinds import Product


@dataclass(frozen=True, slots=True)
class CardBuyer:
    """A member of a household for whom a card is bought.

    covered_until: last day of the last card, None for none; chain: of the cards that end with it, where they are known.
    proof_valid_until: last day of what proves the group, None where nobody asks.
    """

    order: int
    support_group: SupportKind | CardGroup | None = None
    covered_until: date | None = None
    chain: CardChain | None = None
    birth_date: date | None = None
    proof_valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTerms:
    """What is to be paid for, as it was asked for: the calculation checks that the fields fit together.

    Amounts are đồng. from_month: YYYY-MM, None for that of the payment; members: of cards only.
    """

    product: Product
    method: Method | None = None
    months: int | None = None
    monthly_income: int | None = None
    from_month: str | None = None
    late_months: int = 0
    support_group: SupportKind | None = None
    supported_before: int = 0
    other_support_rate: Decimal | None = None
    other_support: int | None = None
    members: tuple[CardBuyer, ...] | None = None


@dataclass(frozen=True, slots=True)
class PersonTerms:
    """Whom a premium is for, as far as it is known. sex: "female" or "male".

    months_paid: months of social insurance so far; None where nobody asked, which is no error.
    """

    birth_date: date | None = None
    sex: str | None = None
    months_paid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """What was paid and how much of it is unused, as it was asked for.

    Amounts are đồng. state_support, other_support: of the remaining months. Of a card: paid by the person for all its
    months; reason: None where the case is not to be checked; unused_from: first day that is not used, None for the day
    of payment.
    """

    product: Product
    method: Method | None = None
    months: int | None = None
    monthly_income: int | None = None
    remaining_months: int
    state_support: int = 0
    other_support: int = 0
    paid: int | None = None
    reason: RefundReason | None = None
    unused_from: date | None = None
