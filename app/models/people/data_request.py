"""Requests of people about their data (yêu cầu của chủ thể dữ liệu)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_array_column, text_column, time_column, uuid_column


class DataRequest(SQLModel, table=True):
    """One request about one member's data.

    requester: the person or who acts for them, with requester_name then; identity_check: how it was made sure who asks.
    purposes: of the consents that are withdrawn, empty for all. respond_by, due_on: the last days to answer that it was
    received, and to carry it out. outcome: what was done, in numbers and ids.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        Index("ix_data_request_member", "member_id", "id"),
        Index("ix_data_request_province", "province_code", "id"),
        Index("ix_data_request_organisation", "organisation_id"),
        Index(
            "uq_data_request_open", "member_id", "kind", unique=True,
            postgresql_where="status in ('received', 'accepted')",
        ),
    )  # fmt: skip

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    member_id: UUID = uuid_column(references="member.id")
    kind: str = text_column()
    status: str = text_column(default="received")
    requester: str = text_column()
    requester_name: str | None = text_column(default=None)
    identity_check: str = text_column()
    details: str | None = text_column(default=None)
    purposes: list[str] = text_array_column(default_factory=list)
    received_at: datetime = time_column()
    respond_by: date
    due_on: date
    extended_at: datetime | None = time_column(default=None)
    extension_reason: str | None = text_column(default=None)
    decided_at: datetime | None = time_column(default=None)
    decided_by: UUID | None = uuid_column(default=None)
    refusal_code: str | None = text_column(default=None)
    answer: str | None = text_column(default=None)
    done_at: datetime | None = time_column(default=None)
    done_by: UUID | None = uuid_column(default=None)
    outcome: dict[str, Any] = json_column(default_factory=dict)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
