"""Fixtures of the story: a database with the real units, two unions and BHXH in Tây Ninh, and nothing else yet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.keys.rotation import ensure_signing_key
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from app.main import create_app
from app.places.load import load_places
from tests.databases import DatabaseUrls, worker_database
from tests.world import Login, Unit, World

TAY_NINH = "80"


@dataclass(frozen=True)
class Country:
    """The application on the real units, and the logins that use it.

    commune: An Lục Long, which was part of the district Châu Thành.
    """

    app: FastAPI
    client: httpx.AsyncClient
    owner: Any
    settings: Settings
    world: World
    commune: str
    union: Unit
    officer: Login
    bhxh: Login
    second_bhxh: Login
    farmers: Login


@pytest.fixture(scope="module")
def story_database_urls() -> Iterator[DatabaseUrls]:
    """A database of its own."""
    for urls in worker_database():
        asyncio.run(_load(urls))
        yield urls


async def _load(urls: DatabaseUrls) -> None:
    async with owner_connection(urls.admin, urls.role_prefix) as owner:
        await load_places(owner)


@pytest.fixture(scope="module")
async def country(story_database_urls: DatabaseUrls) -> AsyncIterator[Country]:
    """Women's Union, Farmers' Association and BHXH in Tây Ninh, each with somebody who can log in."""
    settings = Settings(
        app_database_url=story_database_urls.app,
        database_url=story_database_urls.admin,
        role_prefix=story_database_urls.role_prefix,
        secret_key="a secret of thirty-two letters or more",
    )
    async with owner_connection(story_database_urls.admin, story_database_urls.role_prefix) as owner:
        await ensure_signing_key(owner, settings)
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield await _create_country(app, client, owner, settings)


async def _create_country(app: FastAPI, client: httpx.AsyncClient, owner: Any, settings: Settings) -> Country:
    world = World(owner, app.state.tokens)
    world.province = TAY_NINH
    world.commune = await owner.fetchval(
        "select code from place where name = 'An Lục Long' and parent_code = $1 and valid_to is null",
        TAY_NINH,
    )
    women = await world.unit("womens_union", TAY_NINH)
    farmers = await world.unit("farmers_association", TAY_NINH)
    bhxh = await world.unit("bhxh", TAY_NINH)
    return Country(
        app, client, owner, settings, world, world.commune, women,
        officer=await world.user(women, "union_admin"),
        bhxh=await world.user(bhxh, "bhxh_admin"),
        second_bhxh=await world.user(bhxh, "bhxh_admin"),
        farmers=await world.user(farmers, "union_officer"),
    )  # fmt: skip
