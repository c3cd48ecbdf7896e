"""What a PostgreSQL server must offer, the messages when it does not, and the roles that are created there."""

import asyncio
import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.migrate import check, upgrade
from app.core.postgres.scram import scram_verifier
from app.core.postgres.server import (
    DatabaseRoles,
    open_connection,
    owner_connection,
    prepare_server,
    quote_identifier,
)
from app.core.postgres.server_steps import PostgresNotReady, check_version
from app.core.postgres.urls import asyncpg_dsn, parse_url, replace_url_parts, socket_url, sqlalchemy_url
from tests.databases import DatabaseUrls, create_database, drop_database


def run_statements(url: str, *statements: str) -> list[Any]:
    """Execute each; gives the rows of the last."""

    async def work() -> list[Any]:
        connection = await open_connection(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return list(await connection.fetch(statements[-1]))
        finally:
            await connection.close()

    return asyncio.run(work())


class EmptyDatabase:
    """An empty database with a role prefix of its own, and administrators with chosen rights."""

    def __init__(self, admin_url: str) -> None:
        self.prefix = f"ansinh_test_{secrets.token_hex(4)}"
        self.admin = replace_url_parts(admin_url, database=self.prefix)
        self.roles = DatabaseRoles(self.prefix)
        self.logins: list[str] = []

    def create_login(self, rights: str) -> str:
        """The address of a fresh login role with these rights."""
        name = f"{self.prefix}_login{len(self.logins)}"
        self.logins.append(name)
        run_statements(
            self.admin, f"CREATE ROLE {quote_identifier(name)} LOGIN {rights} PASSWORD 'of-a-test'", "SELECT"
        )
        return replace_url_parts(self.admin, username=name, password="of-a-test")

    def set_owner(self, url: str) -> str:
        """Give the database to this login, as a hosting service does."""
        run_statements(
            self.admin,
            f"ALTER DATABASE {self.prefix} OWNER TO {quote_identifier(parse_url(url).username or '')}",
            "SELECT",
        )
        return url

    def drop(self) -> None:
        drop_database(self.admin)
        server = replace_url_parts(self.admin, database="postgres")
        for role in (*self.logins, self.roles.app, self.roles.owner):
            run_statements(server, f"DROP ROLE IF EXISTS {quote_identifier(role)}", "SELECT")


@pytest.fixture
def empty_database(database_urls: DatabaseUrls) -> Iterator[EmptyDatabase]:
    created = EmptyDatabase(database_urls.admin)
    create_database(created.admin)
    yield created
    created.drop()


@contextmanager
def expect_not_ready() -> Iterator[list[str]]:
    """Expect PostgresNotReady; its text is then in the list."""
    messages: list[str] = []
    with pytest.raises(PostgresNotReady) as exc_info:
        yield messages
    messages.append(str(exc_info.value))


class TestPrepare:
    def test_makes_two_roles_and_can_be_repeated(self, empty_database: EmptyDatabase) -> None:
        app_url = prepare_server(empty_database.admin, empty_database.prefix, "first")
        assert prepare_server(empty_database.admin, empty_database.prefix, "first") == app_url
        assert run_statements(app_url, "SELECT current_user::text")[0][0] == empty_database.roles.app
        rows = run_statements(
            empty_database.admin,
            "SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            f" WHERE rolname IN ('{empty_database.roles.app}', '{empty_database.roles.owner}') ORDER BY 1",
        )
        assert [tuple(row) for row in rows] == [
            (empty_database.roles.app, True, False, False, False, False),
            (empty_database.roles.owner, False, False, False, False, False),
        ]

    def test_the_application_owns_nothing_and_cannot_become_the_owner(
        self, empty_database: EmptyDatabase
    ) -> None:
        app_url = prepare_server(empty_database.admin, empty_database.prefix, "first")
        upgrade(empty_database.admin, empty_database.prefix)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run_statements(app_url, f"SET ROLE {empty_database.roles.owner}", "SELECT")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run_statements(app_url, "CREATE TABLE mine ()", "SELECT")
        owned = run_statements(
            empty_database.admin,
            f"SELECT relname FROM pg_class WHERE relowner = '{empty_database.roles.app}'::regrole",
        )
        assert owned == []

    def test_a_hosted_owner_of_the_database_with_createrole_is_enough(
        self, empty_database: EmptyDatabase
    ) -> None:
        admin = empty_database.set_owner(empty_database.create_login("CREATEROLE"))
        prepare_server(admin, empty_database.prefix, "first")
        upgrade(admin, empty_database.prefix)
        check(admin, empty_database.prefix)

    def test_what_an_administrator_must_run_is_told_and_then_suffices(
        self, empty_database: EmptyDatabase
    ) -> None:
        plain = empty_database.create_login("")
        with expect_not_ready() as messages:
            prepare_server(plain, empty_database.prefix, "first")
        statements = [line.strip() for line in messages[0].splitlines() if line.startswith("    ")]
        assert any(line.startswith(f'CREATE ROLE "{empty_database.roles.owner}"') for line in statements)
        assert "CREATE EXTENSION IF NOT EXISTS btree_gist;" in statements
        assert "quyền" in messages[0]
        assert "administrator" in messages[0]
        run_statements(
            empty_database.admin,
            *(line.replace("PASSWORD '…'", "PASSWORD 'told'") for line in statements),
            "SELECT",
        )
        app_url = replace_url_parts(empty_database.admin, username=empty_database.roles.app, password="told")
        assert prepare_server(plain, empty_database.prefix, "unused", app_url) == app_url
        upgrade(plain, empty_database.prefix)

    def test_nothing_half_made_remains_after_a_refusal(self, empty_database: EmptyDatabase) -> None:
        with expect_not_ready():
            prepare_server(empty_database.create_login("CREATEROLE"), empty_database.prefix, "first")
        rows = run_statements(
            empty_database.admin,
            f"SELECT FROM pg_roles WHERE rolname IN ('{empty_database.roles.app}', '{empty_database.roles.owner}')",
        )
        assert rows == []

    def test_no_password_in_what_is_told(self, empty_database: EmptyDatabase) -> None:
        with expect_not_ready() as messages:
            prepare_server(empty_database.create_login(""), empty_database.prefix, "very-secret-word")
        assert "very-secret-word" not in messages[0]
        assert "SCRAM" not in messages[0]

    def test_an_application_role_with_more_rights_is_refused(self, empty_database: EmptyDatabase) -> None:
        app_url = prepare_server(empty_database.admin, empty_database.prefix, "first")
        for change, undo in (("BYPASSRLS", "NOBYPASSRLS"), ("SUPERUSER", "NOSUPERUSER")):
            run_statements(empty_database.admin, f"ALTER ROLE {empty_database.roles.app} {change}", "SELECT")
            with expect_not_ready() as messages:
                prepare_server(empty_database.admin, empty_database.prefix, "first")
            assert "BYPASSRLS" in messages[0]
            run_statements(empty_database.admin, f"ALTER ROLE {empty_database.roles.app} {undo}", "SELECT")
        assert prepare_server(empty_database.admin, empty_database.prefix, "first") == app_url

    def test_an_address_of_another_login_is_refused(self, empty_database: EmptyDatabase) -> None:
        prepare_server(empty_database.admin, empty_database.prefix, "first")
        with expect_not_ready() as messages:
            prepare_server(
                empty_database.admin, empty_database.prefix, "first", empty_database.create_login("")
            )
        assert "APP_DATABASE_URL" in messages[0]

    def test_a_database_in_another_encoding_is_refused(self, empty_database: EmptyDatabase) -> None:
        drop_database(empty_database.admin)
        server = replace_url_parts(empty_database.admin, database="postgres")
        run_statements(
            server,
            f"CREATE DATABASE {empty_database.prefix} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0",
            "SELECT",
        )
        with expect_not_ready() as messages:
            prepare_server(empty_database.admin, empty_database.prefix, "first")
        assert "SQL_ASCII" in messages[0]

    def test_names_are_quoted(self, empty_database: EmptyDatabase) -> None:
        odd = 'a"; DROP TABLE x; --'
        assert quote_identifier(odd) == '"a""; DROP TABLE x; --"'
        assert run_statements(empty_database.admin, f"SELECT 1 AS {quote_identifier(odd)}")[0][odd] == 1


class TestWords:
    def test_an_old_version(self) -> None:
        lack = check_version(140013)
        assert lack is not None
        assert "14" in lack.vi
        assert "15 or newer" in lack.en

    @pytest.mark.parametrize("version", [150000, 150019, 180006])
    def test_a_version_that_will_do(self, version: int) -> None:
        assert check_version(version) is None

    def test_nobody_answers(self) -> None:
        with expect_not_ready() as messages:
            prepare_server("postgresql://someone:hidden@127.0.0.1:1/nowhere", "ansinh", "x")
        assert "127.0.0.1" in messages[0]
        assert "hidden" not in messages[0]

    @pytest.mark.parametrize("address", ["mysql://a@b/c", "not an address", "postgresql://a:b@c:port/d"])
    def test_what_is_no_address(self, address: str) -> None:
        with expect_not_ready() as messages:
            prepare_server(address, "ansinh", "x")
        assert "PostgreSQL" in messages[0]


class TestPasswords:
    """On a server that asks for passwords (the embedded one trusts its socket, unless told otherwise)."""

    @pytest.fixture
    def asking(self, folder: Path) -> Iterator[str]:
        with EmbeddedPostgres(folder / "pg", durable=False) as server:
            rules = server.pgdata / "pg_hba.conf"
            rules.write_text("local all ansinh_app scram-sha-256\n" + rules.read_text())
            run_statements(server.admin_url, "SELECT pg_reload_conf()")
            yield server.admin_url

    def test_the_role_made_here_logs_in(self, asking: str) -> None:
        app_url = prepare_server(asking, "ansinh", "ours")
        assert run_statements(app_url, "SELECT current_user::text")[0][0] == "ansinh_app"

    def test_the_role_of_another_installation_is_left_alone(self, asking: str) -> None:
        prepare_server(asking, "ansinh", "theirs")
        with expect_not_ready() as messages:
            prepare_server(asking, "ansinh", "ours")
        assert "APP_DATABASE_URL" in messages[0]
        assert "ANSINH_ROLE_PREFIX" in messages[0]
        assert prepare_server(asking, "ansinh", "theirs")


class TestOwner:
    def test_acts_as_the_owner_and_says_so_to_policies(self, database_urls: DatabaseUrls) -> None:
        async def work() -> list[Any]:
            async with owner_connection(database_urls.admin, database_urls.role_prefix) as connection:
                return list(
                    await connection.fetchrow(
                        "SELECT current_user::text, current_setting('app.system'), current_setting('ansinh.app_role')"
                    )
                )

        roles = DatabaseRoles(database_urls.role_prefix)
        assert asyncio.run(work()) == [roles.owner, "on", roles.app]


class TestScram:
    def test_a_known_verifier(self) -> None:
        """The password and salt of RFC 7677's example."""
        created = scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        stored_key = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        server_key = "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        assert created == f"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==${stored_key}:{server_key}"


class TestUrls:
    def test_both_spellings_of_one_address(self) -> None:
        url = "postgresql+asyncpg://u:p%40ss@db.example:5433/name?sslmode=require"
        assert asyncpg_dsn(url) == "postgresql://u:p%40ss@db.example:5433/name?sslmode=require"
        created = sqlalchemy_url(url)
        assert created.drivername == "postgresql+asyncpg"
        assert created.password == "p@ss"
        assert created.query == {"ssl": "require"}

    def test_old_scheme(self) -> None:
        assert asyncpg_dsn("postgres://u@h/d") == "postgresql://u@h/d"

    def test_unix_sockets(self) -> None:
        url = socket_url("/run/a b", "postgres", "ansinh")
        assert parse_url(url).query["host"] == "/run/a b"
        assert sqlalchemy_url(url).query["host"] == "/run/a b"
        assert parse_url(replace_url_parts(url, username="app", password="x")).query["host"] == "/run/a b"

    def test_a_parameter_that_would_be_lost_is_named(self) -> None:
        with pytest.raises(ValueError, match="sslrootcert"):
            sqlalchemy_url("postgresql://u@h/d?sslrootcert=/etc/ca.pem")
