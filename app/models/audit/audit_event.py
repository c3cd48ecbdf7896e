"""Audit events (nhật ký): who did what to which record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class AuditEvent(SQLModel, table=True):
    """One event with chosen fields; never updated, never a whole payload."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_id", "id"),
        Index("ix_audit_event_network", "network", "province_code", "id"),
        Index(
            "ix_audit_event_security",
            "at",
            postgresql_where="subject_kind in ('login', 'client_login', 'token', 'session', 'refresh')",
        ),
    )

    id: UUID = uuid_column(primary_key=True)
    at: datetime = time_column(default_factory=now)
    event: str = text_column()
    network: str = text_column()
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    actor_id: UUID | None = uuid_column(default=None)
    actor_kind: str = text_column()
    organisation_id: UUID | None = uuid_column(default=None)
    subject_kind: str = text_column()
    subject_id: UUID | None = uuid_column(default=None)
    fields: dict[str, Any] = json_column()
    request_id: str | None = text_column(default=None)
