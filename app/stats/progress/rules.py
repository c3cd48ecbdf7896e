"""What of a target is counted from the books, and how far it is reached."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from app.campaigns.kinds import Unit
from app.campaigns.metrics import Metric
from app.core.errors import Words
from app.savings.kinds import Product

_FOUR_DECIMALS: Final = Decimal("0.0001")


class BookSource(StrEnum):
    """Where a metric is counted."""

    PAYMENTS = "payments"  # người đã đóng trong kỳ
    MEMBERSHIPS = "memberships"  # thành viên vào ngày cuối
    LEDGER = "ledger"  # tiền gửi và bán sản phẩm, trừ tiền rút
    GROUPS = "groups"  # tổ đang hoạt động vào ngày cuối


@dataclass(frozen=True, slots=True)
class Counting:
    """How a metric is counted. product: of this one alone; first_only: people who paid for the first time."""

    source: BookSource
    units: frozenset[Unit]
    product: Product | None = None
    first_only: bool = False


_PEOPLE: Final = frozenset({Unit.PEOPLE, Unit.HOUSEHOLDS})

COUNTED_METRICS: Final = {
    Metric.PARTICIPANTS_BHXH_TN: Counting(BookSource.PAYMENTS, _PEOPLE, Product.BHXH_TN),
    Metric.PARTICIPANTS_BHYT_HGD: Counting(BookSource.PAYMENTS, _PEOPLE, Product.BHYT_HGD),
    Metric.NEW_PARTICIPANTS: Counting(BookSource.PAYMENTS, _PEOPLE, first_only=True),
    Metric.MEMBERS: Counting(BookSource.MEMBERSHIPS, frozenset({Unit.PEOPLE})),
    Metric.SAVED: Counting(BookSource.LEDGER, frozenset({Unit.DONG})),
    Metric.GROUPS: Counting(BookSource.GROUPS, frozenset({Unit.GROUPS})),
}
"""The metrics that the books know; all others are reported by people (`POST /v1/observations`).

Participants are those of B15-UQ: people whose payment is dated in the period, by who took the money."""

NOT_COUNTED: Final = Words(
    "Chỉ số này không đếm được từ sổ sách trên hệ thống; kết quả do đơn vị báo cáo ở mục số liệu.",
    "This metric is not in the books: its results are reported as observations.",
)
NOT_OF_PERSON: Final = Words(
    "Sổ sách không ghi chỉ số này theo từng người; chỉ đếm được cho tổ, tổ chức hoặc địa bàn.",
    "The books do not have this metric by person, only by group, organisation or place.",
)
NOT_OF_CAMPAIGN: Final = Words(
    "Sổ sách không ghi khoản nào thuộc phong trào nào, nên không đếm được chỉ tiêu của phong trào.",
    "The books do not say what belongs to which campaign, so a campaign's target is not counted.",
)


def compute_completion(counted: Decimal, value: Decimal | None) -> str | None:
    """counted / value with four decimals, half up (tỷ lệ hoàn thành); None without a target above 0."""
    if value is None or value <= 0:
        return None
    return str((counted / value).quantize(_FOUR_DECIMALS, ROUND_HALF_UP))
