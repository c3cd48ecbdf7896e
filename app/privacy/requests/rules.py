"""What may become of a request about personal data, and until when. Pure.

Sources: Luật 91/2025/QH15, Articles 4, 10, 13, 14, 15; NĐ 356/2025/NĐ-CP, Article 5. How sure each of the
days below is, docs/privacy.md says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class DataRequestKind(StrEnum):
    """What is asked for (loại yêu cầu)."""

    ACCESS = "access"  # xem dữ liệu
    COPY = "copy"  # cung cấp bản sao
    CORRECTION = "correction"  # chỉnh sửa
    OBJECTION = "objection"  # phản đối, rút lại sự đồng ý
    DELETION = "deletion"  # xóa, ẩn danh


class DataRequestStatus(StrEnum):
    """How far it is (trạng thái)."""

    RECEIVED = "received"  # đã nhận
    ACCEPTED = "accepted"  # đã xác minh, đang thực hiện
    DONE = "done"  # đã thực hiện
    REFUSED = "refused"  # từ chối, có lý do
    WITHDRAWN = "withdrawn"  # người yêu cầu rút lại


class DataRequestAction(StrEnum):
    """A step of a request."""

    ACCEPT = "accept"
    EXTEND = "extend"
    CARRY_OUT = "carry_out"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"  # khiếu nại được chấp nhận


class Requester(StrEnum):
    """Who asks (người yêu cầu)."""

    SELF = "self"
    GUARDIAN = "guardian"  # người giám hộ
    REPRESENTATIVE = "representative"  # người được ủy quyền, người thừa kế


class IdentityCheck(StrEnum):
    """How it was made sure who asks (cách xác minh)."""

    IN_PERSON = "in_person"  # gặp trực tiếp, đã biết người
    DOCUMENT = "document"  # xem giấy tờ
    KNOWN_PHONE = "known_phone"  # gọi lại số đã có trong danh sách


class RefusalCode(StrEnum):
    """Why a request is refused (lý do từ chối)."""

    NOT_IDENTIFIED = "not_identified"  # không xác minh được người yêu cầu
    LAW_REQUIRES = "law_requires"  # pháp luật buộc tiếp tục lưu, xử lý
    RETENTION_HOLDS = "retention_holds"  # còn thời hạn lưu hồ sơ bảo hiểm, kế toán
    STILL_RUNNING = "still_running"  # còn bảo hiểm, số dư hoặc khoản nợ
    NO_ERROR_FOUND = "no_error_found"  # dữ liệu đang đúng
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DataRequestTransition:
    """The statuses from which an action is possible, and the one it leads to."""

    from_statuses: frozenset[DataRequestStatus]
    to_status: DataRequestStatus


_OPEN: Final = frozenset({DataRequestStatus.RECEIVED, DataRequestStatus.ACCEPTED})
OPEN_REQUEST_STATUSES: Final = _OPEN
"""Of a request that is still to be answered."""

REQUEST_TRANSITIONS: Final[Mapping[DataRequestAction, DataRequestTransition]] = {
    DataRequestAction.ACCEPT: DataRequestTransition(
        frozenset({DataRequestStatus.RECEIVED}), DataRequestStatus.ACCEPTED
    ),
    DataRequestAction.EXTEND: DataRequestTransition(
        frozenset({DataRequestStatus.ACCEPTED}), DataRequestStatus.ACCEPTED
    ),
    DataRequestAction.CARRY_OUT: DataRequestTransition(
        frozenset({DataRequestStatus.ACCEPTED}), DataRequestStatus.DONE
    ),
    DataRequestAction.REFUSE: DataRequestTransition(_OPEN, DataRequestStatus.REFUSED),
    DataRequestAction.WITHDRAW: DataRequestTransition(_OPEN, DataRequestStatus.WITHDRAWN),
    DataRequestAction.REOPEN: DataRequestTransition(
        frozenset({DataRequestStatus.REFUSED}), DataRequestStatus.RECEIVED
    ),
}
"""The life of a request. Done and withdrawn ones go no further: whoever wants more asks anew."""

RESPOND_WORKING_DAYS: Final = 2
"""Working days within which the person hears that the request came and what follows."""
DAYS_BY_KIND: Final[Mapping[DataRequestKind, int]] = {
    DataRequestKind.ACCESS: 10,
    DataRequestKind.COPY: 10,
    DataRequestKind.CORRECTION: 10,
    DataRequestKind.OBJECTION: 15,
    DataRequestKind.DELETION: 20,
}
"""Days from receipt within which a request is carried out."""
EXTENSION_DAYS_BY_KIND: Final[Mapping[DataRequestKind, int]] = {
    DataRequestKind.ACCESS: 10,
    DataRequestKind.COPY: 10,
    DataRequestKind.CORRECTION: 10,
    DataRequestKind.OBJECTION: 15,
    DataRequestKind.DELETION: 20,
}
"""Days by which that may be extended, once, with a reason that the person is told."""


def compute_respond_by(received_on: date) -> date:
    """Compute the last day to answer that a request came: Saturdays and Sundays do not count, holidays do.

    (A holiday that is counted makes the day earlier, never later, than the law asks.)
    """
    day, left = received_on, RESPOND_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def compute_due_on(kind: DataRequestKind, received_on: date) -> date:
    """Compute the last day to carry a request out."""
    return received_on + timedelta(days=DAYS_BY_KIND[kind])


def compute_extended_due_on(kind: DataRequestKind, due_on: date) -> date:
    """Compute the last day after the one extension that there is."""
    return due_on + timedelta(days=EXTENSION_DAYS_BY_KIND[kind])
