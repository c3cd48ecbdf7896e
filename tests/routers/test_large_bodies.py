"""Large bodies are parsed and validated beside the event loop, small ones in it; of what is wrong a hundred are told."""

import threading
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import pytest

from app.core.http import hot, routing
from app.core.process.threads import LONG_BYTES
from app.core.values.ids import uuid7
from app.core.values.json_flaws import MAX_ERRORS
from app.imports import upload
from app.imports.contributions import intake as contributions
from app.imports.enrolments import service as enrolments
from tests.routers.responses import expect_json
from tests.world import Login, Unit, World

MEETINGS = "/v1/meetings"
ENROLMENTS, CONTRIBUTIONS = "/v1/enrolments/batches", "/v1/contributions/batches"
LONG_TEXT = "x" * LONG_BYTES
WORK = ((routing, "parse_strict"), (hot, "validate_value"), (upload, "parse_strict"), (enrolments, "_validate_batch"), (contributions, "_parse_rows"))  # fmt: skip
"""What is done with a body that may be large."""
Threads = dict[str, set[int]]


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    """In which threads each part of the work was done."""
    seen: Threads = defaultdict(set)

    def watch(module: ModuleType, name: str) -> Callable[..., Any]:
        function = getattr(module, name)

        def call(*args: Any) -> Any:
            seen[f"{module.__name__}.{name}"].add(threading.get_ident())
            return function(*args)

        return call

    for module, name in WORK:
        monkeypatch.setattr(module, name, watch(module, name))
    return seen


@pytest.fixture
async def unit(world: World) -> Unit:
    return await world.unit("womens_union")


async def send(client: httpx.AsyncClient, path: str, login: Login, body: Any) -> httpx.Response:
    headers = login.headers | {"Idempotency-Key": str(uuid7())}
    return await client.post(path, json=body, headers=headers)


def build_sheet(note: str) -> dict[str, Any]:
    """A sheet of which many lines are wrong."""
    return {"group_code": "T-1", "business_date": "2026-01-05", "note": note, "items": [{"x": n} for n in range(150)]}  # fmt: skip


@pytest.mark.parametrize(("note", "is_large"), [("", False), (LONG_TEXT, True)])
async def test_a_sheet(
    client: httpx.AsyncClient, world: World, unit: Unit, threads: Threads, note: str, is_large: bool
):
    officer = await world.user(unit, "union_officer")
    response = await send(client, MEETINGS, officer, build_sheet(note))
    assert response.status_code == 422
    assert len(response.json()["errors"]) == MAX_ERRORS
    assert set(threads) == {"app.core.http.routing.parse_strict", "app.core.http.hot.validate_value"}
    for seen in threads.values():
        assert (threading.get_ident() in seen) is not is_large


@pytest.mark.parametrize(("note", "is_large"), [("", False), (LONG_TEXT, True)])
@pytest.mark.parametrize(
    ("path", "work"),
    [
        (ENROLMENTS, "app.imports.enrolments.service._validate_batch"),
        (CONTRIBUTIONS, "app.imports.contributions.intake._parse_rows"),
    ],
)
async def test_a_batch(
    client: httpx.AsyncClient, world: World, unit: Unit, threads: Threads, path: str, work: str, note: str, is_large: bool
):  # fmt: skip
    partner = await world.partner(unit, "enrolments:write", "contributions:write")
    response = await send(client, path, partner, {"mode": "validate", "items": [{"note": note}] * 3})
    assert expect_json(response)["counts"]["rejected"] == 3
    assert set(threads) == {"app.imports.upload.parse_strict", work}
    for seen in threads.values():
        assert (threading.get_ident() in seen) is not is_large
