"""Outbox events (hộp tin đi): what partners are told about, written in the transaction of the act itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.time import now
from app.models.columns import json, text, time, uuid


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
    id: UUID = uuid()
    kind: str = text()
    network: str = text()
    organisation_id: UUID = uuid()
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    client_id: UUID | None = uuid(default=None)
    subject_kind: str = text()
    subject_id: UUID = uuid()
    data: dict[str, Any] = json()
    at: datetime = time(default_factory=now)
