"""Whether a person may be insured from a month on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from app.core.errors import FieldError
from app.core.values.text import national_id_warnings
from app.insurance.law.free_card import find_free_card_notes
from app.insurance.law.period import has_reached_age
from app.insurance.quotes.period_errors import UNDER_AGE
from app.savings.kinds import Product


class Severity(StrEnum):
    """How much a finding weighs (mức độ)."""

    ERROR = "error"  # không đủ điều kiện
    WARNING = "warning"  # cần kiểm tra lại


class OtherKind(StrEnum):
    """Other insurance that a person may have (bảo hiểm khác), or why the state pays a health card of another group.

    The groups with a free card come before those that pay for it (Luật BHYT as amended by Luật 51/2024/QH15, Articles
    12.3 and 13.5.a); they say nothing about voluntary social insurance, which the first two exclude.
    """

    COMPULSORY = "compulsory"  # đang tham gia BHXH bắt buộc
    PENSION = "pension"  # đang hưởng lương hưu, trợ cấp BHXH hằng tháng
    SOCIAL_PENSION = "social_pension"  # đang hưởng trợ cấp hưu trí xã hội
    POOR_HOUSEHOLD = "poor_household"  # hộ nghèo
    DISABLED = "disabled"  # đang hưởng trợ cấp xã hội hằng tháng (người khuyết tật và người khác)
    MERIT = "merit"  # người có công với cách mạng
    MERIT_FAMILY = "merit_family"  # thân nhân của người có công
    CHILD = "child"  # trẻ em dưới 6 tuổi
    DIFFICULT_AREA = "difficult_area"  # ở vùng khó khăn, đặc biệt khó khăn, xã đảo
    OTHER_FREE_CARD = "other_free_card"  # nhóm khác do ngân sách nhà nước đóng


VOLUNTARY_EXCLUDING_KINDS: Final = (OtherKind.COMPULSORY, OtherKind.PENSION)
"""With these nobody is in voluntary social insurance. Source: Luật BHXH 41/2024/QH15, Article 2.4."""


class SharingConsent(StrEnum):
    """What is known of a person's consent to give their data to BHXH (đồng ý chuyển dữ liệu)."""

    GIVEN = "given"  # đã đồng ý
    MISSING = "missing"  # chưa ghi nhận
    WITHDRAWN = "withdrawn"  # đã rút lại


class SharingStep(StrEnum):
    """At which step it is asked."""

    DRAFT = "draft"  # a draft, or one that BHXH returned: marked; refused when it is submitted
    BATCH = "batch"  # a row that is submitted as it comes: marked, because rows without the field came before
    DECISION = "decision"  # at BHXH already: marked


class Facts(NamedTuple):
    """What is known of one person for one enrolment's first month.

    month: its first day. age_min: years, None when the law of the month says nothing. others: kinds of other insurance
    on any day of the month. running: an enrolment that is paid or active covers some of the same months. sharing: their
    consent to give the data to BHXH; step: when it is asked. other_enrolments: what others of the person, in any
    register, mean for this one (`eligibility/registers.py`). is_poor: of a poor or near-poor household, as far as the
    enrolment or the register says so.
    """

    product: Product
    month: date
    birth_date: date | None = None
    died: bool = False
    age_min: int | None = None
    others: frozenset[OtherKind] = frozenset()
    running: bool = False
    sharing: SharingConsent = SharingConsent.GIVEN
    step: SharingStep = SharingStep.DRAFT
    other_enrolments: tuple["EligibilityFinding", ...] = ()
    is_poor: bool = False


@dataclass(frozen=True, slots=True)
class EligibilityFinding:
    """An error or a warning about an enrolment."""

    severity: Severity
    note: FieldError


