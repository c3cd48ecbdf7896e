"""Wire shapes of emergency accesses (truy cập khẩn cấp)."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note
from app.core.values.time import now
from app.models.tenancy.emergency_access import EmergencyAccess
from app.privacy.emergency.rules import (
    MAX_MINUTES,
    MIN_MINUTES,
    EmergencyReason,
    EmergencyState,
    ReviewOutcome,
    find_state,
)


class EmergencyAccessIn(RequestBody):
    """What an administrator must see beside their places, why, and for how long."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    place_code: Annotated[Code, Field(description="Tỉnh, thành phố, or xã, phường, đặc khu")]
    reason_kind: Annotated[EmergencyReason, Field(description="Lý do theo danh mục")]
    reason: Annotated[Note, Field(min_length=20, description="Lý do cụ thể; no names or numbers of people")]
    minutes: Annotated[
        int, Field(ge=MIN_MINUTES, le=MAX_MINUTES, description="Số phút, from the approval on")
    ]


class EmergencyDecision(RequestBody):
    """What a second person says to it."""

    note: Annotated[Note | None, Field(description="Ý kiến")] = None


class EmergencyReview(RequestBody):
    """What the data protection officer finds afterwards."""

    outcome: Annotated[ReviewOutcome, Field(description="Kết quả rà soát")]
    note: Annotated[Note, Field(min_length=1, description="Nhận xét")]


class EmergencyFilter(BaseModel):
    """Query parameters of the list of emergency accesses."""

    state: Annotated[EmergencyState | None, Field(description="Trạng thái")] = None
    requested_by: Annotated[Uuid | None, Field(description="Người yêu cầu")] = None
    overdue: Annotated[bool | None, Field(description="Over, and not reviewed in time")] = None


class EmergencyAccessOut(BaseModel):
    """An emergency access: who, where, why, until when, who decided, and what the review found."""

    id: UUID
    state: EmergencyState
    network: str
    organisation_id: UUID
    place_code: str
    requested_by: UUID
    created_at: datetime
    reason_kind: EmergencyReason
    reason: str
    minutes: int
    decide_by: Annotated[datetime, Field(description="Nobody decides afterwards")]
    decided_by: UUID | None
    decided_at: datetime | None
    decision_note: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    ended_by: Annotated[UUID | None, Field(description="Who ended it before its time")]
    review_by: Annotated[datetime | None, Field(description="To be reviewed by then")]
    overdue: Annotated[bool, Field(description="Not reviewed in time")]
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    review_outcome: ReviewOutcome | None
    review_note: str | None
    version: int

    @classmethod
    def from_record(cls, row: EmergencyAccess) -> Self:
        """Build the response from a row, as it is now."""
        at = now()
        state = find_state(row.status, row.decide_by, row.ends_at, row.reviewed_at, at)
        late = row.review_by is not None and at > row.review_by and state is EmergencyState.OVER
        return cls.model_validate({**row.model_dump(), "state": state, "overdue": late})


class EmergencyToken(BaseModel):
    """The access token of a session that sees more, and reads and searches members only."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[
        int, Field(description="Seconds; ask again for the next one while the access lasts")
    ]
    ends_at: Annotated[datetime, Field(description="When the access itself ends")]
