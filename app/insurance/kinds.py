"""The closed lists that several nouns of insurance share: methods, statuses, endings, supported groups, refunds.

What is insured (`Product`) stands in app/savings/kinds.py, because groups save for it; whom the state supports
(`SupportKind`) in app/people/kinds.py, because it is a property of a member.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from app.core.errors import Words
from app.people.kinds import SupportKind

MAX_MONTHS: Final = 120
"""The longest time that was ever paid for at once: missing time under QĐ 595/QĐ-BHXH (2017), Article 9.1.6."""

PaidMonths = Annotated[int, Field(strict=True, ge=1, le=MAX_MONTHS, description="Số tháng")]
"""How many months one payment covers, as a field of a request."""


class Method(StrEnum):
    """How many months one payment covers (phương thức đóng)."""

    MONTHS_1 = "months_1"
    MONTHS_3 = "months_3"
    MONTHS_6 = "months_6"
    MONTHS_12 = "months_12"
    YEARS_2 = "years_2"
    YEARS_3 = "years_3"
    YEARS_4 = "years_4"
    YEARS_5 = "years_5"
    MISSING_MONTHS = "missing_months"  # đóng một lần cho những năm còn thiếu


class CardGroup(StrEnum):
    """Whom the state helps to pay for a card (nhóm được NSNN hỗ trợ mức đóng), Luật 51/2024/QH15, Article 12.4.

    A list of its own beside `SupportKind`, which is the law's list for voluntary social insurance.
    """

    NEAR_POOR = "near_poor"  # hộ cận nghèo
    NEAR_POOR_POOR_COMMUNE = "near_poor_poor_commune"  # hộ cận nghèo ở xã nghèo (trước: huyện nghèo)
    STUDENT = "student"  # học sinh, sinh viên
    FARM_HOUSEHOLD = "farm_household"  # hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình
    ETHNIC_MINORITY = "ethnic_minority"  # dân tộc thiểu số ở xã không còn khó khăn, 36 tháng
    COMMUNITY_WORKER = "community_worker"  # an ninh cơ sở, y tế thôn bản, không chuyên trách, nghệ nhân
    TRAFFICKING_VICTIM = "trafficking_victim"  # nạn nhân mua bán người, 1 năm
    MINE_VICTIM = "mine_victim"  # nạn nhân bom mìn


EnrolledGroup = SupportKind | CardGroup
"""The support group of an enrolment: of a card, either list; of voluntary social insurance, the first alone."""
_ENROLLED_GROUPS: Final[dict[str, EnrolledGroup]] = {
    **{group.value: group for group in CardGroup},
    **{kind.value: kind for kind in SupportKind},
}


def parse_enrolled_group(value: str | None) -> EnrolledGroup | None:
    """Parse the support group of a record. What stands in both lists is one thing, and comes as a `SupportKind`."""
    return None if value is None else _ENROLLED_GROUPS[value]


def _parse_given_group(value: object) -> EnrolledGroup:
    """Raises: PydanticKnownError that names both lists as one."""
    group = _ENROLLED_GROUPS.get(value) if isinstance(value, str) else None
    if group is None:
        names = [f"'{name}'" for name in _ENROLLED_GROUPS]
        raise PydanticKnownError("enum", {"expected": f"{', '.join(names[:-1])} or {names[-1]}"})
    return group


GivenGroup = Annotated[
    EnrolledGroup,
    BeforeValidator(_parse_given_group),
    Field(description="Đối tượng được hỗ trợ: of voluntary social insurance, or of a card"),
]
"""A support group as a field of a request."""


def narrow_to_support_kind(group: EnrolledGroup | None) -> SupportKind | None:
    """The group as voluntary social insurance knows it; None where it knows none of that name."""
    return group if isinstance(group, SupportKind) else None


class ProofKind(StrEnum):
    """What proves that somebody belongs to a group (giấy tờ chứng minh); which group: `app/insurance/law/proof.py`."""

    APPROVED_LIST = "approved_list"  # quyết định phê duyệt danh sách của UBND
    HOUSEHOLD_CERTIFICATE = "household_certificate"  # giấy chứng nhận, xác nhận của hộ
    STUDENT_CARD = "student_card"  # thẻ học sinh, sinh viên
    SCHOOL_CONFIRMATION = "school_confirmation"  # giấy xác nhận của nhà trường
    APPOINTMENT = "appointment"  # quyết định công nhận, bố trí công việc
    TITLE_DECISION = "title_decision"  # quyết định tặng danh hiệu nghệ nhân
    VICTIM_CONFIRMATION = "victim_confirmation"  # giấy xác nhận nạn nhân
    RESIDENCE_CONFIRMATION = "residence_confirmation"  # xác nhận thông tin cư trú


class EnrolmentStatus(StrEnum):
    """The status of an enrolment (trạng thái)."""

    DRAFT = "draft"  # nháp
    SUBMITTED = "submitted"  # đã gửi BHXH
    ACCEPTED = "accepted"  # BHXH tiếp nhận
    RETURNED = "returned"  # BHXH trả lại để sửa
    REJECTED = "rejected"  # BHXH từ chối
    WITHDRAWN = "withdrawn"  # đã rút
    PAID = "paid"  # đã đóng tiền
    ACTIVE = "active"  # đã cấp sổ, thẻ
    ENDED = "ended"  # đã dừng


class WithdrawalReason(StrEnum):
    """Why a union takes an enrolment back before it is paid (lý do rút)."""

    CHANGED_MIND = "changed_mind"  # không tham gia nữa
    WRONG_TERMS = "wrong_terms"  # kê khai sai, lập đăng ký khác
    DIED = "died"  # qua đời
    MOVED = "moved"  # chuyển đi nơi khác
    COMPULSORY = "compulsory"  # chuyển sang tham gia bắt buộc
    OTHER_GROUP = "other_group"  # thẻ BHYT theo nhóm đối tượng khác
    REPEATED = "repeated"  # đăng ký trùng
    NOT_PAID = "not_paid"  # không đóng tiền


STATUS_NAMES: Final = {
    EnrolmentStatus.DRAFT: Words("nháp", "draft"),
    EnrolmentStatus.SUBMITTED: Words("đã gửi BHXH", "submitted"),
    EnrolmentStatus.ACCEPTED: Words("BHXH đã tiếp nhận", "accepted by BHXH"),
    EnrolmentStatus.RETURNED: Words("BHXH trả lại để sửa", "returned by BHXH"),
    EnrolmentStatus.REJECTED: Words("BHXH từ chối", "rejected by BHXH"),
    EnrolmentStatus.WITHDRAWN: Words("đã rút", "withdrawn"),
    EnrolmentStatus.PAID: Words("đã đóng tiền", "paid"),
    EnrolmentStatus.ACTIVE: Words("đang tham gia", "active"),
    EnrolmentStatus.ENDED: Words("đã dừng", "ended"),
}
"""The words for each status, as they stand in a sentence."""


class EnrolmentEndReason(StrEnum):
    """Why insurance ended (lý do dừng)."""

    COMPULSORY = "compulsory"  # chuyển sang tham gia bắt buộc
    DIED = "died"  # qua đời
    ONE_OFF = "one_off"  # hưởng BHXH một lần
    PENSION = "pension"  # hưởng lương hưu
    STOPPED = "stopped"  # dừng đóng


class RefundReason(StrEnum):
    """Why a premium is given back (lý do hoàn trả)."""

    COMPULSORY = "compulsory"  # chuyển sang tham gia bắt buộc
    ONE_OFF = "one_off"  # hưởng BHXH một lần
    DIED = "died"  # qua đời
    PENSION = "pension"  # hưởng lương hưu
    OTHER_GROUP = "other_group"  # thẻ BHYT theo nhóm đối tượng khác
    MISSING = "missing"  # mất tích
    LEFT_COUNTRY = "left_country"  # không còn cư trú tại Việt Nam
    PAID_IN_ERROR = "paid_in_error"  # nộp nhầm, đóng trùng
