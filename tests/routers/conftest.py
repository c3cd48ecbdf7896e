"""Callers of the HTTP tests."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.auth.login_helpers import make_client, set_password
from tests.world import Login, World


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client with an address of its own, without a login."""
    async with make_client(app) as http_client:
        yield http_client


@pytest.fixture
async def officer(world: World) -> Login:
    """A union officer of the province, with a password."""
    login = await world.user(await world.unit("womens_union"), "union_officer")
    await set_password(world.owner, login)
    return login
