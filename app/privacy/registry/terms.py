"""The words of the register of personal data: whose, what for, on which ground, how long, and what erasure does.

Sources: Luật 91/2025/QH15 and NĐ 356/2025/NĐ-CP; docs/privacy.md says of each reading how sure it is.
"""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """Whose data it is (chủ thể dữ liệu)."""

    MEMBER = "member"  # hội viên, người tham gia
    HOUSEHOLD = "household"  # những người cùng hộ
    STAFF = "staff"  # người dùng của tổ chức
    NAMED = "named"  # người được nêu trong lời văn: nhà hảo tâm, người ký


class DataPurpose(StrEnum):
    """What the data is kept for (mục đích)."""

    REGISTER = "register"  # danh sách hội viên
    SAVINGS = "savings"  # sổ tiết kiệm của tổ
    INSURANCE = "insurance"  # tham gia, đóng BHXH, BHYT
    CAMPAIGNS = "campaigns"  # phong trào, khen thưởng, chỉ tiêu
    EXCHANGE = "exchange"  # trao đổi tệp, thông báo với đối tác
    ACCESS = "access"  # đăng nhập, phân quyền
    ACCOUNTABILITY = "accountability"  # ai đã làm gì, bảo vệ dữ liệu


class LegalBasis(StrEnum):
    """On which ground it may be processed (căn cứ)."""

    CONSENT = "consent"  # sự đồng ý: Luật 91/2025/QH15, Điều 9
    AGREEMENT = "agreement"  # thực hiện thỏa thuận: Điều 19
    INSURANCE_LAW = "insurance_law"  # pháp luật BHXH, BHYT và kế toán quy định: Điều 19
    PROTECTION_DUTY = "protection_duty"  # nghĩa vụ bảo vệ dữ liệu và chứng minh: Điều 3, 37


class Retention(StrEnum):
    """How long it is kept (thời hạn lưu); the periods are in `app.privacy.registry.periods`."""

    REGISTER = "register"
    BOOKS = "books"
    INSURANCE_FILE = "insurance_file"
    PROOF = "proof"
    CAMPAIGN = "campaign"
    ACCOUNT = "account"
    LOGIN = "login"
    SECURITY_EVENT = "security_event"
    READ_AUDIT = "read_audit"
    JOB_FILE = "job_file"
    BATCH_OUTCOME = "batch_outcome"
    DELIVERY = "delivery"
    DATA_REQUEST = "data_request"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with personal data: every column of it that a rule does not name is one of these.

    cleared: emptied when the person is erased; kept: what the books need, from then on of a number. sensitive: of
    either, what the law calls sensitive. copied: whether `copy_of_person` gives its rows to the person.
    """

    name: str
    subject: Subject
    purpose: DataPurpose
    basis: LegalBasis
    retention: Retention
    cleared: frozenset[str]
    kept: frozenset[str]
    sensitive: frozenset[str]
    copied: bool

    @property
    def columns(self) -> frozenset[str]:
        """The personal columns."""
        return self.cleared | self.kept


def personal_table(
    name: str,
    subject: Subject,
    purpose: DataPurpose,
    basis: LegalBasis,
    retention: Retention,
    *,
    cleared: str = "",
    kept: str = "",
    sensitive: str = "",
    copied: bool = True,
) -> PersonalTable:
    """Build the entry of a table; columns are given as words in a text."""
    return PersonalTable(
        name,
        subject,
        purpose,
        basis,
        retention,
        cleared=frozenset(cleared.split()),
        kept=frozenset(kept.split()),
        sensitive=frozenset(sensitive.split()),
        copied=copied,
    )
