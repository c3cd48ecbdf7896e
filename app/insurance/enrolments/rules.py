"""The rules of enrolments that need no database: their terms, the person's data, and their transitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from app.core.errors import FieldError
from app.core.language import missing_field
from app.insurance.kinds import EnrolmentStatus, Method, ProofKind, WithdrawalReason, parse_enrolled_group
from app.insurance.law.premium import METHOD_MONTHS, METHOD_YEARS
from app.insurance.law.proof import Proof, find_fit_errors
from app.savings.kinds import Product


class Action(StrEnum):
    """What moves an enrolment from one status to the next."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PAY = "pay"
    ACTIVATE = "activate"
    END = "end"
    MERGE = "merge"  # out of life because another enrolment of the same person is kept


UNPAID_CLOSED_STATUSES: Final = frozenset({EnrolmentStatus.REJECTED, EnrolmentStatus.WITHDRAWN})
CLOSED_STATUSES: Final = UNPAID_CLOSED_STATUSES | {EnrolmentStatus.ENDED}
"""From these an enrolment goes no further; its month is free for another one of the person."""
EVER_PAID_STATUSES: Final = frozenset({EnrolmentStatus.PAID, EnrolmentStatus.ACTIVE, EnrolmentStatus.ENDED})
ACCEPTED_STATUSES: Final = EVER_PAID_STATUSES | {EnrolmentStatus.ACCEPTED}
"""What the statistics count as paid, and as accepted by BHXH."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The statuses from which an action is possible and the one it leads to; `is_decision`: BHXH decides."""

    from_statuses: frozenset[EnrolmentStatus]
    to_status: EnrolmentStatus
    is_decision: bool

    @property
    def frees_money(self) -> bool:
        """Whether what is held for the enrolment is freed with it (`release.release_premiums`)."""
        return self.to_status in UNPAID_CLOSED_STATUSES


EDITABLE_STATUSES: Final = frozenset({EnrolmentStatus.DRAFT, EnrolmentStatus.RETURNED})
"""An enrolment is edited before it is submitted, or after BHXH returned it."""
_AWAITING_DECISION: Final = frozenset({EnrolmentStatus.SUBMITTED})
_AT_BHXH: Final = _AWAITING_DECISION | {EnrolmentStatus.ACCEPTED}
_SENT_UNPAID: Final = _AT_BHXH | {EnrolmentStatus.RETURNED}

TRANSITIONS: Final[Mapping[Action, Transition]] = {
    Action.SUBMIT: Transition(EDITABLE_STATUSES, EnrolmentStatus.SUBMITTED, is_decision=False),
    Action.ACCEPT: Transition(_AWAITING_DECISION, EnrolmentStatus.ACCEPTED, is_decision=True),
    Action.RETURN: Transition(_AT_BHXH, EnrolmentStatus.RETURNED, is_decision=True),
    Action.REJECT: Transition(_SENT_UNPAID, EnrolmentStatus.REJECTED, is_decision=True),
    Action.WITHDRAW: Transition(EDITABLE_STATUSES | _AT_BHXH, EnrolmentStatus.WITHDRAWN, is_decision=False),
    Action.PAY: Transition(frozenset({EnrolmentStatus.ACCEPTED}), EnrolmentStatus.PAID, is_decision=False),
    Action.ACTIVATE: Transition(frozenset({EnrolmentStatus.PAID}), EnrolmentStatus.ACTIVE, is_decision=False),
    Action.END: Transition(
        frozenset({EnrolmentStatus.PAID, EnrolmentStatus.ACTIVE}), EnrolmentStatus.ENDED, is_decision=False
    ),
    Action.MERGE: Transition(_SENT_UNPAID, EnrolmentStatus.REJECTED, is_decision=True),
}
"""The life of an enrolment: docs/rooms/enrolments.md draws it, and says for each reason of life who does what.

Until the premium is paid BHXH takes an acceptance back, to be corrected or for good, and the union withdraws it. What
is paid can only end, with a refund where the law gives one.
"""

