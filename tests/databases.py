"""Databases for a test run: one server, one migrated template, one database for each worker; and data directories.

Without DATABASE_URL the embedded server runs from .data/test; with it, databases are made and dropped in that
cluster. File locks tell the first worker (who builds) and the last (who clears up), also after a killed run.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.migrate import upgrade
from app.core.postgres.scram import scram_verifier
from app.core.postgres.server import DatabaseRoles, open_connection, prepare_server, quote_identifier
from app.core.postgres.urls import parse_url, replace_url_parts

ROLE_PREFIX = "ansinh_test"
HOME = Path(__file__).resolve().parents[1] / ".data" / "test"
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)
"""This run of the tests, the same in all its workers."""
_NOT_COPIED = ("socket", "lock", "postgres.log")


@dataclass(frozen=True)
class DatabaseUrls:
    """admin: the administrator's address; app: that of the role without rights; fill_result: what `fill` returned."""

    admin: str
    app: str
    role_prefix: str = ROLE_PREFIX
    fill_result: Any = None


FillTemplate = Callable[[DatabaseUrls], Any]
"""Fills a template once for all workers and closes its connections; its result must be JSON."""


def worker_database(kind: str = "", fill: FillTemplate | None = None) -> Iterator[DatabaseUrls]:
    """The whole life of one worker's database; a generator for a session fixture.

    kind: a name for databases with a template of their own, which `fill` fills.
    """
    configured_url = os.environ.get("DATABASE_URL")
    home = HOME / (
        (hashlib.sha256(configured_url.encode()).hexdigest()[:12] if configured_url else "embedded") + kind
    )
    home.mkdir(parents=True, exist_ok=True)
    server = None if configured_url else EmbeddedPostgres(home, database="postgres", durable=False)
    with (home / "users.lock").open("w") as users_lock:
        with _exclusive_lock(home):
            if _try_exclusive_lock(users_lock):
                _build_template(home, configured_url, server, fill)
            fcntl.flock(users_lock, fcntl.LOCK_SH)
            shared = json.loads((home / "shared.json").read_text())
            worker_url = replace_url_parts(
                shared["admin"], database=f"ansinh_test_{secrets.token_hex(4)}_{_worker_name()}"
            )
            create_database(worker_url, template=shared["template"])
            prepare_server(worker_url, ROLE_PREFIX, shared["password"])  # rights on a database are not copied
        try:
            app = replace_url_parts(
                worker_url, username=DatabaseRoles(ROLE_PREFIX).app, password=shared["password"]
            )
            yield DatabaseUrls(worker_url, app, fill_result=shared["filled"])
        finally:
            with _exclusive_lock(home):
                drop_database(worker_url)
                fcntl.flock(users_lock, fcntl.LOCK_UN)
                if _try_exclusive_lock(users_lock):
                    _clean_up(shared, server)


def create_database(url: str, *, template: str = "template0") -> None:
    """Create the database that the address names."""
    asyncio.run(_execute(url, "CREATE DATABASE {} TEMPLATE " + quote_identifier(template)))


def drop_database(url: str) -> None:
    """Drop the database that the address names, whoever is connected to it."""
    asyncio.run(_execute(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)"))


def copy_data_directory(data_dir: Path, make: Callable[[Path], None]) -> None:
    """Make a data directory as *make* leaves one, which is called once in a run: nothing of an earlier one can matter."""
    home = HOME / "started"
    home.mkdir(parents=True, exist_ok=True)
    with _exclusive_lock(home):
        made_in = home / "run"
        if not made_in.exists() or made_in.read_text() != _RUN:
            made_in.unlink(missing_ok=True)
            shutil.rmtree(home / "data", ignore_errors=True)
            make(home / "data")
            made_in.write_text(_RUN)
        shutil.copytree(home / "data", data_dir, ignore=shutil.ignore_patterns(*_NOT_COPIED))


@contextmanager
def _exclusive_lock(home: Path) -> Iterator[None]:
    with (home / "gate.lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield


def _try_exclusive_lock(users) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _build_template(
    home: Path, configured_url: str | None, server: EmbeddedPostgres | None, fill: FillTemplate | None
) -> None:
    """A fresh cluster every time (it takes a second): nothing of an earlier run can matter."""
    password = hashlib.sha256(f"ansinh-test {configured_url}".encode()).hexdigest()
    template = f"ansinh_test_{secrets.token_hex(4)}_template"
    if server is not None:
        server.stop()
        shutil.rmtree(server.pgdata, ignore_errors=True)
        admin = server.start()
    else:
        assert configured_url is not None
        admin = configured_url
        asyncio.run(_reset_role_password(admin, password))
    url = replace_url_parts(admin, database=template)
    create_database(url)
    prepare_server(url, ROLE_PREFIX, password)
    upgrade(url, ROLE_PREFIX)
    app = replace_url_parts(url, username=DatabaseRoles(ROLE_PREFIX).app, password=password)
    filled = fill(DatabaseUrls(url, app)) if fill else None
    (home / "shared.json").write_text(
        json.dumps({"admin": admin, "template": template, "password": password, "filled": filled})
    )


def _clean_up(shared: dict[str, Any], server: EmbeddedPostgres | None) -> None:
    if server is not None:
        server.stop()
        return
    drop_database(replace_url_parts(shared["admin"], database=shared["template"]))
    asyncio.run(_drop_roles(shared["admin"]))


async def _execute(url: str, statement: str) -> None:
    """One statement about the database of the address, from another database of the same server."""
    configured_url = os.environ.get("DATABASE_URL")
    database = parse_url(url).database or ""
    connection = await open_connection(configured_url or replace_url_parts(url, database="postgres"))
    try:
        await connection.execute(statement.format(quote_identifier(database)))
    finally:
        await connection.close()


async def _reset_role_password(admin: str, password: str) -> None:
    """Roles of a killed run may still be there; they are the tests' own."""
    connection = await open_connection(admin)
    try:
        role = DatabaseRoles(ROLE_PREFIX).app
        if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(
                f"ALTER ROLE {quote_identifier(role)} PASSWORD '{scram_verifier(password)}'"
            )
    finally:
        await connection.close()


async def _drop_roles(admin: str) -> None:
    connection = await open_connection(admin)
    try:
        for role in (DatabaseRoles(ROLE_PREFIX).app, DatabaseRoles(ROLE_PREFIX).owner):
            await connection.execute(f"DROP ROLE IF EXISTS {quote_identifier(role)}")
    except asyncpg.DependentObjectsStillExistError:
        pass  # another checkout's tests run in the same cluster
    finally:
        await connection.close()
