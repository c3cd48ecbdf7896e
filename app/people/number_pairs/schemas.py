"""Wire shapes of pairs of members of one register with the same number (cặp trùng số)."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import mask_id
from app.people.kinds import NumberStatus


class IdentityNumber(StrEnum):
    """A number that one person of a register has (số dùng để nhận diện)."""

    NATIONAL_ID = "national_id"  # số CCCD, CMND
    SOCIAL_INSURANCE_NO = "social_insurance_no"  # mã số BHXH


class PairOutcome(StrEnum):
    """How a pair is settled (cách xử lý)."""

    SAME_PERSON = "same_person"  # cùng một người: chỉ giữ số ở một hồ sơ
    WRONG_NUMBER = "wrong_number"  # hồ sơ kia ghi nhầm số
    DISTINCT = "distinct"  # hai người khác nhau, cùng một số: giữ cả hai


class SettleIn(RequestBody):
    """How a pair is settled: who keeps the number, and why the other does not."""

    keep: Annotated[Uuid, Field(description="The member who keeps the number")]
    other: Annotated[Uuid, Field(description="The other member")]
    outcome: Annotated[
        PairOutcome,
        Field(
            description="`same_person`, `wrong_number`: the number is taken out of the other's record, whose keeper "
            "reads that it is to be checked; `distinct`: both keep it, as two people with one old 9-digit number do"
        ),
    ]


class PairSide(BaseModel):
    """One of the two members, numbers masked.

    number_status: between these two. `confirmed` is whose the number is held to be; whether somebody has it whom the
    reader does not see makes no difference.
    """

    member_id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    full_name: str
    birth_date: date | None
    national_id: Annotated[str | None, Field(examples=["042******123"])]
    social_insurance_no: Annotated[str | None, Field(examples=["421****789"])]
    number_status: NumberStatus
    created_at: datetime

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any], status: NumberStatus) -> Self:
        """Build from the columns of a member. status: between the two, not that of the column."""
        masked = {name: mask_id(columns[name]) for name in ("national_id", "social_insurance_no")}
        other = {"member_id", "number_status", *masked}
        same = {name: columns[name] for name in cls.model_fields if name not in other}
        return cls(member_id=columns["id"], number_status=status, **same, **masked)


class NumberPair(BaseModel):
    """Two members of one register who have a number in common."""

    shared: Annotated[list[IdentityNumber], Field(description="The numbers that both have")]
    members: Annotated[list[PairSide], Field(description="Whose number is pending first")]


class SettledPair(BaseModel):
    """A pair after it was settled."""

    outcome: PairOutcome
    keep: PairSide
    other: PairSide
