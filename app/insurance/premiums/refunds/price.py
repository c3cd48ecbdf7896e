"""The refund of a payment: its unused months, by the rules that priced it."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.core.errors import FieldError, InvalidInput
from app.core.values.time import first_day, month_of
from app.insurance.kinds import Method, RefundReason
from app.insurance.law.card import CardChain, card_refund
from app.insurance.law.coverage import count_months_begun
from app.insurance.law.refund import REFUND_REASONS, PaidSupport, SupportPart, split_unused_support
from app.insurance.law.results import Formula, RefundQuote
from app.insurance.premiums import errors
from app.insurance.premiums.payments.sources import redirect_pointers
from app.insurance.premiums.refunds.schemas import PremiumRefundIn
from app.insurance.quotes.errors import METHOD_NOT_REFUNDED, field_not_for_product
from app.insurance.quotes.province import SUPPORT_TERMS
from app.insurance.quotes.refund import calculate_refund
from app.insurance.quotes.responses import formula_to_response, used_rules_to_response
from app.insurance.quotes.terms import RefundTerms
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.models.insurance.coverage import Coverage
from app.models.insurance.premium_payment import PremiumPayment
from app.savings.kinds import Product

_WHOLE_METHODS: Final = (Method.MONTHS_1, Method.MISSING_MONTHS)
"""What is never given back for a part of its months."""


def find_first_unused_day(body: PremiumRefundIn, payment: PremiumPayment, coverage: Coverage) -> date:
    """The first day that is not used: of a card any day, else the first of a month. Raises: InvalidInput.

    What was paid in error is all unused unless a day is named; of missing months, which cover no days, from the day on
    which they were paid.
    """
    is_card = payment.product == Product.BHYT_HGD
    if body.unused_from is not None and not is_card:
        raise InvalidInput(errors=[field_not_for_product("/unused_from")])
    if body.unused_from is not None and body.from_month is not None:
        raise InvalidInput(errors=[errors.FIRST_UNUSED_ONCE])
    named = body.unused_from or (first_day(body.from_month) if body.from_month else None)
    if body.reason is not RefundReason.PAID_IN_ERROR:
        if named is None:
            raise InvalidInput(errors=[errors.FIRST_UNUSED_ONCE])
        return named
    if named is not None and payment.method in _WHOLE_METHODS:
        raise InvalidInput(errors=[errors.REFUNDED_AS_A_WHOLE])
    return named or coverage.valid_from or payment.priced_on


def count_used_months(
    payment: PremiumPayment, coverage: Coverage, reason: RefundReason, before: date, chain: CardChain | None
) -> int:
    """Count the months of the payment that have begun before the first unused day. Raises: InvalidInput.

    chain: of the cards on which this one follows. A card of which no day was used may also end before it begins.
    """
    product = Product(payment.product)
    if reason not in REFUND_REASONS[product]:
        raise InvalidInput(errors=[errors.REASON_NOT_FOR_PRODUCT])
    if payment.method in _WHOLE_METHODS and reason is not RefundReason.PAID_IN_ERROR:
        raise InvalidInput(errors=[_point_at_payment(METHOD_NOT_REFUNDED)])
    if coverage.valid_from is None:
        return 0
    used = count_months_begun(coverage.valid_from, payment.months, before, chain)
    is_early = product is Product.BHXH_TN and before < first_day(month_of(coverage.valid_from))
    if used == payment.months or is_early:
        raise InvalidInput(
            errors=[errors.outside_payment("/from_month" if product is Product.BHXH_TN else "/unused_from")]
        )
    return used


def calculate_refund_amounts(
    book: Rulebook, payment: PremiumPayment, used: int, reason: RefundReason, before: date
) -> dict[str, Any]:
    """Calculate the columns of a refund: by the rules that priced the payment, of a card by those of the first unused
    day. Raises: InvalidInput at /payment_id, or at /reason for a card whose case the law of that day does not know."""
    if reason is RefundReason.PAID_IN_ERROR and not used:
        return _return_whole_payment(payment)
    is_card = payment.product == Product.BHYT_HGD
    lookup = RuleLookup(_build_recorded_rulebook(payment), payment.priced_on)
    if is_card:
        lookup = RuleLookup(book, before)
    try:
        quote = calculate_refund(_build_terms(payment, payment.months - used, reason), lookup)
    except InvalidInput as refusal:
        redirect_pointers(refusal, {"/reason": "/reason"}, "/payment_id")
        raise
    paid = PaidSupport(
        state=payment.state_support,
        province=payment.province_support,
        other=payment.other_support,
        months=payment.months,
        supported_months=payment.months if is_card else payment.supported_months,
        province_parts=_list_province_parts(payment),
    )
    unused = payment.amount_due if is_card else min(quote.unused, payment.amount_due)
    state, province, other = split_unused_support(paid, used, unused)
    own_share, formula = unused - state - province - other, quote.formula
    if is_card:
        own_share, formula = _share_card_refund(payment, quote, paid.province_parts, province)
    amount = min(own_share, payment.participant_pays)
    return {
        "remaining_months": quote.remaining_months,
        "unused": amount + state + province + other,
        "amount": amount,
        "state_returned": state,
        "province_returned": province,
        "other_returned": other,
        "formula": formula_to_response(formula),
        "rules": used_rules_to_response(lookup),
    }


def _return_whole_payment(payment: PremiumPayment) -> dict[str, Any]:
    """The columns of a refund of all that was paid: to each what they gave, with nothing to calculate."""
    parts = {
        "amount": payment.participant_pays,
        "state_returned": payment.state_support,
        "province_returned": payment.province_support,
        "other_returned": payment.other_support,
    }
    formula: Formula = {"expression": "participant_pays", "participant_pays": payment.participant_pays}
    return parts | {
        "remaining_months": payment.months,
        "unused": sum(parts.values()),
        "formula": formula_to_response(formula),
        "rules": [],
    }


def _list_province_parts(payment: PremiumPayment) -> tuple[SupportPart, ...]:
    """The months that the province supported, by the formula of the payment; empty for all of them."""
    terms = payment.formula
    dong = min(payment.province_support, terms.get("province_dong", 0) * terms.get("province_dong_months", 0))
    amounts = zip(SUPPORT_TERMS, (payment.province_support - dong, dong), strict=True)
    return tuple(
        SupportPart(amount, terms.get(f"{name}_after", 0), terms[f"{name}_months"])
        for name, amount in amounts
        if f"{name}_months" in terms
    )


def _share_card_refund(
    payment: PremiumPayment, quote: RefundQuote, parts: tuple[SupportPart, ...], province: int
) -> tuple[int, Formula]:
    """The person's own money of a card's months that are left, and its formula.

    What person and province paid together is the same for each month; the province's part of it may not be.
    """
    if all(part.months == payment.months for part in parts):
        return quote.refund, quote.formula
    both = card_refund(
        payment.participant_pays + payment.province_support, payment.months, quote.remaining_months
    )
    return both - province, {
        "expression": "(paid + province_support) × remaining_months / months − province_returned",
        "paid": payment.participant_pays,
        "province_support": payment.province_support,
        "province_returned": province,
    }


def _build_terms(payment: PremiumPayment, remaining: int, reason: RefundReason) -> RefundTerms:
    is_card = payment.product == Product.BHYT_HGD
    return RefundTerms(
        product=Product(payment.product),
        method=None if is_card else Method(payment.method),
        months=payment.months if is_card else None,
        monthly_income=payment.monthly_income,
        remaining_months=remaining,
        paid=payment.participant_pays if is_card else None,
        reason=reason if is_card else None,
    )


def _build_recorded_rulebook(payment: PremiumPayment) -> Rulebook:
    """Build a rulebook of the rules recorded with the payment."""
    recorded = [
        Rule(
            id=UUID(rule["id"]),
            key=rule["key"],
            value=Decimal(rule["value"]),
            province_code=None,
            valid_from=date.fromisoformat(rule["effective_from"]),
            valid_to=None,
            legal_basis=rule["legal_basis"],
            active=True,
        )
        for rule in payment.rules
    ]
    return Rulebook(recorded)


def _point_at_payment(error: FieldError) -> FieldError:
    return FieldError("/payment_id", error.code, error.vi, error.en)
