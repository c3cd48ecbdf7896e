"""The reasons for which BHXH returns or rejects an enrolment (danh mục lý do), each with a code that never changes its
meaning: what is no longer used ends on a day and stays readable. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import FieldError
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import DecisionReason

_RETURN: Final = frozenset({Action.RETURN})
_REJECT: Final = frozenset({Action.REJECT})
_BOTH: Final = _RETURN | _REJECT
_FIRST_DAY: Final = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class CatalogueReason:
    """One reason of the catalogue.

    pointer: the field to which it belongs, empty for the whole. actions: the decisions for which it may be given.
    needs_text: it says nothing without a sentence of the officer. valid_from, valid_to: the first and the last day on
    which it may be given.
    """

    code: str
    pointer: str
    actions: frozenset[Action]
    vi: str
    en: str
    needs_text: bool = False
    valid_from: date = _FIRST_DAY
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether it may be given on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


CATALOGUE: Final[Sequence[CatalogueReason]] = (
    CatalogueReason(
        "document_unreadable", "", _RETURN,
        "Ảnh chụp hoặc giấy tờ kèm theo không đọc được; đề nghị gửi lại bản rõ.",
        "The picture or paper that was sent cannot be read; please send a clear one.",
    ),
    CatalogueReason(
        "document_missing", "", _RETURN,
        "Hồ sơ còn thiếu giấy tờ; đề nghị bổ sung.",
        "A paper is missing; please send it.",
    ),
    CatalogueReason(
        "full_name_differs", "/full_name", _BOTH,
        "Họ tên không khớp với giấy tờ tùy thân.",
        "The name does not agree with the identity document.",
    ),
    CatalogueReason(
        "birth_date_differs", "/birth_date", _BOTH,
        "Ngày sinh không khớp với giấy tờ tùy thân.",
        "The birth date does not agree with the identity document.",
    ),
    CatalogueReason(
        "sex_differs", "/sex", _RETURN,
        "Giới tính không khớp với giấy tờ tùy thân.",
        "The sex does not agree with the identity document.",
    ),
    CatalogueReason(
        "national_id_wrong", "/national_id", _BOTH,
        "Số định danh cá nhân không khớp với Cơ sở dữ liệu quốc gia về dân cư.",
        "The national id does not agree with the national database on population.",
    ),
    CatalogueReason(
        "social_insurance_no_wrong", "/social_insurance_no", _BOTH,
        "Mã số BHXH không phải của người tham gia.",
        "The social insurance number is not that of the person.",
    ),
    CatalogueReason(
        "residence_wrong", "/commune_code", _BOTH,
        "Người tham gia không cư trú tại xã, phường đã ghi.",
        "The person does not live in the commune that is given.",
    ),
    CatalogueReason(
        "support_group_unproven", "/support_group", _RETURN,
        "Chưa có giấy tờ chứng minh đối tượng được Nhà nước hỗ trợ mức đóng.",
        "What proves the group that the state supports is missing.",
    ),
    CatalogueReason(
        "income_not_allowed", "/monthly_income", _RETURN,
        "Mức thu nhập chọn làm căn cứ đóng không nằm trong khoảng quy định.",
        "The income that was chosen lies outside the bounds of the law.",
    ),
    CatalogueReason(
        "method_not_allowed", "/method", _RETURN,
        "Phương thức đóng chưa phù hợp; đề nghị chọn lại.",
        "The method of payment does not fit; please choose another.",
    ),
    CatalogueReason(
        "from_month_wrong", "/from_month", _RETURN,
        "Tháng bắt đầu chưa đúng; đề nghị kiểm tra lại.",
        "The first month is not right; please check it.",
    ),
    CatalogueReason(
        "relation_wrong", "/relation_to_head", _RETURN,
        "Quan hệ với chủ hộ chưa đúng với thông tin cư trú của hộ.",
        "The relation to the head of the household does not agree with the household's residence data.",
    ),
    CatalogueReason(
        "household_incomplete", "", _RETURN,
        "Chưa kê khai đủ thành viên của hộ gia đình.",
        "Not all members of the household are declared.",
    ),
    CatalogueReason(
        "covered_until_wrong", "/covered_until", _RETURN,
        "Ngày hết hạn thẻ BHYT trước không khớp với dữ liệu của cơ quan BHXH.",
        "The last day of the card before does not agree with the data of BHXH.",
    ),
    CatalogueReason(
        "insured_since_wrong", "/insured_since", _RETURN,
        "Thời gian tham gia liên tục không khớp với dữ liệu của cơ quan BHXH.",
        "The unbroken insurance that is declared does not agree with the data of BHXH.",
    ),
    CatalogueReason(
        "supported_before_wrong", "/supported_before", _RETURN,
        "Số tháng đã được Nhà nước hỗ trợ không khớp với dữ liệu của cơ quan BHXH.",
        "The months that were supported before do not agree with the data of BHXH.",
    ),
    CatalogueReason(
        "consent_unproven", "/consented_on", _BOTH,
        "Chưa có sự đồng ý của người tham gia về việc chuyển dữ liệu cho cơ quan BHXH.",
        "The person's consent to share the data with BHXH is missing.",
    ),
    CatalogueReason(
        "in_compulsory_insurance", "/product", _REJECT,
        "Người này đang thuộc diện tham gia BHXH bắt buộc.",
        "This person is in compulsory social insurance.",
    ),
    CatalogueReason(
        "has_pension", "/product", _REJECT,
        "Người này đang hưởng lương hưu hoặc trợ cấp BHXH hằng tháng.",
        "This person receives a pension or a monthly allowance of social insurance.",
    ),
    CatalogueReason(
        "insured_in_another_group", "/product", _REJECT,
        "Người này đã có thẻ BHYT theo nhóm đối tượng khác.",
        "This person has a health card as one of another group.",
    ),
    CatalogueReason(
        "already_registered", "", _REJECT,
        "BHXH đã ghi nhận việc tham gia của người này cho cùng loại và cùng thời gian.",
        "BHXH has this person's insurance of the same kind and time already.",
    ),
    CatalogueReason(
        "member_died", "/member_id", _REJECT,
        "Người tham gia đã qua đời.",
        "The person has died.",
    ),
    CatalogueReason(
        "moved_away", "/commune_code", _REJECT,
        "Người tham gia đã chuyển đi nơi khác; đề nghị đăng ký tại nơi cư trú mới.",
        "The person has moved; please enrol at the new residence.",
    ),
    CatalogueReason(
        "no_longer_wanted", "", _REJECT,
        "Người tham gia không còn nhu cầu tham gia.",
        "The person does not want the insurance any more.",
    ),
    CatalogueReason("other", "", _BOTH, "Lý do khác:", "Another reason:", needs_text=True),
)  # fmt: skip
"""All reasons that there were and are, each code once: no law prescribes such a list."""

_BY_CODE: Final = {reason.code: reason for reason in CATALOGUE}


def resolve_reasons(
    action: Action, reasons: Iterable[DecisionReason], day: date
) -> tuple[list[dict[str, str]], list[FieldError]]:
    """The reasons of a decision as they are stored (pointer, code, text), and what is wrong with them.

    A code of the catalogue brings its field and its sentence, to which the officer's is added; any other says both
    itself. day: on which it is decided.
    """
    resolved, problems = [], []
    for place, reason in enumerate(reasons):
        pointer = f"/reasons/{place}"
        known = _BY_CODE.get(reason.code)
        if known is None:
            problems += [
                FieldError(f"{pointer}/{name}", *_NOT_IN_CATALOGUE)
                for name in ("pointer", "text")
                if getattr(reason, name) is None
            ]
            resolved.append({"pointer": reason.pointer or "", "code": reason.code, "text": reason.text or ""})
            continue
        problems += _find_problems(known, action, reason, day, pointer)
        field = known.pointer if reason.pointer is None else reason.pointer
        text = known.vi if reason.text is None else f"{known.vi} {reason.text}"
        resolved.append({"pointer": field, "code": known.code, "text": text})
    return resolved, problems


def _find_problems(
    known: CatalogueReason, action: Action, reason: DecisionReason, day: date, pointer: str
) -> list[FieldError]:
    problems = []
    if action not in known.actions:
        texts = _NOT_FOR_RETURN if action is Action.RETURN else _NOT_FOR_REJECT
        problems.append(FieldError(f"{pointer}/code", *texts))
    if not known.is_valid_on(day):
        problems.append(FieldError(f"{pointer}/code", *_NOT_IN_USE))
    if known.needs_text and reason.text is None:
        problems.append(FieldError(f"{pointer}/text", *_TEXT_NEEDED))
    return problems


_NOT_IN_CATALOGUE: Final = (
    "reason_not_in_catalogue",
    "Mã này không có trong danh mục lý do nên phải ghi rõ trường và lý do.",
    "This code is not in the catalogue of reasons, so that its field and its text are needed.",
)
_NOT_FOR_RETURN: Final = (
    "reason_not_for_action",
    "Lý do này chỉ dùng khi từ chối.",
    "This reason is for a rejection only.",
)
_NOT_FOR_REJECT: Final = (
    "reason_not_for_action",
    "Lý do này chỉ dùng khi trả lại để sửa.",
    "This reason is for a return only.",
)
_NOT_IN_USE: Final = (
    "reason_not_in_use",
    "Lý do này không còn được dùng, hoặc chưa được dùng.",
    "This reason is not in use today.",
)
_TEXT_NEEDED: Final = (
    "reason_text_needed",
    "Với lý do khác, phải ghi rõ nội dung.",
    "Another reason needs a sentence that says which.",
)
