"""What hostile requests cost others: how long health checks wait beside one, and a healthy client beside twenty at once.

Who attacks is a process of its own (`attackers`), so that making and sending requests does not hold up who measures.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from statistics import median

from benchmarks.http_load import build_request, send_on_connection
from tests.core.http.server.hostile import Attack

MAX_MS = 100.0
"""The aim: how long a health check waits beside any one request."""
MAX_RATIO = 2.0
"""The aim: a healthy client's 95th percentile beside 20 requests at once, as a multiple of that alone."""
AT_ONCE = 20
REPEATS = 5
ROUNDS = 4
LIVE = build_request("GET", "/health/live", None)


@dataclass
class Probe:
    """A client that sends the same again and again, and notes how long each answer took; each must be 200."""

    port: int
    request: bytes
    pause: float
    ms: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send while the block runs. Raises: AssertionError at its end, when an answer was another."""
        task = asyncio.create_task(self._send())
        try:
            await asyncio.sleep(0.1)
            yield
        finally:
            if task.done():
                task.result()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _send(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                started = time.perf_counter()
                status, _ = await send_on_connection(reader, writer, self.request)
                self.ms.append((time.perf_counter() - started) * 1000)
                assert status == 200, status
                await asyncio.sleep(self.pause)
        finally:
            writer.close()

    def percentile(self, share: float) -> float:
        """The time that so many of the answers took at most, in ms."""
        return sorted(self.ms)[int((len(self.ms) - 1) * share)]


@dataclass(frozen=True)
class Beside:
    """The healthy client's 95th percentile alone and beside an attack, and the longest that a health check waited: ms."""

    alone: float
    beside: float
    health: float

    @property
    def ratio(self) -> float:
        return self.beside / self.alone


def send_at_once(port: int, attack: Attack, count: int) -> None:
    """Send so many of one request, each on a connection of its own.

    Raises: AssertionError for an answer with another status than it may have.
    """

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b""
        with suppress(ConnectionError):  # it may be refused before it was sent
            for at in range(0, len(attack.raw), 65536):
                writer.write(attack.raw[at : at + 65536])
                await writer.drain()
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert int(head[9:12] or 0) in attack.statuses, f"{attack.name}: {head[:200]!r}"

    async def send_all() -> None:
        await asyncio.gather(*(send() for _ in range(count)))

    asyncio.run(send_all())


async def measure_alone(attackers: Executor, port: int, attacks: Sequence[Attack]) -> float:
    """The longest that a health check waits beside one request, in ms: the median over these, each sent once."""
    longest = []
    for attack in attacks:
        probe = Probe(port, LIVE, 0.001)
        async with probe.running():
            await asyncio.get_running_loop().run_in_executor(attackers, send_at_once, port, attack, 1)
        longest.append(max(probe.ms))
    return median(longest)


async def measure_beside(attackers: Executor, port: int, healthy: bytes, attack: Attack) -> Beside:
    """The healthy client beside 20 such requests at once every second; health checks are answered 200 throughout."""
    alone, _ = await _measure_healthy(attackers, port, healthy, None)
    beside, health = await _measure_healthy(attackers, port, healthy, attack)
    return Beside(alone, beside, health)


async def _measure_healthy(
    attackers: Executor, port: int, healthy: bytes, attack: Attack | None
) -> tuple[float, float]:
    probe, health = Probe(port, healthy, 0.005), Probe(port, LIVE, 0.05)
    async with probe.running(), health.running():
        for _ in range(ROUNDS):
            started = time.perf_counter()
            if attack is not None:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(attackers, send_at_once, port, attack, AT_ONCE)
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - started)))
    return probe.percentile(0.95), max(health.ms)
