"""Wire shapes of the audit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.audit.events import Event
from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day


class AuditFilter(BaseModel):
    """Query parameters of the audit."""

    subject_id: Annotated[Uuid | None, Field(description="Bản ghi")] = None
    subject_kind: Annotated[Code | None, Field(description="Loại bản ghi, such as `member`")] = None
    event: Annotated[Event | None, Field(description="Việc đã xảy ra")] = None
    actor_id: Annotated[Uuid | None, Field(description="Người hoặc hệ thống đã làm")] = None
    first: Annotated[Day | None, Field(alias="from", description="Từ ngày, in Viet Nam")] = None
    last: Annotated[Day | None, Field(alias="to", description="Đến hết ngày, in Viet Nam")] = None


class AuditEventOut(BaseModel):
    """Who did what to which record (nhật ký), with the chosen fields of the change."""

    id: UUID
    at: datetime
    event: str
    network: str
    province_code: str | None
    commune_code: str | None
    actor_id: UUID | None
    actor_kind: str
    organisation_id: UUID | None
    subject_kind: str
    subject_id: UUID | None
    fields: dict[str, Any]
    request_id: str | None
