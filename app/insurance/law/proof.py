"""What proves that the state supports somebody's card, and until when: one condition for every step. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol, Self

from app.core.errors import FieldError
from app.core.values.time import first_day
from app.insurance.kinds import CardGroup, EnrolledGroup, ProofKind

_LIST: Final = ProofKind.APPROVED_LIST
_HOUSEHOLD: Final = ProofKind.HOUSEHOLD_CERTIFICATE


@dataclass(frozen=True, slots=True)
class ProofRule:
    """What a group is proven by.

    kinds: any of which will do. known_to_bhxh: it has the list itself, so that nobody has to prove it. has_end: the law
    supports for a time alone, so that the proof says until when.
    """

    kinds: frozenset[ProofKind]
    known_to_bhxh: bool = False
    has_end: bool = False


def _rule(*kinds: ProofKind, known_to_bhxh: bool = False, has_end: bool = False) -> ProofRule:
    return ProofRule(frozenset(kinds), known_to_bhxh, has_end)


PROOF_RULES: Final[dict[str, ProofRule]] = {
    CardGroup.NEAR_POOR: _rule(_LIST, _HOUSEHOLD, known_to_bhxh=True),
    CardGroup.NEAR_POOR_POOR_COMMUNE: _rule(_LIST, _HOUSEHOLD),
    CardGroup.STUDENT: _rule(ProofKind.STUDENT_CARD, ProofKind.SCHOOL_CONFIRMATION, _LIST),
    CardGroup.FARM_HOUSEHOLD: _rule(_LIST, _HOUSEHOLD),
    CardGroup.ETHNIC_MINORITY: _rule(_LIST, ProofKind.RESIDENCE_CONFIRMATION, has_end=True),
    CardGroup.COMMUNITY_WORKER: _rule(ProofKind.APPOINTMENT, ProofKind.TITLE_DECISION, _LIST),
    CardGroup.TRAFFICKING_VICTIM: _rule(ProofKind.VICTIM_CONFIRMATION, has_end=True),
    CardGroup.MINE_VICTIM: _rule(ProofKind.VICTIM_CONFIRMATION, _LIST),
}
"""The groups of Luật 51/2024/QH15, Article 12.4, and of NĐ 188/2025/NĐ-CP, Article 5.4, and the papers that fit each.

