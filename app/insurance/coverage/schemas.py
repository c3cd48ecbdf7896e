"""Wire shapes of coverage and of a member's insurance as a whole."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day
from app.insurance.kinds import Method, RefundReason
from app.models.insurance.coverage import Coverage
from app.savings.kinds import Product


class CoverageFilter(BaseModel):
    """Query parameters of the list of coverages."""

    product: Product | None = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    member_id: Uuid | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    enrolment_id: Uuid | None = None
    payment_id: Uuid | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    on: Annotated[Day | None, Field(description="In force on this day")] = None


class CoverageOut(BaseModel):
    """What one payment buys (thời gian tham gia)."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    group_id: Annotated[UUID | None, Field(description="Null: a direct customer, without a group")]
    member_id: UUID
    enrolment_id: UUID
    payment_id: UUID
    product: Product
    method: Method
    months: Annotated[int, Field(description="Without those that were refunded")]
    supported_months: int
    valid_from: Annotated[date | None, Field(description="Null for missing months, paid for the past")]
    valid_to: date | None
    continuous_since: Annotated[date | None, Field(description="Unbroken since")]
    five_years_from: Annotated[date | None, Field(description="Thời điểm đủ 5 năm liên tục, of cards")]
    ended_on: Annotated[date | None, Field(description="Last day that a refund left")]
    ended_why: RefundReason | None
    created_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Coverage) -> Self:
        """Build from its record."""
        return cls.model_validate(row, from_attributes=True)


class ProductInsurance(BaseModel):
    """A member's insurance of one product, as of a day."""

    product: Product
    months_paid: Annotated[int, Field(description="Số tháng đã đóng, as recorded here")]
    covered: Annotated[bool, Field(description="In force on the day")]
    valid_from: Annotated[date | None, Field(description="Of the coverage in force, else of the last one")]
    valid_to: date | None
    continuous_since: Annotated[date | None, Field(description="Unbroken since, null when it was broken")]
    five_years_from: Annotated[date | None, Field(description="Thời điểm đủ 5 năm liên tục, of cards")]
    supported_months_used: Annotated[int | None, Field(description="Of BHXH: with those declared")]
    supported_months_left: Annotated[int | None, Field(description="Of BHXH: of 120 in a lifetime")]
    next_due: Annotated[date | None, Field(description="Hạn đóng tiếp: last day to pay the next period")]


class MemberInsurance(BaseModel):
    """What a member is insured for (quá trình tham gia)."""

    member_id: UUID
    on: date
    products: list[ProductInsurance]
