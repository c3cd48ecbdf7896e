"""Outbox events (hộp tin đi): announcements to partners, written in the transaction of the act itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class OutboxEvent(SQLModel, table=True):
    """One announcement, in the order of `seq`.

    client_id: the partner system that sent the subject. data: chosen fields, nothing that identifies a person.
    """

    __tablename__ = "outbox_event"
    __table_args__ = (
        UniqueConstraint("id", name="uq_outbox_event_id"),
        Index("ix_outbox_event_subject", "subject_id", "seq"),
        Index("ix_outbox_event_organisation", "organisation_id", "seq"),
        Index("ix_outbox_event_client", "client_id", "seq", postgresql_where="client_id is not null"),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    id: UUID = uuid_column()
    kind: str = text_column()
    network: str = text_column()
    organisation_id: UUID = uuid_column()
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    client_id: UUID | None = uuid_column(default=None)
    subject_kind: str = text_column()
    subject_id: UUID = uuid_column()
    data: dict[str, Any] = json_column()
    at: datetime = time_column(default_factory=now)
