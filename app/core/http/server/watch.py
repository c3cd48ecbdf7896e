"""Watches all connections of a process: what takes too long is ended once a second, what is too many is not let in.

One timer for all connections costs less than a few for each request.
"""

import asyncio
from collections.abc import Iterable
from typing import Final, Protocol, cast
from weakref import WeakKeyDictionary

from uvicorn.server import ServerState

from app.core.http.metrics import CONNECTIONS
from app.core.http.server.limits import SURPLUS_CONNECTIONS, ConnectionLimits

SWEEP_SECONDS: Final = 1.0


class WatchedConnection(Protocol):
    """What the watch knows of a connection."""

    def check(self, now: float) -> None:
        """End the connection if something takes too long."""

    def get_idle_since(self) -> float | None:
        """Since when no request is under way; None while one is."""

    def end_idle(self) -> None:
        """Close it, idle as it is."""


class ConnectionWatch:
    """The connections of one server."""

    def __init__(
        self, server_state: ServerState, loop: asyncio.AbstractEventLoop, limits: ConnectionLimits
    ) -> None:
        # The set is the server's own, and lives as long as it does.
        self._connections = cast(set[WatchedConnection], server_state.connections)
        self._loop, self._limits = loop, limits
        self._timer: asyncio.TimerHandle | None = None

    def admit(self, newcomer: WatchedConnection) -> bool:
        """Whether a connection, already among the others, may stay; the longest idle make room for it.

        Who floods has most of the idle ones, and who has something to ask asks it at once.
        """
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        surplus = len(self._connections) - self._limits.connections
        if surplus > 0:
            # Some more than needed, so that a flood does not sort them all at every arrival.
            self._end_idle(surplus + self._limits.connections // 16, newcomer)
        return len(self._connections) <= self._limits.connections + SURPLUS_CONNECTIONS

    @property
    def is_full(self) -> bool:
        """Whether more connections are open than are served."""
        return len(self._connections) > self._limits.connections

    def _end_idle(self, count: int, newcomer: WatchedConnection) -> None:
        idle = [
            (since, id(connection), connection)
            for connection in self._connections
            if connection is not newcomer and (since := connection.get_idle_since()) is not None
        ]
        for _, _, connection in sorted(idle)[:count]:
            connection.end_idle()
            self._connections.discard(connection)

    def _sweep(self) -> None:
        now = self._loop.time()
        self._timer = None
        _check_all(list(self._connections), now)
        CONNECTIONS.set(len(self._connections))
        if self._connections:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)


def _check_all(connections: Iterable[WatchedConnection], now: float) -> None:
    for connection in connections:
        connection.check(now)


_watches: WeakKeyDictionary[ServerState, ConnectionWatch] = WeakKeyDictionary()


def get_watch(
    server_state: ServerState, loop: asyncio.AbstractEventLoop, limits: ConnectionLimits
) -> ConnectionWatch:
    """The watch of a server, made with its first connection."""
    watch = _watches.get(server_state)
    if watch is None:
        watch = _watches[server_state] = ConnectionWatch(server_state, loop, limits)
    return watch