def findings(facts: Facts) -> list[EligibilityFinding]:
    """The errors and warnings about an enrolment; no error means that the person may be insured.

    Sources: Luật BHXH 41/2024/QH15, Article 2.4 (15 years, not in compulsory insurance, no pension or monthly
    allowance); Luật BHYT, Article 12 (who is insured by an employer or as a pensioner belongs to another group than
    the household's: a warning, as the card itself shows it).
    """
    found = _find_age_findings(facts)
    if facts.died:
        found.append(EligibilityFinding(Severity.ERROR, _MEMBER_DIED))
    if facts.others:
        found += _find_other_insurance_findings(facts)
    if facts.product is Product.BHYT_HGD:
        notes = find_free_card_notes(facts.birth_date, facts.month, "/birth_date", is_poor=facts.is_poor)
        found += [EligibilityFinding(Severity.WARNING, note) for note in notes]
    if facts.running:
        found.append(EligibilityFinding(Severity.ERROR, _STILL_COVERED))
    found += facts.other_enrolments
    if facts.sharing is not SharingConsent.GIVEN:
        found.append(find_sharing_finding(facts.sharing, facts.step))
    return found


def judge_sharing(
    consented_on: date | None, given_at: date | None, withdrawn_at: date | None
) -> SharingConsent:
    """Judge whether a person agrees that BHXH gets their data.

    consented_on: the day that the enrolment names; given_at: that of a consent which stands in the register;
    withdrawn_at: that of the last one which was taken back. A day counts only if nothing was taken back on it or after.
    """
    if given_at is not None:
        return SharingConsent.GIVEN
    if withdrawn_at is not None:
        again = consented_on is not None and consented_on > withdrawn_at
        return SharingConsent.GIVEN if again else SharingConsent.WITHDRAWN
    return SharingConsent.MISSING if consented_on is None else SharingConsent.GIVEN


def find_sharing_finding(sharing: SharingConsent, step: SharingStep) -> EligibilityFinding:
    """What follows where a person did not agree to share: the one place that says so, for every step.

    Taken back, it is an error at every step. Never recorded, it keeps a draft from being submitted; what was sent
    before anybody asked for it is marked and goes on.
    Source: Luật 91/2025/QH15, Articles 9 and 10 (how sure: docs/privacy.md).
    """
    if sharing is SharingConsent.WITHDRAWN:
        return EligibilityFinding(Severity.ERROR, _SHARING_WITHDRAWN)
    severity = Severity.ERROR if step is SharingStep.DRAFT else Severity.WARNING
    return EligibilityFinding(severity, _SHARING_MISSING)


def filter_errors(findings: Iterable[EligibilityFinding]) -> list[FieldError]:
    """The findings for which an enrolment is refused."""
    return [finding.note for finding in findings if finding.severity is Severity.ERROR]


def filter_warnings(findings: Iterable[EligibilityFinding]) -> list[FieldError]:
    """The findings that are only warnings."""
    return [finding.note for finding in findings if finding.severity is Severity.WARNING]


def find_support_group_warnings(product: Product, support_group: str | None) -> list[EligibilityFinding]:
    """Warn when no support group is given: whoever is in no other group has the support of `other`.

    Source: NĐ 159/2025/NĐ-CP, Article 5.1.
    """
    is_answered = product is not Product.BHXH_TN or support_group is not None
    return [] if is_answered else [EligibilityFinding(Severity.WARNING, _NO_SUPPORT_GROUP)]


def find_national_id_warnings(
    national_id: str | None, birth_date: date | None, sex: str | None
) -> list[FieldError]:
    """Warnings where a citizen's number disagrees with the person's birth date or sex."""
    codes = () if national_id is None else national_id_warnings(national_id, birth_date, sex)
    return [_NATIONAL_ID_WARNINGS[code] for code in codes] if codes else []


def _find_age_findings(facts: Facts) -> list[EligibilityFinding]:
    if facts.product is not Product.BHXH_TN or facts.age_min is None:
        return []
    if facts.birth_date is None:
        return [EligibilityFinding(Severity.WARNING, _NO_BIRTH_DATE)]
    return (
        []
        if has_reached_age(facts.birth_date, facts.age_min, facts.month)
        else [EligibilityFinding(Severity.ERROR, UNDER_AGE)]
    )


