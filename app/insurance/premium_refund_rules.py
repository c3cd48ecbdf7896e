"""Whose money the unused months of a payment are. Amounts are đồng."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.core.money import round_half_up
from app.insurance.enrolment_rules import Ending
from app.insurance.premium_rules import within
from app.savings.kinds import Product


class RefundReason(StrEnum):
    """Why a premium is given back (lý do hoàn trả)."""

    COMPULSORY = "compulsory"  # chuyển sang tham gia bắt buộc
    ONE_OFF = "one_off"  # hưởng BHXH một lần
    DIED = "died"  # qua đời
    PENSION = "pension"  # hưởng lương hưu
    OTHER_GROUP = "other_group"  # thẻ BHYT theo nhóm đối tượng khác


REASONS: Final = {
    Product.BHXH_TN: frozenset(set(RefundReason) - {RefundReason.OTHER_GROUP}),
    Product.BHYT_HGD: frozenset({RefundReason.COMPULSORY, RefundReason.DIED, RefundReason.OTHER_GROUP}),
}
"""Cases of the law: NĐ 159/2025/NĐ-CP, Article 8.1; of cards where a dated rule allows a refund at all."""

ENDINGS: Final = {reason: Ending(reason.value) for reason in RefundReason if reason != "other_group"} | {
    RefundReason.OTHER_GROUP: Ending.STOPPED
}
"""How an enrolment ends by a refund."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment was made of, for all its months."""

    state: int
    province: int
    other: int
    months: int
    supported_months: int


def returned(paid: Paid, used: int, unused: int) -> tuple[int, int, int]:
    """State's, province's and others' parts of what is unused, in proportion to their months, never more than it.

    The first months are those that the state supported. used: months begun; unused: premium of the months left.
    Source: NĐ 159/2025/NĐ-CP, Articles 5.6, 8.2 and 8.3.
    """
    supported = max(0, paid.supported_months - used)
    state = _part(paid.state, supported, paid.supported_months)
    province = _part(paid.province, paid.months - used, paid.months)
    other = _part(paid.other, paid.months - used, paid.months)
    first, second, third = within(unused, (state, province, other))
    return first, second, third


def _part(amount: int, months: int, of: int) -> int:
    return round_half_up(Decimal(amount * months) / of) if of else 0
