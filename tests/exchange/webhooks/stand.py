"""A stand for the dispatcher: a clock that is turned by hand, endpoints at a receiver, events that happen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core.db import Database
from app.core.ids import uuid7
from app.core.settings import Settings
from app.exchange.webhooks.dispatcher import Dispatcher
from app.exchange.webhooks.sender import Sender
from tests.exchange.webhooks.receiver import Message, Receiver
from tests.routers.answers import got
from tests.world import Login, Unit, World

PATH = "/v1/webhooks"


@dataclass
class Clock:
    """Stands still until it is turned."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Endpoint:
    """An endpoint that was made over HTTP; `path` is its own at the receiver."""

    id: UUID
    path: str
    secret: str
    login: Login


@dataclass
class Stand:
    """One union with its administrator, and a dispatcher of this process."""

    world: World
    client: httpx.AsyncClient
    receiver: Receiver
    database: Database
    settings: Settings
    unit: Unit
    admin: Login
    clock: Clock
    dispatcher: Dispatcher

    @property
    def owner(self) -> Any:
        return self.world.owner

    async def endpoint(self, login: Login | None = None, **changes: Any) -> Endpoint:
        """An endpoint of the union, or of whoever *login* is."""
        login, path = login or self.admin, f"/{uuid7()}"
        made = got(
            await self.client.post(
                PATH, json={"url": self.receiver.url(path)} | changes, headers=login.headers
            ),
            201,
        )
        return Endpoint(UUID(made["id"]), path, made["secret"], login)

    async def happens(
        self,
        kind: str = "enrolment.accepted",
        subject: UUID | None = None,
        *,
        unit: Unit | None = None,
        client: Login | None = None,
        data: dict[str, Any] | None = None,
        connection: Any = None,
    ) -> UUID:
        """An event, committed unless *connection* is in a transaction. Returns: its id."""
        unit, made = unit or self.unit, uuid7()
        await (connection or self.owner).execute(
            "insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id,"
            " subject_kind, subject_id, data) values ($1, $2, $3, $4, $5, $6, $7, split_part($2, '.', 1), $8, $9)",
            made, kind, unit.network, unit.id, unit.province, unit.commune, client.id if client else None,
            subject or uuid7(), json.dumps(data or {"status": "accepted"}),
        )  # fmt: skip
        return made

    async def drive(self, dispatcher: Dispatcher | None = None) -> None:
        """Until nothing is left that is due at this moment."""
        chosen = dispatcher or self.dispatcher
        while await chosen.step():
            await chosen.settle()

    def another(self, sender: Sender) -> Dispatcher:
        """A dispatcher as another process would have it."""
        return Dispatcher(
            self.database, sender, str(self.settings.secret_key), clock=self.clock, chance=lambda: 0.5
        )

    def ids_at(self, endpoint: Endpoint) -> list[UUID]:
        """The events that came to an endpoint, in their order, each as often as it came."""
        return [UUID(message.id) for message in self.messages(endpoint)]

    def messages(self, endpoint: Endpoint) -> Sequence[Message]:
        return self.receiver.at(endpoint.path)

    async def log(self, endpoint: Endpoint, **query: str) -> list[dict[str, Any]]:
        """The endpoint's deliveries over HTTP, the earliest first."""
        answer = await self.client.get(
            f"{PATH}/{endpoint.id}/deliveries", params=query, headers=endpoint.login.headers
        )
        items: list[dict[str, Any]] = got(answer)["items"]
        return items[::-1]

    async def read(self, endpoint: Endpoint) -> dict[str, Any]:
        answer: dict[str, Any] = got(
            await self.client.get(f"{PATH}/{endpoint.id}", headers=endpoint.login.headers)
        )
        return answer

    async def ask(self, endpoint: Endpoint, what: str, body: Any = None) -> httpx.Response:
        return await self.client.post(
            f"{PATH}/{endpoint.id}/{what}", json=body, headers=endpoint.login.headers
        )
