"""Wire shapes of other insurance."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.bodies import Body
from app.core.ids import Uuid
from app.core.time import Day
from app.insurance.eligibility_rules import OtherKind
from app.models.other_insurance import OtherInsurance


class OtherInsuranceIn(Body):
    """From when to when a member has other insurance (đang tham gia bắt buộc, đang hưởng lương hưu)."""

    id: Annotated[Uuid | None, Field(description="Made by the sender, for a safe repeat")] = None
    kind: Annotated[OtherKind, Field(description="Loại")]
    valid_from: Annotated[Day, Field(description="First day")]
    valid_to: Annotated[Day | None, Field(description="Last day, when known")] = None


class OtherInsuranceEnd(Body):
    """The last day of other insurance."""

    valid_to: Annotated[Day, Field(description="Last day")]


class OtherInsuranceOut(BaseModel):
    """Other insurance of a member, as BHXH noted it."""

    id: UUID
    member_id: UUID
    kind: OtherKind
    valid_from: date
    valid_to: date | None
    entered_by: UUID
    created_at: datetime

    @classmethod
    def of(cls, row: OtherInsurance) -> Self:
        """From its record."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
