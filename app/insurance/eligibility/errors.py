"""Errors about eligibility."""

from app.core.errors import DomainError


class NotEligible(DomainError):
    """The person may not be insured from this month on; `errors` names each reason."""

    status, code = 422, "not_eligible"
    vi = "Người này chưa đủ điều kiện tham gia từ tháng đã chọn. Xem từng lý do trong danh sách lỗi."
    en = "This person may not be insured from this month on. See the list of errors for each reason."
