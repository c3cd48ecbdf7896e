"""Errors of requests about personal data."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.core.errors import Conflict, FieldError, IdTaken, Words, register_constraint


class WrongDataRequestStatus(Conflict):
    """The action is not possible in the request's present status."""

    code = "wrong_request_status"
    vi = "Yêu cầu đang ở trạng thái “{status}” nên không làm được việc này."
    en = "The request is “{status}”, so this is not possible."

    def __init__(self, *, status: str, **values: Any) -> None:
        super().__init__(status=_STATUS_NAMES[status], **values)


class WrongDataRequestKind(Conflict):
    """The request is not of a kind for which this can be asked."""

    code = "wrong_request_kind"
    vi = "Yêu cầu này thuộc loại khác."
    en = "The request is of another kind."


class DataRequestOpen(Conflict):
    """A request of the same kind about the same person is still open."""

    code = "request_open"
    vi = "Người này đang có một yêu cầu cùng loại chưa xong."
    en = "A request of the same kind about this person is still open."


class AlreadyExtended(Conflict):
    """A request can be extended once."""

    code = "already_extended"
    vi = "Thời hạn đã được gia hạn một lần."
    en = "The deadline has been extended once already."


class NothingCorrected(Conflict):
    """Nothing of the person's record was changed since the request came."""

    code = "nothing_corrected"
    vi = "Chưa sửa gì trong hồ sơ kể từ khi nhận yêu cầu. Hãy sửa hội viên hoặc hộ gia đình trước, hay từ chối."
    en = "Nothing of the record was changed since the request came. Edit the member or household first, or refuse."


class ErasureRefused(Conflict):
    """The member cannot be erased now; `errors` names each reason."""

    code = "erasure_refused"
    vi = "Chưa xóa được dữ liệu của người này. Xem từng lý do."
    en = "This person's data cannot be erased now. See each reason."


OBSTACLE_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "already_erased": ("Dữ liệu của người này đã được ẩn danh.", "This person's data has been anonymised already."),
    "membership_open": (
        "Còn là thành viên của tổ; hãy ghi ngày rời tổ trước.",
        "Still in a group: end the membership first.",
    ),
    "enrolment_open": (
        "Còn đăng ký đang xét, đã nhận hoặc đang hiệu lực; hãy rút hoặc kết thúc trước.",
        "An enrolment is being decided or runs: withdraw or end it first.",
    ),
    "balance_not_zero": (
        "Còn tiền tiết kiệm hoặc tiền tạm giữ; hãy chi trả cho người này trước.",
        "Savings or held money are left: pay them out first.",
    ),
    "advance_open": ("Còn khoản trả góp chưa trả hết.", "An advance is not repaid."),
    "refund_open": ("Còn khoản hoàn trả chưa nhận.", "A refund was not received yet."),
    "retention_holds": (
        "Hồ sơ đóng bảo hiểm còn trong thời hạn phải lưu.",
        "Records of paid insurance must still be kept by law.",
    ),
}  # fmt: skip
"""Why a member cannot be erased, by the codes of `erasure_obstacles`: Vietnamese, English."""


def build_erasure_refusal(obstacles: Iterable[str]) -> ErasureRefused:
    """Build the refusal of an erasure with each of its reasons."""
    return ErasureRefused(errors=[FieldError("", code, *OBSTACLE_TEXTS[code]) for code in obstacles])


register_constraint("data_request_pkey", IdTaken)
register_constraint("uq_data_request_open", DataRequestOpen)

_STATUS_NAMES: Final = {
    "received": Words("đã nhận", "received"),
    "accepted": Words("đã xác minh, đang thực hiện", "accepted"),
    "done": Words("đã thực hiện", "done"),
    "refused": Words("đã từ chối", "refused"),
    "withdrawn": Words("người yêu cầu đã rút lại", "withdrawn"),
}
