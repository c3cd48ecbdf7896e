"""No descriptors left: idle connections take them all while PostgreSQL is killed; all is well again when they go."""

import asyncio
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.drill.load import Load, LoadWorld, check_books
from tests.serve_process import ServeProcess, run_ansinh, wait_for
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

IDLE = 600


def test_idle_connections_beside_load(serve: Callable[..., ServeProcess]):
    served = serve(descriptors=(160, 160), ANSINH_WORKERS="2")
    address = served.ready()
    asyncio.run(starve(served, address))
    result = run_ansinh(served.data_dir, "verify")
    assert result.returncode == 0, result.stdout + result.stderr


async def starve(served: ServeProcess, address: str) -> None:
    parts = urlsplit(address)
    async with StartedWorld.open(served.data_dir) as started:
        world = await LoadWorld.create(started)
    async with Load(address, world) as load:
        await asyncio.sleep(2)
        idle = [socket.create_connection((parts.hostname, parts.port), 10) for _ in range(IDLE)]
        try:
            killed = served.postmaster()
            killed.kill()
            assert await asyncio.to_thread(wait_for, lambda: has_other_postmaster(served, killed.pid))
            answers = [await ask(f"{address}/health/live") for _ in range(20)]
            assert 200 in answers
            assert set(answers) <= {200, 503}
        finally:
            for connection in idle:
                connection.close()
        assert await asyncio.to_thread(served.is_ready, address)
        await load.finish()
    assert load.statuses[500] == 0
    assert any("PostgreSQL" in str(line.get("message")) for line in served.log_lines())
    async with StartedWorld.open(served.data_dir) as started:
        await check_books(started, load)


def has_other_postmaster(served: ServeProcess, pid: int) -> bool:
    try:
        return bool(served.postmaster().pid != pid)
    except (OSError, IndexError, ValueError, psutil.Error):  # it is only just being started
        return False


async def ask(url: str) -> int:
    """A new connection's answer; one that waits long is as good as none."""
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(url)).status_code
