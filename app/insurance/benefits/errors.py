"""Errors of benefit estimates, field by field."""

from app.core.errors import FieldError
from app.core.values.wording import format_dong

NO_RULES_YET = FieldError(
    "/as_of",
    "rule_missing",
    "Ngày này chưa có đủ quy định để ước tính; hãy chọn ngày từ 01/7/2025 trở đi.",
    "The law of this day is not known well enough for an estimate; choose a day from 2025-07-01 on.",
)
BORN_LATER = FieldError(
    "/birth_date",
    "born_later",
    "Ngày sinh phải trước ngày ước tính.",
    "The day of birth must be before the day of the estimate.",
)
ONE_OF_INCOME_AND_PLEDGE = (
    "one_of_two",
    "Chỉ ghi một trong hai: mức thu nhập hoặc số tiền để dành.",
    "Either an income or a pledge, not both.",
)
ONE_LENGTH_ONLY = (
    "one_of_two",
    "Chỉ ghi một trong ba: số tháng, số năm hoặc “đến khi nào”.",
    "Only one of these: months, years, or until when.",
)
NOTHING_TO_PAY = (
    "nothing_to_pay",
    "Đến mốc này đã đóng đủ, không còn tháng nào phải đóng; hãy ghi số tháng hoặc số năm.",
    "By then everything is paid and no month is left; name months or years.",
)
MONTH_HAS_PASSED = (
    "month_has_passed",
    "Tháng bắt đầu đóng không được trước tháng ước tính.",
    "The first month of a plan cannot be before the month of the estimate.",
)
TOO_LATE_A_MONTH = (
    "too_late_a_month",
    "Tháng bắt đầu đóng cách tháng ước tính quá xa (nhiều nhất 50 năm).",
    "The first month of a plan is too far away (at most 50 years).",
)
MONTH_PAID_TWICE = (
    "month_paid_twice",
    "Có tháng được ghi hai lần trong thời gian đóng.",
    "A month is named twice in the time that is paid for.",
)
BEFORE_VOLUNTARY_INSURANCE = (
    "before_voluntary_insurance",
    "BHXH tự nguyện có từ tháng 1/2008; không ghi tháng trước đó.",
    "There is voluntary social insurance since January 2008; no month before it.",
)
TOO_FAR_AHEAD = (
    "too_far_ahead",
    "Thời gian đã đóng không được vượt quá 60 tháng sau tháng ước tính.",
    "What is paid already cannot reach further than 60 months beyond the month of the estimate.",
)
FROM_MONTH_NEEDED = (
    "missing",
    "Khi ghi nhiều giai đoạn đã đóng, mỗi giai đoạn phải có tháng bắt đầu.",
    "When several times are named, each needs its first month.",
)
TOO_YOUNG = (
    "too_young",
    "Tháng này người tham gia chưa đủ tuổi tham gia BHXH tự nguyện.",
    "In this month the person is not old enough for voluntary social insurance.",
)
PAID_ALREADY_KNOWN = FieldError(
    "/paid_elsewhere",
    "month_paid_twice",
    "Thời gian ghi thêm trùng với thời gian đã đóng trong hệ thống.",
    "What is declared repeats months that are known here.",
)


def income_out_of_bounds(pointer: str, minimum: int, maximum: int) -> FieldError:
    """Error for an income that may not be chosen."""
    return FieldError(
        pointer,
        "income_out_of_bounds",
        f"Mức thu nhập phải từ {format_dong(minimum)} đến {format_dong(maximum)}.",
        f"The income must be from {minimum:,} to {maximum:,} đồng.",
    )
