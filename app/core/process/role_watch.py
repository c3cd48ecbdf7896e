"""Say so when somebody changed the application's own role in the database (docs/decisions/0015)."""

import logging
from functools import partial

import asyncpg

from app.core.postgres.role_guard import find_role_changes
from app.core.process.hourly import run_hourly
from app.core.process.logs import log_fields

ROLE_CHANGED = "database_role.changed"
ROLE_REFUSED = "database_role.refused"
_security = logging.getLogger("ansinh.security")
_log = logging.getLogger("ansinh.role")


async def report_role_changes(app_url: str) -> int:
    """Report, as a security event, what was changed of the application's role, or that it may not log in.

    Returns: how many findings that is.
    """
    try:
        changes = await find_role_changes(app_url)
    except (
        asyncpg.InvalidAuthorizationSpecificationError
    ) as error:  # by pg_hba.conf, or a role that may not log in
        _security.error(
            "the application's database role is refused, and not for its password (%s): %s",
            error.sqlstate,
            error,
            extra=log_fields(event=ROLE_REFUSED),
        )
        return 1
    if changes:
        _security.error(
            "the application's database role was changed (%s): who did it could run SQL as this role; restart to reset",
            ", ".join(changes),
            extra=log_fields(event=ROLE_CHANGED),
        )
    return len(changes)


async def watch_role(app_url: str) -> None:
    """Report changes of the application's role at once and then every hour, for ever; no error ends it."""
    await run_hourly(partial(report_role_changes, app_url), _log, "changes of the database role")
