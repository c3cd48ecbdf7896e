"""How many connections to PostgreSQL the processes of an installation open at most, and whether its server has them.

docs/operation.md says it to the operator.
"""

from typing import Any, Final, NamedTuple

from app.core.settings import Settings
from app.jobs.workers import DRIVER_CONNECTIONS, QUEUE_CONNECTIONS, SESSIONS
from app.webhooks.sending.runner import WEBHOOK_CONNECTIONS

_HEALTH_CHECK: Final = 1
"""A new one at each question, besides one of the pool."""
_ROLE_WATCH: Final = 1
WORKER_CONNECTIONS: Final = (
    SESSIONS + DRIVER_CONNECTIONS + QUEUE_CONNECTIONS + WEBHOOK_CONNECTIONS + _ROLE_WATCH
)
"""Of one worker, whether `ansinh serve` or `ansinh worker` started it."""
COMMAND_CONNECTIONS: Final = 3
"""Of a short command beside the processes: the owner's, and two of the application's role."""

_SELECT_AVAILABLE: Final = """
    select least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                     - coalesce(current_setting('reserved_connections', true)::int, 0),
                 (select nullif(rolconnlimit, -1) from pg_roles where rolname = $1),
                 (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))
"""


class ConnectionShortage(NamedTuple):
    """needed: what the processes open at most; available: what the server gives the application's role at most."""

    needed: int
    available: int

    def __str__(self) -> str:
        return (
            f"PostgreSQL chỉ cho {self.available} kết nối, các tiến trình có thể mở tới {self.needed}: tăng"
            " max_connections, hoặc giảm ANSINH_POOL_SIZE, ANSINH_WORKERS, ANSINH_JOB_WORKERS"
            f" / PostgreSQL gives {self.available} connections, and the processes may open {self.needed}: raise"
            " max_connections, or lower the three (docs/operation.md)"
        )


def count_api_connections(settings: Settings) -> int:
    """Count the connections of one process of the API at most."""
    return 2 * settings.pool_size + _HEALTH_CHECK


def count_connections(settings: Settings) -> int:
    """Count the connections at most of what `ansinh serve` starts with these settings, and of a short command."""
    of_api = settings.workers * count_api_connections(settings)
    return of_api + settings.job_workers * WORKER_CONNECTIONS + COMMAND_CONNECTIONS


async def find_connection_shortage(
    connection: Any, settings: Settings, app_role: str
) -> ConnectionShortage | None:
    """Find whether the server gives fewer connections than these processes may open; those of other machines and
    programs it does not know. connection: asyncpg."""
    available: int = await connection.fetchval(_SELECT_AVAILABLE, app_role)
    needed = count_connections(settings)
    return ConnectionShortage(needed, available) if available < needed else None
