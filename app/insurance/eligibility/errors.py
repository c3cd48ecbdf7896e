"""Errors about eligibility."""

from app.core.errors import Conflict, DomainError


class NotEligible(DomainError):
    """The person may not be insured from this month on; `errors` names each reason."""

    status, code = 422, "not_eligible"
    vi = "Người này chưa đủ điều kiện tham gia từ tháng đã chọn. Xem từng lý do trong danh sách lỗi."
    en = "This person may not be insured from this month on. See the list of errors for each reason."


class OtherEnrolmentExists(Conflict):
    """The person is insured for the same months by another enrolment; it is not said which."""

    code = "other_enrolment_exists"
    vi = "Người này đã có đăng ký tham gia khác cùng loại cho cùng thời gian. Hãy hỏi cơ quan BHXH."
    en = "There is another enrolment of this person for the same insurance and time. Please ask BHXH."
