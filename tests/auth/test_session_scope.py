"""What is kept of a session holds exactly as long as nothing that decides it changed (`begin_actor`, `keep_scope`)."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.auth.keys.process_key import derive_process_key
from app.core.postgres.server import owner_connection
from app.core.postgres.urls import asyncpg_dsn
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import now, today
from tests.databases import DatabaseUrls
from tests.world import Login, Unit, World

IS_KEPT = """
select exists (select from session_scope c join scope_version v on v.organisation_id = c.organisation_id
                and v.version = c.version where c.session_id = $1 and c.day = local_today())
"""
_SET_PASSWORD = "select store_password($1, $2, $3, $4)"
_START_SESSION = (
    "select start_session($1, $2, $3, null, null, null, 'waived', null, now() + interval '1 day', null)"
)
OF_USERS = {
    "roles": "update app_user set roles = '{viewer}' where id = $1",
    "disabled": "update app_user set disabled_at = now() where id = $1",
    "user name": "update app_user set username = username || '-khac' where id = $1",
    "another organisation": "update app_user u set organisation_id = (select id from organisation o where o.province_code ="
    " u.province_code and o.id <> u.organisation_id limit 1) where id = $1",
    "organisation closed": "update organisation set closed_on = local_today() where id = (select organisation_id"
    " from app_user where id = $1)",
    "another place": "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes)"
    " select organisation_id, 'VN', '2020-01-01', '{T99999}', '{}' from app_user where id = $1",
    "place ended": "update organisation_place set valid_to = '2020-01-01' where organisation_id ="
    " (select organisation_id from app_user where id = $1)",
    "place taken away": "delete from organisation_place where organisation_id ="
    " (select organisation_id from app_user where id = $1)",
    "device revoked": "update device set revoked_at = now() where user_id = $1",
    "session ended": "update auth_session set revoked_at = now() where user_id = $1",
    "session over": "update auth_session set expires_at = now() where user_id = $1",
    "no second factor": "update auth_session set second_factor = 'missing' where user_id = $1",
    "another's password": "update auth_session set initial_until = now() + interval '1 day' where user_id = $1",
    "group taken away": "delete from user_group where user_id = $1",
    "duty ended": "update user_group set valid_to = '2020-01-01' where user_id = $1",
}
OF_CLIENTS = {
    "scopes": "update api_client set scopes = '{stats:read}' where id = $1",
    "disabled": "update api_client set disabled_at = now() where id = $1",
    "sandbox": "update api_client set sandbox = true where id = $1",
    "limited to places": "update api_client set place_codes = array[commune_code] where id = $1",
    "organisation closed": "update organisation set closed_on = local_today() where id = (select organisation_id"
    " from api_client where id = $1)",
    "scopes of the session": "update auth_session set scopes = '{}' where client_id = $1",
}


@pytest.fixture
async def unit(world: World) -> Unit:
    """An organisation with another one beside it."""
    await world.unit("womens_union")
    return await world.unit("womens_union")


@pytest.fixture
async def treasurer(world: World, unit: Unit) -> Login:
    """A treasurer of one group."""
    return await world.user(unit, "treasurer", groups=[(await world.group(unit)).id])


@pytest.fixture
async def administrator(world: World, owner: Any, unit: Unit) -> Login:
    """An administrator with a device."""
    return await add_device(owner, await world.user(unit, "union_admin"))


@pytest.fixture
async def partner(world: World, unit: Unit) -> Login:
    """A partner's system."""
    return await world.partner(unit, "enrolments:write", "members:read")


@pytest.fixture
async def two(database_urls: DatabaseUrls) -> AsyncIterator[tuple[asyncpg.Connection, asyncpg.Connection]]:
    """Two connections of the owner of the tables."""
    urls = database_urls.admin, database_urls.role_prefix
    async with owner_connection(*urls) as one, owner_connection(*urls) as other:
        yield one, other


