"""Wire shapes of support groups."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import ShortText
from app.core.values.time import Day
from app.people.kinds import SupportKind

SENSITIVE_KINDS = frozenset({SupportKind.ETHNIC_MINORITY})
"""Kinds that tell what the law protects most (NĐ 356/2025, Article 4): read and written with a right of their own."""


class SupportGroupIn(RequestBody):
    """A member's support group (đối tượng hỗ trợ), from one day to another."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    kind: Annotated[SupportKind, Field(description="Đối tượng; ethnic_minority needs member.sensitive")]
    valid_from: Annotated[Day, Field(description="First day")]
    valid_to: Annotated[Day | None, Field(description="Last day, when known")] = None
    evidence: Annotated[ShortText | None, Field(description="Số quyết định, giấy chứng nhận")] = None


class SupportGroupEnd(RequestBody):
    """The last day of a support group."""

    valid_to: Annotated[Day, Field(description="Last day")]


class SupportGroupOut(BaseModel):
    """A support group of a member."""

    id: UUID
    member_id: UUID
    kind: SupportKind
    valid_from: date
    valid_to: date | None
    evidence: str | None
    entered_by: UUID | None

    @classmethod
    def from_record(cls, row: Any) -> Self:
        """Build the response from a support group's row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
