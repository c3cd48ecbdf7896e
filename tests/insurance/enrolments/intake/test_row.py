"""Preparing a row before the database is queried."""

from datetime import date
from typing import Any

import pytest

from app.insurance.enrolments.intake.judging import validate_row
from app.insurance.enrolments.intake.reporting import row_to_outcome
from app.insurance.enrolments.intake.row import EnrolmentRow, ValidRow
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.matching.errors import FOUND_BY_NAME

TODAY = date(2026, 11, 22)
OF_PERSON: dict[str, Any] = {
    "external_ref": "REF-1", "group_code": "T-1", "commune_code": "24580", "full_name": "Nguyễn Thị Đào",
    "birth_date": "1984-03-02", "sex": "female", "national_id": "031184000001", "phone": "+84 912 000 111",
    "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
    "support_group": "near_poor",
}  # fmt: skip
OF_MEMBER: dict[str, Any] = {
    "id": "01928f00-0000-7000-8000-000000000001", "member_id": "01928f00-0000-7000-8000-000000000002",
    "group_id": "01928f00-0000-7000-8000-000000000003", "product": "bhyt_hgd", "method": "months_6",
    "from_month": "2026-12", "relation_to_head": 'vợ "cả"', "covered_until": "2026-11-30",
    "insured_since": "2020-01-01", "supported_before": 0,
}  # fmt: skip


def make_row(**sent: Any) -> EnrolmentRow:
    """A valid row at the beginning of its intake."""
    row = validate_row(EnrolmentIn(**sent), TODAY)
    assert isinstance(row, ValidRow)
    return EnrolmentRow.from_valid_row(row)


class TestContentHash:
    """It is stored, and rows that were sent before are known by it: it may never change."""

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [
            (OF_PERSON, "75af7340d4ca10f0eb0d17d38c674299b6d6da8027a788cd10a810ae1fcc8dd7"),
            (OF_MEMBER, "738964a00bf5fc15413004de667dcc79e3ce28aaacb78b2f1eed78b25b529378"),
        ],
    )
    def test_is_what_it_always_was(self, sent: dict[str, Any], stored: str):
        assert make_row(**sent).content_hash == stored

    def test_is_of_what_is_said_but_for_the_id(self):
        nulls = {"months": None, "id": None, "social_insurance_no": None}
        assert make_row(**OF_PERSON, **nulls).content_hash == make_row(**OF_PERSON).content_hash
        assert make_row(**OF_PERSON, id=OF_MEMBER["id"]).content_hash == make_row(**OF_PERSON).content_hash
        assert make_row(**OF_PERSON | {"sex": "male"}).content_hash != make_row(**OF_PERSON).content_hash


class TestPrepared:
    def test_everything_that_is_wrong_in_its_order(self):
        wrong = {
            "method": "years_2",
            "months": 3,
            "group_id": OF_MEMBER["group_id"],
            "birth_date": "2027-01-01",
        }
        bad = OF_PERSON | wrong | {"full_name": None, "insured_since": "2026-11-23"}
        errors = validate_row(EnrolmentIn(**bad), TODAY)
        assert isinstance(errors, list)
        assert [(one.pointer, one.code) for one in errors] == [
            ("/months", "months_mismatch"),
            ("/group_code", "one_of_two"),
            ("/full_name", "missing"),
            ("/birth_date", "birth_date_future"),
            ("/insured_since", "insured_since_future"),
        ]

    def test_a_number_that_does_not_fit_is_a_warning(self):
        row = make_row(**OF_PERSON | {"sex": "male", "birth_date": "1985-03-02"})
        assert [one.code for one in row.warnings] == ["national_id_birth_year", "national_id_sex"]


class TestVerdict:
    def test_without_and_with_notes(self):
        row = make_row(**OF_PERSON)
        row.verdict, row.enrolment_id = Verdict.CREATED, EnrolmentIn(**OF_MEMBER).id
        expected = {
            "external_ref": "REF-1", "status": "created", "enrolment_id": OF_MEMBER["id"], "member_id": None,
            "warnings": [], "errors": [], "candidates": [],
        }  # fmt: skip
        assert row_to_outcome(row) == expected
        row.warnings.append(FOUND_BY_NAME)
        note = (FOUND_BY_NAME.pointer, FOUND_BY_NAME.code, FOUND_BY_NAME.vi, FOUND_BY_NAME.en)
        assert row_to_outcome(row) == expected | {"warnings": [note]}
