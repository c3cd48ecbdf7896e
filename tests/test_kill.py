"""Kill -9 of the API under load, twenty times: nothing acknowledged is lost, nothing is doubled, the books agree."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import IO, Any

import httpx
import pytest

from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.ledger.verification.verify import verify_ledger
from tests.ledger.books import Books, create_books, entry_line

KILLS = 20
WRITERS = 6


@dataclass
class ApiProcesses:
    """One API process at a time, on a socket that outlives it."""

    address: str
    orders: IO[str]
    answers: IO[str]
    pid: int = 0

    def start(self) -> None:
        self.orders.write("\n")
        self.orders.flush()
        self.pid = int(self.answers.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@pytest.fixture
def servers(settings: Settings) -> Iterator[ApiProcesses]:
    """Servers of the application under test, on the loopback address."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        environment = {
            **os.environ,
            "ANSINH_APP_DATABASE_URL": str(settings.app_database_url),
            "ANSINH_SECRET_KEY": str(settings.secret_key),
            "ANSINH_ROLE_PREFIX": settings.role_prefix,
            "ANSINH_USER_REQUESTS_PER_MINUTE": "100000",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking_server", str(listening.fileno())],
            pass_fds=[listening.fileno()], env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        port = listening.getsockname()[1]
        yield ApiProcesses(f"http://127.0.0.1:{port}", process.stdin, process.stdout)
        process.stdin.close()
        assert process.wait(20) == 0
        process.stdout.close()


@dataclass
class WriteLoad:
    """Writers that send each request under its key until it is acknowledged."""

    books: Books
    client: httpx.AsyncClient
    stop: bool = False
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    interrupted: int = 0
    replayed: int = 0
    progress: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, writer: int) -> None:
        for n in count():
            if self.stop:
                return
            members = self.books.members
            if (n + writer) % 3:
                await self.send("/v1/contributions", self.books.entry_body(members[n % 3], n % 50 + 1))
            else:
                sheet = self.books.meeting_body(*(entry_line(member, n % 7 + 1) for member in members))
                await self.send("/v1/meetings", sheet)

    async def send(self, path: str, body: dict[str, Any]) -> None:
        key = str(uuid7())
        headers = {**self.books.treasurer.headers, "Idempotency-Key": key}
        while True:
            try:
                response = await self.client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self.interrupted += 1
                continue
            assert response.status_code == 201, response.text
            self.replayed += response.headers.get("idempotency-replayed") == "true"
            self.acknowledged[key] = response.json()
            self.progress.set()
            return


async def kill_repeatedly(servers: ApiProcesses, load: WriteLoad) -> None:
    """Kill the server in the midst of its work, and start the next."""
    for kill in range(KILLS):
        for _ in range(5 + kill % 7 * 4):
            load.progress.clear()
            await asyncio.wait_for(load.progress.wait(), 30)
        await asyncio.sleep(kill % 5 * 0.003)
        servers.kill()
        servers.start()


async def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(world, client, owner, servers):
    books = await create_books(world, client)
    servers.start()
    async with httpx.AsyncClient(base_url=servers.address, timeout=30) as real:
        load = WriteLoad(books, real)
        writers = [asyncio.create_task(load.write(number)) for number in range(WRITERS)]
        await kill_repeatedly(servers, load)
        load.stop = True
        await asyncio.gather(*writers)

    assert load.interrupted >= KILLS  # the servers were killed while they were at work
    assert load.replayed > 0  # and some of what they did not acknowledge had been done
    written = await owner.fetch(
        "select client_key, id from ledger_txn where group_id = $1 and client_key is not null", books.group.id
    )
    assert {row["client_key"]: str(row["id"]) for row in written} == {
        key: body["id"] for key, body in load.acknowledged.items()
    }
    assert len(written) == len(load.acknowledged)
    total = sum(body.get("total") or body["amount"] for body in load.acknowledged.values())
    assert total == await owner.fetchval(
        "select -posted from account where group_id = $1 and kind = 'cash'", books.group.id
    )
    assert await verify_ledger(owner, [world.province]) == []
