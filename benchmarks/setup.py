"""Set-up of a benchmark: a durable PostgreSQL of its own, filled with data, and two server processes."""

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

from app.auth.keys.keystore import KeyStore
from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import ensure_signing_key, fetch_key_rows
from app.auth.tokens import AccessTokens
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.migrate import upgrade
from app.core.postgres.server import owner_connection, prepare_server
from app.core.postgres.urls import asyncpg_dsn
from app.core.settings import Settings
from benchmarks import baseline
from benchmarks.http_load import build_request, send_once
from tests.world import GroupRef, Login, World

GROUPS = 100
MEMBERS = 20
PREFIX = "ansinh_bench"
_LIMITED_HTTP = "app.core.http.server.protocol:LimitedProtocol"
"""What `ansinh serve` has, and the floor has not."""
_ENROLMENTS = """
insert into enrolment (id, network, organisation_id, province_code, commune_code, member_id, product, method, months,
                       monthly_income, from_month, status, content_hash, created_by)
select gen_random_uuid(), network, organisation_id, province_code, commune_code, id, 'bhxh_tn', 'months_12', 12,
       1500000, '2027-01-01', 'draft', '', id
  from member where id = any($1::uuid[]) returning id
"""


@dataclass(frozen=True)
class BenchmarkSetup:
    """Addresses, settings, login and rows of a benchmark."""

    admin_url: str
    app_url: str
    settings: Settings
    officer: Login
    groups: list[GroupRef]
    enrolments: list[UUID]


@contextmanager
def provide_database() -> Iterator[tuple[str, str]]:
    """Provide a durable database; yields the URLs of the administrator and of the application."""
    configured_url = os.environ.get("DATABASE_URL")
    if configured_url:
        yield configured_url, prepare_server(configured_url, PREFIX, "benchmark-password-of-no-worth")
        return
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as home:
        Path(home).chmod(0o755)
        server = EmbeddedPostgres(Path(home))
        admin = server.start()
        try:
            yield admin, prepare_server(admin, PREFIX, "benchmark-password-of-no-worth")
        finally:
            server.stop()


async def build_setup(admin_url: str, app_url: str) -> BenchmarkSetup:
    """Create a union with its groups and members, and the baseline's table."""
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
        keys = KeyStore(lambda: fetch_key_rows(owner, derive_process_key(settings)), settings.secret_keys)
        tokens = AccessTokens(
            keys, issuer=settings.issuer, audience=settings.audience, lifetime=settings.access_token_seconds
        )
        world = await World.create(owner, tokens)
        unit = await world.unit("womens_union")
        groups = [await world.group(unit, members=MEMBERS) for _ in range(GROUPS)]
        officer = await world.user(unit, "union_officer")
        enrolments = await owner.fetch(_ENROLMENTS, [group.members[0] for group in groups])
        await owner.execute(baseline.TABLES)
    return BenchmarkSetup(admin_url, app_url, settings, officer, groups, [row["id"] for row in enrolments])


def migrate(admin_url: str) -> None:
    """Bring the database to the newest revision."""
    upgrade(admin_url, PREFIX)


@asynccontextmanager
async def run_server(
    application: str, setup: BenchmarkSetup, *, factory: bool, ready: str
) -> AsyncIterator[int]:
    """One worker of uvicorn with uvloop and httptools in a process of its own; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    http = _LIMITED_HTTP if application.startswith("app.") else "httptools"
    flags = ["--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--http", http]
    flags += ["--no-access-log", "--log-level", "warning", *(["--factory"] if factory else [])]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", application, *flags, env=_server_environment(setup)
    )
    try:
        for _ in range(600):
            try:
                await send_once(port, build_request("GET", ready, None))
                break
            except OSError:
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


def _server_environment(setup: BenchmarkSetup) -> dict[str, str]:
    """The environment of a server: its settings, and limits that no benchmark reaches."""
    return {
        **os.environ,
        "BASELINE_DSN": asyncpg_dsn(setup.admin_url),
        "ANSINH_APP_DATABASE_URL": setup.app_url,
        "ANSINH_SECRET_KEY": setup.settings.secret_key or "",
        "ANSINH_ACCESS_TOKEN_SECONDS": "3600",
        "ANSINH_LOG_LEVEL": "WARNING",
        "ANSINH_POOL_SIZE": "16",
        "ANSINH_USER_REQUESTS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_REQUESTS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_REQUESTS_MOST": "1000000000",
        "ANSINH_CLIENT_ROWS_PER_MINUTE": "1000000000",
        "ANSINH_CLIENT_ROWS_MOST": "1000000000",
    }


def contribution_body(group: GroupRef, n: int, entry: UUID) -> dict[str, object]:
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


def encode_json(value: object) -> bytes:
    """JSON as a client would send it."""
    return json.dumps(value, separators=(",", ":")).encode()


async def connect_as_app(setup: BenchmarkSetup) -> asyncpg.Connection:
    """A connection in the application's role."""
    return await asyncpg.connect(asyncpg_dsn(setup.app_url))
