"""How long each kind of data is kept, and on what that rests."""

from dataclasses import dataclass
from typing import Final

from app.privacy.registry.terms import Retention

INSURANCE_FILE_YEARS: Final = 10
"""For so long after it was paid for, nobody's insurance file is erased, not even on request.

Source: Luật Kế toán 88/2015/QH13, Article 41, and NĐ 174/2016/NĐ-CP, Article 13: vouchers that books rest on, 10 years.
"""


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """A period in words for people, the setting that says how long, and the SQL function that ends it.

    setting: in days or years as its name says; empty where nothing ends by time alone.
    """

    kind: Retention
    vi: str
    en: str
    setting: str = ""
    function: str = ""


RETENTION_PERIODS: Final[tuple[RetentionPeriod, ...]] = (
    RetentionPeriod(
        Retention.REGISTER,
        "đến khi rời tổ, hết bảo hiểm và đủ số năm sau đó; rồi ẩn danh",
        "until membership and insurance ended, and so many years on; then anonymised",
        "keep_departed_years",
        "prune_departed",
    ),
    RetentionPeriod(
        Retention.BOOKS,
        "theo sổ sách; người đã ẩn danh chỉ còn mã số",
        "with the books; of an anonymised person a number",
    ),
    RetentionPeriod(
        Retention.INSURANCE_FILE,
        "mười năm sau khi hết thời gian đã đóng; trước đó không xóa",
        "ten years after the last covered or paid day; not erased before",
        "keep_departed_years",
        "prune_departed",
    ),
    RetentionPeriod(
        Retention.PROOF, "theo hồ sơ mà nó chứng minh, không kèm tên", "with what it proves, without a name"
    ),
    RetentionPeriod(
        Retention.CAMPAIGN,
        "theo phong trào; tên người nhận bỏ khi ẩn danh",
        "with the campaign; names go when the person is anonymised",
    ),
    RetentionPeriod(
        Retention.ACCOUNT,
        "khi tài khoản còn ký tên vào sổ sách",
        "while the account signs what is in the books",
    ),
    RetentionPeriod(
        Retention.LOGIN,
        "phiên đã hết hạn, rồi xóa",
        "sessions that ended, then deleted",
        "keep_sessions_days",
        "prune_sessions",
    ),
    RetentionPeriod(
        Retention.SECURITY_EVENT,
        "sự kiện an ninh, rồi xóa",
        "security events of logins and tokens, then deleted",
        "keep_security_events_days",
        "prune_security_events",
    ),
    RetentionPeriod(
        Retention.READ_AUDIT,
        "nhật ký ai đã xem, tìm ai, rồi xóa",
        "who saw or searched for whom, then deleted",
        "keep_read_audit_days",
        "prune_read_audit",
    ),
    RetentionPeriod(
        Retention.JOB_FILE,
        "tệp vào, tệp ra sau khi xong việc",
        "files in and out after the job's end",
        "keep_job_files_days",
        "prune_job_files",
    ),
    RetentionPeriod(
        Retention.BATCH_OUTCOME,
        "kết quả từng dòng; khóa và số đếm ở lại. Lô chỉ kiểm tra (chế độ thử): keep_dry_runs_days",
        "the outcome of each row; key and counts stay. Batches that only validated: keep_dry_runs_days",
        "keep_batch_outcomes_days",
        "prune_batch_outcomes",
    ),
    RetentionPeriod(
        Retention.DELIVERY, "nhật ký gửi", "the log of deliveries", "keep_deliveries_days", "prune_deliveries"
    ),
    RetentionPeriod(
        Retention.DATA_REQUEST,
        "lời yêu cầu và trả lời sau khi kết thúc; loại, ngày, kết quả ở lại",
        "words of request and answer after its end; kind, days and outcome stay",
        "keep_data_requests_years",
        "prune_data_requests",
    ),
    RetentionPeriod(
        Retention.TRACE,
        "đến khi tìm xong trong các tệp đã lưu, thường vài phút sau khi ẩn danh",
        "until stored files were searched, minutes after the erasure as a rule",
    ),
)
"""One entry for each kind of retention."""
