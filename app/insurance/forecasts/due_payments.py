"""The next payments of each member of a group, as terms of quotes with their due dates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.insurance.forecasts.queries import Saver
from app.insurance.forecasts.rules import PAID_STATUSES, enrolment_due_date, next_start_date, pledge_due_date
from app.insurance.kinds import EnrolledGroup, Method, narrow_to_support_kind, parse_enrolled_group
from app.insurance.law.premium import METHOD_MONTHS
from app.insurance.plans.rules import convert_to_daily
from app.insurance.quotes.terms import CardBuyer, QuoteTerms
from app.insurance.rules.rulebook import RuleLookup
from app.models.savings.savings_model import SavingsModel
from app.people.kinds import SupportKind
from app.savings.kinds import Per, Product

_MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class DuePayment:
    """A payment that is due. support: of a card, the group that the state helps; it then counts in no order."""

    product: Product
    method: Method | None
    months: int
    income: int | None
    support: EnrolledGroup | None
    supported_before: int
    due_on: date

    def to_terms(self, household_order: int) -> QuoteTerms:
        """Convert to a quote's terms. household_order: among those of the household who buy cards in the same year."""
        if self.product is Product.BHXH_TN:
            return QuoteTerms(
                product=self.product,
                method=self.method,
                months=self.months if self.method is Method.MISSING_MONTHS else None,
                monthly_income=self.income,
                support_group=narrow_to_support_kind(self.support),
                supported_before=self.supported_before,
            )
        buyer = CardBuyer(household_order, self.support)
        return QuoteTerms(product=self.product, months=self.months, members=(buyer,))


def calculate_daily_pledge(saver: Saver, model: SavingsModel | None) -> Fraction:
    """Calculate a member's pledge in đồng a day; without a pledge of their own, what their model asks for."""
    own_pledges = [
        convert_to_daily(pledge["amount"], Per(pledge["per"]))
        for pledge in saver.pledges
        if pledge["amount"] is not None
    ]
    return sum(own_pledges or map(Fraction, _model_daily_amounts(model).values()), Fraction(0))


def find_due_payments(
    saver: Saver, model: SavingsModel | None, lookup: RuleLookup, today: date, due_override: date | None
) -> list[DuePayment]:
    """Find a member's next payments, the earliest first: by their enrolments, their pledges, or their model."""
    payments = {
        enrolment["product"]: _build_next_payment(enrolment, saver.supported_before, lookup, due_override)
        for enrolment in saver.enrolments
        if _has_next_payment(enrolment)
    }
    for pledge in saver.pledges:
        if pledge["product"] is not None and pledge["product"] not in payments:
            since = date.fromisoformat(pledge["since"])
            payments[pledge["product"]] = _build_year_payment(
                pledge["product"], saver.supported_before, due_override or pledge_due_date(since, today)
            )
    if not payments and model is not None:
        for product in model.products or _model_daily_amounts(model):
            payments[product] = _build_year_payment(
                product, saver.supported_before, due_override or pledge_due_date(saver.joined_on, today)
            )
    return sorted(payments.values(), key=lambda payment: (payment.due_on, payment.product))


def assign_card_orders(
    payments_by_saver: Iterable[tuple[Saver, Sequence[DuePayment]]],
) -> dict[tuple[UUID, DuePayment], int]:
    """Assign the order of each card in its household and year: 1 for the first, and without a household."""
    cards_by_household: dict[tuple[UUID, int], list[tuple[date, UUID, DuePayment]]] = defaultdict(list)
    for saver, payments in payments_by_saver:
        for payment in payments:
            if payment.product is Product.BHYT_HGD and payment.support is None:
                household = saver.household_id or saver.member_id
                cards_by_household[household, payment.due_on.year].append(
                    (payment.due_on, saver.member_id, payment)
                )
    return {
        (member, payment): order
        for cards in cards_by_household.values()
        for order, (_, member, payment) in enumerate(sorted(cards, key=lambda card: card[:2]), 1)
    }


def _model_daily_amounts(model: SavingsModel | None) -> dict[str, int]:
    """Daily amounts that a piggy-bank model asks for, by product."""
    amounts = model.details.get("daily_amounts") if model is not None else None
    return {entry["product"]: entry["amount"] for entry in amounts or ()}


def _has_next_payment(enrolment: dict[str, Any]) -> bool:
    """Whether the enrolment has a next payment: missing months are paid for once."""
    return enrolment["method"] != Method.MISSING_MONTHS or enrolment["status"] not in PAID_STATUSES


def _build_next_payment(
    enrolment: dict[str, Any], supported_before: int, lookup: RuleLookup, due_override: date | None
) -> DuePayment:
    product, method = Product(enrolment["product"]), Method(enrolment["method"])
    months, paid = enrolment["months"], enrolment["status"] in PAID_STATUSES
    period_months = METHOD_MONTHS.get(method) if product is Product.BHXH_TN else None
    deadline = None if period_months is None else lookup.int_value(f"deadline_months_{period_months}")
    covered_to = enrolment["covered_to"] and date.fromisoformat(enrolment["covered_to"])
    start = next_start_date(date.fromisoformat(enrolment["from_month"]), months, paid, covered_to)
    support = parse_enrolled_group(enrolment["support_group"])
    if product is Product.BHYT_HGD:
        support = support if lookup.optional_value(f"bhyt_support_rate_{support}") is not None else None
    return DuePayment(
        product=product,
        method=method if product is Product.BHXH_TN else None,
        months=months,
        income=enrolment["monthly_income"],
        support=support,
        supported_before=supported_before,
        due_on=due_override or enrolment_due_date(product, start, deadline),
    )


def _build_year_payment(product: str, supported_before: int, due: date) -> DuePayment:
    is_premium = product == Product.BHXH_TN
    return DuePayment(
        product=Product(product),
        method=Method.MONTHS_12 if is_premium else None,
        months=_MONTHS_OF_YEAR,
        income=None,
        support=SupportKind.OTHER if is_premium else None,
        supported_before=supported_before,
        due_on=due,
    )
