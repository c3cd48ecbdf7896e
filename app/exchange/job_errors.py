"""What is refused about jobs, and how their work ends early."""

from app.core.errors import Conflict, DomainError, NotFound


class JobFinished(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "job_finished"
    vi = "Công việc đã kết thúc nên không hủy được nữa."
    en = "The job has ended and can no longer be cancelled."


class NoFile(NotFound):
    """The job has not made a file, or not yet."""

    code = "no_file"
    vi = "Công việc này chưa có tệp kết quả."
    en = "This job has no file yet."


class FileExpired(DomainError):
    """The job's files were kept for so long as is said, and are gone."""

    status, code = 410, "file_expired"
    vi = "Tệp đã hết thời hạn lưu nên không còn tải được nữa."
    en = "The file was kept until its time was over, and is gone."


class JobCancelled(Exception):
    """Raised by the work of a job that has seen that it is to stop."""


class JobLost(Exception):
    """Another worker has taken the job up, or it was ended: what this one does is not kept."""
