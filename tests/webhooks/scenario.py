"""Scenario of the dispatcher tests: a manual clock, endpoints at a receiver, and events."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core.postgres.database import Database
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.webhooks.sending.dispatcher import Dispatcher
from app.webhooks.sending.sender import WebhookSender
from tests.routers.responses import expect_json
from tests.webhooks.receiver import ReceivedMessage, Receiver
from tests.world import Login, Unit, World

PATH = "/v1/webhooks"


@dataclass
class ManualClock:
    """A clock that stands still until it is advanced."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Endpoint:
    """An endpoint that was made over HTTP; `path` is its own at the receiver."""

    id: UUID
    path: str
    secret: str
    login: Login


@dataclass
class WebhookScenario:
    """One union with its administrator, and a dispatcher of this process."""

    world: World
    client: httpx.AsyncClient
    receiver: Receiver
    database: Database
    settings: Settings
    unit: Unit
    admin: Login
    clock: ManualClock
    dispatcher: Dispatcher

    @property
    def owner(self) -> Any:
        return self.world.owner

    async def create_endpoint(self, login: Login | None = None, **changes: Any) -> Endpoint:
        """An endpoint of the union, or of whoever *login* is."""
        login, path = login or self.admin, f"/{uuid7()}"
        created = expect_json(
            await self.client.post(
                PATH, json={"url": self.receiver.url(path)} | changes, headers=login.headers
            ),
            201,
        )
        return Endpoint(UUID(created["id"]), path, created["secret"], login)

    async def emit_event(
        self,
        kind: str = "enrolment.accepted",
        subject: UUID | None = None,
        *,
        unit: Unit | None = None,
        client: Login | None = None,
        data: dict[str, Any] | None = None,
        connection: Any = None,
    ) -> UUID:
        """Insert an event, committed unless *connection* is in a transaction. Returns: its id."""
        unit, event_id = unit or self.unit, uuid7()
        await (connection or self.owner).execute(
            "insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id,"
            " subject_kind, subject_id, data) values ($1, $2, $3, $4, $5, $6, $7, split_part($2, '.', 1), $8, $9)",
            event_id, kind, unit.network, unit.id, unit.province, unit.commune, client.id if client else None,
            subject or uuid7(), json.dumps(data or {"status": "accepted"}),
        )  # fmt: skip
        return event_id

    async def deliver_due(self, dispatcher: Dispatcher | None = None) -> None:
        """Deliver until nothing is left that is due at this moment."""
        driven = dispatcher or self.dispatcher
        while await driven.step():
            await driven.drain()

    def new_dispatcher(self, sender: WebhookSender) -> Dispatcher:
        """Make a dispatcher as another process would have it."""
        return Dispatcher(
            self.database, sender, self.settings.secret_keys, clock=self.clock, chance=lambda: 0.5
        )

    def received_ids(self, endpoint: Endpoint) -> list[UUID]:
        """The events that came to an endpoint, in their order, each as often as it came."""
        return [UUID(message.id) for message in self.received_messages(endpoint)]

    def received_messages(self, endpoint: Endpoint) -> Sequence[ReceivedMessage]:
        return self.receiver.messages_at(endpoint.path)

    async def list_deliveries(self, endpoint: Endpoint, **query: str) -> list[dict[str, Any]]:
        """The endpoint's deliveries over HTTP, the earliest first."""
        response = await self.client.get(
            f"{PATH}/{endpoint.id}/deliveries", params=query, headers=endpoint.login.headers
        )
        items: list[dict[str, Any]] = expect_json(response)["items"]
        return items[::-1]

    async def read_endpoint(self, endpoint: Endpoint) -> dict[str, Any]:
        result: dict[str, Any] = expect_json(
            await self.client.get(f"{PATH}/{endpoint.id}", headers=endpoint.login.headers)
        )
        return result

    async def post_action(self, endpoint: Endpoint, action: str, body: Any = None) -> httpx.Response:
        return await self.client.post(
            f"{PATH}/{endpoint.id}/{action}", json=body, headers=endpoint.login.headers
        )
