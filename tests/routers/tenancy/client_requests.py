"""Requests of the tests of partner systems."""

from typing import Any

import httpx

from app.core.values.ids import uuid7
from tests.insurance.enrolment_scenario import BATCHES
from tests.world import Login

PATH = "/v1/clients"
SCOPES = ["enrolments:write", "members:write", "contributions:write", "stats:read"]


async def edit_client(
    client: httpx.AsyncClient, login: Login, id_: Any, version: int = 1, **fields: Any
) -> httpx.Response:
    """Edit a partner system as an administrator."""
    headers = login.headers | {"If-Match": f'"{version}"'}
    return await client.patch(f"{PATH}/{id_}", json=fields, headers=headers)


async def send_batch(
    client: httpx.AsyncClient, login: Login, *rows: dict[str, Any], mode: str = "partial", key: str = ""
) -> httpx.Response:
    """Send a batch of enrolments, under a new key unless one is given."""
    headers = login.headers | {"Idempotency-Key": key or str(uuid7())}
    return await client.post(BATCHES, json={"mode": mode, "items": rows}, headers=headers)
