"""Every column of the database is personal data or is not, and somebody has decided which."""

from typing import Any

import pytest

from app.core.settings import Settings
from app.privacy.registry.periods import RETENTION_PERIODS
from app.privacy.registry.terms import Retention
from app.privacy.registry.verdicts import (
    ACTOR_COLUMNS,
    IMPERSONAL_COLUMNS,
    IMPERSONAL_TABLES,
    PERSONAL_TABLES,
    TABLES_BY_NAME,
    find_undecided,
    list_named_columns,
)


@pytest.fixture(scope="module")
async def columns(owner: Any) -> set[tuple[str, str]]:
    """Every column of every table of the application."""
    rows = await owner.fetch("""
        select c.relname, a.attname from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
    """)
    return {(row["relname"], row["attname"]) for row in rows}


class TestEveryColumn:
    async def test_has_a_verdict(self, columns: set[tuple[str, str]]):
        assert len(columns) > 500
        assert find_undecided(columns) == []

    async def test_a_new_one_has_none(self, owner: Any):
        """Whatever it is called, in a table that is known to be personal, and in one that nobody knows."""
        assert find_undecided([("member", "email"), ("diary", "id"), ("ledger_txn", "payer")]) == [
            "diary.id",
            "ledger_txn.payer",
            "member.email",
        ]

    async def test_that_is_named_exists(self, columns: set[tuple[str, str]]):
        assert sorted(list_named_columns() - columns) == []
        names = {column for _, column in columns}
        assert (IMPERSONAL_COLUMNS.keys() | ACTOR_COLUMNS) - names == set()
        assert IMPERSONAL_TABLES.keys() - {table for table, _ in columns} == set()

    async def test_of_texts_that_name_people_is_personal(self, columns: set[tuple[str, str]]):
        """No rule by name lets a name, a phone or a number of a person through in a personal table."""
        telling = ("full_name", "phone", "national_id", "social_insurance_no", "address", "birth_date")
        for table, column in columns:
            if column in telling:
                assert column in TABLES_BY_NAME[table].columns, f"{table}.{column}"


class TestRegistry:
    def test_names_each_table_once(self):
        names = [table.name for table in PERSONAL_TABLES]
        assert len(names) == len(set(names))
        assert set(names) & IMPERSONAL_TABLES.keys() == set()

    def test_empties_or_keeps_a_column(self):
        for table in PERSONAL_TABLES:
            assert table.cleared & table.kept == frozenset(), table.name
            assert table.sensitive <= table.columns, table.name
            assert table.columns, table.name

    def test_says_how_long_each_kind_is_kept(self):
        assert [period.kind for period in RETENTION_PERIODS] == list(Retention)
        assert {table.retention for table in PERSONAL_TABLES} | {Retention.SECURITY_EVENT} == set(Retention)

    def test_names_settings_that_are(self):
        settings = {period.setting for period in RETENTION_PERIODS if period.setting}
        assert settings <= Settings.model_fields.keys()

    async def test_names_functions_that_are(self, owner: Any):
        for period in RETENTION_PERIODS:
            if period.function:
                found = "select count(*) from pg_proc where proname = $1"
                assert await owner.fetchval(found, period.function) == 1, period.function
