"""Wire shapes of requests about personal data (yêu cầu của chủ thể dữ liệu)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.spelling.person_names import PersonName
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note, ShortText
from app.core.values.time import Instant
from app.models.people.data_request import DataRequest
from app.people.consents.rules import Purpose
from app.privacy.requests.rules import (
    DataRequestKind,
    DataRequestStatus,
    IdentityCheck,
    RefusalCode,
    Requester,
)


class DataRequestIn(RequestBody):
    """A request of a member about their data, as the officer who received it writes it down."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    member_id: Annotated[Uuid, Field(description="Chủ thể dữ liệu")]
    kind: Annotated[DataRequestKind, Field(description="Loại yêu cầu")]
    requester: Annotated[Requester, Field(description="The person, or who acts for them")]
    requester_name: Annotated[PersonName | None, Field(description="Of a guardian or representative")] = None
    identity_check: Annotated[IdentityCheck, Field(description="Cách xác minh người yêu cầu")]
    details: Annotated[Note | None, Field(description="What is wrong, or what is objected to")] = None
    purposes: Annotated[
        list[Purpose],
        Field(max_length=len(Purpose), description="Of an objection: consents to withdraw; none named: all"),
    ] = Field(default_factory=list)
    received_at: Annotated[Instant | None, Field(description="When it came; now if left out")] = None


class DataRequestReason(RequestBody):
    """Why a request takes longer, and what the person is told (lý do gia hạn)."""

    reason: Annotated[ShortText, Field(description="Lý do")]


class DataRequestRefusal(RequestBody):
    """Why a request is refused (lý do từ chối), as the person is told."""

    code: Annotated[RefusalCode, Field(description="Lý do theo danh mục")]
    answer: Annotated[Note, Field(min_length=1, description="Lời trả lời")]


class DataRequestDone(RequestBody):
    """What the person is told when a request is carried out."""

    answer: Annotated[Note | None, Field(description="Lời trả lời")] = None


class DataRequestFilter(BaseModel):
    """Query parameters of the list of requests."""

    status: DataRequestStatus | None = None
    kind: DataRequestKind | None = None
    member_id: Uuid | None = None
    overdue: Annotated[bool | None, Field(description="Open, and past the day it was due on")] = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None


class DataRequestOut(BaseModel):
    """A request, its deadlines and its answer."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    member_id: UUID
    kind: DataRequestKind
    status: DataRequestStatus
    requester: Requester
    requester_name: str | None
    identity_check: IdentityCheck
    details: str | None
    purposes: list[Purpose]
    received_at: datetime
    respond_by: Annotated[date, Field(description="Last day to say that it came: two working days")]
    due_on: Annotated[date, Field(description="Last day to carry it out")]
    extended_at: datetime | None
    extension_reason: str | None
    decided_at: datetime | None
    decided_by: UUID | None
    refusal_code: RefusalCode | None
    answer: str | None
    done_at: datetime | None
    done_by: UUID | None
    outcome: Annotated[dict[str, Any], Field(description="What was done, in numbers")]
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: DataRequest) -> Self:
        """Build from its record."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ObstacleOut(BaseModel):
    """What speaks against erasing a member now."""

    code: str
    detail: str


class ObstaclesOut(BaseModel):
    """All that speaks against erasing the member of a request; empty when it can be carried out."""

    items: list[ObstacleOut]
