"""Errors of jobs, and exceptions that end their work early."""

from app.core.errors import Conflict, DomainError, NotFound


class JobFinished(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "job_finished"
    vi = "Công việc đã kết thúc nên không hủy được nữa."
    en = "The job has ended and can no longer be cancelled."


class NoFile(NotFound):
    """The job has no file, or not yet."""

    code = "no_file"
    vi = "Công việc này chưa có tệp kết quả."
    en = "This job has no file yet."


class FileExpired(DomainError):
    """The job's files were removed after their retention time."""

    status, code = 410, "file_expired"
    vi = "Tệp đã hết thời hạn lưu nên không còn tải được nữa."
    en = "The file has expired and was removed."


class JobCancelled(Exception):
    """Raised by a job's function once it sees that the job is to stop."""


class JobLost(Exception):
    """Another worker has claimed the job, or it was ended: this worker's transaction must be rolled back."""
