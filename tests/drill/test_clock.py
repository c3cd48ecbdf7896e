"""A clock that is a day wrong, and one that is put right while the server runs: nobody is kept out by a defect, and the
books are right at the end."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.auth.login_helpers import PASSWORD, set_password
from tests.drill.load import CONTRIBUTIONS
from tests.ledger.books import Books, create_books
from tests.serve_process import ServeProcess, run_ansinh
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

DAY = 24 * 3600


@pytest.mark.parametrize("begins_at", [0, DAY, -DAY], ids=["right", "ahead", "behind"])
def test_jumps_of_a_day(serve: Callable[..., ServeProcess], data_dir: Path, begins_at: int):
    clock = data_dir.parent / "clock"
    set_clock(clock, begins_at)
    path = str(Path(__file__).parent / "clock")
    served = serve(ANSINH_WORKERS="2", PYTHONPATH=path, ANSINH_DRILL_CLOCK=str(clock))
    asyncio.run(jump(served, served.ready(), clock, begins_at))
    result = run_ansinh(served.data_dir, "verify")
    assert result.returncode == 0, result.stdout + result.stderr


def set_clock(clock: Path, seconds: int) -> None:
    """Say by how many seconds it is wrong, in one step for those who read it."""
    new = clock.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(clock)


async def jump(served: ServeProcess, address: str, clock: Path, begins_at: int) -> None:
    async with (
        StartedWorld.open(served.data_dir) as started,
        httpx.AsyncClient(base_url=address, timeout=30) as client,
    ):
        books = await create_books(started.world, client)
        await set_password(started.owner, books.treasurer)
        recorded = []
        for offset in (begins_at, 0, DAY, 0, -DAY, 0) if not begins_at else (begins_at, 0, begins_at):
            set_clock(clock, offset)
            headers = await log_in(client, books)
            assert (await client.get("/v1/auth/me", headers=headers)).status_code == 200
            for _ in range(3):
                recorded.append(await record(client, books, headers))
            assert (await client.get("/health/ready")).status_code == 200
        order = await started.owner.fetch(
            "select p.txn_id from posting p join account a on a.id = p.account_id"
            " where a.group_id = $1 and a.kind = 'cash' order by p.account_version",
            books.group.id,
        )
        assert [str(row["txn_id"]) for row in order] == recorded
        instants = await started.owner.fetch(
            "select t.recorded_at from ledger_txn t join posting p on p.txn_id = t.id"
            " join account a on a.id = p.account_id where a.group_id = $1 and a.kind = 'cash'"
            " order by p.account_version",
            books.group.id,
        )
        assert instants == sorted(instants)
    assert not [line for line in served.log_lines() if line.get("status", 0) >= 500]


async def log_in(client: httpx.AsyncClient, books: Books) -> dict[str, str]:
    """Log in, and refresh: what another clock issued is accepted, or refused in words (401)."""
    body = {"username": books.treasurer.username, "password": PASSWORD}
    response = await client.post("/v1/auth/login", json=body)
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    refreshed = await client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 200, refreshed.text
    return {"Authorization": f"Bearer {refreshed.json()['access_token']}"}


async def record(client: httpx.AsyncClient, books: Books, headers: dict[str, str]) -> str:
    """Record one contribution of a day long past, which no clock takes for the future. Returns: its id."""
    body = books.entry_body(books.members[0], 1_000) | {"business_date": "2026-01-05"}
    key = {"Idempotency-Key": str(uuid7())}
    response = await client.post(CONTRIBUTIONS, json=body, headers=headers | key)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])