PRICED_COLUMNS: Final = frozenset(
    {
        "province_code", "commune_code", "group_id", "method", "months", "monthly_income", "from_month",
        "support_group", "covered_until", "insured_since", "supported_before",
    }
)  # fmt: skip
"""Columns on which its price depends, or whose money pays it: whoever changes one frees what is held."""

WITHDRAWAL_TEXTS: Final[Mapping[WithdrawalReason, str]] = {
    WithdrawalReason.CHANGED_MIND: "Người đăng ký không tham gia nữa.",
    WithdrawalReason.WRONG_TERMS: "Thông tin kê khai chưa đúng; sẽ lập đăng ký khác.",
    WithdrawalReason.DIED: "Người đăng ký đã qua đời.",
    WithdrawalReason.MOVED: "Người đăng ký đã chuyển đi nơi khác.",
    WithdrawalReason.COMPULSORY: "Người đăng ký đã chuyển sang tham gia BHXH bắt buộc.",
    WithdrawalReason.OTHER_GROUP: "Người đăng ký đã có thẻ BHYT theo nhóm đối tượng khác.",
    WithdrawalReason.REPEATED: "Người này đã có đăng ký khác.",
    WithdrawalReason.NOT_PAID: "Người đăng ký không đóng tiền.",
}
"""Why a union withdrew an enrolment, as everybody reads it."""

SENT_STATUSES: Final = frozenset(
    {
        EnrolmentStatus.SUBMITTED,
        EnrolmentStatus.ACCEPTED,
        EnrolmentStatus.RETURNED,
        EnrolmentStatus.PAID,
        EnrolmentStatus.ACTIVE,
    }
)
"""Submitted to BHXH and neither rejected, withdrawn nor ended."""

_MONTHS_BY_METHOD: Final[Mapping[Method, int]] = {
    **METHOD_MONTHS,
    **{method: 12 * years for method, years in METHOD_YEARS.items()},
}
# (In Python 3.11 a member that is looked up in its class costs ten times as much.)
_SOCIAL_INSURANCE: Final = Product.BHXH_TN
_HEALTH_CARD: Final = Product.BHYT_HGD
_CARD_METHODS: Final = frozenset({Method.MONTHS_3, Method.MONTHS_6, Method.MONTHS_12})


class EnrolmentTerms(NamedTuple):
    """What is applied for. months: as sent, None where the method implies them; monthly_income: đồng."""

    product: Product
    method: Method
    months: int | None
    monthly_income: int | None

    @property
    def covered_months(self) -> int:
        """The months that one payment covers. Only of terms without a problem."""
        return _MONTHS_BY_METHOD.get(self.method) or self.months or 0


def validate_terms(terms: EnrolmentTerms) -> list[FieldError]:
    """The errors where product, method, months and income do not fit together; empty when they do.

    Sources: Luật BHXH 41/2024/QH15, Article 36 (methods of voluntary insurance); NĐ 188/2025/NĐ-CP, Article 7.8
    (household health insurance is paid for 3, 6 or 12 months).
    """
    errors = []
    if terms.product is _HEALTH_CARD and terms.method not in _CARD_METHODS:
        errors.append(_METHOD_NOT_FOR_CARD)
    method_months = _MONTHS_BY_METHOD.get(terms.method)
    if method_months is None and terms.months is None:
        errors.append(missing_field("/months"))
    if method_months is not None and terms.months not in (None, method_months):
        errors.append(_MONTHS_MISMATCH)
    if terms.product is _SOCIAL_INSURANCE and terms.monthly_income is None:
        errors.append(missing_field("/monthly_income"))
    if terms.product is _HEALTH_CARD and terms.monthly_income is not None:
        errors.append(_INCOME_NOT_FOR_CARD)
    return errors


_MAX_CARD_VALIDITY: Final = timedelta(days=731)


def validate_history(covered_until: date | None, insured_since: date | None, today: date) -> list[FieldError]:
    """The errors of the earlier insurance that a person declares.

    covered_until: the last day of the card before, two years ahead at most; insured_since: a day that has come.
    """
    errors = []
    if covered_until is not None and covered_until > today + _MAX_CARD_VALIDITY:
        errors.append(_COVERED_UNTIL_TOO_LATE)
    if insured_since is not None and insured_since > today:
        errors.append(_INSURED_SINCE_IN_FUTURE)
    if covered_until is not None and insured_since is not None and covered_until < insured_since:
        errors.append(_COVERED_BEFORE_INSURED)
    return errors


