"""First stage of the intake: each row by itself is valid, or it has errors. No database."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from app.core.errors import FieldError, InvalidInput
from app.core.values.references import choose_pointer
from app.insurance.eligibility.rules import find_national_id_warnings
from app.insurance.enrolments.intake.row import JudgedRow, RejectedRow, ValidRow
from app.insurance.enrolments.intake.schemas import BadRow
from app.insurance.enrolments.rules import (
    EnrolmentTerms,
    validate_consent,
    validate_group,
    validate_history,
    validate_person,
    validate_terms,
)
from app.insurance.enrolments.schemas import EnrolmentIn

_CONTENT_SERIALIZER: Final = EnrolmentIn.__pydantic_serializer__


def judge_rows(items: Sequence[EnrolmentIn | BadRow], today: date) -> list[JudgedRow]:
    """Judge each row by itself, in their order."""
    return [_judge_row(item, today) for item in items]


def _judge_row(item: EnrolmentIn | BadRow, today: date) -> JudgedRow:
    if isinstance(item, BadRow):
        return RejectedRow(item.external_ref, item.errors)
    row_or_errors = validate_row(item, today)
    if isinstance(row_or_errors, ValidRow):
        return row_or_errors
    return RejectedRow(item.external_ref, row_or_errors)


def validate_row(data: EnrolmentIn, today: date) -> ValidRow | list[FieldError]:
    """Validate a row: the row ready to be written, or all of its errors."""
    terms = EnrolmentTerms(data.product, data.method, data.months, data.monthly_income)
    problems = validate_terms(terms)
    problems += _validate_group(data)
    problems += validate_person(vars(data), today)
    problems += validate_history(data.covered_until, data.insured_since, today)
    problems += validate_consent(data.consented_on, today)
    problems += validate_group(data.product, vars(data))
    if problems:
        return problems
    # A null is left out anyway, at less cost than what is left out by its name.
    content = _CONTENT_SERIALIZER.to_json(
        data, exclude=None if data.id is None else {"id"}, exclude_none=True
    )
    warnings = find_national_id_warnings(data.national_id, data.birth_date, data.sex)
    return ValidRow(data, terms.covered_months, hashlib.sha256(content).hexdigest(), warnings)


def _validate_group(data: EnrolmentIn) -> Iterable[FieldError]:
    try:
        choose_pointer(data.group_id, data.group_code, "group")
    except InvalidInput as error:
        return error.errors
    return ()
