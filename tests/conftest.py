"""Fixtures for every test; those of one noun live beside its tests."""

import gc
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from xdist.scheduler import LoadScopeScheduling

from app.auth import passwords
from app.auth.keys.rotation import ensure_signing_key
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import owner_connection, prepare_server
from app.core.postgres.urls import replace_url_parts
from app.core.settings import Settings
from app.main import create_app
from tests.core.http.asgi_client import AsgiClient
from tests.databases import DatabaseUrls, create_database, drop_database, worker_database
from tests.serve_process import ServeProcess
from tests.world import World

# The access matrix logs its actors in once, and may take longer than ten minutes; servers that a test starts inherit it.
os.environ["ANSINH_ACCESS_TOKEN_SECONDS"] = "3600"

# Thousands of tests are collected, and none is garbage; the application sets the same when it starts.
gc.set_threshold(50_000, 20, 100)

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


SPLIT_FILES = ("tests/access/test_matrix.py", "tests/access/test_row_level_security.py")
"""Files that take so long that their functions are dealt out to the workers of pytest-xdist, not the file."""
FIRST = (
    # All that was ever sent is searched for who was erased: ten times as long once the others have sent theirs.
    ("tests/privacy/",),
    # Lists of the whole country are read to their end, while there is little, and before the tests of existence
    # write names of one scenario's cell into another's.
    ("tests/access/test_",),
    ("tests/access/",),
    (  # what starts servers: at the end one worker would wait for the other
        "tests/canaries/",
        "tests/core/http/server/",
        "tests/core/postgres/test_embedded.py",
        "tests/test_cli.py",
        "tests/test_kill.py",
        "tests/test_logins.py",
        "tests/test_serve.py",
    ),
)
"""Which tests begin, so that the workers end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests into order."""
    items.sort(
        key=lambda item: next(
            (i for i, paths in enumerate(FIRST) if item.nodeid.startswith(paths)), len(FIRST)
        )
    )


def unit_of(test: str) -> str:
    """What a worker is given at a time, by the id of a test: a file, so that what it shares is made once."""
    path = test.partition("::")[0]
    return test.partition("[")[0] if path in SPLIT_FILES else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal the units out in the order of the tests, unless another way was asked for (`--dist`)."""
    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = unit_of  # what its own variants by file and by group replace
    return scheduling


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the session, so that session-wide async fixtures (a pool) can be shared."""
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hashes of passwords that cost next to nothing: hundreds of logins wait for them; see tests/auth/test_passwords.py."""
    cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patcher:
        patcher.setattr(passwords, "_hash", PasswordHash((cheap,)))
        patcher.setattr(passwords, "DUMMY_HASH", cheap.hash(secrets.token_urlsafe()))
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL, which is no root: pytest closes its own `tmp_path` to others."""
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def data_dir(folder: Path) -> Iterator[Path]:
    """A data directory; a server that a failed test leaves is stopped."""
    yield folder / "data"
    EmbeddedPostgres(folder / "data" / "postgres").stop()


@pytest.fixture
def serve(data_dir: Path) -> Iterator[Callable[..., ServeProcess]]:
    """Starts `ansinh serve` with arguments and an environment; what still runs at the end is killed."""
    started: list[ServeProcess] = []

    def start(*arguments: str, **options: Any) -> ServeProcess:
        started.append(ServeProcess(data_dir, *arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.kill_group()


@pytest.fixture(scope="session")
def database_urls() -> Iterator[DatabaseUrls]:
    """This worker's own migrated database."""
    yield from worker_database()


@pytest.fixture
def empty_database_urls(database_urls: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """A prepared database without migrations, dropped afterwards."""
    name = f"ansinh_test_{secrets.token_hex(4)}_steps"
    url = replace_url_parts(database_urls.admin, database=name)
    app = replace_url_parts(database_urls.app, database=name)
    create_database(url)
    prepare_server(url, database_urls.role_prefix, "unused", app)
    yield DatabaseUrls(url, app)
    drop_database(url)


@pytest.fixture(scope="session")
def settings(database_urls: DatabaseUrls) -> Settings:
    """The settings of the application under test."""
    return Settings(
        app_database_url=database_urls.app,
        database_url=database_urls.admin,
        role_prefix=database_urls.role_prefix,
        secret_key="a secret of thirty-two letters or more",
        webhook_allow_http=True,
        webhook_allow_networks="127.0.0.0/8",
        client_requests_per_minute=100_000,
        client_requests_most=100_000,
        user_requests_per_minute=100_000,
        sandbox_rows_per_day=100_000,
    )


@pytest.fixture(scope="session")
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Any]:
    """A connection as the owner of the tables, which bypasses row-level security, to set up and inspect rows."""
    async with owner_connection(database_urls.admin, database_urls.role_prefix) as connection:
        yield connection


@pytest.fixture(scope="session")
async def app(settings: Settings, owner: Any) -> AsyncIterator[FastAPI]:
    """The whole application, started."""
    await ensure_signing_key(owner, settings)
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP to the application."""
    async with AsgiClient(app) as http_client:
        yield http_client


@pytest.fixture
async def world(app: FastAPI, owner: Any) -> World:
    """Two new provinces of this test's own; see `World`."""
    return await World.create(owner, app.state.tokens)
