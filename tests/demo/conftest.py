"""A database with the demonstration data, loaded once: killed in the middle first, then resumed."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.rotation import ensure_signing_key
from app.core.postgres import owner_connection
from app.core.settings import Settings
from app.demo.load import load_demo
from app.demo.logins import DEMO_PASSWORD
from app.main import create_app
from app.places.load import load_places
from tests.auth.logins import caller
from tests.databases import DatabaseUrls, worker_database

MARKS = "select fields ->> 'chapter' from audit_event where event = 'demo.loaded' order by id"
_LAST_WHOLE, KILLED = "thanh_binh", "chau_thanh"

Reader = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Loaded:
    """The loaded database. killed: the chapters that were there, and the groups of the one that was not, after the
    first loading was killed."""

    urls: DatabaseUrls
    settings: Settings
    chapters_when_killed: list[str]
    groups_when_killed: int


@pytest.fixture(scope="session")
def loaded() -> Iterator[Loaded]:
    """The whole demonstration data set, in a database of this worker's own: a copy of what one of them loaded."""
    for urls in worker_database("-demo", lambda template: asyncio.run(_load(template))):
        yield Loaded(urls, _settings(urls), *urls.filled)


def _settings(urls: DatabaseUrls) -> Settings:
    return Settings(
        app_database_url=urls.app,
        database_url=urls.admin,
        role_prefix=urls.role_prefix,
        secret_key="a secret of thirty-two letters or more",
    )


async def _load(urls: DatabaseUrls) -> tuple[list[str], int]:
    """Load in two goes; which chapters were there in between, and how many groups of the one that was killed."""
    settings = _settings(urls)
    async with owner_connection(urls.admin, urls.role_prefix) as owner:
        await load_places(owner)
        await ensure_signing_key(owner, settings)
        await _kill_in_the_middle(owner, settings)
        chapters = [row[0] for row in await owner.fetch(MARKS)]
        groups = await owner.fetchval("select count(*) from savings_group where code like 'LA-CT-%'")
        await load_demo(owner, settings)
    return chapters, groups


async def _kill_in_the_middle(owner: Any, settings: Settings) -> None:
    """Start loading in another process and kill it while it writes the chapter of Châu Thành."""
    loader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.demo.loader", stdin=asyncio.subprocess.PIPE
    )
    assert loader.stdin is not None
    names = {"app_database_url", "database_url", "role_prefix", "secret_key"}
    loader.stdin.write(json.dumps(settings.model_dump(include=names)).encode())
    loader.stdin.close()
    async with asyncio.timeout(120):
        while _LAST_WHOLE not in [row[0] for row in await owner.fetch(MARKS)]:
            assert loader.returncode is None, "the loader ended by itself"
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    loader.kill()
    await loader.wait()


@pytest.fixture(scope="session")
async def demo(loaded: Loaded) -> AsyncIterator[Any]:
    """A connection as the owner of the tables of the demonstration database."""
    async with owner_connection(loaded.urls.admin, loaded.urls.role_prefix) as connection:
        yield connection


@pytest.fixture(scope="session")
async def demo_app(loaded: Loaded) -> AsyncIterator[FastAPI]:
    """The application on the demonstration data."""
    application = create_app(loaded.settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
async def visitor(demo_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP to it."""
    async with caller(demo_app) as made:
        yield made


@pytest.fixture(scope="session")
async def as_user(visitor: httpx.AsyncClient) -> Callable[[str], Awaitable[dict[str, str]]]:
    """Headers of a demonstration login, by its name."""
    known: dict[str, dict[str, str]] = {}

    async def headers(username: str) -> dict[str, str]:
        if username not in known:
            body = {"username": username, "password": DEMO_PASSWORD}
            answer = await visitor.post("/v1/auth/login", json=body)
            assert answer.status_code == 200, answer.text
            known[username] = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return known[username]

    return headers


@pytest.fixture(scope="session")
async def read(visitor: httpx.AsyncClient, as_user: Callable[[str], Awaitable[dict[str, str]]]) -> Reader:
    """`await read("phunu.tayninh", "/v1/groups", limit=5)`: the answer's body."""

    async def get(username: str, path: str, **params: Any) -> Any:
        answer = await visitor.get(path, params=params, headers=await as_user(username))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get