async def add_device(owner: Any, login: Login) -> Login:
    """Give the session a device, and keep its scope with it."""
    device = uuid7()
    await owner.execute("insert into device (id, user_id, name) values ($1, $2, 'máy')", device, login.id)
    await owner.execute("update auth_session set device_id = $2 where id = $1", login.session_id, device)
    await owner.execute("select keep_scope($1)", login.session_id)
    return login


async def wait_until_blocked(watcher: asyncpg.Connection, blocked: asyncpg.Connection) -> None:
    """Wait until the other connection waits for a lock."""
    query = "select exists (select from pg_locks where pid = $1 and not granted)"
    for _ in range(500):
        if await watcher.fetchval(query, blocked.get_server_pid()):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def begin(connection: Any, session_id: UUID) -> tuple[Any, str | None]:
    """The actor and the scope with which a transaction begins."""
    async with connection.transaction():
        actor = await connection.fetchrow("select * from begin_actor($1)", session_id)
        scope = await connection.fetchval("select current_setting('app.scope', true)")
    return (None, None) if actor["session_id"] is None else (dict(actor), scope)


async def look_up(connection: Any, session_id: UUID) -> tuple[Any, str | None]:
    """The same without what was kept."""
    async with connection.transaction():
        await connection.execute("delete from session_scope where session_id = $1", session_id)
        return await begin(connection, session_id)


async def expect_change(owner: Any, login: Login, change: str) -> None:
    """What was kept was in use, and is not after the change."""
    before = await begin(owner, login.session_id)
    assert before[0] is not None
    assert await owner.fetchval(IS_KEPT, login.session_id)
    await owner.execute(change, login.id)
    after = await begin(owner, login.session_id)
    assert after == await look_up(owner, login.session_id)
    assert after != before


class TestChanges:
    """After each change of what decides it, the next request sees what is so now."""

    @pytest.mark.parametrize(
        "change", [what for what in OF_USERS if "group" not in what and "duty" not in what]
    )
    async def test_of_a_user(self, owner: Any, administrator: Login, change: str):
        await expect_change(owner, administrator, OF_USERS[change])

    @pytest.mark.parametrize("change", ["roles", "group taken away", "duty ended"])
    async def test_of_a_treasurer(self, owner: Any, treasurer: Login, change: str):
        await expect_change(owner, treasurer, OF_USERS[change])

    async def test_another_group(self, world: World, owner: Any, unit: Unit, treasurer: Login):
        group = await world.group(unit)
        add = f"insert into user_group (user_id, group_id, duty, valid_from) values ($1, '{group.id}', 'treasurer', '2020-01-01')"
        await expect_change(owner, treasurer, add)

    @pytest.mark.parametrize("change", list(OF_CLIENTS))
    async def test_of_a_partner(self, owner: Any, partner: Login, change: str):
        await expect_change(owner, partner, OF_CLIENTS[change])

    async def test_another_day(self, owner: Any, administrator: Login):
        """What has an end (a duty, a place, an organisation) ends by itself: nothing is kept until tomorrow."""
        yesterday = today() - timedelta(days=1)
        await owner.execute(
            "update session_scope set day = $2, scope = 'of yesterday' where session_id = $1",
            administrator.session_id, yesterday,
        )  # fmt: skip
        assert (await begin(owner, administrator.session_id))[1] != "of yesterday"

    async def test_nothing_else_makes_requests_look_it_up(
        self, owner: Any, administrator: Login, partner: Login
    ):
        await owner.execute("update app_user set full_name = 'Tên Khác' where id = $1", administrator.id)
        await owner.execute("update device set last_seen_at = now() where user_id = $1", administrator.id)
        await owner.execute("update api_client set last_used_at = now() where id = $1", partner.id)
        assert await owner.fetchval(IS_KEPT, administrator.session_id)
        assert await owner.fetchval(IS_KEPT, partner.session_id)


