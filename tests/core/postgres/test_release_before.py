"""What the release before 0025 says to the database goes on until 0035, and is refused from then on."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.core.postgres import migrate
from app.core.postgres.server import owner_connection
from app.core.values.ids import digest_session, uuid7
from migrations.script import read
from tests.databases import DatabaseUrls
from tests.world import World

STATEMENTS = (
    "select user_id, password_hash, disabled from find_login('an')",
    "select id, secret_hash from find_client('an')",
    "select password_hash from user_password",
    "update user_password set changed_at = now()",
    "select kid, sealed_private from signing_key where retired_at is null",
    "insert into device (id, user_id, name) select gen_random_uuid(), user_id, 'Máy' from auth_session limit 1",
    "insert into auth_session (id, user_id, expires_at) select gen_random_uuid(), user_id, now() from auth_session",
    "update auth_session set revoked_at = now(), revoked_why = 'logged out' where expires_at < now()",
    "insert into refresh_token (token_hash, session_id, expires_at) select '', id, now() from auth_session",
    "delete from refresh_token where expires_at < now()",
    "select secret_hash from client_secret",
    "update client_secret set last_used_at = now()",
    "select sealed from webhook_secret",
    "delete from login_throttle where window_start < now()",
    "select refused, familiar from admit_login('user', 'an', null, '', '', '', '', '', now(), now(), now(), 9, 5, 50, 200, 30)",
    "select admit_guess('', now(), 10)",
    "select forgive_login('{}', now(), true)",
    "select start_second_factor(id, '') from app_user",
    "select sealed_secret from find_second_factor(gen_random_uuid())",
    "select use_second_factor(gen_random_uuid(), 1, true)",
    "select set_recovery_codes(gen_random_uuid(), '{}')",
    "select use_recovery_code(gen_random_uuid(), '')",
    "select remove_second_factor(gen_random_uuid())",
    "select record_security_event(gen_random_uuid(), 'login.failed', null, '{}', null)",
    "select session_id from job",
    "select end_job(gen_random_uuid(), 'forbidden')",
    "select remind_renewals(current_date, 30)",
    "select seq from lease_deliveries(now(), now(), 10, 10, false)",
)
"""Of the release before, as the application's role: logins, throttles, second factors, jobs and webhooks."""

SCOPE = {"app.network": "*", "app.provinces": "*", "app.groups": "*", "app.communes": "{}"}
"""What its `begin_actor` set, perhaps a moment before the migration."""


class NoTokens:
    """Nobody logs in here."""

    async def issue(self, **_of_whom: Any) -> str:
        return ""


@pytest.fixture
def migrated(empty_database_urls: DatabaseUrls) -> DatabaseUrls:
    """A database at 0034."""
    migrate.upgrade(empty_database_urls.admin, empty_database_urls.role_prefix, "0034")
    return empty_database_urls


@pytest.fixture
async def before(migrated: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the application's role, and a user, a session and a member to be seen."""
    async with owner_connection(migrated.admin, migrated.role_prefix) as owner:
        world = await World.create(owner, NoTokens())  # type: ignore[arg-type]
        unit = await world.unit("womens_union")
        await world.user(unit, "union_admin")
        await world.member(unit)
    connection = await asyncpg.connect(migrated.app)
    yield connection
    await connection.close()


async def tell_refused(connection: asyncpg.Connection) -> list[str]:
    """Run each statement in a transaction of its own, undone. Returns: those that were refused."""
    refused = []
    for statement in STATEMENTS:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.fetch(statement)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError):
            refused.append(statement)
        await transaction.rollback()
    return refused


async def count_members(connection: asyncpg.Connection) -> int:
    async with connection.transaction():
        for name, value in SCOPE.items():
            await connection.execute("select set_config($1, $2, true)", name, value)
        count: int = await connection.fetchval("select count(*) from member")
    return count


async def list_kept(connection: asyncpg.Connection) -> list[str]:
    """List which functions with the arguments of the release before the application may execute."""
    kept = re.findall(r"if exists (.+);", read("0025_wall/drop_kept.sql"))
    assert len(kept) == 16
    may = "select coalesce(has_function_privilege(to_regprocedure($1), 'EXECUTE'), false)"
    return [name for name in kept if await connection.fetchval(may, name)]


