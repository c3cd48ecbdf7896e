"""How much of a payment is given back: its unused months, by the rules that priced it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.errors import FieldError, InvalidInput
from app.core.time import first_day, month_of
from app.insurance import premium_payment_errors as errors
from app.insurance.coverage_rules import months_begun
from app.insurance.enrolment_rules import Method
from app.insurance.premium_refund_rules import REASONS, Paid, returned
from app.insurance.premium_refund_schemas import PremiumRefundIn
from app.insurance.premium_sources import at_field
from app.insurance.quote_errors import NOT_REFUNDED
from app.insurance.quote_schemas import RefundIn
from app.insurance.quote_service import told_rules
from app.insurance.refund_quote import quote_refund
from app.insurance.rulebook import Reading, Rule, Rulebook
from app.models.coverage import Coverage
from app.models.premium_payment import PremiumPayment
from app.savings.kinds import Product


def used_months(payment: PremiumPayment, coverage: Coverage, body: PremiumRefundIn) -> int:
    """How many months of the payment have begun before the first that is not used. Raises: InvalidInput."""
    product, before = Product(payment.product), first_day(body.from_month)
    if body.reason not in REASONS[product]:
        raise InvalidInput(errors=[errors.NO_CASE])
    if payment.method in (Method.MONTHS_1, Method.MISSING_MONTHS) or coverage.valid_from is None:
        raise InvalidInput(errors=[_at_payment(NOT_REFUNDED)])
    used = months_begun(coverage.valid_from, payment.months, before)
    if used == payment.months or before < first_day(month_of(coverage.valid_from)):
        raise InvalidInput(errors=[errors.NOTHING_LEFT])
    return used


def worked_out(book: Rulebook, payment: PremiumPayment, used: int) -> dict[str, Any]:
    """The columns of the amounts, by the rules that priced the payment. Raises: InvalidInput at /payment_id."""
    remaining, card = payment.months - used, payment.product == Product.BHYT_HGD
    read = Reading(_kept(payment, book), payment.priced_on)
    asked = RefundIn(
        product=Product(payment.product),
        payment_date=payment.priced_on,
        method=None if card else Method(payment.method),
        months=payment.months if card else None,
        monthly_income=payment.monthly_income,
        remaining_months=remaining,
        paid=payment.participant_pays if card else None,
    )
    try:
        answer = quote_refund(asked, read)
    except InvalidInput as refusal:
        at_field(refusal, {}, "/payment_id")
        raise
    paid = Paid(
        state=payment.state_support,
        province=payment.province_support,
        other=payment.other_support,
        months=payment.months,
        supported_months=payment.months if card else payment.supported_months,
    )
    unused = payment.amount_due if card else min(answer["unused"], payment.amount_due)
    state, province, other = returned(paid, used, unused)
    own = answer["refund"] if card else unused - state - province - other
    amount = min(own, payment.participant_pays)
    return {
        "unused": amount + state + province + other,
        "amount": amount,
        "state_returned": state,
        "province_returned": province,
        "other_returned": other,
        "formula": answer["formula"],
        "rules": told_rules(read),
    }


def _kept(payment: PremiumPayment, book: Rulebook) -> Rulebook:
    """The rules as the payment keeps them, and whether cards were given back on its day."""
    kept = [
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
    allowed = book.on("bhyt_refund_allowed", payment.priced_on)[0]
    return Rulebook(kept if allowed is None else [*kept, allowed])


def _at_payment(error: FieldError) -> FieldError:
    return FieldError("/payment_id", error.code, error.vi, error.en)
