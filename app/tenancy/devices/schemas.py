"""Wire shapes of devices."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Name


class DeviceFilter(BaseModel):
    """Query parameters of the list of devices."""

    user_id: Annotated[Uuid | None, Field(description="Người dùng; default: oneself")] = None
    revoked: Annotated[bool | None, Field(description="Đã thu hồi hay không")] = None


class DeviceIn(RequestBody):
    """A phone or computer of your own (thiết bị); sent again with the same id, it updates name and version."""

    id: Uuid | None = None
    name: Name
    app_version: Annotated[Name | None, Field(description="Phiên bản ứng dụng")] = None


class DeviceOut(BaseModel):
    """A device (thiết bị), with the time of its revocation if it was revoked."""

    id: UUID
    user_id: UUID
    name: str
    app_version: str | None
    registered_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
