"""Wire shapes of enrolments."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.spelling.person_names import PersonName
from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.text import Code, HealthCardNo, Name, NationalId, Phone, ShortText, SocialInsuranceNo
from app.core.values.time import Day, Month, month_of
from app.insurance.kinds import (
    MAX_MONTHS,
    EnrolledGroup,
    EnrolmentEndReason,
    EnrolmentStatus,
    GivenGroup,
    Method,
    PaidMonths,
    ProofKind,
    WithdrawalReason,
)
from app.models.insurance.enrolment import Enrolment
from app.savings.kinds import Product

ExternalRef = Annotated[Name, Field(description="Mã tham chiếu of the sender, never used twice")]
CoveredUntil = Annotated[Day, Field(description="Ngày hết hạn thẻ BHYT trước, as declared")]
InsuredSince = Annotated[Day, Field(description="Ngày bắt đầu tham gia liên tục, as declared")]
SupportedBefore = Annotated[
    int, Field(strict=True, ge=0, le=MAX_MONTHS, description="Số tháng đã được NSNN hỗ trợ, as declared")
]
MonthsPaidBefore = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=1200,
        description="Số tháng đã đóng BHXH trước đây, as declared: those that are recorded here are added",
    ),
]
ConsentedOn = Annotated[
    Day, Field(description="Ngày người tham gia đồng ý chuyển dữ liệu cho cơ quan BHXH, as the sender says")
]
ProofNo = Annotated[Name, Field(description="Số giấy tờ")]
ProofIssuer = Annotated[Name, Field(description="Nơi cấp")]
ProofEnd = Annotated[Day, Field(description="Có giá trị đến: its last day")]
RelationToHead = Annotated[ShortText, Field(description="Quan hệ với chủ hộ")]


class EnrolmentIn(RequestBody):
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
    full_name: Annotated[PersonName | None, Field(description="Họ tên")] = None
    birth_date: Annotated[Day | None, Field(description="Ngày sinh")] = None
    sex: Literal["female", "male"] | None = None
    national_id: Annotated[NationalId | None, Field(description="Số định danh, CCCD")] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    phone: Phone | None = None
    product: Product
    method: Annotated[Method, Field(description="Phương thức đóng")]
    months: Annotated[
        PaidMonths | None, Field(description="With `missing_months`; else told by the method")
    ] = None
    monthly_income: Annotated[Dong | None, Field(description="Mức thu nhập, for BHXH only")] = None
    from_month: Annotated[Month, Field(description="Từ tháng")]
    support_group: GivenGroup | None = None
    relation_to_head: RelationToHead | None = None
    covered_until: CoveredUntil | None = None
    insured_since: InsuredSince | None = None
    # No number by default: it would change what rows that were sent before said.
    supported_before: SupportedBefore | None = None
    consented_on: ConsentedOn | None = None
    months_paid_before: MonthsPaidBefore | None = None
    proof_kind: Annotated[
        ProofKind | None, Field(description="Giấy tờ chứng minh of the support group of a card")
    ] = None
    proof_no: ProofNo | None = None
    proof_issued_by: ProofIssuer | None = None
    proof_valid_until: ProofEnd | None = None


class EnrolmentPatch(RequestBody):
    """The editable fields of a draft or returned enrolment. Its member and product stay."""

    group_id: Uuid | None = None
    group_code: Code | None = None
    commune_code: Code = omittable_field()
    method: Method = omittable_field()
    months: PaidMonths | None = None
    monthly_income: Dong | None = None
    from_month: Month = omittable_field()
    support_group: GivenGroup | None = None
    relation_to_head: RelationToHead | None = None
    covered_until: CoveredUntil | None = None
    insured_since: InsuredSince | None = None
    supported_before: SupportedBefore = omittable_field()
    consented_on: ConsentedOn | None = None
    months_paid_before: MonthsPaidBefore = omittable_field()
    proof_kind: ProofKind | None = None
    proof_no: ProofNo | None = None
    proof_issued_by: ProofIssuer | None = None
    proof_valid_until: ProofEnd | None = None


class DecisionReason(RequestBody):
    """Why BHXH returned or rejected an enrolment: one field.

    A code of the catalogue (danh mục lý do, `GET /v1/enrolments/decision-reasons`) says enough; any other needs
    `pointer` and `text`.
    """

    pointer: Annotated[
        str | None,
        Field(
            pattern=r"^(/[a-z][a-z0-9_]{0,49}){0,4}$",
            description="The field, such as `/national_id`; empty: the whole; default: the catalogue's",
        ),
    ] = None
    code: Annotated[Code, Field(description="A code of the catalogue, such as `document_unreadable`")]
    text: Annotated[
        ShortText | None,
        Field(description="A sentence for people, added to the catalogue's; no personal data"),
    ] = None


class Reasons(RequestBody):
    """BHXH's reasons (lý do)."""

    reasons: Annotated[list[DecisionReason], Field(min_length=1, max_length=50)]