def _find_other_insurance_findings(facts: Facts) -> list[EligibilityFinding]:
    is_voluntary = facts.product is Product.BHXH_TN
    if is_voluntary:
        errors = [note for kind, note in _OTHER_INSURANCE_ERRORS.items() if kind in facts.others]
        return [EligibilityFinding(Severity.ERROR, note) for note in errors]
    warnings = [note for kind, note in _OTHER_INSURANCE_WARNINGS.items() if kind in facts.others]
    return [EligibilityFinding(Severity.WARNING, note) for note in dict.fromkeys(warnings)]


_SHARING_MISSING: Final = FieldError(
    "/consented_on",
    "sharing_consent_missing",
    "Chưa ghi nhận sự đồng ý chuyển dữ liệu cho BHXH: ghi ngày đồng ý, hoặc sự đồng ý của hội viên.",
    "No consent to share the data with BHXH is recorded: give its day (consented_on), or record the member's consent.",
)
_SHARING_WITHDRAWN: Final = FieldError(
    "/consented_on",
    "sharing_consent_withdrawn",
    "Người này đã rút lại sự đồng ý chuyển dữ liệu cho cơ quan BHXH.",
    "This person has withdrawn the consent to share the data with BHXH.",
)
_NO_SUPPORT_GROUP: Final = FieldError(
    "/support_group",
    "no_support_asked",
    "Chưa ghi đối tượng nên không được NSNN hỗ trợ; người không thuộc nhóm nào thì ghi đối tượng khác.",
    "Without a support group the state adds nothing; whoever is in no group is `other`.",
)
_NO_BIRTH_DATE: Final = FieldError(
    "/birth_date",
    "birth_date_unknown",
    "Sổ hội viên chưa có ngày sinh nên chưa kiểm tra được tuổi.",
    "The register has no birth date, so that the age was not checked.",
)
_MEMBER_DIED: Final = FieldError(
    "/member_id",
    "member_died",
    "Hội viên này đã được ghi là qua đời.",
    "This member is recorded as having died.",
)
_STILL_COVERED: Final = FieldError(
    "/from_month",
    "method_still_running",
    "Phương thức đóng trước còn hiệu lực trong thời gian này.",
    "What was paid before still runs in these months.",
)
_OTHER_INSURANCE_ERRORS: Final = {
    OtherKind.COMPULSORY: FieldError(
        "/product",
        "in_compulsory_insurance",
        "Người này thuộc diện tham gia BHXH bắt buộc trong tháng bắt đầu.",
        "This person is in compulsory social insurance in the first month.",
    ),
    OtherKind.PENSION: FieldError(
        "/product",
        "has_pension",
        "Người này đang hưởng lương hưu hoặc trợ cấp BHXH hằng tháng.",
        "This person receives a pension or a monthly allowance of social insurance.",
    ),
}
_OTHER_INSURANCE_WARNINGS: Final = {
    kind: FieldError(
        "/product",
        "insured_in_another_group",
        "Người này có thể đã có thẻ BHYT theo nhóm khác; hãy kiểm tra thẻ.",
        "This person may have a health card as one of another group; please look at it.",
    )
    if kind in VOLUNTARY_EXCLUDING_KINDS
    else FieldError(
        "/product",
        "insured_in_another_group",
        "Người này đã có thẻ BHYT do ngân sách nhà nước đóng theo nhóm khác nên không cần mua thẻ; hãy kiểm tra thẻ.",
        "The state pays this person's health card as one of another group: none is to be bought; please look at it.",
    )
    for kind in OtherKind
}
_NATIONAL_ID_WARNINGS: Final = {
    "national_id_birth_year": FieldError(
        "/national_id",
        "national_id_birth_year",
        "Số định danh không khớp với năm sinh.",
        "The national id does not fit the year of birth.",
    ),
    "national_id_sex": FieldError(
        "/national_id",
        "national_id_sex",
        "Số định danh không khớp với giới tính.",
        "The national id does not fit the sex.",
    ),
}
