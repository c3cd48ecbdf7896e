"""Wire shapes of members."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from app.audit.read_acts import SearchedBy, mask_name
from app.core.errors import field_problem
from app.core.spelling.person_names import PersonName
from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import (
    Code,
    HealthCardNo,
    Name,
    PersonNumber,
    Phone,
    ShortText,
    SocialInsuranceNo,
    mask_id,
    mask_phone,
)
from app.core.values.time import Day
from app.people.members.rules import Relation, Sex, find_member_warnings

_PERSON_NUMBER = "Số CCCD/định danh 12 số; CMND 9 số only for who joined before 2025"


class MemberFilter(BaseModel):
    """Query parameters of the list of members."""

    commune_code: Annotated[Code | None, Field(description="Xã, phường, đặc khu, as recorded")] = None
    province_code: Annotated[Code | None, Field(description="Tỉnh, thành phố, as recorded")] = None
    hamlet_code: Annotated[Code | None, Field(description="Thôn, ấp, tổ")] = None
    group_id: Annotated[Uuid | None, Field(description="Who is in this group (tổ) now")] = None
    household_id: Annotated[Uuid | None, Field(description="Hộ gia đình")] = None
    referrer_id: Annotated[Uuid | None, Field(description="Whom this member brought (người giới thiệu)")] = (
        None
    )
    q: Annotated[
        Name | None, Field(description="Beginning of any word of the name, diacritics and case do not matter")
    ] = None


class MemberIn(RequestBody):
    """A person to be entered in the register of the caller's network (hội viên)."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    commune_code: Annotated[Code, Field(description="Xã, phường, đặc khu where the person lives")]
    hamlet_code: Annotated[Code | None, Field(description="Thôn, ấp, tổ")] = None
    household_id: Annotated[Uuid | None, Field(description="Hộ gia đình in the same commune")] = None
    household_code: Annotated[Code | None, Field(description="In place of household_id")] = None
    relation_to_head: Annotated[Relation | None, Field(description="Quan hệ với chủ hộ")] = None
    full_name: Annotated[PersonName, Field(description="Họ và tên")]
    birth_date: Annotated[Day | None, Field(description="Ngày sinh")] = None
    sex: Annotated[Sex | None, Field(description="Giới tính")] = None
    national_id: Annotated[PersonNumber | None, Field(description=_PERSON_NUMBER)] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    health_card_no: Annotated[HealthCardNo | None, Field(description="Số thẻ BHYT")] = None
    phone: Annotated[Phone | None, Field(description="Số điện thoại")] = None
    occupation: Annotated[ShortText | None, Field(description="Nghề nghiệp")] = None
    referrer_id: Annotated[Uuid | None, Field(description="Member who brought them (người giới thiệu)")] = (
        None
    )
    joined_on: Annotated[Day | None, Field(description="Ngày tham gia")] = None
    died_on: Annotated[Day | None, Field(description="Ngày mất")] = None


class MemberPatch(RequestBody):
    """Changes of a member's record; a field that is left out stays."""

    commune_code: Annotated[Code, Field(description="Another one moves the person there")] = omittable_field()
    hamlet_code: Code | None = None
    household_id: Uuid | None = None
    household_code: Annotated[Code | None, Field(description="In place of household_id")] = None
    relation_to_head: Relation | None = None
    full_name: PersonName = omittable_field()
    birth_date: Day | None = None
    sex: Sex | None = None
    national_id: PersonNumber | None = None
    social_insurance_no: SocialInsuranceNo | None = None
    health_card_no: HealthCardNo | None = None
    phone: Phone | None = None
    occupation: ShortText | None = None
    referrer_id: Uuid | None = None
    joined_on: Day | None = None
    died_on: Day | None = None


