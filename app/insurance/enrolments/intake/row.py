"""One row of a batch: what was sent, what was found for it, and its outcome. No database."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypedDict
from uuid import UUID

from app.core.errors import FieldError, IdTaken, InvalidInput
from app.core.values.references import choose_pointer
from app.core.values.time import first_day
from app.insurance.eligibility.rules import check_national_id
from app.insurance.enrolments.errors import ExternalRefRepeated
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.enrolments.rules import EnrolmentTerms, validate_history, validate_person, validate_terms
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.errors import build_field_error
from app.insurance.matching.rules import Candidate, KnownMember
from app.insurance.matching.schemas import CandidateOutcome, candidate_to_outcome

_CONTENT_SERIALIZER: Final = EnrolmentIn.__pydantic_serializer__

EnrolmentKey = tuple[UUID, str, date]
"""Member, product and first month: what one live enrolment is of."""


@dataclass(frozen=True, slots=True)
class CommuneRef:
    """A commune and its province."""

    commune_code: str
    province_code: str


@dataclass(frozen=True, slots=True)
class ExistingEnrolment:
    """An enrolment that was sent before under the reference of a row, with other content, and may still be edited."""

    id: UUID
    member_id: UUID
    product: str
    status: str
    version: int


@dataclass(slots=True)
class EnrolmentRow:
    """A row. verdict: None while it may still be written. content_hash: of all its fields but its id.

    seat: where the person lives today; unit: the same place as it stood in the first month, in which the enrolment is
    counted.
    """

    data: EnrolmentIn
    months: int
    content_hash: str
    verdict: Verdict | None = None
    commune_today: CommuneRef = CommuneRef("", "")
    commune_at_start: CommuneRef = CommuneRef("", "")
    group_id: UUID | None = None
    member: KnownMember | None = None
    member_id: UUID | None = None
    enrolment_id: UUID | None = None
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    first_occurrence: "EnrolmentRow | None" = None
    existing: "ExistingEnrolment | None" = None

    def reject(self, error: FieldError) -> None:
        """Add an error; the row will not be written."""
        self.verdict = Verdict.REJECTED
        self.errors.append(error)

    def set_member(self, member: KnownMember) -> None:
        """Set the member of the row."""
        self.member, self.member_id = member, member.id

    @property
    def key(self) -> EnrolmentKey:
        """The key of the enrolment. Only of a row whose member is known."""
        assert self.member_id is not None  # noqa: S101 - asked for after the members are found
        return self.member_id, self.data.product.value, first_day(self.data.from_month)


def prepare_row(data: EnrolmentIn, today: date) -> EnrolmentRow | list[FieldError]:
    """Validate a row: the row ready to be written, or all of its errors."""
    terms = EnrolmentTerms(data.product, data.method, data.months, data.monthly_income)
    problems = validate_terms(terms)
    problems += _validate_group(data)
    problems += validate_person(vars(data), today)
    problems += validate_history(data.covered_until, data.insured_since, today)
    if problems:
        return problems
    # A null is left out anyway, at less cost than what is left out by its name.
    content = _CONTENT_SERIALIZER.to_json(
        data, exclude=None if data.id is None else {"id"}, exclude_none=True
    )
    warnings = check_national_id(data.national_id, data.birth_date, data.sex)
    return EnrolmentRow(data, terms.covered_months, hashlib.sha256(content).hexdigest(), warnings=warnings)


def _validate_group(data: EnrolmentIn) -> Iterable[FieldError]:
    try:
        choose_pointer(data.group_id, data.group_code, "group")
    except InvalidInput as error:
        return error.errors
    return ()


class EnrolmentRowOutcome(TypedDict):
    """The outcome of a row as it is stored: in both languages, without personal data.

    warnings, errors: pointer inside the row, code, words in Vietnamese and in English.
    candidates: of the register that the sender sees; missing in what was stored before there were any.
    """

    external_ref: str | None
    status: Verdict
    enrolment_id: str | None
    member_id: str | None
    warnings: list[tuple[str, str, str, str]]
    errors: list[tuple[str, str, str, str]]
    candidates: list[CandidateOutcome]


def build_rejected_outcome(external_ref: str | None, errors: Iterable[FieldError]) -> EnrolmentRowOutcome:
    """Build the outcome of a row that could not be read."""
    return EnrolmentRowOutcome(
        external_ref=external_ref,
        status=Verdict.REJECTED,
        enrolment_id=None,
        member_id=None,
        warnings=[],
        errors=_to_message_tuples(errors),
        candidates=[],
    )


def row_to_outcome(row: EnrolmentRow) -> EnrolmentRowOutcome:
    """Build the outcome of a row that was processed."""
    assert row.verdict is not None  # noqa: S101 - asked for afterwards
    return {
        "external_ref": row.data.external_ref,
        "status": row.verdict,
        "enrolment_id": None if row.enrolment_id is None else str(row.enrolment_id),
        "member_id": None if row.member_id is None else str(row.member_id),
        "warnings": _to_message_tuples(row.warnings) if row.warnings else [],
        "errors": _to_message_tuples(row.errors) if row.errors else [],
        "candidates": [candidate_to_outcome(candidate) for candidate in row.candidates]
        if row.candidates
        else [],
    }


def _to_message_tuples(messages: Iterable[FieldError]) -> list[tuple[str, str, str, str]]:
    return [(message.pointer, message.code, message.vi, message.en) for message in messages]


def iter_pending(rows: Iterable[EnrolmentRow]) -> Iterator[EnrolmentRow]:
    """Iterate over the rows that have no verdict yet."""
    return (row for row in rows if row.verdict is None)


def resolve_repeated_refs(rows: Iterable[EnrolmentRow]) -> None:
    """Keep each reference and each id of a batch for the first row that has it.

    A later row with the same content shares the first one's fate (`settle_repeats`), another is rejected.
    """
    first_by_ref: dict[object, EnrolmentRow] = {}
    for row in iter_pending(rows):
        for ref, pointer, error_type in (
            (row.data.external_ref, "/external_ref", ExternalRefRepeated),
            (row.data.id, "/id", IdTaken),
        ):
            first = row if ref is None else first_by_ref.setdefault(ref, row)
            if first is row or row.verdict is not None:
                continue
            if first.content_hash == row.content_hash:
                row.verdict, row.first_occurrence = Verdict.DUPLICATE, first
            else:
                row.reject(build_field_error(pointer, error_type))


def copy_first_outcomes(rows: Iterable[EnrolmentRow]) -> None:
    """Copy to rows that repeat an earlier one the outcome of that one."""
    for row in rows:
        if row.first_occurrence is not None:
            row.enrolment_id, row.member_id = (
                row.first_occurrence.enrolment_id,
                row.first_occurrence.member_id,
            )
            row.errors, row.warnings = row.first_occurrence.errors, row.first_occurrence.warnings
            row.candidates = row.first_occurrence.candidates
            if row.first_occurrence.verdict not in (Verdict.CREATED, Verdict.UPDATED):
                row.verdict = row.first_occurrence.verdict
