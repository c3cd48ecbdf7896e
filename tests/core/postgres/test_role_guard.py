"""What the application's role changed of itself is found, taken back, and said."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.role_guard import PASSWORD, find_role_changes
from app.core.postgres.server import DatabaseRoles, open_connection, prepare_server, quote_identifier
from app.core.postgres.server_steps import PostgresNotReady
from app.core.postgres.urls import asyncpg_dsn, replace_url_parts
from app.core.process.role_watch import ROLE_CHANGED, ROLE_REFUSED, report_role_changes
from tests.databases import DatabaseUrls, create_database, drop_database

PREFIX = "ansinh_test_guard"


@pytest.fixture
def installation(database_urls: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """A prepared database with roles of its own, both dropped afterwards."""
    admin = replace_url_parts(database_urls.admin, database=f"{PREFIX}_database")
    create_database(admin)
    app = prepare_server(admin, PREFIX, "of-a-test")
    yield DatabaseUrls(admin, app, PREFIX)
    drop_database(admin)
    server = replace_url_parts(admin, database="postgres")
    roles = DatabaseRoles(PREFIX)
    execute(server, *(f"drop role if exists {role}" for role in (roles.app, roles.owner)))


def execute(url: str, *statements: str) -> None:
    async def run() -> None:
        connection = await open_connection(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def as_the_role(installation: DatabaseUrls, *statements: str) -> None:
    """What the role does to itself."""

    async def run() -> None:
        connection = await asyncpg.connect(asyncpg_dsn(installation.app))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


class TestSettings:
    def test_nothing_was_changed(self, installation: DatabaseUrls) -> None:
        assert asyncio.run(find_role_changes(installation.app)) == []

    def test_postgresql_lets_it(self, installation: DatabaseUrls) -> None:
        """When this fails, PostgreSQL has a way to forbid it: docs/decisions/0015."""
        role = DatabaseRoles(PREFIX).app
        as_the_role(installation, f"alter role {role} set statement_timeout = 1")
        as_the_role(installation, "set statement_timeout = 0", f"alter role {role} password 'another'")

    def test_they_are_found_and_taken_back_at_the_next_start(
        self, installation: DatabaseUrls, caplog: pytest.LogCaptureFixture
    ) -> None:
        role = DatabaseRoles(PREFIX).app
        database = quote_identifier(f"{PREFIX}_database")
        as_the_role(
            installation,
            "set default_transaction_read_only = off",
            f"alter role {role} set default_transaction_read_only = on",
            f"alter role {role} in database {database} set search_path = 'pg_temp'",
        )
        assert asyncio.run(find_role_changes(installation.app)) == [
            "default_transaction_read_only",
            "search_path",
        ]
        with caplog.at_level(logging.ERROR, "ansinh.security"):
            prepare_server(installation.admin, PREFIX, "of-a-test")
        assert "default_transaction_read_only, search_path" in caplog.text
        assert asyncio.run(find_role_changes(installation.app)) == []
        caplog.clear()
        prepare_server(installation.admin, PREFIX, "of-a-test")
        assert caplog.text == ""

    def test_a_worker_says_so(self, installation: DatabaseUrls, caplog: pytest.LogCaptureFixture) -> None:
        assert asyncio.run(report_role_changes(installation.app)) == 0
        as_the_role(installation, f"alter role {DatabaseRoles(PREFIX).app} set work_mem = '1GB'")
        with caplog.at_level(logging.ERROR, "ansinh.security"):
            assert asyncio.run(report_role_changes(installation.app)) == 1
        (record,) = caplog.records
        assert record.__dict__["event"] == ROLE_CHANGED
        assert "work_mem" in record.getMessage()
        assert "1GB" not in record.getMessage()

    def test_a_refusal_for_another_reason_is_no_changed_password(
        self, installation: DatabaseUrls, caplog: pytest.LogCaptureFixture
    ) -> None:
        execute(installation.admin, f"alter role {DatabaseRoles(PREFIX).app} nologin")
        with caplog.at_level(logging.ERROR, "ansinh.security"):
            assert asyncio.run(report_role_changes(installation.app)) == 1
        (record,) = caplog.records
        assert record.__dict__["event"] == ROLE_REFUSED
        assert "not permitted to log in" in record.getMessage()
        assert "28000" in record.getMessage()


class TestPassword:
    def test_another_password_is_found(self, folder: Path) -> None:
        """Where a server asks for passwords; the embedded one asks nobody unless it is told to, as here."""
        with EmbeddedPostgres(folder, durable=False) as server:
            app = prepare_server(server.admin_url, "ansinh", "first")
            rules = server.pgdata / "pg_hba.conf"
            rules.write_text("local all ansinh_app scram-sha-256\n" + rules.read_text())
            execute(server.admin_url, "select pg_reload_conf()")
            assert asyncio.run(find_role_changes(app)) == []
            as_the_role(DatabaseUrls(server.admin_url, app), "alter role ansinh_app password 'another'")
            assert asyncio.run(find_role_changes(app)) == [PASSWORD]
            with pytest.raises(PostgresNotReady, match="somebody changed its password"):
                prepare_server(server.admin_url, "ansinh", "first")
