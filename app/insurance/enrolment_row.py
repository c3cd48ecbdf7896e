"""One row on its way in: what was sent, what was found for it, and what became of it. No database."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypedDict
from uuid import UUID

from app.core.errors import FieldError, IdTaken, InvalidInput
from app.core.time import first_day
from app.insurance.enrolment_batch_schemas import Verdict
from app.insurance.enrolment_errors import RefRepeated, at, cross_checks
from app.insurance.enrolment_matching import Candidate, Known
from app.insurance.enrolment_rules import Terms, problems_of_history, problems_of_person, problems_of_terms
from app.insurance.enrolment_schemas import EnrolmentIn
from app.savings.references import one_of

_CONTENT: Final = EnrolmentIn.__pydantic_serializer__

Key = tuple[UUID, str, date]
"""Member, product and first month: what one live enrolment is of."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The commune that a row belongs to, and its province."""

    commune_code: str
    province_code: str


@dataclass(frozen=True, slots=True)
class Amended:
    """An enrolment that a row was sent for before, with other content, and that is still open to change."""

    id: UUID
    member_id: UUID
    product: str
    status: str
    version: int


@dataclass(slots=True)
class Row:
    """A row. verdict: None while nothing speaks against writing it. content_hash: of what it says, but for its id.

    seat: where the person lives today; unit: the same place as it stood in the first month, in which the enrolment is
    counted.
    """

    data: EnrolmentIn
    months: int
    content_hash: str
    verdict: Verdict | None = None
    seat: Seat = Seat("", "")
    unit: Seat = Seat("", "")
    group_id: UUID | None = None
    member: Known | None = None
    member_id: UUID | None = None
    enrolment_id: UUID | None = None
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    first: "Row | None" = None
    amends: "Amended | None" = None

    def reject(self, error: FieldError) -> None:
        """Say what is wrong; the row is not written."""
        self.verdict = Verdict.REJECTED
        self.errors.append(error)

    def take(self, member: Known) -> None:
        """The row is of this member."""
        self.member, self.member_id = member, member.id

    @property
    def key(self) -> Key:
        """Only of a row whose member is known."""
        assert self.member_id is not None  # noqa: S101 - asked for after the members are found
        return self.member_id, self.data.product.value, first_day(self.data.from_month)


def prepared(data: EnrolmentIn, today: date) -> Row | list[FieldError]:
    """A row ready to be taken in, or everything that is wrong with what it says."""
    terms = Terms(data.product, data.method, data.months, data.monthly_income)
    problems = problems_of_terms(terms)
    problems += _problems_of_group(data)
    problems += problems_of_person(vars(data), today)
    problems += problems_of_history(data.covered_until, data.insured_since, today)
    if problems:
        return problems
    # A null is left out anyway, at less cost than what is left out by its name.
    content = _CONTENT.to_json(data, exclude=None if data.id is None else {"id"}, exclude_none=True)
    warnings = cross_checks(data.national_id, data.birth_date, data.sex)
    return Row(data, terms.covered, hashlib.sha256(content).hexdigest(), warnings=warnings)


def _problems_of_group(data: EnrolmentIn) -> Iterable[FieldError]:
    try:
        one_of(data.group_id, data.group_code, "group")
    except InvalidInput as refused:
        return refused.errors
    return ()


class SaidCandidate(TypedDict):
    """A member who may be the person of a row, as it is stored."""

    member_id: str
    score: str
    shared: list[str]


class Said(TypedDict):
    """The verdict on a row as it is stored: in both languages, nothing of the person in it.

    warnings, errors: pointer inside the row, code, words in Vietnamese and in English.
    candidates: of the register that the sender sees; missing in what was stored before there were any.
    """

    external_ref: str | None
    status: Verdict
    enrolment_id: str | None
    member_id: str | None
    warnings: list[tuple[str, str, str, str]]
    errors: list[tuple[str, str, str, str]]
    candidates: list[SaidCandidate]


def rejected(external_ref: str | None, errors: Iterable[FieldError]) -> Said:
    """The verdict on a row that could not be read."""
    return Said(
        external_ref=external_ref,
        status=Verdict.REJECTED,
        enrolment_id=None,
        member_id=None,
        warnings=[],
        errors=_words(errors),
        candidates=[],
    )


def verdict_of(row: Row) -> Said:
    """What became of a row that was taken in."""
    assert row.verdict is not None  # noqa: S101 - asked for afterwards
    return {
        "external_ref": row.data.external_ref,
        "status": row.verdict,
        "enrolment_id": None if row.enrolment_id is None else str(row.enrolment_id),
        "member_id": None if row.member_id is None else str(row.member_id),
        "warnings": _words(row.warnings) if row.warnings else [],
        "errors": _words(row.errors) if row.errors else [],
        "candidates": [said_of(one) for one in row.candidates] if row.candidates else [],
    }


def said_of(candidate: Candidate) -> SaidCandidate:
    """A candidate as it is stored and answered."""
    return SaidCandidate(
        member_id=str(candidate.member.id),
        score=candidate.score,
        shared=[one.value for one in candidate.shared],
    )


def _words(notes: Iterable[FieldError]) -> list[tuple[str, str, str, str]]:
    return [(note.pointer, note.code, note.vi, note.en) for note in notes]


def waiting(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that nothing speaks against so far."""
    return (row for row in rows if row.verdict is None)


def single_out_names(rows: Iterable[Row]) -> None:
    """Let each reference and each id of a batch stand once: the first row keeps it.

    A later row with the same content shares the first one's fate (`settle_repeats`), another is rejected.
    """
    seen: dict[object, Row] = {}
    for row in waiting(rows):
        for name, pointer, noun in (
            (row.data.external_ref, "/external_ref", RefRepeated),
            (row.data.id, "/id", IdTaken),
        ):
            first = row if name is None else seen.setdefault(name, row)
            if first is row or row.verdict is not None:
                continue
            if first.content_hash == row.content_hash:
                row.verdict, row.first = Verdict.DUPLICATE, first
            else:
                row.reject(at(pointer, noun))


def settle_repeats(rows: Iterable[Row]) -> None:
    """Give rows that say just what an earlier one said the outcome of that one."""
    for row in rows:
        if row.first is not None:
            row.enrolment_id, row.member_id = row.first.enrolment_id, row.first.member_id
            row.errors, row.warnings = row.first.errors, row.first.warnings
            row.candidates = row.first.candidates
            if row.first.verdict not in (Verdict.CREATED, Verdict.UPDATED):
                row.verdict = row.first.verdict
