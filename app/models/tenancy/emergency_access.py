"""Emergency accesses (truy cập khẩn cấp): an administrator sees people beyond their places, for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class EmergencyAccess(SQLModel, table=True):
    """One access: asked for, decided by a second person, over, and reviewed by a third.

    place_code: what is seen beside the own places; provinces, communes: its codes with those before it. Times after the
    request are the database's (`emergency_step`): starts_at, ends_at, review_by, reviewed_at.
    """

    __tablename__ = "emergency_access"
    __table_args__ = (
        Index("ix_emergency_access_organisation", "organisation_id", "id"),
        Index("ix_emergency_access_province", "province_code", "id"),
        Index("ix_emergency_access_requester", "requested_by"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str = text_column()
    province_code: str = text_column()
    commune_code: str | None = text_column(default=None)
    provinces: list[str] = text_array_column()
    communes: list[str] = text_array_column()
    requested_by: UUID = uuid_column(references="app_user.id")
    reason_kind: str = text_column()
    reason: str = text_column()
    minutes: int
    status: str = text_column(default="requested")
    decide_by: datetime = time_column(default_factory=lambda: now() + timedelta(days=1))
    decided_at: datetime | None = time_column(default=None)
    decided_by: UUID | None = uuid_column(default=None)
    decision_note: str | None = text_column(default=None)
    starts_at: datetime | None = time_column(default=None)
    ends_at: datetime | None = time_column(default=None)
    ended_by: UUID | None = uuid_column(default=None)
    review_by: datetime | None = time_column(default=None)
    reviewed_at: datetime | None = time_column(default=None)
    reviewed_by: UUID | None = uuid_column(default=None)
    review_outcome: str | None = text_column(default=None)
    review_note: str | None = text_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
