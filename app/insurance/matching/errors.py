"""Errors and warnings about who a row means."""

from typing import Final

from app.core.errors import Conflict, FieldError


class AmbiguousMember(Conflict):
    """Several members have this name and birth date in this commune."""

    code = "ambiguous_member"
    vi = "Có nhiều hội viên trùng họ tên và ngày sinh tại đây; cần số định danh, mã số BHXH hoặc mã hội viên."
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


NAME_DIFFERS: Final = FieldError(
    "/full_name",
    "full_name_differs",
    "Họ tên khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The name differs from the register, which stays as it is.",
)
BIRTH_DATE_DIFFERS: Final = FieldError(
    "/birth_date",
    "birth_date_differs",
    "Ngày sinh khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The birth date differs from the register, which stays as it is.",
)
SOCIAL_NO_DIFFERS: Final = FieldError(
    "/social_insurance_no",
    "social_insurance_no_differs",
    "Mã số BHXH khác với sổ hội viên; sổ hội viên được giữ nguyên.",
    "The social insurance number differs from the register, which stays as it is.",
)
FOUND_BY_NAME: Final = FieldError(
    "/full_name",
    "member_found_by_name",
    "Không có số định danh: đã nhận theo họ tên, ngày sinh và xã; hãy kiểm tra lại.",
    "Without a number, the member was found by name, birth date and commune; please check.",
)
POSSIBLE_SAME_PERSON: Final = FieldError(
    "/full_name",
    "possible_same_person",
    "Sổ hội viên đã có người trùng họ tên, ngày sinh tại xã này nhưng không có số này.",
    "The register has a person of this name and birth date in this commune without this number.",
)
SIMILAR_PERSON: Final = FieldError(
    "/full_name",
    "similar_person",
    "Sổ hội viên đã có người trùng họ tên (không kể dấu), ngày sinh trùng hoặc gần trùng tại xã này; hãy kiểm tra.",
    "The register has a person of this name (accents aside) and a similar birth date in this commune; please check.",
)
