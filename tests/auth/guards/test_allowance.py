"""Rate limits: what is counted for whom, and how often a limit is looked up."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from fastapi import Request

from app.auth.guards.allowance import (
    CLIENT_CACHE_SECONDS,
    MAX_CACHED_ALLOWANCES,
    USER_CACHE_SECONDS,
    Allowances,
    count_request,
)
from app.core.settings import Settings
from app.core.values.ids import uuid7


class Clock:
    """A manual clock, in seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeLimitsDatabase:
    """A fake database with limits of some clients. queries: how often it was asked."""

    def __init__(self) -> None:
        self.clients: dict[UUID, dict[str, Any]] = {}
        self.queries = 0

    @property
    def driver(self) -> "FakeLimitsDatabase":
        return self

    async def fetchrow(self, _sql: str, subject: UUID) -> dict[str, Any] | None:
        self.queries += 1
        return self.clients.get(subject)


def make_allowances(database: FakeLimitsDatabase, clock: Clock) -> Allowances:
    settings = Settings(client_requests_per_minute=60, client_requests_most=100, client_rows_per_minute=10)
    return Allowances(database, settings, clock)  # type: ignore[arg-type]


class TestAllowances:
    async def test_a_hot_path_asks_nothing(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created, client = make_allowances(database, clock), uuid7()
        database.clients[client] = {"requests": None, "rows": None, "sandbox": False}
        for _ in range(1000):
            await created.get(client)
        assert database.queries == 1

    async def test_limits_are_read_again_after_some_seconds(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created, client = make_allowances(database, clock), uuid7()
        database.clients[client] = {"requests": None, "rows": 5, "sandbox": False}
        holder = await created.get(client)
        assert holder.rows is not None
        assert (holder.requests.quota, holder.rows.quota) == (60, 5)
        database.clients[client] = {"requests": 7, "rows": 5, "sandbox": False}
        assert (await created.get(client)).requests.quota == 60
        clock.now += CLIENT_CACHE_SECONDS
        assert (await created.get(client)).requests.quota == 7

    async def test_reading_again_fills_no_bucket(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created, client = make_allowances(database, clock), uuid7()
        database.clients[client] = {"requests": 6, "rows": None, "sandbox": False}
        for _ in range(6):
            assert (await created.get(client)).requests.take(clock.now).wait == 0
        clock.now += CLIENT_CACHE_SECONDS - 1
        assert (await created.get(client)).requests.take(clock.now).wait == 1
        clock.now += 1
        assert [(await created.get(client)).requests.take(clock.now).wait for _ in range(2)] == [0, 10]

    async def test_never_above_the_operators_maximum(self):
        database, clock = FakeLimitsDatabase(), Clock()
        client = uuid7()
        database.clients[client] = {"requests": 5000, "rows": None, "sandbox": False}
        assert (await make_allowances(database, clock).get(client)).requests.quota == 100

    async def test_a_sandbox_has_rows_for_a_day_whatever_its_administrator_said(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created, client = make_allowances(database, clock), uuid7()
        database.clients[client] = {"requests": None, "rows": 5, "sandbox": True}
        rows = (await created.get(client)).rows
        assert rows is not None
        assert (rows.quota, rows.window) == (1_000, 86_400)
        database.clients[client]["sandbox"] = False
        clock.now += CLIENT_CACHE_SECONDS
        rows = (await created.get(client)).rows
        assert rows is not None
        assert (rows.quota, rows.window) == (5, 60)

    async def test_a_person_has_no_rows_and_is_known_for_long(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created, user = make_allowances(database, clock), uuid7()
        assert (await created.get(user)).rows is None
        clock.now += USER_CACHE_SECONDS - 1
        await created.get(user)
        assert database.queries == 1

    async def test_memory_is_bounded(self):
        database, clock = FakeLimitsDatabase(), Clock()
        created = make_allowances(database, clock)
        first = uuid7()
        await created.get(first)
        for _ in range(MAX_CACHED_ALLOWANCES):
            await created.get(uuid7())
        await created.get(first)
        assert database.queries == MAX_CACHED_ALLOWANCES + 2


class TestAdmit:
    async def test_a_request_counts_once_however_often_it_is_asked(self):
        database, clock = FakeLimitsDatabase(), Clock()
        app = SimpleNamespace(state=SimpleNamespace(allowances=make_allowances(database, clock)))
        request, user = Request({"type": "http", "app": app}), uuid7()
        for _ in range(3):
            await count_request(request, user)
        quota = Settings().user_requests_per_minute
        assert (await app.state.allowances.get(user)).requests.take(clock.now).left == quota - 2
