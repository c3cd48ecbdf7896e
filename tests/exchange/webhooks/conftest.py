"""The stand of the dispatcher's tests."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.exchange.webhooks.dispatcher import Dispatcher
from app.exchange.webhooks.gate import Gate
from app.exchange.webhooks.sender import Sender
from tests.exchange.webhooks.receiver import Receiver, receiving
from tests.exchange.webhooks.stand import Clock, Stand
from tests.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def sender(settings: Settings) -> AsyncIterator[Sender]:
    async with Sender(Gate(settings), seconds=0.5) as made:
        yield made


@pytest.fixture
async def stand(
    app: FastAPI,
    client: httpx.AsyncClient,
    world: World,
    settings: Settings,
    receiver: Receiver,
    sender: Sender,
) -> Stand:
    unit, clock = await world.unit("womens_union"), Clock()
    dispatcher = Dispatcher(
        app.state.database, sender, str(settings.secret_key), clock=clock, chance=lambda: 0.5
    )
    return Stand(
        world, client, receiver, app.state.database, settings, unit, await world.user(unit, "union_admin"),
        clock, dispatcher,
    )  # fmt: skip
