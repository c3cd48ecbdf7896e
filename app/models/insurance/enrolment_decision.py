"""Decisions on many enrolments at once (quyết định hàng loạt), also those that were only tried."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Index, Integer, LargeBinary, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class EnrolmentDecision(SQLModel, table=True):
    """What BHXH decided on a list of enrolments in one request, and what became of each.

    client_key, request_hash: the Idempotency-Key and what it was first used for. enrolment_ids, versions: the list as
    it was seen, a version null where none was named. dry_run_id: the trial that this one carries out. items: the
    outcomes in that order, in both languages; empty where a job keeps them in its file.
    """

    __tablename__ = "enrolment_decision"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_enrolment_decision_key"),
        Index("ix_enrolment_decision_job", "job_id", postgresql_where="job_id is not null"),
        Index("ix_enrolment_decision_trial", "dry_run_id", postgresql_where="dry_run_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    job_id: UUID | None = uuid_column(references="job.id", default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    action: str = text_column()
    dry_run: bool
    dry_run_id: UUID | None = uuid_column(references="enrolment_decision.id", default=None)
    reasons: list[dict[str, Any]] = json_column(default_factory=list)
    enrolment_ids: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    versions: list[int | None] = Field(default_factory=list, sa_column=Column(ARRAY(Integer), nullable=False))
    rows: int = 0
    done: int = 0
    refused: int = 0
    items: list[dict[str, Any]] = json_column(default_factory=list)
    decided_by: UUID = uuid_column()
    decided_at: datetime = time_column(default_factory=now)
