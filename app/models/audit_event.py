"""Audit events (nhật ký): who did what to which record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.time import now
from app.models.columns import json, text, time, uuid


class AuditEvent(SQLModel, table=True):
    """One event with chosen fields; never updated, never a whole payload."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_id", "id"),
        Index("ix_audit_event_network", "network", "province_code", "id"),
    )

    id: UUID = uuid(primary_key=True)
    at: datetime = time(default_factory=now)
    event: str = text()
    network: str = text()
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    actor_id: UUID | None = uuid(default=None)
    actor_kind: str = text()
    organisation_id: UUID | None = uuid(default=None)
    subject_kind: str = text()
    subject_id: UUID | None = uuid(default=None)
    fields: dict[str, Any] = json()
    request_id: str | None = text(default=None)
