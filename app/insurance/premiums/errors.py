"""Errors of premium payments, coverage, refunds and instalments."""

from typing import Any, Final

from app.core.errors import (
    Conflict,
    FieldError,
    IdempotencyKeyReused,
    InvalidInput,
    Words,
    register_constraint,
)
from app.core.values.wording import format_dong


class PaymentExists(Conflict):
    """The enrolment already has a payment that is held or posted."""

    code = "premium_payment_exists"
    vi = "Đăng ký này đã có khoản đóng đang tạm giữ hoặc đã đóng."
    en = "This enrolment already has a premium that is held or paid."


class PaymentStatusConflict(Conflict):
    """The payment's status does not allow this transition."""

    code = "premium_payment_status"
    vi = "Khoản đóng đang ở trạng thái “{status}” nên không làm được việc này."
    en = "The payment is “{status}”, so this cannot be done."

    def __init__(self, *, status: str, **values: Any) -> None:
        super().__init__(status=_STATUS_NAMES[status], **values)


class PremiumChanged(Conflict):
    """By the rules of the payment date the premium is more than the amount held."""

    code = "premium_changed"
    vi = (
        "Theo quy định của ngày đóng cần {needed} đồng, nhiều hơn {held} đồng đang tạm giữ (phải đóng {amount_due} "
        "đồng, NSNN hỗ trợ {state_support} đồng, tỉnh hỗ trợ {province_support} đồng). Hãy hủy và tạm giữ lại."
    )
    en = (
        "By the rules of the payment date {needed} đồng are needed, more than the {held} đồng held (due {amount_due}, "
        "state {state_support}, province {province_support}). Void the payment and hold again."
    )


class EnrolmentChanged(Conflict):
    """The enrolment was returned and changed after the hold, which freed the money."""

    code = "enrolment_changed"
    vi = "Đăng ký đã thay đổi sau khi tạm giữ. Hãy tạm giữ lại theo đăng ký mới."
    en = "The enrolment has changed since the hold. Hold the premium of what it is now."


class NumbersChanged(Conflict):
    """A number of the member was changed after BHXH accepted the enrolment, so that it was accepted for another one."""

    code = "numbers_changed"
    vi = (
        "Số định danh hoặc mã số BHXH của hội viên đã thay đổi sau khi BHXH tiếp nhận. Hãy đề nghị BHXH trả lại đăng "
        "ký, gửi lại rồi chờ tiếp nhận."
    )
    en = "A number of the member has changed since BHXH accepted the enrolment. Let BHXH return it and submit again."


class ReceiptUsed(Conflict):
    """The receipt number is already used in its series."""

    code = "receipt_used"
    vi = "Số biên lai này đã dùng trong cùng ký hiệu."
    en = "This receipt number has been used in the same series."


class CoverageOverlaps(Conflict):
    """Another payment of the same product already covers the member at this time."""

    code = "coverage_overlaps"
    vi = "Thời gian này đã có khoản đóng khác cùng loại của hội viên."
    en = "Another payment of the member already covers this time."


class AlreadyRefunded(Conflict):
    """The payment has already been refunded."""

    code = "already_refunded"
    vi = "Khoản đóng này đã được hoàn trả."
    en = "This payment has already been refunded."


class AlreadyReceived(Conflict):
    """The refund has already been received."""

    code = "refund_already_received"
    vi = "Khoản hoàn trả này đã được nhận."
    en = "This refund has already been received."


class MoreThanOwed(Conflict):
    """The repayment is more than what is owed."""

    code = "more_than_owed"
    vi = "Số tiền nhiều hơn phần còn nợ ({outstanding} đồng)."
    en = "The amount is more than what is still owed ({outstanding} đồng)."


register_constraint("uq_premium_payment_key", IdempotencyKeyReused)
register_constraint("uq_premium_refund_key", IdempotencyKeyReused)
register_constraint("uq_premium_repayment_key", IdempotencyKeyReused)
register_constraint("uq_premium_payment_enrolment", PaymentExists)
register_constraint("uq_premium_payment_receipt", ReceiptUsed)
register_constraint("ex_coverage_overlap", CoverageOverlaps)
register_constraint("uq_premium_payment_collection", ReceiptUsed)
register_constraint("uq_premium_refund_payment", AlreadyRefunded)


def field_not_for_source_kind(pointer: str) -> FieldError:
    """Error for a field that this kind of source does not have."""
    return FieldError(
        pointer,
        "not_for_kind",
        "Trường này không dùng cho loại nguồn tiền đã chọn.",
        "This field is not for the chosen kind of source.",
    )


def sources_differ(needed: int, due: int, state: int, province: int) -> InvalidInput:
    """Error when the sources do not add up to the amount to pay, with the amounts of the caller's own quote."""
    return InvalidInput.at(
        "/sources",
        "sources_differ",
        vi=f"Tổng các nguồn phải bằng {format_dong(needed)} (phải đóng {format_dong(due)}, NSNN hỗ trợ "
        f"{format_dong(state)}, tỉnh hỗ trợ {format_dong(province)}).",
        en=f"The sources must add up to {needed:,} đồng (due {due:,}, state {state:,}, province {province:,}).",
    )


