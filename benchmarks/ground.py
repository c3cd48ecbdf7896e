"""The ground that a benchmark stands on: a durable PostgreSQL of its own, a filled world, two servers."""

import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from app.auth.keystore import KeyStore
from app.auth.rotation import ensure_signing_key, key_rows
from app.auth.tokens import AccessTokens
from app.core.embedded import EmbeddedPostgres
from app.core.migrate import upgrade
from app.core.postgres import owner_connection, prepare
from app.core.settings import Settings
from app.core.urls import asyncpg_dsn
from benchmarks import floor
from benchmarks.load import once, request
from tests.world import GroupOf, Login, World

GROUPS = 100
MEMBERS = 20
PREFIX = "ansinh_bench"
_ENROLMENTS = """
insert into enrolment (id, network, organisation_id, province_code, commune_code, member_id, product, method, months,
                       monthly_income, from_month, status, content_hash, created_by)
select gen_random_uuid(), network, organisation_id, province_code, commune_code, id, 'bhxh_tn', 'months_12', 12,
       1500000, '2027-01-01', 'draft', '', id
  from member where id = any($1::uuid[]) returning id
"""


@dataclass(frozen=True)
class Ground:
    """Where everything is."""

    admin_url: str
    app_url: str
    settings: Settings
    officer: Login
    groups: list[GroupOf]
    enrolments: list[UUID]


@contextmanager
def database() -> Iterator[tuple[str, str]]:
    """Addresses of the administrator and of the application; committed means on disk."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given, prepare(given, PREFIX, "benchmark-password-of-no-worth")
        return
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as home:
        Path(home).chmod(0o755)
        server = EmbeddedPostgres(Path(home))
        admin = server.start()
        try:
            yield admin, prepare(admin, PREFIX, "benchmark-password-of-no-worth")
        finally:
            server.stop()


async def build(admin_url: str, app_url: str) -> Ground:
    """A union with its groups and members, and the floor's table."""
    settings = Settings(
        database_url=admin_url,
        app_database_url=app_url,
        role_prefix=PREFIX,
        secret_key="a benchmark's secret of no worth at all",
        log_level="WARNING",
        access_token_seconds=3600,
    )
    async with owner_connection(admin_url, PREFIX) as owner:
        await ensure_signing_key(owner, settings)
        keys = KeyStore(lambda: key_rows(owner), settings.secret_key or "")
        tokens = AccessTokens(
            keys, issuer=settings.issuer, audience=settings.audience, lifetime=settings.access_token_seconds
        )
        world = await World.create(owner, tokens)
        unit = await world.unit("womens_union")
        groups = [await world.group(unit, members=MEMBERS) for _ in range(GROUPS)]
        officer = await world.user(unit, "union_officer")
        enrolments = await owner.fetch(_ENROLMENTS, [group.members[0] for group in groups])
        await owner.execute(floor.TABLES)
    return Ground(admin_url, app_url, settings, officer, groups, [row["id"] for row in enrolments])


def migrated(admin_url: str) -> None:
    """Bring the database to the newest revision."""
    upgrade(admin_url, PREFIX)


@asynccontextmanager
async def server(application: str, ground: Ground, *, factory: bool, ready: str) -> AsyncIterator[int]:
    """One worker of uvicorn with uvloop and httptools in a process of its own; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {
        **os.environ,
        "FLOOR_DSN": asyncpg_dsn(ground.admin_url),
        "ANSINH_APP_DATABASE_URL": ground.app_url,
        "ANSINH_SECRET_KEY": ground.settings.secret_key or "",
        "ANSINH_ACCESS_TOKEN_SECONDS": "3600",
        "ANSINH_LOG_LEVEL": "WARNING",
        "ANSINH_POOL_SIZE": "16",
        "ANSINH_USER_REQUESTS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_REQUESTS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_REQUESTS_MOST": "1000000000",
        "ANSINH_CLIENT_ROWS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_ROWS_MOST": "1000000000",
    }
    flags = ["--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--http", "httptools"]
    flags += ["--no-access-log", "--log-level", "warning", *(["--factory"] if factory else [])]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", application, *flags, env=environment
    )
    try:
        for _ in range(100):
            try:
                await once(port, request("GET", ready, None))
                break
            except OSError:
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


def line(group: GroupOf, n: int, entry: UUID) -> dict[str, object]:
    """One contribution's body, for either server."""
    return {
        "id": str(entry),
        "group_id": str(group.id),
        "member_id": str(group.members[n % MEMBERS]),
        "kind": "saving",
        "product": "bhxh_tn",
        "amount": 10_000,
        "business_date": "2026-11-20",
    }


def encoded(value: object) -> bytes:
    """JSON as a client would send it."""
    return json.dumps(value, separators=(",", ":")).encode()


async def connect(ground: Ground) -> asyncpg.Connection:
    """A connection in the application's role."""
    return await asyncpg.connect(asyncpg_dsn(ground.app_url))
