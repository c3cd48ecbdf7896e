"""How much one may ask in a minute: what is counted for whom, and how often it is looked up."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from fastapi import Request

from app.auth.allowance import CLIENT_SECONDS, REMEMBERED, USER_SECONDS, Allowances, admit
from app.core.ids import uuid7
from app.core.settings import Settings


class Clock:
    """Seconds that pass when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Told:
    """A database that knows limits of some clients. asked: how often it was."""

    def __init__(self) -> None:
        self.clients: dict[UUID, dict[str, Any]] = {}
        self.asked = 0

    @property
    def driver(self) -> "Told":
        return self

    async def fetchrow(self, _sql: str, subject: UUID) -> dict[str, Any] | None:
        self.asked += 1
        return self.clients.get(subject)


def allowances(told: Told, clock: Clock) -> Allowances:
    chosen = Settings(client_requests_per_minute=60, client_requests_most=100, client_rows_per_minute=10)
    return Allowances(told, chosen, clock)  # type: ignore[arg-type]


class TestAllowances:
    async def test_a_hot_path_asks_nothing(self):
        told, clock = Told(), Clock()
        made, client = allowances(told, clock), uuid7()
        told.clients[client] = {"requests": None, "rows": None}
        for _ in range(1000):
            await made.of(client)
        assert told.asked == 1

    async def test_limits_are_read_again_after_some_seconds(self):
        told, clock = Told(), Clock()
        made, client = allowances(told, clock), uuid7()
        told.clients[client] = {"requests": None, "rows": 5}
        holder = await made.of(client)
        assert holder.rows is not None
        assert (holder.requests.quota, holder.rows.quota) == (60, 5)
        told.clients[client] = {"requests": 7, "rows": 5}
        assert (await made.of(client)).requests.quota == 60
        clock.now += CLIENT_SECONDS
        assert (await made.of(client)).requests.quota == 7

    async def test_reading_again_fills_no_bucket(self):
        told, clock = Told(), Clock()
        made, client = allowances(told, clock), uuid7()
        told.clients[client] = {"requests": 6, "rows": None}
        for _ in range(6):
            assert (await made.of(client)).requests.take(clock.now).wait == 0
        clock.now += CLIENT_SECONDS - 1
        assert (await made.of(client)).requests.take(clock.now).wait == 1
        clock.now += 1
        assert [(await made.of(client)).requests.take(clock.now).wait for _ in range(2)] == [0, 10]

    async def test_never_above_the_operators_maximum(self):
        told, clock = Told(), Clock()
        client = uuid7()
        told.clients[client] = {"requests": 5000, "rows": None}
        assert (await allowances(told, clock).of(client)).requests.quota == 100

    async def test_a_person_has_no_rows_and_is_known_for_long(self):
        told, clock = Told(), Clock()
        made, user = allowances(told, clock), uuid7()
        assert (await made.of(user)).rows is None
        clock.now += USER_SECONDS - 1
        await made.of(user)
        assert told.asked == 1

    async def test_memory_is_bounded(self):
        told, clock = Told(), Clock()
        made = allowances(told, clock)
        first = uuid7()
        await made.of(first)
        for _ in range(REMEMBERED):
            await made.of(uuid7())
        await made.of(first)
        assert told.asked == REMEMBERED + 2


class TestAdmit:
    async def test_a_request_counts_once_however_often_it_is_asked(self):
        told, clock = Told(), Clock()
        app = SimpleNamespace(state=SimpleNamespace(allowances=allowances(told, clock)))
        request, user = Request({"type": "http", "app": app}), uuid7()
        for _ in range(3):
            await admit(request, user)
        quota = Settings().user_requests_per_minute
        assert (await app.state.allowances.of(user)).requests.take(clock.now).left == quota - 2
