"""The life of an emergency access (truy cập khẩn cấp). Pure; the database holds to it by itself (`emergency_step`)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

MIN_MINUTES: Final = 15
MAX_MINUTES: Final = 240


class EmergencyReason(StrEnum):
    """Why somebody must see more than their places (lý do)."""

    URGENT_CARE = "urgent_care"  # cấp cứu, khám chữa bệnh
    DISASTER = "disaster"  # thiên tai, dịch bệnh
    FRAUD_INQUIRY = "fraud_inquiry"  # xác minh gian lận
    AUTHORITY_REQUEST = "authority_request"  # cơ quan có thẩm quyền yêu cầu
    SYSTEM_FAILURE = "system_failure"  # sự cố hệ thống, sai dữ liệu
    OTHER = "other"


class EmergencyStatus(StrEnum):
    """What is stored of how far it is."""

    REQUESTED = "requested"  # chờ người thứ hai
    APPROVED = "approved"  # đã duyệt
    REFUSED = "refused"  # từ chối
    CANCELLED = "cancelled"  # người yêu cầu rút lại
    ENDED = "ended"  # kết thúc sớm


class EmergencyState(StrEnum):
    """How far it is now (trạng thái): what is stored, and what time did."""

    REQUESTED = "requested"  # chờ người thứ hai
    LAPSED = "lapsed"  # không ai duyệt kịp
    REFUSED = "refused"  # từ chối
    CANCELLED = "cancelled"  # người yêu cầu rút lại
    ACTIVE = "active"  # đang mở
    OVER = "over"  # đã hết, chờ rà soát
    REVIEWED = "reviewed"  # đã rà soát


class ReviewOutcome(StrEnum):
    """What the data protection officer finds afterwards (kết quả rà soát)."""

    JUSTIFIED = "justified"  # đúng mục đích
    EXCESSIVE = "excessive"  # xem nhiều hơn cần thiết
    UNJUSTIFIED = "unjustified"  # không có căn cứ


def find_state(
    status: str, decide_by: datetime, ends_at: datetime | None, reviewed_at: datetime | None, at: datetime
) -> EmergencyState:
    """Find the state at a moment from what is stored."""
    if status == EmergencyStatus.REQUESTED:
        return EmergencyState.REQUESTED if at < decide_by else EmergencyState.LAPSED
    if status in (EmergencyStatus.REFUSED, EmergencyStatus.CANCELLED):
        return EmergencyState(status)
    if reviewed_at is not None:
        return EmergencyState.REVIEWED
    return EmergencyState.ACTIVE if ends_at is not None and at < ends_at else EmergencyState.OVER
