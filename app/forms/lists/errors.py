"""Errors of lists on official forms."""

from app.core.errors import Conflict, NotFound, register_constraint


class AlreadyListed(Conflict):
    """Another request has just put one of these payments on a list."""

    code = "already_listed"
    vi = "Có khoản đóng vừa được đưa vào danh sách khác; hãy lập lại."
    en = "One of these payments has just been put on another list; try again."


class TooManyHouseholds(Conflict):
    """The list would have more sheets than a workbook can hold."""

    code = "too_many_households"
    vi = "Quá 1.000 hộ trong một danh sách; hãy chia theo xã, tổ hoặc ngày đóng."
    en = "More than 1,000 households in one list; choose by commune, group or day of payment."


class FileNotReady(NotFound):
    """The file of a large list is not ready yet."""

    code = "file_not_ready"
    vi = "Tệp của danh sách này đang được lập; hãy hỏi công việc nền."
    en = "The file of this list is still being built; check its job."


NOT_IN_FORCE = (
    "form_not_in_force",
    "Vào ngày này chưa có quyết định ban hành biểu mẫu này.",
    "This form was not in force on that day.",
)
NOT_OF_FORM = (
    "not_of_form",
    "Biểu mẫu này không dùng cho loại bảo hiểm đã ghi.",
    "This form is not for this product.",
)
ONE_ENROLMENT = (
    "one_enrolment",
    "Tờ khai TK1-TS lập cho đúng một đăng ký: chỉ ghi mã của một đăng ký.",
    "TK1-TS is for one person: give exactly one id in enrolment_ids.",
)
IN_FUTURE = (
    "in_future",
    "Ngày lập danh sách không được sau hôm nay.",
    "A list's date must not be in the future.",
)
ENDS_BEFORE = (
    "ends_before",
    "Ngày cuối trước ngày đầu.",
    "The last day is before the first.",
)

register_constraint("uq_export_row_payment", AlreadyListed)
