"""Batches of contributions, with what became of their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.time import now
from app.models.columns import json, text, time, uuid


class ContributionBatch(SQLModel, table=True):
    """Contributions that were sent in one request (lô khoản đóng góp), and the answer that each row got.

    client_key, request_hash: the Idempotency-Key and what it was first used for.
    """

    __tablename__ = "contribution_batch"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_contribution_batch_key"),
        Index("ix_contribution_batch_job", "job_id", postgresql_where="job_id is not null"),
    )

    id: UUID = uuid(primary_key=True)
    network: str = text(references="network.code")
    organisation_id: UUID = uuid(references="organisation.id")
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    job_id: UUID | None = uuid(references="job.id", default=None)
    client_key: str = text()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mode: str = text()
    rows: int
    recorded: int = 0
    unchanged: int = 0
    rejected: int = 0
    items: list[dict[str, Any]] = json(default_factory=list)
    sent_by: UUID = uuid()
    sent_at: datetime = time(default_factory=now)
