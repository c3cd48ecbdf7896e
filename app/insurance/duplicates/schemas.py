"""Wire shapes of duplicates: one person enrolled twice, and what BHXH made of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.insurance.kinds import EnrolmentStatus
from app.insurance.matching.scoring import Certainty, Shared
from app.savings.kinds import Product


class DuplicateStatus(StrEnum):
    """Whether a duplicate is open or merged (trạng thái)."""

    OPEN = "open"  # chưa xử lý
    MERGED = "merged"  # đã gộp


class DuplicateFilter(BaseModel):
    """Query parameters of the list of duplicates. A place is that of one of the two enrolments."""

    status: DuplicateStatus = DuplicateStatus.OPEN
    certainty: Annotated[
        Certainty,
        Field(description="`certain`: they share a number; `probable`: name, birth date and commune"),
    ] = Certainty.CERTAIN
    product: Product | None = None
    province_code: Code | None = None
    commune_code: Annotated[Code | None, Field(description="This commune or a predecessor of it")] = None


class MergeIn(RequestBody):
    """Which of two enrolments of one person stays (giữ) and which goes (bỏ)."""

    keep: Annotated[Uuid, Field(description="The enrolment that stays")]
    drop: Annotated[Uuid, Field(description="The enrolment that is rejected")]


class DuplicateSide(BaseModel):
    """One of the two enrolments."""

    enrolment_id: UUID
    member_id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    status: EnrolmentStatus
    from_month: Annotated[str, Field(description="YYYY-MM")]
    months: int
    submitted_at: datetime | None

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        """Build from the columns of an enrolment, as JSON has them."""
        named = {
            name: columns[name] for name in cls.model_fields if name not in ("enrolment_id", "from_month")
        }
        return cls(enrolment_id=columns["id"], from_month=columns["from_month"][:7], **named)


class Duplicate(BaseModel):
    """Two enrolments of one person for one product in overlapping months (đăng ký trùng).

    merge_id and what follows it: null while it is open.
    """

    status: DuplicateStatus
    product: Product
    certainty: Certainty
    score: Annotated[str, Field(examples=["0.95"], description="0.00 to 1.00, as a decimal in text")]
    shared: Annotated[
        list[Shared],
        Field(description="What both members have: numbers, or else name, birth date and commune"),
    ]
    enrolments: Annotated[list[DuplicateSide], Field(description="The later one first")]
    merge_id: UUID | None
    keep_id: UUID | None
    drop_id: UUID | None
    merged_by: UUID | None
    merged_at: datetime | None
    undone_by: UUID | None
    undone_at: datetime | None
