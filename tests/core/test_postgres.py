"""What a PostgreSQL server must offer, what is told when it does not, and the roles that are made there."""

import asyncio
import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.core.embedded import EmbeddedPostgres
from app.core.migrate import check, upgrade
from app.core.postgres import Roles, connected, owner_connection, prepare, quoted
from app.core.postgres_needs import PostgresNotReady, version_lack
from app.core.scram import scram_verifier
from app.core.urls import asyncpg_dsn, changed, parsed, socket_url, sqlalchemy_url
from tests.databases import DatabaseUrls, create, drop


def run(url: str, *statements: str) -> list[Any]:
    """Execute each; gives the rows of the last."""

    async def work() -> list[Any]:
        connection = await connected(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return list(await connection.fetch(statements[-1]))
        finally:
            await connection.close()

    return asyncio.run(work())


class Site:
    """An empty database with a role prefix of its own, and administrators with chosen rights."""

    def __init__(self, admin_url: str) -> None:
        self.prefix = f"ansinh_test_{secrets.token_hex(4)}"
        self.admin = changed(admin_url, database=self.prefix)
        self.roles = Roles(self.prefix)
        self.logins: list[str] = []

    def login(self, rights: str) -> str:
        """The address of a fresh login role with these rights."""
        name = f"{self.prefix}_login{len(self.logins)}"
        self.logins.append(name)
        run(self.admin, f"CREATE ROLE {quoted(name)} LOGIN {rights} PASSWORD 'of-a-test'", "SELECT")
        return changed(self.admin, username=name, password="of-a-test")

    def owned_by(self, url: str) -> str:
        """Give the database to this login, as a hosting service does."""
        run(
            self.admin,
            f"ALTER DATABASE {self.prefix} OWNER TO {quoted(parsed(url).username or '')}",
            "SELECT",
        )
        return url

    def clear(self) -> None:
        drop(self.admin)
        server = changed(self.admin, database="postgres")
        for role in (*self.logins, self.roles.app, self.roles.owner):
            run(server, f"DROP ROLE IF EXISTS {quoted(role)}", "SELECT")


@pytest.fixture
def site(database_urls: DatabaseUrls) -> Iterator[Site]:
    made = Site(database_urls.admin)
    create(made.admin)
    yield made
    made.clear()


@contextmanager
def refused() -> Iterator[list[str]]:
    """Expect PostgresNotReady; its text is then in the list."""
    said: list[str] = []
    with pytest.raises(PostgresNotReady) as caught:
        yield said
    said.append(str(caught.value))


class TestPrepare:
    def test_makes_two_roles_and_can_be_repeated(self, site: Site) -> None:
        app_url = prepare(site.admin, site.prefix, "first")
        assert prepare(site.admin, site.prefix, "first") == app_url
        assert run(app_url, "SELECT current_user::text")[0][0] == site.roles.app
        rows = run(
            site.admin,
            "SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            f" WHERE rolname IN ('{site.roles.app}', '{site.roles.owner}') ORDER BY 1",
        )
        assert [tuple(row) for row in rows] == [
            (site.roles.app, True, False, False, False, False),
            (site.roles.owner, False, False, False, False, False),
        ]

    def test_the_application_owns_nothing_and_cannot_become_the_owner(self, site: Site) -> None:
        app_url = prepare(site.admin, site.prefix, "first")
        upgrade(site.admin, site.prefix)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run(app_url, f"SET ROLE {site.roles.owner}", "SELECT")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run(app_url, "CREATE TABLE mine ()", "SELECT")
        owned = run(site.admin, f"SELECT relname FROM pg_class WHERE relowner = '{site.roles.app}'::regrole")
        assert owned == []

    def test_a_hosted_owner_of_the_database_with_createrole_is_enough(self, site: Site) -> None:
        admin = site.owned_by(site.login("CREATEROLE"))
        prepare(admin, site.prefix, "first")
        upgrade(admin, site.prefix)
        check(admin, site.prefix)

    def test_what_an_administrator_must_run_is_told_and_then_suffices(self, site: Site) -> None:
        plain = site.login("")
        with refused() as said:
            prepare(plain, site.prefix, "first")
        told = [line.strip() for line in said[0].splitlines() if line.startswith("    ")]
        assert any(line.startswith(f'CREATE ROLE "{site.roles.owner}"') for line in told)
        assert "CREATE EXTENSION IF NOT EXISTS btree_gist;" in told
        assert "quyền" in said[0]
        assert "administrator" in said[0]
        run(site.admin, *(line.replace("PASSWORD '…'", "PASSWORD 'told'") for line in told), "SELECT")
        app_url = changed(site.admin, username=site.roles.app, password="told")
        assert prepare(plain, site.prefix, "unused", app_url) == app_url
        upgrade(plain, site.prefix)

    def test_nothing_half_made_remains_after_a_refusal(self, site: Site) -> None:
        with refused():
            prepare(site.login("CREATEROLE"), site.prefix, "first")
        rows = run(
            site.admin, f"SELECT FROM pg_roles WHERE rolname IN ('{site.roles.app}', '{site.roles.owner}')"
        )
        assert rows == []

    def test_no_password_in_what_is_told(self, site: Site) -> None:
        with refused() as said:
            prepare(site.login(""), site.prefix, "very-secret-word")
        assert "very-secret-word" not in said[0]
        assert "SCRAM" not in said[0]

    def test_an_application_role_with_more_rights_is_refused(self, site: Site) -> None:
        app_url = prepare(site.admin, site.prefix, "first")
        for change, undo in (("BYPASSRLS", "NOBYPASSRLS"), ("SUPERUSER", "NOSUPERUSER")):
            run(site.admin, f"ALTER ROLE {site.roles.app} {change}", "SELECT")
            with refused() as said:
                prepare(site.admin, site.prefix, "first")
            assert "BYPASSRLS" in said[0]
            run(site.admin, f"ALTER ROLE {site.roles.app} {undo}", "SELECT")
        assert prepare(site.admin, site.prefix, "first") == app_url

    def test_an_address_of_another_login_is_refused(self, site: Site) -> None:
        prepare(site.admin, site.prefix, "first")
        with refused() as said:
            prepare(site.admin, site.prefix, "first", site.login(""))
        assert "APP_DATABASE_URL" in said[0]

    def test_a_database_in_another_encoding_is_refused(self, site: Site) -> None:
        drop(site.admin)
        server = changed(site.admin, database="postgres")
        run(
            server,
            f"CREATE DATABASE {site.prefix} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0",
            "SELECT",
        )
        with refused() as said:
            prepare(site.admin, site.prefix, "first")
        assert "SQL_ASCII" in said[0]

    def test_names_are_quoted(self, site: Site) -> None:
        odd = 'a"; DROP TABLE x; --'
        assert quoted(odd) == '"a""; DROP TABLE x; --"'
        assert run(site.admin, f"SELECT 1 AS {quoted(odd)}")[0][odd] == 1


class TestWords:
    def test_an_old_version(self) -> None:
        lack = version_lack(140013)
        assert lack is not None
        assert "14" in lack.vi
        assert "15 or newer" in lack.en

    @pytest.mark.parametrize("version", [150000, 150019, 180006])
    def test_a_version_that_will_do(self, version: int) -> None:
        assert version_lack(version) is None

    def test_nobody_answers(self) -> None:
        with refused() as said:
            prepare("postgresql://someone:hidden@127.0.0.1:1/nowhere", "ansinh", "x")
        assert "127.0.0.1" in said[0]
        assert "hidden" not in said[0]

    @pytest.mark.parametrize("address", ["mysql://a@b/c", "not an address", "postgresql://a:b@c:port/d"])
    def test_what_is_no_address(self, address: str) -> None:
        with refused() as said:
            prepare(address, "ansinh", "x")
        assert "PostgreSQL" in said[0]


class TestPasswords:
    """On a server that asks for passwords (the embedded one trusts its socket, unless told otherwise)."""

    @pytest.fixture
    def asking(self, folder: Path) -> Iterator[str]:
        with EmbeddedPostgres(folder / "pg", durable=False) as server:
            rules = server.pgdata / "pg_hba.conf"
            rules.write_text("local all ansinh_app scram-sha-256\n" + rules.read_text())
            run(server.admin_url, "SELECT pg_reload_conf()")
            yield server.admin_url

    def test_the_role_made_here_logs_in(self, asking: str) -> None:
        app_url = prepare(asking, "ansinh", "ours")
        assert run(app_url, "SELECT current_user::text")[0][0] == "ansinh_app"

    def test_the_role_of_another_installation_is_left_alone(self, asking: str) -> None:
        prepare(asking, "ansinh", "theirs")
        with refused() as said:
            prepare(asking, "ansinh", "ours")
        assert "APP_DATABASE_URL" in said[0]
        assert "ANSINH_ROLE_PREFIX" in said[0]
        assert prepare(asking, "ansinh", "theirs")


class TestOwner:
    def test_acts_as_the_owner_and_says_so_to_policies(self, database_urls: DatabaseUrls) -> None:
        async def work() -> list[Any]:
            async with owner_connection(database_urls.admin, database_urls.role_prefix) as connection:
                return list(
                    await connection.fetchrow(
                        "SELECT current_user::text, current_setting('app.system'), current_setting('ansinh.app_role')"
                    )
                )

        roles = Roles(database_urls.role_prefix)
        assert asyncio.run(work()) == [roles.owner, "on", roles.app]


class TestScram:
    def test_a_known_verifier(self) -> None:
        """The password and salt of RFC 7677's example."""
        made = scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        stored_key = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        server_key = "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        assert made == f"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==${stored_key}:{server_key}"


class TestUrls:
    def test_both_spellings_of_one_address(self) -> None:
        url = "postgresql+asyncpg://u:p%40ss@db.example:5433/name?sslmode=require"
        assert asyncpg_dsn(url) == "postgresql://u:p%40ss@db.example:5433/name?sslmode=require"
        made = sqlalchemy_url(url)
        assert made.drivername == "postgresql+asyncpg"
        assert made.password == "p@ss"
        assert made.query == {"ssl": "require"}

    def test_old_scheme(self) -> None:
        assert asyncpg_dsn("postgres://u@h/d") == "postgresql://u@h/d"

    def test_unix_sockets(self) -> None:
        url = socket_url("/run/a b", "postgres", "ansinh")
        assert parsed(url).query["host"] == "/run/a b"
        assert sqlalchemy_url(url).query["host"] == "/run/a b"
        assert parsed(changed(url, username="app", password="x")).query["host"] == "/run/a b"

    def test_a_parameter_that_would_be_lost_is_named(self) -> None:
        with pytest.raises(ValueError, match="sslrootcert"):
            sqlalchemy_url("postgresql://u@h/d?sslrootcert=/etc/ca.pem")
