"""Migrations without an alembic.ini: up, down, and the check that models and migrations agree.

Each call connects with the administrator's address, acts as the owner of the tables, and waits for any other
migration of the same database to end. A database of which this release knows nothing is left as it is. Not to be called
inside a running event loop.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from app.core.halt import FatalError
from app.core.postgres.server import become_owner
from app.core.postgres.urls import asyncpg_dsn

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
LOCK_TIMEOUT = "5s"
_BEFORE_BASELINE = "0023"


class UnknownRevision(FatalError):
    """The database was migrated by another An Sinh; nothing of it was changed."""

    def __init__(self, revision: str) -> None:
        if revision < _BEFORE_BASELINE:
            super().__init__(
                f"Cơ sở dữ liệu này do một bản thử trước bản phát hành đầu tiên tạo ra ({revision}) và không nâng"
                " cấp được; nó không bị thay đổi. Hãy dùng một cơ sở dữ liệu trống: DATABASE_URL hoặc"
                " ANSINH_DATA_DIR khác.\n"
                f"This database was made before the first release (revision {revision}) and cannot be brought up to"
                " date; nothing of it was changed. Use an empty one: another DATABASE_URL or ANSINH_DATA_DIR."
            )
        else:
            super().__init__(
                f"Cơ sở dữ liệu này do một bản An Sinh khác tạo ra ({revision}); nó không bị thay đổi."
                " Hãy chạy bản đó hoặc bản mới hơn.\n"
                f"This database was migrated by another An Sinh (revision {revision}); nothing of it was changed."
                " Run that release, or a newer one."
            )


def upgrade(admin_url: str, role_prefix: str, revision: str = "head") -> None:
    """Upgrade the database to a revision."""
    _run(admin_url, role_prefix, lambda config: command.upgrade(config, revision))


def downgrade(admin_url: str, role_prefix: str, revision: str) -> None:
    """Downgrade the database to a revision ("base" empties it)."""
    _run(admin_url, role_prefix, lambda config: command.downgrade(config, revision))


def check(admin_url: str, role_prefix: str) -> None:
    """Compare the models with the migrated database.

    Raises: `alembic.util.exc.CommandError` if they differ, or if the database is not at head
    """
    _run(admin_url, role_prefix, command.check)


def build_config(connection: Connection | None = None) -> Config:
    """Build Alembic's configuration; `migrations/env.py` takes the connection and the models' metadata from it."""
    import_module("app.models")
    result = Config(attributes={"connection": connection, "target_metadata": SQLModel.metadata})
    result.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return result


def _run(admin_url: str, role_prefix: str, operation: Callable[[Config], None]) -> None:
    asyncio.run(_run_async(admin_url, role_prefix, operation))


async def _run_async(admin_url: str, role_prefix: str, operation: Callable[[Config], None]) -> None:
    async def connect() -> asyncpg.Connection:
        connection = await asyncpg.connect(asyncpg_dsn(admin_url))
        await become_owner(connection, role_prefix)
        # One migration at a time, however many servers start at once; released when the connection closes.
        await connection.execute("SELECT pg_advisory_lock(hashtext('ansinh.migrate'))")
        await connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        return connection

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, poolclass=NullPool, hide_parameters=True
    )
    async with engine.connect() as connection:
        await connection.run_sync(_refuse_unknown)
        await connection.rollback()  # so that each migration opens a transaction of its own
        await connection.run_sync(lambda sync: operation(build_config(sync)))
        await connection.commit()
    await engine.dispose()


def _refuse_unknown(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(build_config()).walk_revisions()}
    for revision in MigrationContext.configure(connection).get_current_heads():
        if revision not in known:
            raise UnknownRevision(revision)
