"""Errors that PostgreSQL itself raises, through the driver and through SQLAlchemy; and pages read from it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select, text

from app.core.errors import Conflict, DomainError, InvalidInput, NotFound, Unavailable, register_constraint
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database
from app.core.postgres.urls import asyncpg_dsn
from app.core.values.paging import build_page_request, fetch_page, use_cursor_secrets
from tests.databases import DatabaseUrls

SETUP_SQL = """
    DROP SCHEMA IF EXISTS refusals CASCADE;
    CREATE SCHEMA refusals;
    CREATE TABLE refusals.parent (id bigint PRIMARY KEY);
    CREATE TABLE refusals.thing (
        id bigint PRIMARY KEY, parent bigint REFERENCES refusals.parent, amount bigint CHECK (amount > 0),
        label text NOT NULL, CONSTRAINT uq_refusals_label UNIQUE (label));
    CREATE TABLE refusals.walled (network text NOT NULL);
    ALTER TABLE refusals.walled ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON refusals.walled USING (network = 'mine');
    CREATE TABLE refusals.closed (id bigint);
    GRANT USAGE ON SCHEMA refusals TO {app};
    GRANT SELECT, INSERT ON refusals.parent, refusals.thing, refusals.walled TO {app};
    INSERT INTO refusals.thing SELECT n, NULL, 1, 'label ' || n FROM generate_series(1, 25) n;
"""
THING = Table(
    "thing",
    MetaData(schema="refusals"),
    Column("id", BigInteger),
    Column("amount", BigInteger),
    Column("label", Text),
)


class LabelTaken(DomainError):
    status, code = 409, "label_taken"
    vi, en = "Nhãn đã có.", "The label is taken."


register_constraint("uq_refusals_label", LabelTaken)


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    owner = await asyncpg.connect(asyncpg_dsn(database_urls.admin))
    await owner.execute(SETUP_SQL.format(app=f"{database_urls.role_prefix}_app"))
    database = await Database.connect(database_urls.app, pool_size=2)
    yield database
    await database.close()
    await owner.execute("DROP SCHEMA refusals CASCADE")
    await owner.close()


CASES = {
    "unique, known by name": ("INSERT INTO refusals.thing VALUES (99, NULL, 1, 'label 1')", LabelTaken),
    "unique, unknown": ("INSERT INTO refusals.thing VALUES (1, NULL, 1, 'new')", Conflict),
    "foreign key": ("INSERT INTO refusals.thing VALUES (99, 5, 1, 'new')", InvalidInput),
    "check": ("INSERT INTO refusals.thing VALUES (99, NULL, 0, 'new')", InvalidInput),
    "not null": ("INSERT INTO refusals.thing VALUES (99, NULL, 1, NULL)", InvalidInput),
    "bigint overflow": ("SELECT 9223372036854775807 + 1::bigint", InvalidInput),
    "nul": ("SELECT chr(0)", InvalidInput),
    "too long for its index": (
        "INSERT INTO refusals.thing SELECT 99, NULL, 1, string_agg(md5(n::text), '') FROM generate_series(1, 9999) n",
        InvalidInput,
    ),
    "another's row": ("INSERT INTO refusals.walled VALUES ('theirs')", NotFound),
    "no right (a defect)": ("SELECT * FROM refusals.closed", None),
    "no such table (a defect)": ("SELECT * FROM refusals.nothing", None),
    "named by a function": (
        "DO $$ BEGIN RAISE 'x' USING CONSTRAINT = 'uq_refusals_label'; END $$",
        LabelTaken,
    ),
    "too slow": ("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)", Unavailable),
    "ended by the administrator": ("SELECT pg_terminate_backend(pg_backend_pid())", Unavailable),
}


async def run_with_driver(database: Database, sql: str) -> None:
    async with database.driver.acquire() as connection, connection.transaction():
        await connection.execute(sql)


async def run_with_session(database: Database, sql: str) -> None:
    async with database.begin() as db:
        for part in sql.split("; ") if "SET LOCAL" in sql else [sql]:
            await db.execute(text(part))


class TestRefusals:
    @pytest.mark.parametrize(("sql", "expected"), CASES.values(), ids=CASES.keys())
    async def test_both_worlds_say_the_same(
        self, database: Database, sql: str, expected: type[DomainError] | None
    ):
        for send in (run_with_driver, run_with_session):
            with pytest.raises(Exception) as exc_info:
                await send(database, sql)
            assert type(error_for_database(exc_info.value)) is (expected or type(None)), repr(exc_info.value)

    @pytest.mark.parametrize(
        ("kind", "value"), [("bigint", 2**63), ("text", "a\0b"), ("text", "\ud800"), ("uuid", "x")]
    )
    async def test_a_value_that_cannot_be_sent(self, database: Database, kind: str, value: object):
        with pytest.raises(Exception) as exc_info:
            await database.driver.fetch(f"SELECT $1::{kind}", value)
        assert isinstance(error_for_database(exc_info.value), InvalidInput)

    def test_a_connection_that_ended_before_its_use(self):
        """What asyncpg raises when the server ends a connection between the driver's look at it and its use."""
        assert isinstance(error_for_database(asyncpg.InternalClientError("cannot switch")), Unavailable)

    async def test_nobody_there(self):
        with pytest.raises(Exception) as exc_info:
            await Database.connect("postgresql://nobody@127.0.0.1:1/none")
        assert isinstance(error_for_database(exc_info.value), Unavailable)


class TestPages:
    @pytest.mark.parametrize("descending", [False, True])
    async def test_every_row_once(self, database: Database, descending: bool):
        use_cursor_secrets("a secret of the tests, 32 characters")
        items_read: list[int] = []
        cursor: str | None = None
        for _ in range(3):
            page = build_page_request(10, cursor, name="things", filters={}, pointer="/cursor")
            async with database.begin() as db:
                items, cursor = await fetch_page(
                    db,
                    select(THING.c.id),
                    columns=(THING.c.amount, THING.c.id),
                    page=page,
                    descending=descending,
                )
            items_read += items
        assert cursor is None
        assert items_read == sorted(range(1, 26), reverse=descending)
