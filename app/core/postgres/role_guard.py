"""What a role may change of itself: its password and its settings. PostgreSQL lets nobody forbid that.

So it is found and undone (docs/decisions/0015): settings at every start, by the administrator; between starts a worker
looks, and says so.
"""

from typing import Any, Final

import asyncpg

from app.core.postgres.urls import asyncpg_dsn

PASSWORD: Final = "password"  # noqa: S105 - the name of a change
"""Among the changes: the role's password is not what this installation knows."""

_SETTINGS: Final = """
    select d.datname as database, split_part(entry, '=', 1) as name
      from pg_db_role_setting s
      join pg_roles r on r.oid = s.setrole and r.rolname = $1
      left join pg_database d on d.oid = s.setdatabase
     cross join unnest(s.setconfig) entry
     order by 1 nulls first, 2
"""


async def reset_role_settings(connection: Any, role: str) -> list[str]:
    """Take back the settings that a role has, in this database and in general. connection: an administrator's.

    Returns: the names of those that were set, never their values.
    Raises: `asyncpg.InsufficientPrivilegeError` when this administrator may not.
    """
    rows = await connection.fetch(_SETTINGS, role)
    databases = {row["database"] for row in rows}
    quoted_role = _quote(role)
    async with connection.transaction():
        for database in databases:
            within = "" if database is None else f" IN DATABASE {_quote(database)}"
            await connection.execute(f"ALTER ROLE {quoted_role}{within} RESET ALL")
    return sorted({row["name"] for row in rows})


async def find_role_changes(app_url: str) -> list[str]:
    """Log in anew as the application's role. Returns: what somebody changed of it, `PASSWORD` among them.

    Raises: `asyncpg.InvalidAuthorizationSpecificationError` when it may not log in, for another reason than its
    password; whatever a connection raises when the server is away.
    """
    try:
        connection = await asyncpg.connect(asyncpg_dsn(app_url), timeout=20)
    except asyncpg.InvalidPasswordError:
        return [PASSWORD]
    try:
        role = await connection.fetchval("select session_user::text")
        return sorted({row["name"] for row in await connection.fetch(_SETTINGS, role)})
    finally:
        await connection.close()


def _quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
