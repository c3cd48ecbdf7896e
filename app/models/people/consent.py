"""Consents (sự đồng ý) of a member, one per purpose and text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Consent(SQLModel, table=True):
    """One consent of a member: its purpose, text and method, and when it was withdrawn."""

    __table_args__ = (
        Index("ix_consent_member", "member_id"),
        Index("ix_consent_guardian", "commune_code", "network", postgresql_where="guardian_name is not null"),
        Index(
            "uq_consent_current",
            "member_id",
            "purpose",
            "text_version",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
    )

    id: UUID = uuid_column(primary_key=True)
    member_id: UUID = uuid_column(references="member.id")
    network: str = text_column(references="network.code")
    province_code: str = text_column()
    commune_code: str = text_column()
    purpose: str = text_column()
    text_version: str = text_column()
    method: str = text_column()
    given_at: datetime = time_column()
    given_by: str = text_column()
    guardian_name: str | None = text_column(default=None)
    recorded_by: UUID | None = uuid_column(default=None)
    withdrawn_at: datetime | None = time_column(default=None)
    withdrawn_by: UUID | None = uuid_column(default=None)
    created_at: datetime = time_column(default_factory=now)
