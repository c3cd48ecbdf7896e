"""Errors about enrolments."""

from typing import Any

from app.core.errors import (
    Conflict,
    DomainError,
    FieldError,
    IdTaken,
    InvalidInput,
    NotFound,
    Unavailable,
    register_constraint,
)
from app.insurance.kinds import STATUS_NAMES, EnrolmentStatus
from app.insurance.matching.errors import (
    AmbiguousMember,
    DifferentPerson,
    MemberDied,
    NumbersOfTwoMembers,
)
from app.tenancy.errors import OutsideScope


class EnrolmentExists(Conflict):
    """A member is enrolled once for one product from one month on."""

    code = "enrolment_exists"
    vi = "Người này đã có đăng ký cùng loại, cùng tháng bắt đầu."
    en = "This person is already enrolled for the same product from the same month."


class WrongEnrolmentStatus(Conflict):
    """The enrolment is in a status from which this action is not possible."""

    code = "enrolment_status"
    vi = "Đăng ký đang ở trạng thái “{status}” nên không làm được việc này."
    en = "The enrolment is “{status}”, so this cannot be done."

    def __init__(self, *, status: str, **values: Any) -> None:
        super().__init__(status=STATUS_NAMES[EnrolmentStatus(status)], **values)


class ConflictsWithExisting(Conflict):
    """The reference was used before with other content; nothing is overwritten."""

    code = "conflicts_with_existing"
    vi = "Mã tham chiếu này đã gửi trước đây với nội dung khác; dữ liệu cũ được giữ nguyên."
    en = "This reference was sent before with other content; what is there stays as it is."


class ReferenceClosed(Conflict):
    """The reference is that of an enrolment which was rejected, withdrawn or has ended: it does not come back to life.

    A reference names one enrolment for ever, so that a message which arrives twice never makes two.
    """

    code = "reference_closed"
    vi = (
        "Đăng ký mang mã tham chiếu này đã bị từ chối, đã rút hoặc đã dừng. Muốn đăng ký lại, hãy gửi mã mới."
    )
    en = "The enrolment of this reference was rejected, withdrawn or has ended; to enrol again, send a new reference."


class OwnGroupNeeded(InvalidInput):
    """A treasurer drafts for a group of their own, and names it."""

    code = "own_group_needed"
    vi = "Thủ quỹ chỉ lập đăng ký cho tổ mình phụ trách; cần ghi tổ."
    en = "A treasurer drafts enrolments of their own group alone; name the group."


class EnrolmentGroupEnded(InvalidInput):
    """The group has ended."""

    code = "group_ended"
    vi = "Tổ này đã kết thúc hoạt động."
    en = "This group has ended."


class PlaceUnknown(InvalidInput):
    """No commune has this code today."""

    code = "place_unknown"
    vi = "Hôm nay không có xã, phường, đặc khu nào mang mã này."
    en = "No commune bears this code today."


class ExternalRefRepeated(InvalidInput):
    """Two rows of one batch have the same reference with different content."""

    code = "external_ref_repeated"
    vi = "Mã tham chiếu này đã dùng cho một dòng khác trong cùng lô."
    en = "This reference is already used by another row of the same batch."


class NumberDiffers(Conflict):
    """The register has another number for the member than the one that was issued."""

    code = "number_differs"
    vi = "Số này khác với số đã có trong sổ hội viên; sổ hội viên được giữ nguyên."
    en = "This number differs from the one in the register, which stays as it is."


class MemberInsertConflict(Unavailable):
    """Another sender entered some of the members meanwhile that were to be inserted; the next time they are seen."""


class NumberPairOpen(Conflict):
    """Somebody else in the union's register has the person's number, and it is not settled whose it is.

    Only who decides on enrolments is told.
    """

    code = "number_pair_open"
    vi = "Số của người này trùng với số của một hội viên khác và đang chờ xác minh; hãy xử lý cặp trùng số trước."
    en = "Another member has this person's number, and whose it is must be settled first."


class EnrolmentRepeated(Conflict):
    """A list names the same enrolment twice."""

    code = "enrolment_repeated"
    vi = "Đăng ký này đã có ở một dòng trước của danh sách."
    en = "This enrolment is already named by an earlier row of the list."


class BatchRefused(DomainError):
    """An atomic batch is taken as a whole or not at all; `errors` names what is wrong with its rows."""

    status, code = 422, "batch_refused"
    vi = "Có {rejected} dòng chưa hợp lệ nên không dòng nào được ghi."
    en = "{rejected} rows are not valid, so that none was taken."


register_constraint("uq_enrolment_live", EnrolmentExists)


_ERROR_TYPES: dict[str, type[DomainError]] = {
    error_type.code: error_type
    for error_type in (
        EnrolmentExists, ConflictsWithExisting, ReferenceClosed, IdTaken, AmbiguousMember, DifferentPerson,
        NumbersOfTwoMembers, MemberDied, OutsideScope, NotFound,
    )
}  # fmt: skip


def build_rejection(errors: list[FieldError]) -> DomainError:
    """Build the error for a single enrolment that was rejected: the type of its first error, else InvalidInput."""
    error_type = _ERROR_TYPES.get(errors[0].code, InvalidInput)
    return error_type(errors=errors)