async def store_initial(connection: asyncpg.Connection, statement: str) -> tuple[bool, bool]:
    """Give the user a password of seven days, begin a session with it, and run a statement. Returns: whether the
    password and the session still have an end."""
    given = "set initial_until = now() + interval '7 days'"
    await connection.execute(f"update user_password {given}, changed_at = now() - interval '1 hour'")
    await connection.execute(f"update auth_session {given}")
    await connection.execute(statement)
    ends = (
        "select p.initial_until is not null, s.initial_until is not null from user_password p, auth_session s"
    )
    password, session = await connection.fetchrow(ends)
    return password, session


GIVEN_PASSWORDS = (
    ("update user_password set password_hash = 'own', changed_at = now()", (False, False)),
    ("update user_password set password_hash = 'with the costs of today'", (True, True)),
    (
        "update user_password set password_hash = 'given', changed_at = now(), initial_until = now() + interval '9 days'",
        (True, True),
    ),
    ("update user_password set changed_at = now()", (True, True)),
)
"""What is stored over a given password, and whether it and the session then have an end: the release before says the
first."""


class TestTheReleaseBefore:
    async def test_it_goes_on_at_0034(self, before: asyncpg.Connection) -> None:
        assert await tell_refused(before) == []
        assert len(await list_kept(before)) == 16
        assert await count_members(before) == 1

    async def test_what_begins_at_0034_is_sealed(self, before: asyncpg.Connection) -> None:
        session = await before.fetchval("select id from auth_session")
        async with before.transaction():
            await before.execute("select begin_actor($1)", session)
            assert await before.fetchval("select count(*) from member") == 1
            await before.execute("select set_config('app.seal', '', true)")
            assert await before.fetchval("select count(*) from member") == 0

    async def test_a_password_that_it_stores_has_no_end(self, before: asyncpg.Connection) -> None:
        """Somebody who chose their own in that release is not locked out at the end of the one that they were given."""
        await before.execute(
            "insert into user_password (user_id, password_hash) select user_id, 'one' from auth_session"
        )
        for statement, end in GIVEN_PASSWORDS:
            assert await store_initial(before, statement) == end, statement

    def test_it_ends_with_0035(self, migrated: DatabaseUrls) -> None:
        migrate.upgrade(migrated.admin, migrated.role_prefix, "0035")
        migrate.upgrade(migrated.admin, migrated.role_prefix, "0034")  # no way back, and no error
        asyncio.run(self._is_refused(migrated))

    def test_sessions_in_the_audit_become_digests(self, migrated: DatabaseUrls) -> None:
        held, ended = asyncio.run(self._write_as_before(migrated))
        migrate.upgrade(migrated.admin, migrated.role_prefix, "0035")
        digest = {"session": digest_session(held), "device_id": None}
        assert asyncio.run(self._read_fields(migrated)) == [digest, {"session_id": str(ended)}]

    async def _write_as_before(self, urls: DatabaseUrls) -> tuple[UUID, UUID]:
        """Let the release before write of a session that holds and of one that ended. Returns: their ids."""
        async with owner_connection(urls.admin, urls.role_prefix) as owner:
            world = await World.create(owner, NoTokens())  # type: ignore[arg-type]
            admin = await world.user(unit := await world.unit("womens_union"), "union_admin")
            ended = (await world.login(admin.id, admin.username, unit)).session_id
            await owner.execute("update auth_session set revoked_at = now() where id = $1", ended)
            held_fields = {"session_id": str(admin.session_id), "device_id": None}
            for fields in (held_fields, {"session_id": str(ended)}):
                await owner.execute(
                    "insert into audit_event (id, event, network, actor_kind, subject_kind, subject_id, fields)"
                    " values ($1, 'session.started', 'womens_union', 'user', 'session', $2, $3)",
                    uuid7(), admin.id, json.dumps(fields),
                )  # fmt: skip
        return admin.session_id, ended

    async def _read_fields(self, urls: DatabaseUrls) -> list[dict[str, Any]]:
        """Read what stands in the audit now, which still changes for nobody."""
        async with owner_connection(urls.admin, urls.role_prefix) as owner:
            rows = await owner.fetch("select fields from audit_event order by id")
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await owner.execute("update audit_event set fields = '{}', actor_kind = 'client'")
        return [json.loads(row["fields"]) for row in rows]

    async def _is_refused(self, urls: DatabaseUrls) -> None:
        connection = await asyncpg.connect(urls.app)
        try:
            assert await tell_refused(connection) == list(STATEMENTS)
            assert await list_kept(connection) == []
        finally:
            await connection.close()
