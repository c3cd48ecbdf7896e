"""Every personal field has a purpose and a basis: its table's, or one of its own where that differs."""

from collections import Counter

import pytest

from app.privacy.registry.fields import FIELD_PURPOSES, list_differing_fields
from app.privacy.registry.terms import DataPurpose, LegalBasis
from app.privacy.registry.verdicts import TABLES_BY_NAME


def get_ground(table: str, column: str) -> tuple[DataPurpose, LegalBasis]:
    entry = TABLES_BY_NAME[table]
    assert column in entry.columns
    return list_differing_fields(table).get(column, (entry.purpose, entry.basis))


class TestFieldPurposes:
    def test_they_are_personal_fields_of_one_table_each(self):
        assert FIELD_PURPOSES
        for one in FIELD_PURPOSES:
            assert one.columns, one.table
            assert one.columns - TABLES_BY_NAME[one.table].columns == frozenset(), one.table

    def test_each_differs_from_its_table(self):
        for one in FIELD_PURPOSES:
            table = TABLES_BY_NAME[one.table]
            assert one.ground != (table.purpose, table.basis), (one.table, one.columns)
            assert one.reason

    def test_no_field_has_two(self):
        fields = Counter((one.table, column) for one in FIELD_PURPOSES for column in one.columns)
        assert {field for field, count in fields.items() if count > 1} == set()


class TestGround:
    @pytest.mark.parametrize(
        ("table", "column", "purpose", "basis"),
        [
            ("member", "full_name", DataPurpose.REGISTER, LegalBasis.CONSENT),
            ("member", "phone", DataPurpose.REGISTER, LegalBasis.CONSENT),
            ("member", "national_id", DataPurpose.INSURANCE, LegalBasis.CONSENT),
            ("member", "number_claim", DataPurpose.INSURANCE, LegalBasis.PROTECTION_DUTY),
            ("enrolment", "monthly_income", DataPurpose.INSURANCE, LegalBasis.CONSENT),
            ("enrolment", "support_group", DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW),
            ("ledger_txn", "amount", DataPurpose.SAVINGS, LegalBasis.AGREEMENT),
        ],
    )
    def test_of_a_field(self, table: str, column: str, purpose: DataPurpose, basis: LegalBasis):
        assert get_ground(table, column) == (purpose, basis)

    def test_of_the_whole_table_those_that_differ(self):
        assert list_differing_fields("household") == {
            "head_member_id": (DataPurpose.INSURANCE, LegalBasis.CONSENT)
        }
        assert list_differing_fields("posting") == {}
