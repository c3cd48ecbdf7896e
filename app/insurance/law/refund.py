"""How the unused months of a payment are divided among those who paid them. Amounts are đồng."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.core.values.money import round_half_up
from app.insurance.kinds import EnrolmentEndReason, RefundReason
from app.insurance.law.premium import cap_supports
from app.savings.kinds import Product

_CARD_ALONE: Final = frozenset({RefundReason.OTHER_GROUP, RefundReason.MISSING, RefundReason.LEFT_COUNTRY})

REFUND_REASONS: Final = {
    Product.BHXH_TN: frozenset(RefundReason) - _CARD_ALONE,
    Product.BHYT_HGD: _CARD_ALONE | {RefundReason.COMPULSORY, RefundReason.DIED, RefundReason.PAID_IN_ERROR},
}
"""Cases of the law: NĐ 159/2025/NĐ-CP, Article 8.1; of cards where a dated rule knows the case (`CARD_REFUND_KEYS`).

What was paid in error or twice is no premium and goes back whenever it is found, for whatever was paid (QĐ 366/QĐ-BHXH,
Article 2, “hoàn trả”).
"""

CARD_REFUND_KEYS: Final[Mapping[RefundReason, tuple[str, str | None]]] = {
    RefundReason.COMPULSORY: ("bhyt_refund_other_group", None),
    RefundReason.OTHER_GROUP: ("bhyt_refund_other_group", None),
    RefundReason.DIED: ("bhyt_refund_stopped", "bhyt_refund_died_unused"),
    RefundReason.MISSING: ("bhyt_refund_stopped", None),
    RefundReason.LEFT_COUNTRY: ("bhyt_refund_stopped", None),
}
"""For each case the rule that knows it on the first unused day, and the one for a card of which no day was used.

A card of a group that comes first in the order of the law (QĐ 595/QĐ-BHXH, Article 20.1.1; QĐ 366/QĐ-BHXH, TK1-TS and
C16-TS), from the first day of that card; death, disappearance and residence abroad since 2025-07-01 (NĐ 188/2025/NĐ-CP,
Article 7.13), from the day of the list that reports the stop; before it, death before the card began (QĐ 595, Article
20.1.3).
"""

_OTHER_ENDINGS: Final = _CARD_ALONE | {RefundReason.PAID_IN_ERROR}

REFUND_ENDINGS: Final = {
    reason: EnrolmentEndReason(reason.value) for reason in RefundReason if reason not in _OTHER_ENDINGS
} | dict.fromkeys(_OTHER_ENDINGS, EnrolmentEndReason.STOPPED)
"""How an enrolment ends by a refund."""


@dataclass(frozen=True, slots=True)
class SupportPart:
    """Support of some months of a payment: amount, for so many months that come after the first ones."""

    amount: int
    after: int
    months: int

    def split_unused(self, used: int) -> int:
        """What of it belongs to months that are not used."""
        return _prorate(self.amount, min(self.months, max(0, self.after + self.months - used)), self.months)


@dataclass(frozen=True, slots=True)
class PaidSupport:
    """Support that a payment contains, for all its months.

    province_parts: which months the province supported; empty where it was all.
    """

    state: int
    province: int
    other: int
    months: int
    supported_months: int
    province_parts: tuple[SupportPart, ...] = ()


def split_unused_support(paid: PaidSupport, used: int, unused: int) -> tuple[int, int, int]:
    """Split what is unused: the parts of state, province and others, in proportion to their months.

    The first months are those that the state supported; the province's are those of its resolution. used: months begun;
    unused: premium of the months left.
    Source: NĐ 159/2025/NĐ-CP, Articles 5.6, 8.2 and 8.3.
    """
    supported = max(0, paid.supported_months - used)
    state = _prorate(paid.state, supported, paid.supported_months)
    province_parts = paid.province_parts or (SupportPart(paid.province, 0, paid.months),)
    province = sum(part.split_unused(used) for part in province_parts)
    other = _prorate(paid.other, paid.months - used, paid.months)
    first, second, third = cap_supports(unused, (state, province, other))
    return first, second, third


def _prorate(amount: int, months: int, total_months: int) -> int:
    return round_half_up(Decimal(amount * months) / total_months) if total_months else 0
