"""Another secret key on one machine, with its commands: `ansinh secrets reseal` is killed again and again meanwhile."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.webhooks.sending.signing import build_secret_sealer
from tests.auth.login_helpers import PASSWORD, set_password
from tests.serve_process import (
    ANSINH,
    SECONDS,
    ServeProcess,
    clean_environment,
    run_ansinh,
    run_sql,
    wait_for,
)
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

KILLS = 5
VALUES = 20_000
"""Enough to last longer than it takes to see that it has begun."""


def read_keys(data_dir: Path) -> tuple[str, ...]:
    """The keys of the file, the current one first."""
    secrets = json.loads((data_dir / "secrets.json").read_text())
    return (secrets["secret_key"], *secrets.get("secret_key_before", ()))


def read_values(data_dir: Path) -> dict[Any, bytes]:
    rows = run_sql(data_dir, "select id, sealed from webhook_secret")
    return {row["id"]: row["sealed"] for row in rows}


def refresh(address: str, tokens: dict[str, Any]) -> dict[str, Any]:
    """Refresh the session, and use it."""
    body = {"refresh_token": tokens["refresh_token"]}
    answer = httpx.post(f"{address}/v1/auth/refresh", json=body, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    pair: dict[str, Any] = answer.json()
    for access_token in (tokens["access_token"], pair["access_token"]):
        headers = {"Authorization": f"Bearer {access_token}"}
        assert httpx.get(f"{address}/v1/auth/me", headers=headers, timeout=SECONDS).status_code == 200
    return pair


async def fill(data_dir: Path) -> tuple[str, dict[Any, bytes]]:
    """A user, and the table of secrets full. Returns: the user's name, and the keys of endpoints by their rows."""
    async with StartedWorld.open(data_dir) as started:
        user = await started.world.user(await started.world.unit("womens_union"), "viewer")
        await set_password(started.owner, user)
        endpoint = await started.owner.fetchval(
            "insert into webhook (id, network, organisation_id, url, created_by)"
            " select $1, network, id, 'https://partner.example/', $2 from organisation where id = $3 returning id",
            uuid7(), user.id, user.organisation_id,
        )  # fmt: skip
        sealer = build_secret_sealer(read_keys(data_dir))
        values = {uuid7(): number.to_bytes(32, "big") for number in range(VALUES)}
        rows = [(id_, endpoint, sealer.seal(id_, value)) for id_, value in values.items()]
        await started.owner.executemany(
            "insert into webhook_secret (id, webhook_id, sealed) values ($1, $2, $3)", rows
        )
    return user.username, values


def log_in(address: str, username: str) -> dict[str, Any]:
    body = {"username": username, "password": PASSWORD}
    answer = httpx.post(f"{address}/v1/auth/login", json=body, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    pair: dict[str, Any] = answer.json()
    return pair


def reseal_and_kill(data_dir: Path) -> str:
    """Kill a reseal as soon as it has sealed anything anew. Returns: what it did until then."""
    before = read_values(data_dir)
    resealing = subprocess.Popen(
        [*ANSINH, "secrets", "reseal", "--write"], env=clean_environment(data_dir), stdout=subprocess.DEVNULL
    )
    wait_for(lambda: read_values(data_dir) != before or resealing.poll() is not None)
    resealing.kill()
    resealing.wait()
    after = read_values(data_dir)
    return f"{sum(after[id_] != before[id_] for id_ in before)} of {VALUES} sealed anew"


def test_killed_again_and_again_it_loses_nothing(
    serve: Callable[..., ServeProcess], data_dir: Path, reported: dict[str, list[str]]
):
    first = serve()
    address = first.ready()
    username, values = asyncio.run(fill(data_dir))
    tokens = log_in(address, username)
    assert run_ansinh(data_dir, "secrets", "replace").returncode == 0
    refused = run_ansinh(data_dir, "secrets", "reseal", "--write")
    assert (refused.returncode, refused.stdout) == (1, ""), "this server knows no new key"
    assert first.stop(signal.SIGTERM) == 0
    new, old = read_keys(data_dir)
    second = serve()
    address = second.ready()
    tokens = refresh(address, tokens)

    either, alone, told = build_secret_sealer((new, old)), build_secret_sealer((new,)), []
    for _ in range(KILLS):
        told.append(reseal_and_kill(data_dir))
        assert {id_: either.unseal(id_, sealed) for id_, sealed in read_values(data_dir).items()} == values
        tokens = refresh(address, tokens)
    assert not told[0].startswith(("0 of", f"{VALUES} of")), told
    written = run_ansinh(data_dir, "secrets", "reseal", "--write")
    assert written.returncode == 0, written.stdout + written.stderr
    assert f"khóa webhook: {VALUES} giá trị" in written.stdout
    assert written.stdout.count("còn lại 0, không mở được 0") == 3
    assert {id_: alone.unseal(id_, sealed) for id_, sealed in read_values(data_dir).items()} == values
    assert run_ansinh(data_dir, "secrets", "forget").returncode == 0
    assert second.stop(signal.SIGTERM) == 0
    assert read_keys(data_dir) == (new,)
    refresh(serve().ready(), tokens)
    reported["a reseal that was killed"] = told