class Withdrawal(RequestBody):
    """Why the union takes an enrolment back (rút đăng ký); it stands among its `reasons` from then on."""

    reason: Annotated[WithdrawalReason, Field(description="Lý do rút")]


class Issue(RequestBody):
    """What BHXH issued: a book (sổ BHXH) or a card (thẻ BHYT). A number is recorded where the register has none."""

    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    health_card_no: Annotated[HealthCardNo | None, Field(description="Số thẻ BHYT")] = None


class End(RequestBody):
    """Why and on which day insurance ended (dừng tham gia)."""

    reason: Annotated[EnrolmentEndReason, Field(description="Lý do dừng")]
    date: Annotated[Day, Field(description="Ngày dừng")]


def _is_absent(value: object) -> bool:
    """Left out of the meaning of a trial of decisions, which before these words were there is the same then."""
    return value is None


class EnrolmentFilter(BaseModel):
    """Query parameters of the list of enrolments."""

    status: EnrolmentStatus | None = None
    product: Product | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    member_id: Uuid | None = None
    batch_id: Uuid | None = None
    from_month: Month | None = None
    external_ref: ExternalRef | None = None
    collector_id: Annotated[
        Uuid | None,
        Field(
            description="Who brought it (nhân viên thu): who took its money; before that who entered the person, or it",
            exclude_if=_is_absent,
        ),
    ] = None
    entered_from: Annotated[
        Day | None, Field(description="Entered on this day or later (ngày lập)", exclude_if=_is_absent)
    ] = None
    entered_to: Annotated[
        Day | None, Field(description="Entered on this day or before", exclude_if=_is_absent)
    ] = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None


class ReasonOut(BaseModel):
    """Why BHXH returned or rejected an enrolment: one field; or why the union withdrew it: the whole, empty pointer."""

    pointer: str
    code: str
    text: str


PROOF_COLUMNS: Final = ("proof_kind", "proof_no", "proof_issued_by", "proof_valid_until")
"""What proves the support group of a card (giấy tờ chứng minh): columns, and fields of the same names."""
SENSITIVE_COLUMNS: Final = ("support_group", *PROOF_COLUMNS)
"""What tells to which group somebody belongs: null for who may not see it, and without its values in the audit."""


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
    support_group: Annotated[
        EnrolledGroup | None,
        Field(description="Null too for those who may not see it, and its proof with it"),
    ]
    relation_to_head: str | None
    covered_until: Annotated[date | None, Field(description="Last day of the card before, as declared")]
    insured_since: Annotated[
        date | None, Field(description="First day of the unbroken insurance, as declared")
    ]
    supported_before: Annotated[int, Field(description="Months with the state's support before, as declared")]
    status: EnrolmentStatus
    external_ref: str | None
    client_id: Annotated[UUID | None, Field(description="The partner system that sent it")]
    batch_id: UUID | None
    reasons: Annotated[list[ReasonOut], Field(description="Of BHXH's last decision, or of the withdrawal")]
    submitted_at: datetime | None
    submitted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    paid_at: datetime | None
    activated_at: datetime | None
    ended_on: date | None
    ended_why: EnrolmentEndReason | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    version: int
    consented_on: Annotated[date | None, Field(description="When the person agreed to share it with BHXH")]
    months_paid_before: Annotated[
        int, Field(description="Months of social insurance paid before and elsewhere, as declared")
    ]
    proof_kind: Annotated[ProofKind | None, Field(description="What proves the support group of a card")]
    proof_no: Annotated[str | None, Field(description="Its number")]
    proof_issued_by: Annotated[str | None, Field(description="Who issued it")]
    proof_valid_until: Annotated[date | None, Field(description="Its last day; null: none is known")]

    @classmethod
    def from_record(cls, row: Enrolment, *, sensitive: bool) -> Self:
        """Build from its record. sensitive: whether the reader may see the support group, and what proves it."""
        columns = {name: getattr(row, name) for name in cls.model_fields}
        columns["from_month"] = month_of(row.from_month)
        if not sensitive:
            columns |= dict.fromkeys(SENSITIVE_COLUMNS)
        return cls(**columns)
