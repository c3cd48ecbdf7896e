"""The scenario of the dispatcher's tests."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.webhooks.sending.dispatcher import Dispatcher
from app.webhooks.sending.egress import EgressGuard
from app.webhooks.sending.sender import WebhookSender
from tests.webhooks.receiver import Receiver, run_receiver
from tests.webhooks.scenario import ManualClock, WebhookScenario
from tests.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with run_receiver() as created:
        yield created


@pytest.fixture
async def sender(settings: Settings) -> AsyncIterator[WebhookSender]:
    async with WebhookSender(EgressGuard(settings), seconds=0.5) as created:
        yield created


@pytest.fixture
async def scenario(
    app: FastAPI,
    client: httpx.AsyncClient,
    world: World,
    settings: Settings,
    receiver: Receiver,
    sender: WebhookSender,
) -> WebhookScenario:
    # Other tests' endpoints hear of every import; with a clock that runs on, each try of each event would be made here.
    await world.owner.execute(
        "update webhook set disabled_at = now(), disabled_why = 'asked' where disabled_at is null"
    )
    unit, clock = await world.unit("womens_union"), ManualClock()
    dispatcher = Dispatcher(app.state.database, sender, settings.secret_keys, clock=clock, chance=lambda: 0.5)
    return WebhookScenario(
        world, client, receiver, app.state.database, settings, unit, await world.user(unit, "union_admin"),
        clock, dispatcher,
    )  # fmt: skip
