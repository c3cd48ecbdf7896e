"""What can be said about an enrolment without a database: its terms, its person's data, and the steps of its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from app.core.errors import FieldError
from app.core.language import field_words
from app.savings.kinds import Product


class Method(StrEnum):
    """How many months one payment covers (phương thức đóng)."""

    MONTHS_1 = "months_1"
    MONTHS_3 = "months_3"
    MONTHS_6 = "months_6"
    MONTHS_12 = "months_12"
    YEARS_2 = "years_2"
    YEARS_3 = "years_3"
    YEARS_4 = "years_4"
    YEARS_5 = "years_5"
    MISSING_MONTHS = "missing_months"  # đóng một lần cho những năm còn thiếu


class Support(StrEnum):
    """Whom the state supports (đối tượng được hỗ trợ)."""

    POOR = "poor"  # hộ nghèo
    NEAR_POOR = "near_poor"  # hộ cận nghèo
    ETHNIC_MINORITY = "ethnic_minority"  # dân tộc thiểu số
    ISLAND = "island"  # xã đảo, đặc khu
    OTHER = "other"  # khác


class Status(StrEnum):
    """Where an enrolment stands (trạng thái)."""

    DRAFT = "draft"  # nháp
    SUBMITTED = "submitted"  # đã gửi BHXH
    ACCEPTED = "accepted"  # BHXH tiếp nhận
    RETURNED = "returned"  # BHXH trả lại để sửa
    REJECTED = "rejected"  # BHXH từ chối
    WITHDRAWN = "withdrawn"  # đã rút
    PAID = "paid"  # đã đóng tiền
    ACTIVE = "active"  # đã cấp sổ, thẻ
    ENDED = "ended"  # đã dừng


class Ending(StrEnum):
    """Why insurance came to its end (lý do dừng)."""

    COMPULSORY = "compulsory"  # chuyển sang tham gia bắt buộc
    DIED = "died"  # qua đời
    ONE_OFF = "one_off"  # hưởng BHXH một lần
    PENSION = "pension"  # hưởng lương hưu
    STOPPED = "stopped"  # dừng đóng


class Action(StrEnum):
    """What takes an enrolment from one status to the next."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PAY = "pay"
    ACTIVATE = "activate"
    END = "end"
    MERGE = "merge"  # out of life because another enrolment of the same person is kept


@dataclass(frozen=True, slots=True)
class Step:
    """From which statuses an action leads to which; `decides` is BHXH's word on the matter."""

    before: frozenset[Status]
    after: Status
    decides: bool


_OPEN: Final = frozenset({Status.DRAFT, Status.RETURNED})
_WAITING: Final = frozenset({Status.SUBMITTED})

STEPS: Final[Mapping[Action, Step]] = {
    Action.SUBMIT: Step(_OPEN, Status.SUBMITTED, decides=False),
    Action.ACCEPT: Step(_WAITING, Status.ACCEPTED, decides=True),
    Action.RETURN: Step(_WAITING, Status.RETURNED, decides=True),
    Action.REJECT: Step(_WAITING, Status.REJECTED, decides=True),
    Action.WITHDRAW: Step(_OPEN | _WAITING, Status.WITHDRAWN, decides=False),
    Action.PAY: Step(frozenset({Status.ACCEPTED}), Status.PAID, decides=False),
    Action.ACTIVATE: Step(frozenset({Status.PAID}), Status.ACTIVE, decides=False),
    Action.END: Step(frozenset({Status.PAID, Status.ACTIVE}), Status.ENDED, decides=False),
    Action.MERGE: Step(_WAITING | {Status.RETURNED, Status.ACCEPTED}, Status.REJECTED, decides=True),
}
"""The life of an enrolment. Rejected, withdrawn and ended ones go no further."""

SENT: Final = frozenset({Status.SUBMITTED, Status.ACCEPTED, Status.RETURNED, Status.PAID, Status.ACTIVE})
"""What BHXH was told of and what is still in life."""

EDITABLE: Final = _OPEN
"""An enrolment is edited before it is submitted, or after BHXH returned it."""

MOST_MONTHS: Final = 120
"""The longest time that was ever paid for at once: missing time under QĐ 595/QĐ-BHXH (2017), Article 9.1.6."""

_MONTHS: Final[Mapping[Method, int]] = {
    Method.MONTHS_1: 1, Method.MONTHS_3: 3, Method.MONTHS_6: 6, Method.MONTHS_12: 12,
    Method.YEARS_2: 24, Method.YEARS_3: 36, Method.YEARS_4: 48, Method.YEARS_5: 60,
}  # fmt: skip
# (In Python 3.11 a member that is looked up in its class costs ten times as much.)
_PENSION: Final = Product.BHXH_TN
_CARD: Final = Product.BHYT_HGD
_CARD_METHODS: Final = frozenset({Method.MONTHS_3, Method.MONTHS_6, Method.MONTHS_12})