def household_order_taken(minimum: int) -> InvalidInput:
    """Error when the declared order in the household is taken or not reached yet."""
    return InvalidInput.at(
        "/household_order",
        "household_order_taken",
        vi=f"Thứ tự trong hộ phải từ {minimum} trở lên: thứ tự nhỏ hơn đã có người hoặc chưa tới.",
        en=f"The order in the household must be {minimum} or more.",
    )


def outside_payment(pointer: str) -> FieldError:
    """Error when the first unused month or day leaves nothing of the payment, or lies before it."""
    return FieldError(
        pointer,
        "outside_payment",
        "Thời điểm này không nằm trong thời gian còn lại của khoản đóng.",
        "This is outside the remaining time of the payment.",
    )


FIRST_DUE_BEFORE_BUSINESS_DATE = (
    "before_business_date",
    "Kỳ trả đầu tiên không được trước ngày tạm giữ.",
    "The first instalment must not be due before the business date.",
)
MORE_INSTALMENTS_THAN_AMOUNT = (
    "more_than_amount",
    "Số kỳ trả nhiều hơn số tiền.",
    "There are more instalments than đồng.",
)
HOUSEHOLD_ORDER_NOT_FOR_PRODUCT = FieldError(
    "/household_order",
    "not_for_product",
    "Thứ tự trong hộ chỉ dùng cho thẻ BHYT của người không thuộc nhóm được hỗ trợ.",
    "The order in the household is only for cards of members without a support group.",
)
ENROLMENT_WITHOUT_GROUP = FieldError(
    "/enrolment_id",
    "enrolment_without_group",
    "Đăng ký này không thuộc tổ nào: chỉ nhận tiền mặt hoặc chuyển khoản.",
    "This enrolment belongs to no group: only cash or a transfer can pay for it.",
)
NOT_WITH_GROUP = (
    "not_with_group",
    "Đăng ký thuộc tổ nên tiền đóng phải qua tổ, không thu trực tiếp.",
    "The enrolment belongs to a group, so its premium is paid through the group and not directly.",
)
SEVERAL_COLLECTORS = (
    "several_collectors",
    "Mỗi khoản đóng chỉ do một nhân viên thu.",
    "One payment is taken by one collector.",
)
OTHER_COLLECTOR = (
    "other_collector",
    "Chỉ ghi được tiền do chính mình thu.",
    "You can only record what you took yourself.",
)
COLLECTOR_NEEDED = FieldError(
    "/to",
    "collector_needed",
    "Khoản đóng này không có nhân viên thu để trả tiền mặt: chọn chuyển khoản.",
    "No collector stands for this payment who could hand out cash: choose a transfer.",
)
REFUND_WITHOUT_GROUP = FieldError(
    "/to",
    "enrolment_without_group",
    "Khoản đóng này không qua tổ nên không có sổ tiết kiệm để nhận.",
    "This payment belongs to no group, so there are no savings to receive it.",
)
REFUND_WITH_GROUP = FieldError(
    "/to",
    "not_with_group",
    "Khoản đóng này qua tổ: nhận vào sổ tiết kiệm hoặc người tham gia nhận trực tiếp từ BHXH.",
    "This payment came through a group: it is received into savings, or by the person from BHXH.",
)
PAYMENT_DATE_BEFORE_HOLD = FieldError(
    "/payment_date",
    "before_business_date",
    "Ngày đóng không được trước ngày tạm giữ.",
    "The payment date must not be before the day of the hold.",
)
BUSINESS_DATE_FUTURE = (
    "business_date_future",
    "Ngày này không được sau ngày hôm nay.",
    "This day must not be after today.",
)
REASON_NOT_FOR_PRODUCT = FieldError(
    "/reason",
    "not_for_product",
    "Lý do này không phải trường hợp được hoàn trả của loại bảo hiểm đã đóng.",
    "The paid insurance is not refunded for this reason.",
)
FIRST_UNUSED_ONCE = FieldError(
    "/from_month",
    "one_of_two",
    "Ghi tháng đầu tiên hoặc ngày đầu tiên không sử dụng, không ghi cả hai.",
    "Give the first unused month or the first unused day, one of the two.",
)
REFUNDED_AS_A_WHOLE = FieldError(
    "/from_month",
    "refunded_as_a_whole",
    "Khoản đóng theo phương thức này chỉ được hoàn trả toàn bộ; để trống tháng đầu tiên không sử dụng.",
    "A payment by this method is refunded as a whole only; leave the first unused month out.",
)

_STATUS_NAMES: Final = {
    "held": Words("đang tạm giữ", "held"),
    "posted": Words("đã đóng", "posted"),
    "voided": Words("đã hủy", "voided"),
    "refunded": Words("đã hoàn trả", "refunded"),
}
