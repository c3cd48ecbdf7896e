"""Who may execute and read what in the database: the application's role, everybody, and a login that nobody knows."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from app.core.postgres.server import DatabaseRoles, open_connection
from app.core.postgres.urls import replace_url_parts
from tests.access.wall.database_rights import OWNERS_FUNCTIONS, SECRET_COLUMNS, SECRET_TABLES, UNREAD_TABLES
from tests.databases import DatabaseUrls


@pytest.fixture(scope="module")
def roles(database_urls: DatabaseUrls) -> DatabaseRoles:
    return DatabaseRoles(database_urls.role_prefix)


class TestFunctions:
    async def test_what_runs_with_the_owners_rights(self, owner: Any, roles: DatabaseRoles):
        callable_ones = await owner.fetch(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace"
            " and prosecdef and has_function_privilege($1, oid, 'EXECUTE')",
            roles.app,
        )
        names = [row["proname"] for row in callable_ones]
        assert set(names) ^ OWNERS_FUNCTIONS.keys() == set()
        assert len(names) == len(set(names))

    async def test_no_function_is_everybodys(self, owner: Any, roles: DatabaseRoles):
        """A function has rights written in its file; one without is the owner's alone."""
        rows = await owner.fetch(
            "select p.oid::regprocedure::text as name, pg_get_userbyid(a.grantee) as grantee, a.grantee = 0 as public"
            "  from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
            " where pg_get_userbyid(p.proowner) = $1 and a.grantee <> p.proowner",
            roles.owner,
        )
        assert len(rows) > 80
        assert [row["name"] for row in rows if row["public"] or row["grantee"] != roles.app] == []

    async def test_the_application_executes_no_trigger_and_nothing_that_only_the_owner_calls(
        self, owner: Any, roles: DatabaseRoles
    ):
        rows = await owner.fetch(
            "select proname, prorettype = 'trigger'::regtype as trigger, has_function_privilege($1, oid, 'EXECUTE') as may"
            "  from pg_proc where pronamespace = 'public'::regnamespace and pg_get_userbyid(proowner) = $2",
            roles.app, roles.owner,
        )  # fmt: skip
        assert [row["proname"] for row in rows if row["trigger"] and row["may"]] == []
        owners = {
            "scope_seal",
            "require_process",
            "txn_anywhere",
            "is_followed",
            "premium_entry",
            "write_book_entry",
            "lock_book_box",
            "return_collected",
            "check_day",
        }
        assert {row["proname"] for row in rows if row["may"]} & owners == set()

    async def test_what_comes_next_is_the_owners_alone(self, owner: Any, roles: DatabaseRoles):
        """Made by the owner in any schema, a function or table gives nobody a right before it is granted."""
        async with owner.transaction():
            await owner.execute(
                "create function of_a_test() returns integer language sql as 'select 1'; create table of_a_test (a text)"
            )
            for name in ("public", roles.app):
                assert not await owner.fetchval(
                    "select has_function_privilege($1, 'of_a_test()', 'EXECUTE')", name
                )
                assert not await owner.fetchval("select has_table_privilege($1, 'of_a_test', 'SELECT')", name)
            await owner.execute("drop function of_a_test; drop table of_a_test")


class TestSecrets:
    async def test_the_walk_names_every_table_with_a_secret(self, owner: Any):
        rows = await owner.fetch(
            "select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped"
            " and a.attname ~ '(password|secret|token)_hash|sealed'"
        )
        assert {row["relname"] for row in rows} <= SECRET_TABLES

    async def test_they_are_forced(self, owner: Any):
        forced = await owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity"
            " and relforcerowsecurity and relname = any ($1::text[])",
            list(SECRET_TABLES),
        )
        assert {row["relname"] for row in forced} == SECRET_TABLES

    async def test_the_application_has_no_right(self, owner: Any, roles: DatabaseRoles):
        for name in (SECRET_TABLES - SECRET_COLUMNS.keys()) | {"login_throttle", *UNREAD_TABLES}:
            rights = await owner.fetch(
                "select r from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r"
                " where has_table_privilege($1, $2::text, r)"
                "    or r <> 'DELETE' and has_any_column_privilege($1, $2::text, r)",
                roles.app, name,
            )  # fmt: skip
            assert rights == [], name

    async def test_it_does_not_read_the_column_with_the_secret(self, owner: Any, roles: DatabaseRoles):
        for table, columns in SECRET_COLUMNS.items():
            unread = await owner.fetch(
                "select attname from pg_attribute where attrelid = $2::text::regclass and attnum > 0"
                " and not attisdropped and not has_column_privilege($1, attrelid, attnum, 'SELECT')",
                roles.app, table,
            )  # fmt: skip
            assert {row["attname"] for row in unread} == columns


@pytest.fixture
async def stranger(database_urls: DatabaseUrls, owner: Any) -> AsyncIterator[Any]:
    """A connection of a fresh login role, which nobody gave a right."""
    name, password = f"ansinh_test_stranger_{secrets.token_hex(4)}", secrets.token_hex(16)
    admin = await open_connection(database_urls.admin)
    await admin.execute(f"create role {name} login password '{password}'")
    connection = await open_connection(
        replace_url_parts(database_urls.admin, username=name, password=password)
    )
    try:
        yield connection
    finally:
        await connection.close()
        await admin.execute(f"drop role {name}")
        await admin.close()


class TestAnotherLogin:
    async def test_it_executes_nothing_of_ours(self, stranger: Any, roles: DatabaseRoles):
        rows = await stranger.fetch(
            "select p.oid::regprocedure::text as name from pg_proc p where pg_get_userbyid(proowner) = $1"
            " and has_function_privilege(p.oid, 'EXECUTE')",
            roles.owner,
        )
        assert rows == []

    async def test_it_reads_and_makes_nothing(self, stranger: Any, roles: DatabaseRoles):
        tables = await stranger.fetch(
            "select c.oid::regclass::text as name, has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')"
            "       or has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') as may"
            "  from pg_class c where pg_get_userbyid(c.relowner) = $1 and c.relkind = 'r'",
            roles.owner,
        )
        assert len(tables) > 50
        assert [row["name"] for row in tables if row["may"]] == []
        for schema in ("public", "queue"):
            assert not await stranger.fetchval("select has_schema_privilege($1, 'USAGE, CREATE')", schema)
        assert not await stranger.fetchval(
            "select has_database_privilege(current_database(), 'TEMPORARY, CREATE')"
        )
        for statement in (
            "select * from user_password",
            "select find_login('', 'x')",
            "create temp table x ()",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await stranger.execute(statement)
