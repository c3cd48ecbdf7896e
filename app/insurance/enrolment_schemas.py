"""Wire shapes of enrolments."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.bodies import Body, left_out
from app.core.ids import Uuid
from app.core.money import Dong
from app.core.text import Code, HealthCardNo, Name, NationalId, Phone, ShortText, SocialInsuranceNo
from app.core.time import Day, Month, month_of
from app.insurance.enrolment_rules import MOST_MONTHS, Ending, Method, Status, Support
from app.models.enrolment import Enrolment
from app.savings.kinds import Product

ExternalRef = Annotated[Name, Field(description="Mã tham chiếu of the sender, never used twice")]
Months = Annotated[int, Field(strict=True, ge=1, le=MOST_MONTHS, description="Số tháng")]
CoveredUntil = Annotated[Day, Field(description="Ngày hết hạn thẻ BHYT trước, as declared")]
InsuredSince = Annotated[Day, Field(description="Ngày bắt đầu tham gia liên tục, as declared")]
SupportedBefore = Annotated[
    int, Field(strict=True, ge=0, le=MOST_MONTHS, description="Số tháng đã được NSNN hỗ trợ, as declared")
]
Relation = Annotated[ShortText, Field(description="Quan hệ với chủ hộ")]


class EnrolmentIn(Body):
    """One member × product × method (đăng ký tham gia).

    The member is named by `member_id`, or by the person's own data: then they are looked for in the network's
    register by their numbers, else by name, birth date and commune, and entered when they are not there.
    """

    id: Annotated[Uuid | None, Field(description="Made by the client where it was offline")] = None
    external_ref: ExternalRef | None = None
    member_id: Annotated[Uuid | None, Field(description="Instead of the person's data")] = None
    group_id: Uuid | None = None
    group_code: Annotated[Code | None, Field(description="Mã tổ: the member joins it when not in it yet")] = (
        None
    )
    commune_code: Annotated[
        Code | None,
        Field(description="Xã, phường in force today or in the first month; default: the member's"),
    ] = None
    full_name: Annotated[Name | None, Field(description="Họ tên")] = None
    birth_date: Annotated[Day | None, Field(description="Ngày sinh")] = None
    sex: Literal["female", "male"] | None = None
    national_id: Annotated[NationalId | None, Field(description="Số định danh, CCCD")] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    phone: Phone | None = None
    product: Product
    method: Annotated[Method, Field(description="Phương thức đóng")]
    months: Annotated[Months | None, Field(description="With `missing_months`; else told by the method")] = (
        None
    )
    monthly_income: Annotated[Dong | None, Field(description="Mức thu nhập, for BHXH only")] = None
    from_month: Annotated[Month, Field(description="Từ tháng")]
    support_group: Annotated[Support | None, Field(description="Đối tượng được hỗ trợ")] = None
    relation_to_head: Relation | None = None
    covered_until: CoveredUntil | None = None
    insured_since: InsuredSince | None = None
    # No number by default: it would change what rows that were sent before said.
    supported_before: SupportedBefore | None = None


class EnrolmentPatch(Body):
    """What changes of a draft or of a returned enrolment. Its member and product stay."""

    group_id: Uuid | None = None
    group_code: Code | None = None
    commune_code: Code = left_out()
    method: Method = left_out()
    months: Months | None = None
    monthly_income: Dong | None = None
    from_month: Month = left_out()
    support_group: Support | None = None
    relation_to_head: Relation | None = None
    covered_until: CoveredUntil | None = None
    insured_since: InsuredSince | None = None
    supported_before: SupportedBefore = left_out()


class Reason(Body):
    """Why BHXH returned or rejected an enrolment: one field."""

    pointer: Annotated[
        str,
        Field(
            pattern=r"^(/[a-z][a-z0-9_]{0,49}){0,4}$",
            description="The field as in the request, such as `/national_id`; empty: the whole",
        ),
    ]
    code: Annotated[Code, Field(description="A code for machines, such as `not_readable`")]
    text: Annotated[ShortText, Field(description="A sentence for people; no personal data")]


class Reasons(Body):
    """BHXH's reasons (lý do)."""

    reasons: Annotated[list[Reason], Field(min_length=1, max_length=50)]


class Issue(Body):
    """What BHXH issued: a book (sổ BHXH) or a card (thẻ BHYT). A number is noted where the register has none."""

    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    health_card_no: Annotated[HealthCardNo | None, Field(description="Số thẻ BHYT")] = None


class End(Body):
    """Why and on which day insurance ended (dừng tham gia)."""

    reason: Annotated[Ending, Field(description="Lý do dừng")]
    date: Annotated[Day, Field(description="Ngày dừng")]


class EnrolmentFilter(BaseModel):
    """Query parameters of the list of enrolments."""

    status: Status | None = None
    product: Product | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    member_id: Uuid | None = None
    batch_id: Uuid | None = None
    from_month: Month | None = None
    external_ref: ExternalRef | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None


class ReasonOut(BaseModel):
    """Why BHXH returned or rejected an enrolment: one field."""

    pointer: str
    code: str
    text: str


class EnrolmentOut(BaseModel):
    """An enrolment (đăng ký tham gia)."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    group_id: UUID | None
    member_id: UUID
    product: Product
    method: Method
    months: int
    monthly_income: Annotated[int | None, Field(description="đồng")]
    from_month: Annotated[str, Field(description="YYYY-MM")]
    support_group: Annotated[Support | None, Field(description="Null too for those who may not see it")]
    relation_to_head: str | None
    covered_until: Annotated[date | None, Field(description="Last day of the card before, as declared")]
    insured_since: Annotated[
        date | None, Field(description="First day of the unbroken insurance, as declared")
    ]
    supported_before: Annotated[int, Field(description="Months with the state's support before, as declared")]
    status: Status
    external_ref: str | None
    client_id: Annotated[UUID | None, Field(description="The partner system that sent it")]
    batch_id: UUID | None
    reasons: Annotated[list[ReasonOut], Field(description="Of BHXH's last decision")]
    submitted_at: datetime | None
    submitted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    paid_at: datetime | None
    activated_at: datetime | None
    ended_on: date | None
    ended_why: Ending | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, row: Enrolment, *, sensitive: bool) -> Self:
        """From its record. sensitive: whether the reader may see the support group."""
        columns = {name: getattr(row, name) for name in cls.model_fields}
        columns["from_month"] = month_of(row.from_month)
        if not sensitive:
            columns["support_group"] = None
        return cls(**columns)
