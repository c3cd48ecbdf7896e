"""Errors and warnings about enrolments."""

from app.core.errors import (
    Conflict,
    DomainError,
    FieldError,
    IdTaken,
    InvalidInput,
    NotFound,
    register_constraint,
)
from app.core.values.text import national_id_warnings
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


class ConflictsWithExisting(Conflict):
    """The reference was used before with other content; nothing is overwritten."""

    code = "conflicts_with_existing"
    vi = "Mã tham chiếu này đã gửi trước đây với nội dung khác; dữ liệu cũ được giữ nguyên."
    en = "This reference was sent before with other content; what is there stays as it is."


class MemberElsewhere(Conflict):
    """The network's register has this person in a place outside the caller's scope."""

    code = "member_elsewhere"
    vi = "Người có số định danh này thuộc nơi khác trong hệ thống hội."
    en = "The person with this number belongs to another place of the network."


class AmbiguousMember(Conflict):
    """Several members have this name and birth date in this commune."""

    code = "ambiguous_member"
    vi = "Có nhiều hội viên trùng họ tên và ngày sinh tại đây; cần số định danh, mã số BHXH hoặc member_id."
    en = "Several members have this name and birth date here; a number or the member_id is needed."


class DifferentPerson(Conflict):
    """The number is a member's whose name and birth date are both different."""

    code = "different_person"
    vi = "Số này là của một hội viên có họ tên và ngày sinh khác."
    en = "This number is that of a member with another name and another birth date."


class NumbersOfTwoMembers(Conflict):
    """The two numbers of one row lead to two members."""

    code = "numbers_of_two_members"
    vi = "Số định danh và mã số BHXH thuộc hai hội viên khác nhau."
    en = "The national id and the social insurance number are those of two different members."


class MemberDied(Conflict):
    """The register says that the member has died."""

    code = "member_died"
    vi = "Hội viên này đã được ghi là qua đời."
    en = "This member is recorded as having died."


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


class NotEligible(DomainError):
    """The person may not be insured from this month on; `errors` names each reason."""

    status, code = 422, "not_eligible"
    vi = "Người này chưa đủ điều kiện tham gia từ tháng đã chọn. Xem từng lý do trong danh sách lỗi."
    en = "This person may not be insured from this month on. See the list of errors for each reason."


class NumberDiffers(Conflict):
    """The register has another number for the member than the one that was issued."""

    code = "number_differs"
    vi = "Số này khác với số đã có trong sổ hội viên; sổ hội viên được giữ nguyên."
    en = "This number differs from the one in the register, which stays as it is."


class OtherInsuranceOverlaps(Conflict):
    """This kind of other insurance is already recorded for some of these days."""

    code = "other_insurance_overlaps"
    vi = "Thời gian này bị trùng với lần đã ghi của cùng loại bảo hiểm."
    en = "These days overlap with an earlier record of the same insurance."


class OtherInsuranceEnded(Conflict):
    """The other insurance has ended, on another day."""

    code = "other_insurance_ended"
    vi = "Bảo hiểm này đã được ghi kết thúc vào ngày khác."
    en = "This insurance has ended, on another day."


class NotDuplicates(Conflict):
    """The two enrolments are not of one person, one product and the same time."""

    code = "not_duplicates"
    vi = "Hai đăng ký này không cùng một người, cùng loại và cùng thời gian."
    en = "These enrolments are not of one person for one product and the same time."


class MergeMovedOn(Conflict):
    """The merge was undone, or the enrolment that it dropped has changed since."""

    code = "merge_moved_on"
    vi = "Việc gộp này đã được hoàn tác hoặc đăng ký đã thay đổi sau đó."
    en = "This merge was undone, or the enrolment has changed since."


class BatchRefused(DomainError):
    """An atomic batch is taken as a whole or not at all; `errors` names what is wrong with its rows."""

    status, code = 422, "batch_refused"
    vi = "Có {rejected} dòng chưa hợp lệ nên không dòng nào được ghi."
    en = "{rejected} rows are not valid, so that none was taken."


register_constraint("uq_enrolment_live", EnrolmentExists)
register_constraint("other_insurance_pkey", IdTaken)
register_constraint("ex_other_insurance_overlap", OtherInsuranceOverlaps)


def build_field_error(pointer: str, error_type: type[DomainError]) -> FieldError:
    """Build the error of one field of a row, with the error type's code and texts."""
    return FieldError(pointer, error_type.code, error_type.vi, error_type.en)


_ERROR_TYPES: dict[str, type[DomainError]] = {
    noun.code: noun
    for noun in (
        EnrolmentExists, ConflictsWithExisting, IdTaken, MemberElsewhere, AmbiguousMember, DifferentPerson,
        NumbersOfTwoMembers, MemberDied, OutsideScope, NotFound,
    )
}  # fmt: skip


def build_rejection(errors: list[FieldError]) -> DomainError:
    """Build the error for a single enrolment that was rejected: the type of its first error, else InvalidInput."""
    error_type = _ERROR_TYPES.get(errors[0].code, InvalidInput)
    return error_type(errors=errors)


NAME_DIFFERS = FieldError(
    "/full_name",
    "full_name_differs",
    "Họ tên khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The name differs from the register, which stays as it is.",
)
BIRTH_DATE_DIFFERS = FieldError(
    "/birth_date",
    "birth_date_differs",
    "Ngày sinh khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The birth date differs from the register, which stays as it is.",
)
SOCIAL_NO_DIFFERS = FieldError(
    "/social_insurance_no",
    "social_insurance_no_differs",
    "Mã số BHXH khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The social insurance number differs from the register, which stays as it is.",
)
FOUND_BY_NAME = FieldError(
    "/full_name",
    "member_found_by_name",
    "Không có số định danh: đã nhận theo họ tên, ngày sinh và xã; hãy kiểm tra lại.",
    "Without a number, the member was found by name, birth date and commune; please check.",
)
POSSIBLE_SAME_PERSON = FieldError(
    "/full_name",
    "possible_same_person",
    "Sổ hội viên đã có người trùng họ tên, ngày sinh tại xã này nhưng không có số này.",
    "The register has a person of this name and birth date in this commune without this number.",
)

SIMILAR_PERSON = FieldError(
    "/full_name",
    "similar_person",
    "Sổ hội viên đã có người trùng họ tên (không kể dấu), ngày sinh trùng hoặc gần trùng tại xã này; hãy kiểm tra.",
    "The register has a person of this name (accents aside) and a similar birth date in this commune; please check.",
)

_NATIONAL_ID_WARNINGS = {
    "national_id_birth_year": FieldError(
        "/national_id",
        "national_id_birth_year",
        "Số định danh không khớp với năm sinh.",
        "The national id does not fit the year of birth.",
    ),
    "national_id_sex": FieldError(
        "/national_id",
        "national_id_sex",
        "Số định danh không khớp với giới tính.",
        "The national id does not fit the sex.",
    ),
}


def check_national_id(national_id: str | None, birth_date: object, sex: str | None) -> list[FieldError]:
    """Warnings where a citizen's number disagrees with the person's birth date or sex."""
    codes = () if national_id is None else national_id_warnings(national_id, birth_date, sex)  # type: ignore[arg-type]
    return [_NATIONAL_ID_WARNINGS[code] for code in codes] if codes else []
