"""A started server beside hostile requests: what others notice of one, and of twenty at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from urllib.parse import urlsplit

import httpx
import pytest

from benchmarks.http_load import build_request
from tests.core.http.server.hostile import Attack, build_raw, list_anonymous, list_authenticated
from tests.drill.beside import AT_ONCE, MAX_MS, MAX_RATIO, REPEATS, Beside, measure_alone, measure_beside
from tests.forms.lists.payment_factories import insert_payment
from tests.serve_process import ServeProcess
from tests.started_world import StartedWorld
from tests.world import Login, World

pytestmark = pytest.mark.drill

LOOSE_MS, LOOSE_RATIO = 250.0, 4.0
"""Where a measurement fails; the aims are printed beside it. A busy machine takes longer than they say."""
NOISE_MS = 10.0
"""What a machine's other work adds to any answer."""
TRIES = 3
REQUESTS = "1000000000"
MEMBERS, PAYMENTS = 20, 1_000


@dataclass(frozen=True)
class Target:
    """A started server and somebody who works with it."""

    port: int
    officer: Login
    world: World

    async def list_payments(self) -> Attack:
        """A request for the file of a list of many payments, which is written when it is asked for."""
        unit = await self.world.unit("womens_union", self.world.commune, level="commune")
        group = await self.world.group(unit, members=PAYMENTS)
        for member in group.members:
            await insert_payment(self.world, group, member)
        body = {"form": "d05_ts", "list_date": "2026-11-21", "group_id": str(group.id)}
        headers = self.officer.headers | {"Idempotency-Key": "list"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as client:
            response = await client.post("/v1/exports", json=body, headers=headers)
        assert response.status_code == 201, response.text
        path = urlsplit(response.json()["file_url"]).path
        raw = build_raw("GET", path, ("Authorization", f"Bearer {self.officer.token}"))
        return Attack(f"a list of {PAYMENTS:,} payments", raw, (200,))


@pytest.fixture
def attackers() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        yield executor


@asynccontextmanager
async def start(serve: Callable[..., ServeProcess]) -> AsyncIterator[Target]:
    """One process of the API, so that who measures and who attacks meet in it."""
    served = serve(
        ANSINH_WORKERS="1",
        ANSINH_JOB_WORKERS="0",
        ANSINH_LOG_LEVEL="WARNING",
        ANSINH_USER_REQUESTS_PER_MINUTE=REQUESTS,
        ANSINH_QUOTES_PER_MINUTE=REQUESTS,
    )
    port = urlsplit(await asyncio.to_thread(served.ready)).port
    assert port is not None
    async with StartedWorld.open(served.data_dir) as started:
        unit = await started.world.unit("womens_union")
        await started.world.group(unit, members=MEMBERS)
        officer = await started.world.user(unit, "union_officer")
        yield Target(port, officer, started.world)
    assert not [line for line in served.log_lines() if line.get("status", 0) >= 500]


def test_health_checks_beside_one(
    serve: Callable[..., ServeProcess], attackers: Executor, reported: dict[str, list[str]]
):
    """Of strangers and of callers alike: the median of some tries is near what is promised."""

    async def measure() -> dict[str, float]:
        async with start(serve) as target:
            payments, token = await target.list_payments(), target.officer.token
            tries = [[*list_anonymous(), *list_authenticated(token), payments] for _ in range(REPEATS)]
            return {
                attacks[0].name: await measure_alone(attackers, target.port, attacks)
                for attacks in zip(*tries, strict=True)
            }

    waits = asyncio.run(measure())
    reported[f"ms that a health check waits beside one request (aim {MAX_MS:.0f})"] = [
        f"{name:44}{ms:9.1f}{'' if ms <= MAX_MS else '  beyond the aim'}" for name, ms in waits.items()
    ]
    assert {name: ms for name, ms in waits.items() if ms > LOOSE_MS} == {}


def test_a_healthy_client_beside_twenty_at_once(
    serve: Callable[..., ServeProcess], attackers: Executor, reported: dict[str, list[str]]
):
    """Of strangers: health checks are answered 200 throughout (`measure_beside` raises), and others are slowed little."""

    async def measure() -> dict[str, Beside]:
        async with start(serve) as target:
            healthy = build_request("GET", "/v1/members?limit=10", target.officer.token)
            return {
                attack.name: await measure_fairly(attackers, target.port, healthy, attack)
                for attack in list_anonymous()
            }

    found = asyncio.run(measure())
    heading = f"p95 of a healthy client beside {AT_ONCE} requests at once, ms: alone, beside, ratio (aim {MAX_RATIO:.0f}); health"
    reported[heading] = [
        f"{name:44}{one.alone:9.1f}{one.beside:9.1f}{one.ratio:7.1f}{one.health:9.1f}"
        f"{'' if one.ratio <= MAX_RATIO else '  beyond the aim'}"
        for name, one in found.items()
    ]
    assert {name: one for name, one in found.items() if is_slow(one)} == {}


async def measure_fairly(attackers: Executor, port: int, healthy: bytes, attack: Attack) -> Beside:
    """Measure again what is slow: other work of the machine is not there every time, a defect is."""
    found: list[Beside] = []
    while len(found) < TRIES and (not found or is_slow(found[-1])):
        found.append(await measure_beside(attackers, port, healthy, attack))
    return min(found, key=lambda one: one.ratio)


def is_slow(one: Beside) -> bool:
    return one.beside > LOOSE_RATIO * one.alone + NOISE_MS