def validate_consent(consented_on: date | None, today: date) -> list[FieldError]:
    """The errors of the day on which the person agreed to share the data: it has come."""
    return [_CONSENT_IN_FUTURE] if consented_on is not None and consented_on > today else []


def validate_group(product: Product, fields: Mapping[str, Any]) -> list[FieldError]:
    """The errors where the support group, what proves it, and the product do not fit together.

    fields: of a row, or the columns of a record: `support_group`, and those of the proof.
    """
    group, kind = fields["support_group"], fields["proof_kind"]
    proof = Proof(
        None if kind is None else ProofKind(kind),
        fields["proof_no"],
        fields["proof_issued_by"],
        fields["proof_valid_until"],
    )
    return find_fit_errors(parse_enrolled_group(group), proof, is_card=product is _HEALTH_CARD)


_REQUIRED_PERSON_FIELDS: Final = ("full_name", "birth_date", "commune_code")
_PERSON_FIELDS: Final = (
    "full_name", "birth_date", "sex", "national_id", "social_insurance_no", "phone",
)  # fmt: skip


def validate_person(fields: Mapping[str, object], today: date) -> list[FieldError]:
    """The errors in how a row names its person: by `member_id`, or by the person's own data, never by both.

    fields: of the row; null is as good as absent.
    """
    if fields.get("member_id") is not None:
        return [
            FieldError(f"/{name}", *_DATA_WITH_MEMBER_ID)
            for name in _PERSON_FIELDS
            if fields.get(name) is not None
        ]
    errors = [missing_field(f"/{name}") for name in _REQUIRED_PERSON_FIELDS if fields.get(name) is None]
    birth_date = fields.get("birth_date")
    if isinstance(birth_date, date) and birth_date > today:
        errors.append(_BIRTH_DATE_IN_FUTURE)
    return errors


_CONSENT_IN_FUTURE = FieldError(
    "/consented_on",
    "consent_in_future",
    "Ngày đồng ý chưa tới.",
    "The day of the consent is still to come.",
)
_METHOD_NOT_FOR_CARD = FieldError(
    "/method",
    "method_not_for_product",
    "BHYT hộ gia đình đóng 3, 6 hoặc 12 tháng.",
    "Household health insurance is paid for 3, 6 or 12 months.",
)
_MONTHS_MISMATCH = FieldError(
    "/months",
    "months_mismatch",
    "Số tháng không khớp với phương thức đóng.",
    "The months do not fit the method.",
)
_INCOME_NOT_FOR_CARD = FieldError(
    "/monthly_income",
    "not_for_product",
    "BHYT hộ gia đình không có mức thu nhập; để trống trường này.",
    "Household health insurance has no income; leave this out.",
)
_COVERED_UNTIL_TOO_LATE = FieldError(
    "/covered_until",
    "covered_until_too_late",
    "Thẻ trước không thể còn hạn quá hai năm kể từ hôm nay.",
    "No card is valid for more than two years from today.",
)
_INSURED_SINCE_IN_FUTURE = FieldError(
    "/insured_since",
    "insured_since_future",
    "Ngày bắt đầu tham gia liên tục chưa tới.",
    "The first day of the unbroken insurance is still to come.",
)
_COVERED_BEFORE_INSURED = FieldError(
    "/covered_until",
    "covered_before_insured",
    "Thẻ trước hết hạn trước ngày bắt đầu tham gia liên tục.",
    "The card before ended before the unbroken insurance began.",
)
_DATA_WITH_MEMBER_ID = (
    "beside_member_id",
    "Đã ghi mã hội viên thì không gửi lại dữ liệu cá nhân.",
    "With a member_id, the person's data must be left out.",
)
_BIRTH_DATE_IN_FUTURE = FieldError(
    "/birth_date", "birth_date_future", "Ngày sinh chưa tới.", "The day of birth is still to come."
)