class MemberSearch(RequestBody):
    """A search in one of four exact ways; numbers belong in a body, never in a URL."""

    national_id: Annotated[PersonNumber | None, Field(description="Số CCCD, CMND")] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    phone: Annotated[Phone | None, Field(description="Số điện thoại")] = None
    full_name: Annotated[Name | None, Field(description="With birth_date and commune_code")] = None
    birth_date: Day | None = None
    commune_code: Code | None = None

    def masked(self) -> tuple[SearchedBy, str]:
        """By what this searches, and for what, as the read audit keeps it: masked."""
        if self.national_id is not None:
            return SearchedBy.NATIONAL_ID, mask_id(self.national_id) or ""
        if self.social_insurance_no is not None:
            return SearchedBy.SOCIAL_INSURANCE_NO, mask_id(self.social_insurance_no) or ""
        if self.phone is not None:
            return SearchedBy.PHONE, mask_phone(self.phone) or ""
        return SearchedBy.NAME, mask_name(self.full_name or "")

    @model_validator(mode="after")
    def _check_one_way(self) -> Self:
        person = (self.full_name, self.birth_date, self.commune_code)
        numbers = [self.national_id, self.social_insurance_no, self.phone]
        ways_given = sum(value is not None for value in numbers) + any(value is not None for value in person)
        if ways_given != 1 or (any(value is not None for value in person) and None in person):
            raise field_problem(
                "one_way",
                vi="Tìm theo đúng một cách: số định danh, mã số BHXH, điện thoại, hoặc họ tên cùng ngày sinh và xã.",
                en="Search in exactly one way: national id, insurance number, phone, or name, birth date and commune.",
            )
        return self


class MemberItem(BaseModel):
    """A member with masked numbers, as lists show them."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    hamlet_code: str | None
    household_id: UUID | None
    relation_to_head: str | None
    full_name: str
    birth_date: date | None
    sex: Sex | None
    national_id: Annotated[str | None, Field(examples=["042******123"])]
    social_insurance_no: Annotated[str | None, Field(examples=["421****789"])]
    health_card_no: str | None
    phone: Annotated[str | None, Field(examples=["*******111"])]
    occupation: str | None
    referrer_id: UUID | None
    joined_on: date | None
    died_on: date | None
    version: int

    @classmethod
    def from_record(cls, row: Any) -> Self:
        """Build the response from a member's row, its numbers masked."""
        values = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(values | mask_numbers(row) | cls._extra_fields(row))

    @classmethod
    def _extra_fields(cls, _row: Any) -> dict[str, Any]:
        return {}


def mask_numbers(row: Any) -> dict[str, str | None]:
    """Mask the numbers of a member as lists show them."""
    return {
        "national_id": mask_id(row.national_id),
        "social_insurance_no": mask_id(row.social_insurance_no),
        "health_card_no": mask_id(row.health_card_no),
        "phone": mask_phone(row.phone),
    }


class MemberOut(MemberItem):
    """A member with masked numbers, and where the record disagrees with itself."""

    created_at: datetime
    updated_at: datetime
    warnings: Annotated[
        list[str], Field(description="Such as national_id_birth_year: worth a look, never refused")
    ]

    @classmethod
    def _extra_fields(cls, row: Any) -> dict[str, Any]:
        return {"warnings": find_member_warnings(row)}


class MemberWhole(MemberOut):
    """A member with whole numbers; whoever reads this is recorded in the audit."""

    @classmethod
    def _extra_fields(cls, row: Any) -> dict[str, Any]:
        return super()._extra_fields(row) | {name: getattr(row, name) for name in mask_numbers(row)}


class RevealReason(StrEnum):
    """Why a whole record is looked at (lý do xem). A list and no free text: it stands in the history and in URLs."""

    IDENTITY_CHECK = "identity_check"  # đối chiếu giấy tờ tùy thân
    ENROLMENT = "enrolment"  # lập, kiểm tra hồ sơ tham gia
    CORRECTION = "correction"  # sửa dữ liệu sai, trùng
    CONTACT = "contact"  # liên hệ người tham gia
    COMPLAINT = "complaint"  # giải quyết khiếu nại
    PERSON_REQUEST = "person_request"  # chính người đó yêu cầu
    AUTHORITY_REQUEST = "authority_request"  # cơ quan có thẩm quyền yêu cầu


class RevealIn(RequestBody):
    """Why whole numbers are to be shown."""

    reason: Annotated[RevealReason, Field(description="Lý do xem, kept in the audit")]


class ChangeOut(BaseModel):
    """One event in the history of a record (nhật ký)."""

    id: UUID
    at: datetime
    event: str
    actor_id: UUID | None
    actor_kind: str
    fields: Annotated[
        dict[str, Any], Field(description="Names of what changed, and values that identify nobody")
    ]
