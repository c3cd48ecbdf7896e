"""Consents (sự đồng ý) of a member, one per purpose and text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.time import now
from app.models.columns import text, time, uuid


class Consent(SQLModel, table=True):
    """What a member agreed to, how, to which text, and whether they took it back."""

    __table_args__ = (
        Index("ix_consent_member", "member_id"),
        Index(
            "uq_consent_current",
            "member_id",
            "purpose",
            "text_version",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
    )

    id: UUID = uuid(primary_key=True)
    member_id: UUID = uuid(references="member.id")
    network: str = text(references="network.code")
    province_code: str = text()
    commune_code: str = text()
    purpose: str = text()
    text_version: str = text()
    method: str = text()
    given_at: datetime = time()
    given_by: str = text()
    guardian_name: str | None = text(default=None)
    recorded_by: UUID | None = uuid(default=None)
    withdrawn_at: datetime | None = time(default=None)
    withdrawn_by: UUID | None = uuid(default=None)
    created_at: datetime = time(default_factory=now)
