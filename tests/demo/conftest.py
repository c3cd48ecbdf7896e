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

from app.auth.keys.rotation import ensure_signing_key
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from app.demo.load import load_demo
from app.demo.logins import DEMO_PASSWORD
from app.main import create_app
from app.places.load import load_places
from tests.auth.login_helpers import make_client
from tests.databases import DatabaseUrls, worker_database

LOADED_CHAPTERS_SQL = "select fields ->> 'chapter' from audit_event where event = 'demo.loaded' order by id"
_LAST_COMPLETE_CHAPTER, KILLED_CHAPTER = "thanh_binh", "chau_thanh"

JsonReader = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class LoadedDemo:
    """The loaded database. chapters_when_killed, groups_when_killed: the complete chapters, and the groups of
    the incomplete one, after the first loading was killed."""

    urls: DatabaseUrls
    settings: Settings
    chapters_when_killed: list[str]
    groups_when_killed: int


@pytest.fixture(scope="session")
def _kept_demo() -> Iterator[None]:
    """A copy that nobody uses: while it is there, what one worker loaded is kept for all."""
    for _ in worker_database("-demo", lambda template: asyncio.run(_load_with_kill(template))):
        yield


@pytest.fixture(scope="module")
def loaded_demo(_kept_demo: None) -> Iterator[LoadedDemo]:
    """The whole demonstration data set, in a database of this module's own: a copy of what one worker loaded."""
    for urls in worker_database("-demo", lambda template: asyncio.run(_load_with_kill(template))):
        yield LoadedDemo(urls, _settings(urls), *urls.fill_result)


def _settings(urls: DatabaseUrls) -> Settings:
    return Settings(
        app_database_url=urls.app,
        database_url=urls.admin,
        role_prefix=urls.role_prefix,
        secret_key="a secret of thirty-two letters or more",
        demo=True,
    )


async def _load_with_kill(urls: DatabaseUrls) -> tuple[list[str], int]:
    """Load, kill and resume; returns the chapters that were complete in between, and the groups of the killed one."""
    settings = _settings(urls)
    async with owner_connection(urls.admin, urls.role_prefix) as owner:
        await load_places(owner)
        await ensure_signing_key(owner, settings)
        await _kill_in_the_middle(owner, settings)
        chapters = [row[0] for row in await owner.fetch(LOADED_CHAPTERS_SQL)]
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
        while _LAST_COMPLETE_CHAPTER not in [row[0] for row in await owner.fetch(LOADED_CHAPTERS_SQL)]:
            assert loader.returncode is None, "the loader ended by itself"
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    loader.kill()
    await loader.wait()


@pytest.fixture(scope="module")
async def demo_owner(loaded_demo: LoadedDemo) -> AsyncIterator[Any]:
    """A connection as the owner of the tables of the demonstration database."""
    async with owner_connection(loaded_demo.urls.admin, loaded_demo.urls.role_prefix) as connection:
        yield connection


@pytest.fixture(scope="module")
async def demo_app(loaded_demo: LoadedDemo) -> AsyncIterator[FastAPI]:
    """The application on the demonstration data."""
    application = create_app(loaded_demo.settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="module")
async def demo_client(demo_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP to it."""
    async with make_client(demo_app) as http_client:
        yield http_client


@pytest.fixture(scope="module")
async def user_headers(demo_client: httpx.AsyncClient) -> Callable[[str], Awaitable[dict[str, str]]]:
    """Headers of a demonstration login, by its name."""
    headers_by_user: dict[str, dict[str, str]] = {}

    async def headers(username: str) -> dict[str, str]:
        if username not in headers_by_user:
            body = {"username": username, "password": DEMO_PASSWORD}
            response = await demo_client.post("/v1/auth/login", json=body)
            assert response.status_code == 200, response.text
            headers_by_user[username] = {"Authorization": f"Bearer {response.json()['access_token']}"}
        return headers_by_user[username]

    return headers


@pytest.fixture(scope="module")
async def get_json(
    demo_client: httpx.AsyncClient, user_headers: Callable[[str], Awaitable[dict[str, str]]]
) -> JsonReader:
    """Get a body: `await get_json("phunu.tayninh", "/v1/groups", limit=5)`."""

    async def get(username: str, path: str, **params: Any) -> Any:
        response = await demo_client.get(path, params=params, headers=await user_headers(username))
        assert response.status_code == 200, response.text
        return response.json()

    return get
