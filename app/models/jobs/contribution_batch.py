"""Batches of contributions, with the outcomes of their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class ContributionBatch(SQLModel, table=True):
    """Contributions that were sent in one request (lô khoản đóng góp), and the outcome of each row.

    client_key, request_hash: the Idempotency-Key and what it was first used for. skipped_rows: as of enrolments.
    """

    __tablename__ = "contribution_batch"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_contribution_batch_key"),
        Index("ix_contribution_batch_job", "job_id", postgresql_where="job_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    job_id: UUID | None = uuid_column(references="job.id", default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mode: str = text_column()
    rows: int
    recorded: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    skipped_rows: list[Any] = json_column(default_factory=list, server_default="[]")
    items: list[dict[str, Any]] = json_column(default_factory=list)
    sent_by: UUID = uuid_column()
    sent_at: datetime = time_column(default_factory=now)
