"""Wire shapes of the read audit."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.audit.read_acts import ReadAct, SearchedBy
from app.core.values.ids import Uuid
from app.core.values.time import Day


class ReadAuditFilter(BaseModel):
    """Query parameters of the read audit."""

    member_id: Annotated[Uuid | None, Field(description="Người được xem, được tìm")] = None
    actor_id: Annotated[Uuid | None, Field(description="Người hoặc hệ thống đã xem")] = None
    act: Annotated[ReadAct | None, Field(description="Việc đã xem")] = None
    emergency_access_id: Annotated[Uuid | None, Field(description="Under this emergency access")] = None
    first: Annotated[Day | None, Field(alias="from", description="Từ ngày, in Viet Nam")] = None
    last: Annotated[Day | None, Field(alias="to", description="Đến hết ngày, in Viet Nam")] = None


class ReadAuditOut(BaseModel):
    """Who saw or searched for whom (nhật ký xem)."""

    seq: Annotated[int, Field(description="In the order in which it was noted")]
    at: datetime
    act: ReadAct
    reason: Annotated[str | None, Field(description="Lý do xem, of whole numbers and exports")]
    network: Annotated[str, Field(description="Whose register; of a search that names nobody, who searched")]
    province_code: str | None
    commune_code: str | None
    member_id: Annotated[UUID | None, Field(description="Null of a search that showed nobody, or many")]
    actor_id: UUID
    actor_kind: str
    organisation_id: UUID
    searched_by: Annotated[SearchedBy | None, Field(description="Cách tìm")]
    searched_for: Annotated[str | None, Field(description="Masked", examples=["042******123", "n… t… d…"])]
    shown: Annotated[int | None, Field(description="How many people the search showed")]
    emergency_access_id: Annotated[UUID | None, Field(description="Truy cập khẩn cấp, if it was under one")]