Communes list near-poor and farm households, ethnic minorities and victims of mines (NĐ 188, Article 9.3). The approved
list of near-poor households is what BHXH itself gives its collectors (QĐ 595/QĐ-BHXH, Article 35.1.4). Ethnic
minorities are supported for 36 months and victims of trafficking for a year (NĐ 188, Article 6.6). The texts name no
paper for each group: TK1-TS (QĐ 366/QĐ-BHXH) asks in [17] for the names of those that are attached. Which fits which is
therefore what its own law issues to such people.
"""


class Proof(NamedTuple):
    """What proves a group (giấy tờ chứng minh). valid_until: its last day, None where it has none."""

    kind: ProofKind | None = None
    no: str | None = None
    issued_by: str | None = None
    valid_until: date | None = None

    @classmethod
    def of(cls, row: "ProvenRow") -> Self:
        """What an enrolment, or a row of a batch, says."""
        kind = None if row.proof_kind is None else ProofKind(row.proof_kind)
        return cls(kind, row.proof_no, row.proof_issued_by, row.proof_valid_until)


class ProvenRow(Protocol):
    """What has the fields of a proof."""

    @property
    def proof_kind(self) -> str | None: ...
    @property
    def proof_no(self) -> str | None: ...
    @property
    def proof_issued_by(self) -> str | None: ...
    @property
    def proof_valid_until(self) -> date | None: ...


NO_PROOF: Final = Proof()


class ProofNotes(NamedTuple):
    """What speaks against a card of this group, and what is only to be looked at."""

    errors: list[FieldError]
    warnings: list[FieldError]


def find_fit_errors(group: EnrolledGroup | None, proof: Proof, *, is_card: bool) -> list[FieldError]:
    """The errors where group, proof and product do not fit together, whatever the day.

    A group of the list of cards alone is none of voluntary social insurance (NĐ 159/2025/NĐ-CP, Article 5.1).
    """
    errors = []
    if not is_card and isinstance(group, CardGroup):
        errors.append(_GROUP_OF_CARDS)
    if proof == NO_PROOF:
        return errors
    if not is_card:
        return [*errors, _PROOF_OF_CARDS]
    rule = None if group is None else PROOF_RULES.get(group)
    if rule is None:
        errors.append(_PROVES_NOTHING)
    elif proof.kind is None:
        errors.append(_KIND_MISSING)
    elif proof.kind not in rule.kinds:
        errors.append(_wrong_kind(rule))
    return errors


def find_proof_notes(
    group: EnrolledGroup | None,
    proof: Proof,
    from_month: str,
    paid_on: date,
    *,
    is_decision: bool,
) -> ProofNotes:
    """Find what speaks against a card of this group that is paid for on a day, by what proves the group.

    from_month: YYYY-MM, of the card. is_decision: BHXH decides on it, and takes no group that nothing proves; before
    that it is a warning, because the paper may still come. What ran out before is an error at every step. The day that
    counts is that of the payment, or the first of the card's month where that is later: the price and the state's
    support are those of the day of payment (NĐ 188/2025/NĐ-CP, Articles 7.6 and 8.2.a), and a card is of the group to
    which its owner belongs when it begins (Luật 51/2024/QH15, Article 13.5; NĐ 188, Article 13.9). A proof that ends
    while the card runs stops nothing: nothing is paid later for months that were paid for (NĐ 188, Article 8.2.b).
    """
    rule = None if group is None else PROOF_RULES.get(group)
    if rule is None:
        return ProofNotes([], [])
    if proof.kind is None:
        missing = [] if rule.known_to_bhxh else [_proof_missing(rule)]
        return ProofNotes(missing, []) if is_decision else ProofNotes([], missing)
    if proof.kind not in rule.kinds:
        return ProofNotes([_wrong_kind(rule)], [])
    if proof.valid_until is None:
        if not rule.has_end:
            return ProofNotes([], [])
        return ProofNotes([_END_MISSING], []) if is_decision else ProofNotes([], [_END_MISSING])
    return ProofNotes(find_end_errors(proof.valid_until, max(paid_on, first_day(from_month))), [])


def find_end_errors(valid_until: date, day: date) -> list[FieldError]:
    """The error of a proof that ended before the day that counts; none where that is its last day."""
    return [_ran_out(valid_until, day)] if valid_until < day else []


def find_run_out_note(proof: Proof, day: date) -> FieldError | None:
    """The warning that a proof runs out before a card which would begin on a day; None where it holds."""
    ended = proof.valid_until is not None and proof.valid_until < day
    return _needs_another(proof.valid_until, day) if ended and proof.valid_until is not None else None


PROOF_NAMES: Final = {
    ProofKind.APPROVED_LIST: ("quyết định phê duyệt danh sách", "the decision on the list"),
    ProofKind.HOUSEHOLD_CERTIFICATE: ("giấy chứng nhận của hộ", "the household's certificate"),
    ProofKind.STUDENT_CARD: ("thẻ học sinh, sinh viên", "the student's card"),
    ProofKind.SCHOOL_CONFIRMATION: ("giấy xác nhận của nhà trường", "the school's confirmation"),
    ProofKind.APPOINTMENT: ("quyết định công nhận, bố trí công việc", "the appointment"),
    ProofKind.TITLE_DECISION: ("quyết định tặng danh hiệu nghệ nhân", "the decision on the title"),
    ProofKind.VICTIM_CONFIRMATION: ("giấy xác nhận nạn nhân", "the victim's confirmation"),
    ProofKind.RESIDENCE_CONFIRMATION: ("giấy xác nhận thông tin về cư trú", "the confirmation of residence"),
}
"""What people call the papers, in a sentence."""


def _name_kinds(rule: ProofRule) -> tuple[str, str]:
    """The papers of a group in words, in both languages."""
    vi, en = zip(*(PROOF_NAMES[kind] for kind in ProofKind if kind in rule.kinds), strict=True)
    return " hoặc ".join(vi), " or ".join(en)


def _proof_missing(rule: ProofRule) -> FieldError:
    vi, en = _name_kinds(rule)
    return FieldError(
        "/proof_kind",
        "proof_missing",
        f"Chưa ghi giấy tờ chứng minh nhóm được Nhà nước hỗ trợ: {vi}.",
        f"What proves the group that the state supports is missing: {en}.",
    )


def _wrong_kind(rule: ProofRule) -> FieldError:
    vi, en = _name_kinds(rule)
    return FieldError(
        "/proof_kind",
        "proof_not_of_group",
        f"Giấy tờ này không chứng minh nhóm đã ghi; nhóm này cần {vi}.",
        f"This does not prove the group that is given, which needs {en}.",
    )


def _ran_out(valid_until: date, day: date) -> FieldError:
    return FieldError(
        "/proof_valid_until",
        "proof_ran_out",
        f"Giấy tờ chứng minh hết giá trị từ sau ngày {valid_until:%d/%m/%Y}; phải còn giá trị vào ngày "
        f"{day:%d/%m/%Y} (ngày đóng, hoặc ngày đầu của tháng bắt đầu nếu muộn hơn).",
        f"The proof is valid until {valid_until.isoformat()} and has to be on {day.isoformat()}: the day of payment, "
        "or the first of the first month where that is later.",
    )


def _needs_another(valid_until: date, day: date) -> FieldError:
    return FieldError(
        "/proof_valid_until",
        "proof_runs_out",
        f"Giấy tờ chứng minh chỉ có giá trị đến hết ngày {valid_until:%d/%m/%Y}; thẻ tiếp theo từ ngày "
        f"{day:%d/%m/%Y} cần giấy tờ mới.",
        f"The proof is valid until {valid_until.isoformat()}; the next card, from {day.isoformat()}, needs another.",
    )


_GROUP_OF_CARDS: Final = FieldError(
    "/support_group",
    "not_for_product",
    "Nhóm này chỉ dùng cho thẻ BHYT, không dùng cho BHXH tự nguyện.",
    "This group is one of health cards, not of voluntary social insurance.",
)
_PROOF_OF_CARDS: Final = FieldError(
    "/proof_kind",
    "not_for_product",
    "Giấy tờ chứng minh chỉ ghi cho thẻ BHYT; để trống các trường này.",
    "What proves a group is given for health cards only; leave these fields out.",
)
_PROVES_NOTHING: Final = FieldError(
    "/proof_kind",
    "proof_without_group",
    "Đã ghi giấy tờ chứng minh nhưng chưa ghi nhóm được Nhà nước hỗ trợ.",
    "There is a proof and no group that the state supports.",
)
_KIND_MISSING: Final = FieldError(
    "/proof_kind",
    "proof_kind_missing",
    "Đã ghi số, nơi cấp hoặc thời hạn thì phải ghi loại giấy tờ chứng minh.",
    "With a number, an issuer or a last day, say what kind of proof it is.",
)
_END_MISSING: Final = FieldError(
    "/proof_valid_until",
    "proof_end_missing",
    "Nhóm này chỉ được Nhà nước hỗ trợ trong thời hạn nhất định; ghi giấy tờ có giá trị đến ngày nào.",
    "The state supports this group for a time only: say until when the proof is valid.",
)
