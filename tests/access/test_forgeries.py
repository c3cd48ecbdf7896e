"""The corpus of forged tokens, sent to routes of every kind: one answer, 401, and nothing written."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.permissions import Role
from app.core.settings import Settings
from tests.access.actors import SUBJECT, WOMEN, Cell, Kind
from tests.access.attempts import changed, digest
from tests.access.matrix import LINES
from tests.access.offered import guard_types, offers
from tests.access.spots import Spot
from tests.access.stage import Stage
from tests.auth.forgeries import forgeries
from tests.auth.logins import server_signer

TRIED = (
    "GET /v1/auth/me",
    "GET /v1/groups",
    "PATCH /v1/groups/{group_id}",
    "POST /v1/members",
    "GET /v1/members",
    "GET /v1/contributions",
    "POST /v1/contributions",
    "POST /v1/meetings",
    "GET /v1/stats/summary",
)
"""Session routes and hot routes, that read and that write."""

HOLDER = Kind(WOMEN, "C1", (Role.UNION_ADMIN,))


async def test_every_kind_of_guard_is_tried(app: FastAPI):
    """Each class of guards stands before one of the routes below."""
    tried = {type(offer.guard) for offer in offers(app) if offer.name in TRIED}
    assert tried == set(guard_types())


@pytest.mark.parametrize("name", TRIED)
async def test_all_are_401(
    name: str,
    stage: Stage,
    standing: dict[Cell, Spot],
    client: httpx.AsyncClient,
    owner: Any,
    settings: Settings,
):
    line = next(line for line in LINES if line.name == name)
    assert line.permission in HOLDER.permissions
    sent = await line.make(standing[SUBJECT])
    corpus = forgeries(await server_signer(owner, settings, stage.logins[HOLDER]))
    assert len(corpus) > 40
    before = await digest(stage)
    believed = []
    for forgery in corpus:
        headers = {b"Authorization": b"Bearer " + forgery.token.encode("utf-8", "surrogatepass")}
        path = line.path.format_map(sent.path)
        more = {b"If-Match": b"1", b"Idempotency-Key": b"forged"}
        answer = await client.request(
            line.method, path, params=sent.query, json=sent.body, headers=list((headers | more).items())
        )
        if answer.status_code != 401 or answer.json()["status"] != 401:
            believed.append((forgery.name, answer.status_code))
    assert believed == []
    assert changed(before, await digest(stage)) == []


async def test_the_honest_token_is_believed(
    stage: Stage, client: httpx.AsyncClient, owner: Any, settings: Settings
):
    signer = await server_signer(owner, settings, stage.logins[HOLDER])
    answer = await client.get("/v1/auth/me", headers={"Authorization": f"Bearer {signer.good()}"})
    assert answer.status_code == 200
