"""How the unused months of a payment are divided among those who paid them. Amounts are đồng."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.core.values.money import round_half_up
from app.insurance.kinds import EnrolmentEndReason, RefundReason
from app.insurance.law.premium import cap_supports
from app.savings.kinds import Product

REFUND_REASONS: Final = {
    Product.BHXH_TN: frozenset(set(RefundReason) - {RefundReason.OTHER_GROUP}),
    Product.BHYT_HGD: frozenset({RefundReason.COMPULSORY, RefundReason.DIED, RefundReason.OTHER_GROUP}),
}
"""Cases of the law: NĐ 159/2025/NĐ-CP, Article 8.1; of cards where a dated rule allows a refund at all."""

REFUND_ENDINGS: Final = {
    reason: EnrolmentEndReason(reason.value) for reason in RefundReason if reason != "other_group"
} | {RefundReason.OTHER_GROUP: EnrolmentEndReason.STOPPED}
"""How an enrolment ends by a refund."""


@dataclass(frozen=True, slots=True)
class PaidSupport:
    """Support that a payment contains, for all its months."""

    state: int
    province: int
    other: int
    months: int
    supported_months: int


def split_unused_support(paid: PaidSupport, used: int, unused: int) -> tuple[int, int, int]:
    """Split what is unused: the parts of state, province and others, in proportion to their months.

    The first months are those that the state supported. used: months begun; unused: premium of the months left.
    Source: NĐ 159/2025/NĐ-CP, Articles 5.6, 8.2 and 8.3.
    """
    supported = max(0, paid.supported_months - used)
    state = _prorate(paid.state, supported, paid.supported_months)
    province = _prorate(paid.province, paid.months - used, paid.months)
    other = _prorate(paid.other, paid.months - used, paid.months)
    first, second, third = cap_supports(unused, (state, province, other))
    return first, second, third


def _prorate(amount: int, months: int, total_months: int) -> int:
    return round_half_up(Decimal(amount * months) / total_months) if total_months else 0
