"""Prepares a PostgreSQL server: checks it, and makes the two roles, their grants and the extensions.

`<prefix>_owner` cannot log in and owns every table; `<prefix>_app` logs in for the API, owns nothing and
cannot pass row-level security. Only an administrator's address can make them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.core.postgres.role_guard import reset_role_settings
from app.core.postgres.server_steps import (
    PostgresNotReady,
    SetupProblem,
    SetupStep,
    check_version,
    setup_steps,
)
from app.core.postgres.urls import asyncpg_dsn, parse_url, replace_url_parts

_security = logging.getLogger("ansinh.security")
_ROLE_OIDS = (
    "(SELECT (SELECT oid FROM pg_roles WHERE rolname = $1) AS owner,"
    " (SELECT oid FROM pg_roles WHERE rolname = $2) AS app) AS role"
)


@dataclass(frozen=True)
class DatabaseRoles:
    """The names of the two roles of one installation."""

    prefix: str

    @property
    def owner(self) -> str:
        return f"{self.prefix}_owner"

    @property
    def app(self) -> str:
        return f"{self.prefix}_app"


def prepare_server(admin_url: str, role_prefix: str, password: str, app_url: str | None = None) -> str:
    """Check the server, then make the roles, their grants and the extensions; safe to repeat.

    password: of the application role, given to it when it is made here; a role that exists keeps its own.
    app_url: the application role's address, when an administrator made the role (then `password` is unused).
    Returns: the address of the application role, tried.
    Raises: PostgresNotReady
    """
    return asyncio.run(_prepare_server(admin_url, DatabaseRoles(role_prefix), password, app_url))


@asynccontextmanager
async def owner_connection(admin_url: str, role_prefix: str) -> AsyncIterator[Any]:
    """An asyncpg connection that acts as the owner of the tables, past the policies (`app.system` = on)."""
    connection = await open_connection(admin_url)
    try:
        await become_owner(connection, role_prefix)
        yield connection
    finally:
        await connection.close()


async def become_owner(connection: Any, role_prefix: str) -> None:
    """SET ROLE to the owner, and set the settings that migrations and policies read."""
    roles = DatabaseRoles(role_prefix)
    await connection.execute(f"SET ROLE {quote_identifier(roles.owner)}")
    await connection.execute(
        "SELECT set_config('ansinh.app_role', $1, false), set_config('app.system', 'on', false)", roles.app
    )


def quote_identifier(identifier: str) -> str:
    """Quote an SQL identifier; never to be used for a value."""
    return '"' + identifier.replace('"', '""') + '"'


async def open_connection(url: str) -> Any:
    """Open an asyncpg connection.

    Raises: PostgresNotReady if the address is wrong, nobody answers, or the login is refused
    """
    try:
        return await asyncpg.connect(asyncpg_dsn(url), timeout=20)
    except (ValueError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        address = _format_address(url)
        raise PostgresNotReady(
            SetupProblem(
                f"Không kết nối được PostgreSQL tại {address}: {error}",
                f"No connection to PostgreSQL at {address}.",
            )
        ) from error


def _format_address(url: str) -> str:
    """Format the address without its password."""
    try:
        address = parse_url(url)
    except ValueError:
        return "DATABASE_URL"
    return f"{address.host or address.query.get('host', 'localhost')}/{address.database} ({address.username})"


async def _prepare_server(admin_url: str, roles: DatabaseRoles, password: str, app_url: str | None) -> str:
    connection = await open_connection(admin_url)
    try:
        await _check_server(connection)
        new_password = None if app_url else password
        async with connection.transaction():
            # Two servers that start at once must not both find the roles missing.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('ansinh.prepare'))")
            admin = await connection.fetchval("SELECT current_user")
            version = connection.get_server_version().major
            database = await connection.fetchval("SELECT current_database()")
            setup = setup_steps(
                *map(quote_identifier, (roles.owner, roles.app, admin, database)),
                version=version,
                password=new_password,
            )
            pending = [step for step in setup if not await _is_done(connection, roles, step)]
            failed = [step for step in pending if not await _apply_step(connection, roles, step)]
            if failed:
                raise PostgresNotReady(*(step.problem for step in failed))
            changed = await _reset_role_settings(connection, roles)
    finally:
        await connection.close()
    if changed:
        _security.error(
            "settings of the database role %s were taken back, which only it or an administrator can have made: %s;"
            " use ALTER DATABASE … SET for your own",
            roles.app,
            ", ".join(changed),
        )
    url = app_url or replace_url_parts(admin_url, username=roles.app, password=password)
    await _check_login(url, roles)
    return url


async def _check_server(connection: Any) -> None:
    version, encoding, database = await connection.fetchrow(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),"
        " current_database()"
    )
    problem = check_version(version)
    if problem is None and encoding != "UTF8":
        problem = SetupProblem(
            f"Cơ sở dữ liệu {database} dùng bảng mã {encoding}: cần UTF8.",
            f"Database {database} has the encoding {encoding}: UTF8 is needed.",
            "CREATE DATABASE ansinh ENCODING 'UTF8' TEMPLATE template0;",
        )
    if problem:
        raise PostgresNotReady(problem)


async def _is_done(connection: Any, roles: DatabaseRoles, step: SetupStep) -> bool:
    sql = f"SELECT coalesce({step.done}, false) AND $1::text IS NOT NULL AND $2::text IS NOT NULL FROM {_ROLE_OIDS}"
    return bool(await connection.fetchval(sql, roles.owner, roles.app))


async def _apply_step(connection: Any, roles: DatabaseRoles, step: SetupStep) -> bool:
    """Try a step. A GRANT without the right to grant may pass with a mere warning, so the effect is checked."""
    try:
        async with connection.transaction():
            await connection.execute(step.statement)
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return await _is_done(connection, roles, step)


async def _reset_role_settings(connection: Any, roles: DatabaseRoles) -> list[str]:
    """Raises: PostgresNotReady if the role has settings, and this administrator may not take them back."""
    try:
        return await reset_role_settings(connection, roles.app)
    except asyncpg.InsufficientPrivilegeError as error:
        role = quote_identifier(roles.app)
        raise PostgresNotReady(
            SetupProblem(
                f"Vai trò {roles.app} có thiết lập riêng (ALTER ROLE … SET), có thể do kẻ xâm nhập đặt.",
                f"The role {roles.app} has settings of its own, which an intruder may have made.",
                f"ALTER ROLE {role} RESET ALL; ALTER ROLE {role} IN DATABASE"
                f" {quote_identifier(await connection.fetchval('SELECT current_database()'))} RESET ALL;",
            )
        ) from error


async def _check_login(url: str, roles: DatabaseRoles) -> None:
    """Raises: PostgresNotReady if the application role cannot log in, or may do more than it should."""
    try:
        connection = await asyncpg.connect(asyncpg_dsn(url), timeout=20)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise PostgresNotReady(_unknown_password_problem(roles)) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise PostgresNotReady(
            SetupProblem(
                f"Vai trò {roles.app} không kết nối được: {error}", f"The role {roles.app} cannot connect."
            )
        ) from error
    try:
        name, is_privileged = await connection.fetchrow(
            "SELECT rolname, rolsuper OR rolbypassrls OR pg_has_role(current_user, $1, 'MEMBER')"
            " FROM pg_roles WHERE rolname = current_user",
            roles.owner,
        )
    finally:
        await connection.close()
    if name != roles.app or is_privileged:
        raise PostgresNotReady(
            SetupProblem(
                f"APP_DATABASE_URL phải đăng nhập bằng {roles.app}, không có quyền quản trị và BYPASSRLS.",
                f"APP_DATABASE_URL must log in as {roles.app}, which is no owner, superuser or BYPASSRLS.",
                f"ALTER ROLE {quote_identifier(roles.app)} NOSUPERUSER NOBYPASSRLS;\n"
                f"REVOKE {quote_identifier(roles.owner)} FROM {quote_identifier(roles.app)};",
            )
        )


def _unknown_password_problem(roles: DatabaseRoles) -> SetupProblem:
    return SetupProblem(
        f"Vai trò {roles.app} đã có trên máy chủ này và máy này không biết mật khẩu của nó."
        " Nếu An Sinh đã cài ở máy khác: đặt APP_DATABASE_URL và ANSINH_SECRET_KEY như ở đó"
        " (hoặc chép secrets.json trong thư mục dữ liệu);"
        " nếu là bản cài khác: đặt ANSINH_ROLE_PREFIX khác;"
        " nếu không phải thế thì có người đã đổi mật khẩu của nó: tìm nguyên nhân rồi đặt lại.",
        f"The role {roles.app} is already on this server and this machine does not know its password."
        " If it is that of An Sinh on another machine: set APP_DATABASE_URL and ANSINH_SECRET_KEY as there"
        " (or copy secrets.json of its data directory);"
        " if it is another installation's: set another ANSINH_ROLE_PREFIX;"
        " if it is neither, somebody changed its password: find out who, then set it again.",
    )
