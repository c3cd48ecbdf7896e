"""The corpus of forged tokens, sent to routes of every kind: one answer, 401, and nothing written."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.permissions import Role
from app.core.settings import Settings
from tests.access.attempts import changed_tables, compute_table_digests
from tests.access.matrix import CASES
from tests.access.routes import guard_types, list_routes
from tests.access.scenario.actors import SUBJECT, WOMEN, ActorKind, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario
from tests.auth.forgeries import KINDS, build_forgeries
from tests.auth.login_helpers import make_server_signer

TESTED_ROUTES = (
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

TOKEN_HOLDER = ActorKind(WOMEN, "C1", (Role.UNION_ADMIN,))


async def test_every_kind_of_guard_is_tried(app: FastAPI):
    """Each class of guards is tried by one of the routes above."""
    tried = {type(route.guard) for route in list_routes(app) if route.name in TESTED_ROUTES}
    assert tried == set(guard_types())


@pytest.mark.parametrize("name", TESTED_ROUTES)
async def test_all_are_401(
    name: str,
    scenario: AccessScenario,
    shared_data: dict[Cell, CellData],
    client: httpx.AsyncClient,
    owner: Any,
    settings: Settings,
):
    case = next(case for case in CASES if case.name == name)
    assert case.permission in TOKEN_HOLDER.permissions
    request = await case.build_request(shared_data[SUBJECT])
    corpus = build_forgeries(await make_server_signer(owner, settings, scenario.logins[TOKEN_HOLDER]))
    assert len(corpus) == KINDS
    before = await compute_table_digests(scenario)
    believed = []
    for forgery in corpus:
        headers = {b"Authorization": b"Bearer " + forgery.token.encode("utf-8", "surrogatepass")}
        path = case.path.format_map(request.path)
        write_headers = {b"If-Match": b"1", b"Idempotency-Key": b"forged"}
        response = await client.request(
            case.method,
            path,
            params=request.query,
            json=request.body,
            headers=list((headers | write_headers).items()),
        )
        if response.status_code != 401 or response.json()["status"] != 401:
            believed.append((forgery.name, response.status_code))
    assert believed == []
    assert changed_tables(before, await compute_table_digests(scenario)) == []


async def test_the_honest_token_is_believed(
    scenario: AccessScenario, client: httpx.AsyncClient, owner: Any, settings: Settings
):
    signer = await make_server_signer(owner, settings, scenario.logins[TOKEN_HOLDER])
    response = await client.get("/v1/auth/me", headers={"Authorization": f"Bearer {signer.sign_valid()}"})
    assert response.status_code == 200
