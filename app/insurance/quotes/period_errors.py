"""What is said of months that may not be paid for, or no longer."""

from datetime import date
from typing import Final

from app.core.errors import FieldError
from app.core.values.wording import say_month

UNDER_AGE: Final = FieldError(
    "/birth_date",
    "under_age",
    "Chưa đủ tuổi tham gia BHXH tự nguyện trong tháng bắt đầu.",
    "Not old enough for voluntary social insurance in the first month.",
)
SEX_NEEDED: Final = FieldError(
    "/sex",
    "sex_unknown",
    "Chưa có giới tính nên chưa biết tuổi nghỉ hưu; cần ghi giới tính khi đóng một lần cho thời gian còn thiếu.",
    "The sex is not known, and so the retirement age is not; missing months cannot be paid for without it.",
)
BIRTH_DATE_NEEDED: Final = FieldError(
    "/birth_date",
    "birth_date_needed",
    "Chưa có ngày sinh nên chưa biết tuổi nghỉ hưu; cần ghi ngày sinh khi đóng một lần cho thời gian còn thiếu.",
    "The birth date is not known, and so the retirement age is not; missing months cannot be paid for without it.",
)


def before_insurance(since: str) -> FieldError:
    """Error for a month before there was voluntary insurance. since: the first month with it."""
    return FieldError(
        "/from_month",
        "before_insurance",
        f"BHXH tự nguyện có từ tháng {say_month(since)}; không đóng được cho tháng trước đó.",
        f"There is voluntary social insurance since {since}; earlier months cannot be paid for.",
    )


def after_deadline(pay_by: date) -> FieldError:
    """Error or warning for a period that is paid for too late."""
    return FieldError(
        "/from_month",
        "after_deadline",
        f"Kỳ này phải đóng chậm nhất ngày {_day_vi(pay_by)}. Nếu đã thu tiền trong hạn, hãy tạm giữ khoản đóng theo "
        "ngày thu trước khi BHXH tiếp nhận; nếu chưa, hãy chọn tháng bắt đầu khác.",
        f"This period had to be paid by {pay_by.isoformat()}. If the money was received in time, hold the payment "
        "under that day before BHXH accepts; otherwise choose another first month.",
    )


def too_far_ahead(maximum: int, payable_from: str) -> FieldError:
    """Error for months that lie too far ahead. maximum: months; payable_from: the first month of payment."""
    return FieldError(
        "/from_month",
        "too_far_ahead",
        f"Chỉ được đóng trước nhiều nhất {maximum} tháng kể từ tháng đóng; kỳ này đóng được từ tháng "
        f"{say_month(payable_from)}.",
        f"At most {maximum} months after that of the payment can be paid ahead; this period can be paid for from "
        f"{payable_from} on.",
    )


def before_retirement(earliest: str) -> FieldError:
    """Error for missing months that are paid for too early. earliest: the first month in which they may be."""
    return FieldError(
        "/method",
        "before_retirement",
        "Chỉ được đóng một lần cho thời gian còn thiếu sớm nhất từ tháng liền trước tháng đủ tuổi nghỉ hưu: tháng "
        f"{say_month(earliest)}.",
        f"Missing months can be paid for from the month before that of retirement age on: {earliest}.",
    )


def nothing_missing(years: int) -> FieldError:
    """Error for missing months of somebody who has paid for the years that a pension asks for."""
    return FieldError(
        "/method",
        "nothing_missing",
        f"Người này đã đóng đủ {years} năm, không còn tháng nào thiếu.",
        f"This person has paid for {years} years; no month is missing.",
    )


def too_many_missing(missing: int, maximum: int) -> FieldError:
    """Error for missing months of somebody who lacks more than may be paid for at once."""
    return FieldError(
        "/months_paid_before",
        "too_many_missing",
        f"Người này còn thiếu {missing} tháng, nhiều hơn {maximum} tháng được đóng một lần. Nếu trước đây đã đóng "
        "BHXH, hãy ghi số tháng đã đóng; nếu chưa, hãy đóng tiếp theo phương thức khác.",
        f"{missing} months are missing, more than the {maximum} that may be paid for at once. Declare the months "
        "paid before, or go on with another method.",
    )


def more_than_missing(missing: int) -> FieldError:
    """Error for more months than are missing."""
    return FieldError(
        "/months",
        "more_than_missing",
        f"Người này chỉ còn thiếu {missing} tháng.",
        f"Only {missing} months are missing.",
    )


def _day_vi(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
