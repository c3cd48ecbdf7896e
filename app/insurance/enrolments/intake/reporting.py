"""Last stage of the intake: the outcome of each row, as it is stored and answered. No database."""

from collections.abc import Iterable
from typing import TypedDict

from app.core.errors import FieldError
from app.insurance.enrolments.intake.row import EnrolmentRow, JudgedRow, RejectedRow
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.matching.schemas import CandidateOutcome, candidate_to_outcome


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


def report_rows(judged: Iterable[JudgedRow], rows: Iterable[EnrolmentRow]) -> list[EnrolmentRowOutcome]:
    """The outcome of each judged row, in their order. rows: what became of the valid ones."""
    processed = iter(rows)
    return [
        _rejected_to_outcome(row) if isinstance(row, RejectedRow) else row_to_outcome(next(processed))
        for row in judged
    ]


def _rejected_to_outcome(row: RejectedRow) -> EnrolmentRowOutcome:
    return EnrolmentRowOutcome(
        external_ref=row.external_ref,
        status=Verdict.REJECTED,
        enrolment_id=None,
        member_id=None,
        warnings=[],
        errors=_to_message_tuples(row.errors),
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
        "candidates": [candidate_to_outcome(candidate) for candidate in row.candidates],
    }


def _to_message_tuples(messages: Iterable[FieldError]) -> list[tuple[str, str, str, str]]:
    return [(message.pointer, message.code, message.vi, message.en) for message in messages]
