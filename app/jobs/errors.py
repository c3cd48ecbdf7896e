"""Errors of jobs, and exceptions that end their work early."""

from app.core.errors import Conflict, DomainError, NotFound, TooManyRequests


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


class TooManyJobs(TooManyRequests):
    """The organisation has more jobs under way than are kept in line."""

    code = "too_many_jobs"
    vi = "Đơn vị đang có quá nhiều công việc chưa xong. Hãy chờ hoặc hủy bớt rồi gửi lại sau {retry_after} giây."
    en = "The organisation has too many unfinished jobs. Wait, or cancel some, and send again in {retry_after} seconds."


class JobTooLong(DomainError):
    """A job that is done in one piece did not end in its time; nothing of it is kept."""

    status, code = 409, "job_too_long"
    vi = "Công việc này chạy quá lâu nên đã dừng, không giữ lại gì. Hãy chia tệp nhỏ hơn hoặc gửi để ghi từng phần."
    en = "The job took too long and was stopped; nothing of it was kept. Split the file, or send it with mode=partial."


class JobCancelled(Exception):
    """Raised by a job's function once it sees that the job is to stop."""


class JobPaused(Exception):
    """Raised by a job's function between two transactions, when others wait for their turn."""


class JobLost(Exception):
    """Another worker has claimed the job, or it was ended: this worker's transaction must be rolled back."""