class TestAtOnce:
    """A change and the keeping of a scope at the same time, in either order, leave nothing of before."""

    async def test_changed_while_it_is_kept(self, two: Any, administrator: Login):
        keeper, changer = two
        async with keeper.transaction():
            await keeper.execute("select keep_scope($1)", administrator.session_id)
            await changer.execute("update app_user set roles = '{viewer}' where id = $1", administrator.id)
        actor, _ = await begin(keeper, administrator.session_id)
        assert actor["roles"] == ["viewer"]

    async def test_kept_while_it_is_changed(self, two: Any, administrator: Login):
        keeper, changer = two
        async with changer.transaction():
            await changer.execute("update app_user set roles = '{viewer}' where id = $1", administrator.id)
            await keeper.execute("select keep_scope($1)", administrator.session_id)
        actor, _ = await begin(keeper, administrator.session_id)
        assert actor["roles"] == ["viewer"]

    async def test_a_password_that_is_set_during_a_login(
        self, two: Any, settings: Settings, administrator: Login
    ):
        """The login is over first, and its session is limited like the others."""
        starter, administrating = two
        key, session = derive_process_key(settings), uuid7()
        await starter.execute(_SET_PASSWORD, key, administrator.id, "hash", None)
        async with starter.transaction():
            await starter.execute(_START_SESSION, key, session, administrator.id)
            setting = asyncio.create_task(
                administrating.execute(
                    _SET_PASSWORD, key, administrator.id, "other", now() + timedelta(days=7)
                )
            )
            await wait_until_blocked(starter, administrating)
        await setting
        actor, _ = await begin(starter, session)
        assert actor["roles"] == ["initial:union_admin"]

    async def test_a_change_that_is_taken_back_changes_nothing(self, two: Any, administrator: Login):
        keeper, changer = two
        before = await begin(keeper, administrator.session_id)
        change = changer.transaction()
        await change.start()
        await changer.execute("update app_user set roles = '{viewer}' where id = $1", administrator.id)
        await change.rollback()
        assert await begin(keeper, administrator.session_id) == before
        assert await keeper.fetchval(IS_KEPT, administrator.session_id)


class TestCompleteness:
    """Whatever `find_actor` reads outdates what was kept."""

    TABLES = {
        "u": "app_user", "o": "organisation", "n": "network", "d": "device", "k": "api_client", "g": "user_group",
        "p": "organisation_place", "s": "auth_session",
    }  # fmt: skip
    UNCHANGING = {"network.code", *(f"{table}.id" for table in TABLES.values())}
    LOOKED_AT = {"auth_session.revoked_at", "auth_session.expires_at"}
    """Which `begin_actor` asks for itself."""

    async def test_every_column_has_a_trigger(self, owner: Any):
        files = [Path("database/auth") / name for name in ("find_actor.sql", "covered_by.sql")]
        code = "".join(re.sub("--.*", "", file.read_text()) for file in files)
        read = {
            f"{self.TABLES[alias]}.{column}"
            for alias, column in re.findall(r"\b([uondkgps])\.([a-z_]+)\b", code)
        }
        watched = await owner.fetch("""
            select c.relname || '.' || a.attname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
               and (t.tgattr = ''::int2vector or a.attnum = any (t.tgattr))
             where t.tgname in ('outdate_scopes', 'forget_scope')
        """)
        assert len(read) > 25
        assert read - {row["name"] for row in watched} - self.UNCHANGING - self.LOOKED_AT == set()


class TestRefusal:
    """The application's role neither reads nor writes what is kept."""

    @pytest.mark.parametrize("table", ["session_scope", "scope_version"])
    async def test_of_the_tables(self, database_urls: DatabaseUrls, table: str):
        connection = await asyncpg.connect(asyncpg_dsn(database_urls.app))
        try:
            for statement in (
                f"select * from {table}",
                f"update {table} set version = 1",
                f"delete from {table}",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("select keep_scope($1)", uuid7())
        finally:
            await connection.close()
