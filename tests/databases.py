"""Databases for a test run: one server, one migrated template, one database for each worker.

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

from app.core.embedded import EmbeddedPostgres
from app.core.migrate import upgrade
from app.core.postgres import Roles, connected, prepare, quoted
from app.core.scram import scram_verifier
from app.core.urls import changed, parsed

ROLE_PREFIX = "ansinh_test"
HOME = Path(__file__).resolve().parents[1] / ".data" / "test"


@dataclass(frozen=True)
class DatabaseUrls:
    """admin: the administrator's address; app: that of the role without rights; filled: what `Fill` told."""

    admin: str
    app: str
    role_prefix: str = ROLE_PREFIX
    filled: Any = None


Fill = Callable[[DatabaseUrls], Any]
"""Fills a template once for all workers and closes its connections; what it gives must be JSON."""


def worker_database(kind: str = "", fill: Fill | None = None) -> Iterator[DatabaseUrls]:
    """The whole life of one worker's database; a generator for a session fixture.

    kind: a name for databases with a template of their own, which `fill` fills.
    """
    given = os.environ.get("DATABASE_URL")
    home = HOME / ((hashlib.sha256(given.encode()).hexdigest()[:12] if given else "embedded") + kind)
    home.mkdir(parents=True, exist_ok=True)
    server = None if given else EmbeddedPostgres(home, database="postgres", durable=False)
    with (home / "users.lock").open("w") as users:
        with _gate(home):
            if _alone(users):
                _build(home, given, server, fill)
            fcntl.flock(users, fcntl.LOCK_SH)
            shared = json.loads((home / "shared.json").read_text())
            own = changed(shared["admin"], database=f"ansinh_test_{secrets.token_hex(4)}_{_worker()}")
            create(own, template=shared["template"])
        try:
            app = changed(own, username=Roles(ROLE_PREFIX).app, password=shared["password"])
            yield DatabaseUrls(own, app, filled=shared["filled"])
        finally:
            with _gate(home):
                drop(own)
                fcntl.flock(users, fcntl.LOCK_UN)
                if _alone(users):
                    _clear(shared, server)


def create(url: str, *, template: str = "template0") -> None:
    """Create the database that the address names."""
    asyncio.run(_run(url, "CREATE DATABASE {} TEMPLATE " + quoted(template)))


def drop(url: str) -> None:
    """Drop the database that the address names, whoever is connected to it."""
    asyncio.run(_run(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)"))


@contextmanager
def _gate(home: Path) -> Iterator[None]:
    with (home / "gate.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _alone(users) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _build(home: Path, given: str | None, server: EmbeddedPostgres | None, fill: Fill | None) -> None:
    """A fresh cluster every time (it takes a second): nothing of an earlier run can matter."""
    password = hashlib.sha256(f"ansinh-test {given}".encode()).hexdigest()
    template = f"ansinh_test_{secrets.token_hex(4)}_template"
    if server is not None:
        server.stop()
        shutil.rmtree(server.pgdata, ignore_errors=True)
        admin = server.start()
    else:
        assert given is not None
        admin = given
        asyncio.run(_known_password(admin, password))
    url = changed(admin, database=template)
    create(url)
    prepare(url, ROLE_PREFIX, password)
    upgrade(url, ROLE_PREFIX)
    app = changed(url, username=Roles(ROLE_PREFIX).app, password=password)
    filled = fill(DatabaseUrls(url, app)) if fill else None
    (home / "shared.json").write_text(
        json.dumps({"admin": admin, "template": template, "password": password, "filled": filled})
    )


def _clear(shared: dict[str, Any], server: EmbeddedPostgres | None) -> None:
    if server is not None:
        server.stop()
        return
    drop(changed(shared["admin"], database=shared["template"]))
    asyncio.run(_drop_roles(shared["admin"]))


async def _run(url: str, statement: str) -> None:
    """One statement about the database of the address, from another database of the same server."""
    given = os.environ.get("DATABASE_URL")
    database = parsed(url).database or ""
    connection = await connected(given or changed(url, database="postgres"))
    try:
        await connection.execute(statement.format(quoted(database)))
    finally:
        await connection.close()


async def _known_password(admin: str, password: str) -> None:
    """Roles of a killed run may still be there; they are the tests' own."""
    connection = await connected(admin)
    try:
        role = Roles(ROLE_PREFIX).app
        if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(f"ALTER ROLE {quoted(role)} PASSWORD '{scram_verifier(password)}'")
    finally:
        await connection.close()


async def _drop_roles(admin: str) -> None:
    connection = await connected(admin)
    try:
        for role in (Roles(ROLE_PREFIX).app, Roles(ROLE_PREFIX).owner):
            await connection.execute(f"DROP ROLE IF EXISTS {quoted(role)}")
    except asyncpg.DependentObjectsStillExistError:
        pass  # another checkout's tests run in the same cluster
    finally:
        await connection.close()
