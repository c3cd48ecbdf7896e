"""Jobs (công việc nền): their kind and parameters, their progress, and the files that they read and write."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy.orm import declared_attr, deferred
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, json_column, text_column, time_column, uuid_column


class Job(SQLModel, table=True):
    """One job of an organisation, run by a worker as the actor who requested it.

    counts: rows by outcome. checkpoint: how far it is, written with the work itself. taken: how many times a worker has
    claimed it. error: the code of the error that ended it; errors: pointer, code and texts in both languages of each
    error. file_*: of the file that can be downloaded. files_removed_at: when its files were deleted as expired.
    """

    __table_args__ = (
        Index("ix_job_organisation", "organisation_id", "id"),
        Index("ix_job_unfinished", "touched_at", postgresql_where="status in ('queued', 'running')"),
        Index(
            "ix_job_prunable", "finished_at",
            postgresql_where="finished_at is not null and files_removed_at is null",
        ),
    )  # fmt: skip

    @declared_attr.directive
    def __mapper_args__(cls: Any) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"properties": {"session_id": deferred(cls.__table__.c.session_id, raiseload=True)}}

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    kind: str = text_column()
    status: str = text_column()
    rows_done: int = bigint_column(default=0)
    rows_total: int | None = bigint_column(default=None)
    counts: dict[str, int] = json_column(default_factory=dict)
    params: dict[str, Any] = json_column(default_factory=dict)
    checkpoint: dict[str, Any] = json_column(default_factory=dict)
    error: str | None = text_column(default=None)
    errors: list[list[str]] = json_column(default_factory=list)
    file_name: str | None = text_column(default=None)
    file_type: str | None = text_column(default=None)
    file_size: int | None = bigint_column(default=None)
    session_id: UUID = uuid_column()
    asked_by: UUID = uuid_column()
    taken: int = 0
    created_at: datetime = time_column(default_factory=now)
    started_at: datetime | None = time_column(default=None)
    touched_at: datetime = time_column(default_factory=now)
    finished_at: datetime | None = time_column(default=None)
    cancel_asked_at: datetime | None = time_column(default=None)
    files_removed_at: datetime | None = time_column(default=None)


class JobFile(SQLModel, table=True):
    """A part of a job's file: at most 1 MiB, except in an import's files, which have a part for each chunk of rows."""

    __tablename__ = "job_file"

    job_id: UUID = uuid_column(primary_key=True, references="job.id")
    name: str = text_column(primary_key=True)
    part: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
