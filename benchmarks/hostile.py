"""`python -m benchmarks.hostile [--strangers]`: what hostile requests cost others, in one run.

Each request alone: the longest wait of health checks on a connection of their own, while it is served. Then 20 of it at
once, every second, beside a healthy client: its 95th percentile, and that of the same client alone. Who attacks is a
process of its own, so that making and sending requests does not hold up who measures.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import median

import uvloop

from benchmarks.http_load import build_request, send_on_connection
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from tests.core.http.server.hostile import Attack, list_anonymous, list_authenticated

MAX_MS = 100.0
MAX_RATIO = 2.0
AT_ONCE = 20
REPEATS = 5
ROUNDS = 4
_LIVE = build_request("GET", "/health/live", None)
_NOTHING = Attack("(nothing)", _LIVE, (200,))


@dataclass
class Probe:
    """A client that sends the same again and again, and notes how long each answer took."""

    port: int
    request: bytes
    pause: float
    ms: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send while the block runs."""
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


async def measure_alone(attackers: Executor, port: int, attack: Attack) -> float:
    """The longest that a health check waits beside one such request, in ms: the median of a few."""
    longest = []
    for _ in range(REPEATS):
        probe = Probe(port, _LIVE, 0.001)
        async with probe.running():
            await asyncio.get_running_loop().run_in_executor(attackers, send_at_once, port, attack, 1)
        longest.append(max(probe.ms))
    return median(longest)


async def measure_beside(attackers: Executor, port: int, healthy: bytes, attack: Attack | None) -> float:
    """The healthy client's 95th percentile in ms, beside 20 such requests at once every second."""
    probe = Probe(port, healthy, 0.005)
    async with probe.running():
        for _ in range(ROUNDS):
            started = time.perf_counter()
            if attack is not None:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(attackers, send_at_once, port, attack, AT_ONCE)
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - started)))
    return probe.percentile(0.95)


async def compare(setup: BenchmarkSetup, attackers: Executor, *, only_strangers: bool) -> None:
    """Print what each request costs."""
    token = setup.officer.token
    async with run_server("app.main:create_app", setup, factory=True, ready="/health/live") as port:
        healthy = build_request("GET", "/v1/members?limit=10", token)
        await measure_beside(attackers, port, healthy, None)
        callers = [] if only_strangers else list_authenticated(token)
        for attack in (_NOTHING, *list_anonymous(), *callers):
            alone = await measure_alone(attackers, port, attack)
            base = await measure_beside(attackers, port, healthy, None)
            beside = await measure_beside(attackers, port, healthy, attack)
            print(
                f"{attack.name:34} one: health waits {alone:6.1f} ms (aim {MAX_MS:.0f});"
                f" {AT_ONCE} at once: p95 {beside:6.1f} ms, without {base:5.1f} ms,"
                f" {beside / base:4.1f} × (aim {MAX_RATIO:.0f})",
                flush=True,
            )


def main() -> None:
    """Fill the database, then compare."""
    with (
        provide_database() as (admin_url, app_url),
        ProcessPoolExecutor(1, get_context("spawn")) as attackers,
    ):
        migrate(admin_url)

        async def run_comparison() -> None:
            setup = await build_setup(admin_url, app_url)
            await compare(setup, attackers, only_strangers="--strangers" in sys.argv)

        uvloop.run(run_comparison())


if __name__ == "__main__":
    main()
