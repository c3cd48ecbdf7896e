"""Wire shapes of other insurance."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.time import Day
from app.insurance.eligibility.rules import OtherKind
from app.models.insurance.other_insurance import OtherInsurance


class OtherInsuranceIn(RequestBody):
    """From when to when a member has other insurance (bắt buộc, lương hưu, thẻ BHYT miễn phí)."""

    id: Annotated[Uuid | None, Field(description="Made by the sender, for a safe repeat")] = None
    kind: Annotated[OtherKind, Field(description="Loại")]
    valid_from: Annotated[Day, Field(description="First day")]
    valid_to: Annotated[Day | None, Field(description="Last day, when known")] = None


class OtherInsuranceEnd(RequestBody):
    """The last day of other insurance."""

    valid_to: Annotated[Day, Field(description="Last day")]


class OtherInsuranceOut(BaseModel):
    """Other insurance of a member, as BHXH recorded it."""

    id: UUID
    member_id: UUID
    kind: OtherKind
    valid_from: date
    valid_to: date | None
    entered_by: UUID
    created_at: datetime

    @classmethod
    def from_record(cls, row: OtherInsurance) -> Self:
        """Build from its record."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