class Terms(NamedTuple):
    """What is applied for. months: as sent, None where the method tells them; monthly_income: đồng."""

    product: Product
    method: Method
    months: int | None
    monthly_income: int | None

    @property
    def covered(self) -> int:
        """The months that one payment covers. Only of terms without a problem."""
        return _MONTHS.get(self.method) or self.months or 0


def problems_of_terms(terms: Terms) -> list[FieldError]:
    """Where product, method, months and income do not fit together; none when they do.

    Sources: Luật BHXH 41/2024/QH15, Article 36 (methods of voluntary insurance); NĐ 188/2025/NĐ-CP, Article 7.8
    (household health insurance is paid for 3, 6 or 12 months).
    """
    found = []
    if terms.product is _CARD and terms.method not in _CARD_METHODS:
        found.append(_CARD_METHOD)
    fixed = _MONTHS.get(terms.method)
    if fixed is None and terms.months is None:
        found.append(_missing("/months"))
    if fixed is not None and terms.months not in (None, fixed):
        found.append(_MONTHS_MISMATCH)
    if terms.product is _PENSION and terms.monthly_income is None:
        found.append(_missing("/monthly_income"))
    if terms.product is _CARD and terms.monthly_income is not None:
        found.append(_INCOME_OF_CARD)
    return found


_CARD_AHEAD: Final = timedelta(days=731)


def problems_of_history(
    covered_until: date | None, insured_since: date | None, today: date
) -> list[FieldError]:
    """What cannot be of the insurance before that a person declares.

    covered_until: the last day of the card before, two years ahead at most; insured_since: a day that has come.
    """
    found = []
    if covered_until is not None and covered_until > today + _CARD_AHEAD:
        found.append(_COVERED_TOO_LONG)
    if insured_since is not None and insured_since > today:
        found.append(_INSURED_LATER)
    if covered_until is not None and insured_since is not None and covered_until < insured_since:
        found.append(_COVERED_BEFORE)
    return found


_NEEDED: Final = ("full_name", "birth_date", "commune_code")
_OF_PERSON: Final = (
    "full_name", "birth_date", "sex", "national_id", "social_insurance_no", "phone",
)  # fmt: skip


def problems_of_person(given: Mapping[str, object], today: date) -> list[FieldError]:
    """What is wrong with how a row names its person: by `member_id`, or by the person's own data, never by both.

    given: the row's fields; null is as good as absent.
    """
    if given.get("member_id") is not None:
        return [FieldError(f"/{name}", *_BESIDE_MEMBER) for name in _OF_PERSON if given.get(name) is not None]
    found = [_missing(f"/{name}") for name in _NEEDED if given.get(name) is None]
    birth_date = given.get("birth_date")
    if isinstance(birth_date, date) and birth_date > today:
        found.append(_BORN_LATER)
    return found


def _missing(pointer: str) -> FieldError:
    return FieldError(pointer, "missing", *field_words("missing", {}))


_CARD_METHOD = FieldError(
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
_INCOME_OF_CARD = FieldError(
    "/monthly_income",
    "not_for_product",
    "BHYT hộ gia đình không có mức thu nhập; để trống trường này.",
    "Household health insurance has no income; leave this out.",
)
_COVERED_TOO_LONG = FieldError(
    "/covered_until",
    "covered_until_too_late",
    "Thẻ trước không thể còn hạn quá hai năm kể từ hôm nay.",
    "No card is valid for more than two years from today.",
)
_INSURED_LATER = FieldError(
    "/insured_since",
    "insured_since_future",
    "Ngày bắt đầu tham gia liên tục chưa tới.",
    "The first day of the unbroken insurance is still to come.",
)
_COVERED_BEFORE = FieldError(
    "/covered_until",
    "covered_before_insured",
    "Thẻ trước hết hạn trước ngày bắt đầu tham gia liên tục.",
    "The card before ended before the unbroken insurance began.",
)
_BESIDE_MEMBER = (
    "beside_member_id",
    "Đã có member_id thì không gửi lại dữ liệu cá nhân.",
    "With a member_id, the person's data must be left out.",
)
_BORN_LATER = FieldError(
    "/birth_date", "birth_date_future", "Ngày sinh chưa tới.", "The day of birth is still to come."
)
