"""Errors about people."""

from typing import ClassVar

from app.core.errors import Conflict, FieldError, IdTaken, InvalidInput, register_constraint


class _FieldTaken(Conflict):
    """The value of a field that is unique in a network is in use there; the error does not say by whom."""

    pointer: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(self.pointer, self.code, self.vi, self.en)])


class NationalIdTaken(_FieldTaken):
    """Another member of the network has this number."""

    code, pointer = "national_id_taken", "/national_id"
    vi = "Số định danh này đã có trong danh sách của hội."
    en = "This identification number is already in the network's register."


class SocialInsuranceNoTaken(_FieldTaken):
    """Another member of the network has this number."""

    code, pointer = "social_insurance_no_taken", "/social_insurance_no"
    vi = "Mã số BHXH này đã có trong danh sách của hội."
    en = "This social insurance number is already in the network's register."


class HouseholdCodeTaken(_FieldTaken):
    """Another household of the network has this code."""

    code, pointer = "household_code_taken", "/code"
    vi = "Mã hộ này đã có trong danh sách của hội."
    en = "Another household of the network already has this code."


class ConsentStands(Conflict):
    """A consent of the member to this text for this purpose exists and was not withdrawn."""

    code = "consent_stands"
    vi = "Sự đồng ý cho mục đích và bản văn này đang còn hiệu lực."
    en = "A consent for this purpose and text already exists."


class MemberAnonymised(Conflict):
    """The member's data was erased; what is left of them is a number in the books."""

    code = "member_anonymised"
    vi = "Dữ liệu của người này đã được ẩn danh nên không ghi thêm được."
    en = "This person's data was anonymised, so nothing can be recorded of them."


class SupportGroupOverlaps(Conflict):
    """The member belongs to this support group on some of these days already."""

    code = "support_group_overlaps"
    vi = "Thời gian thuộc đối tượng hỗ trợ này bị trùng với lần đã ghi."
    en = "These days overlap with an earlier record of the same support group."


class SupportGroupEnded(Conflict):
    """The support group has already ended, on another day."""

    code = "support_group_ended"
    vi = "Đối tượng hỗ trợ này đã kết thúc vào ngày khác."
    en = "This support group has ended, on another day."


class SearchTooWide(InvalidInput):
    """A search by name is not limited to a province, commune or group."""

    status, code = 422, "search_too_wide"
    vi = "Tìm theo tên trên cả nước: hãy chọn thêm tỉnh, xã hoặc tổ."
    en = "To search by name, also choose a province, a commune or a group."


for _name, _error_type in {
    "member_pkey": IdTaken,
    "household_pkey": IdTaken,
    "consent_pkey": IdTaken,
    "support_group_pkey": IdTaken,
    "uq_member_national_id": NationalIdTaken,
    "uq_member_social_insurance_no": SocialInsuranceNoTaken,
    "uq_household_code": HouseholdCodeTaken,
    "uq_consent_current": ConsentStands,
    "ex_support_group_overlap": SupportGroupOverlaps,
}.items():
    register_constraint(_name, _error_type)


def invalid_field(pointer: str, code: str, texts: tuple[str, str]) -> InvalidInput:
    """Build the error of one invalid field. texts: Vietnamese and English."""
    return InvalidInput.at(pointer, code, vi=texts[0], en=texts[1])
