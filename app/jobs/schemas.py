"""Wire shapes of jobs (công việc nền)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.language import Language
from app.core.values.text import Code
from app.models.jobs.job import Job


class JobStatus(StrEnum):
    """The status of a job (trạng thái)."""

    QUEUED = "queued"  # đang chờ
    RUNNING = "running"  # đang chạy
    SUCCEEDED = "succeeded"  # xong
    FAILED = "failed"  # thất bại
    CANCELLED = "cancelled"  # đã hủy


UNFINISHED = (JobStatus.QUEUED.value, JobStatus.RUNNING.value)


class JobFilter(BaseModel):
    """Query parameters of the list of jobs."""

    status: Annotated[JobStatus | None, Field(description="Trạng thái")] = None
    kind: Annotated[Code | None, Field(description="Loại công việc")] = None


class Progress(BaseModel):
    """The progress of a job (tiến độ)."""

    rows_done: int
    rows_total: Annotated[int | None, Field(description="Null while they are not counted")]
    percent: Annotated[int | None, Field(description="0 to 100, rounded down")]

    @classmethod
    def from_record(cls, row: Job) -> Self:
        """Build the progress from a job's record."""
        succeeded = row.status == JobStatus.SUCCEEDED
        percent = 100 if succeeded else row.rows_done * 100 // row.rows_total if row.rows_total else None
        return cls(rows_done=row.rows_done, rows_total=row.rows_total, percent=percent)


class JobFault(BaseModel):
    """One error of a failed job."""

    pointer: str
    code: str
    detail: str


class JobOut(BaseModel):
    """A job (công việc nền): long work done in the background."""

    id: UUID
    kind: str
    status: JobStatus
    progress: Progress
    counts: Annotated[dict[str, int], Field(description="Rows by outcome")]
    error: Annotated[str | None, Field(description="Code of the error that ended the job")]
    errors: list[JobFault]
    subject_id: Annotated[UUID | None, Field(description="What it is about: the batch that it takes in, …")]
    report_url: Annotated[str | None, Field(description="URL of its file, once there is one")]
    file_kept_until: Annotated[
        datetime | None, Field(description="Thời hạn lưu: until when its files can be fetched, or could be")
    ]
    asked_by: UUID
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_asked_at: datetime | None

    @classmethod
    def from_record(cls, row: Job, retention: timedelta, language: Language = "vi") -> Self:
        """Build the response from the job's record, in the reader's language. retention: of files after a job's end."""
        copied = (
            "id", "kind", "status", "counts", "error", "asked_by", "created_at", "started_at", "finished_at",
            "cancel_asked_at",
        )  # fmt: skip
        has_file = row.file_name is not None and row.files_removed_at is None
        url = job_url(row.id) + "/file" if has_file else None
        values = {name: getattr(row, name) for name in copied}
        errors = [
            JobFault(pointer=pointer, code=code, detail=detail_texts[language == "en"])
            for pointer, code, *detail_texts in row.errors
        ]
        subject_id = row.params.get("subject_id")
        return cls(
            **values, progress=Progress.from_record(row), report_url=url, errors=errors, subject_id=subject_id,
            file_kept_until=_kept_until(row, retention),
        )  # fmt: skip


def _kept_until(row: Job, retention: timedelta) -> datetime | None:
    """Return when the job's file expires; None while the job is not over, and for one without a file."""
    if row.file_name is None or row.finished_at is None:
        return None
    return row.files_removed_at or row.finished_at + retention


def job_url(job_id: UUID) -> str:
    """Return the URL of a job."""
    return f"/v1/jobs/{job_id}"
