"""Long work: its kind and parameters, its progress, and the files that it reads and makes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


def _bigint(*, default: Any) -> Any:
    return Field(default=default, sa_column=Column(BigInteger, nullable=default is None))


class Job(SQLModel, table=True):
    """One piece of long work (công việc nền) of an organisation, done by a worker as the actor who asked.

    counts: rows by what became of them. checkpoint: how far it is, written with the work itself. taken: how many
    workers have taken it up. error: the code of what it failed by; errors: pointer,
    code and words in both languages of each fault. file_*: of the file that can be fetched. files_removed_at: when its
    files went, because their time was over.
    """

    __table_args__ = (
        Index("ix_job_organisation", "organisation_id", "id"),
        Index("ix_job_unfinished", "touched_at", postgresql_where="status in ('queued', 'running')"),
        Index(
            "ix_job_prunable", "finished_at",
            postgresql_where="finished_at is not null and files_removed_at is null",
        ),
    )  # fmt: skip

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    kind: str = text_column()
    status: str = text_column()
    rows_done: int = _bigint(default=0)
    rows_total: int | None = _bigint(default=None)
    counts: dict[str, int] = json_column(default_factory=dict)
    params: dict[str, Any] = json_column(default_factory=dict)
    checkpoint: dict[str, Any] = json_column(default_factory=dict)
    error: str | None = text_column(default=None)
    errors: list[list[str]] = json_column(default_factory=list)
    file_name: str | None = text_column(default=None)
    file_type: str | None = text_column(default=None)
    file_size: int | None = _bigint(default=None)
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
    """A part of a file of a job: of at most a MiB, but for reports, whose parts are those of the work."""

    __tablename__ = "job_file"

    job_id: UUID = uuid_column(primary_key=True, references="job.id")
    name: str = text_column(primary_key=True)
    part: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
