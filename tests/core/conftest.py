"""A small application with every kind of route, behind the real middleware and handlers."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import pytest
from fastapi import APIRouter, Depends, FastAPI, Form, Header, Query, Request
from httpx import ASGITransport, AsyncClient
from pydantic import Field
from starlette.responses import JSONResponse
from starlette.routing import Mount
from starlette.routing import Route as PlainRoute

from app.core.errors import DomainError, Unauthenticated
from app.core.http.metrics import metrics_endpoint
from app.core.http.middleware import RequestMiddleware
from app.core.http.parameters.page_query import PageQuery
from app.core.http.problem import install_error_handlers
from app.core.http.request_context import set_request_actor
from app.core.http.router import StrictRouter
from app.core.http.routing import StrictRoute
from app.core.values.bodies import RequestBody, validate
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.paging import Page, use_cursor_secrets
from app.core.values.text import Name, NationalId
from app.core.values.time import Day

BODY_LIMIT = 16 * 1024
"""What routes read that ask nobody who is calling."""


class Item(RequestBody):
    name: Name
    amount: Dong
    day: Day | None = None
    national_id: NationalId | None = None
    kind: Literal["saving", "sale"] = "saving"
    weight: float | None = None


class Sheet(RequestBody):
    items: Annotated[list[Item], Field(min_length=1, max_length=5)]
    note: str | None = None
    extra: dict[str, str | int] | None = None


class AlreadyDone(DomainError):
    status, code = 409, "already_done"
    vi, en = "Việc này đã làm rồi.", "This has been done already."


async def require_caller(request: Request) -> str:
    if request.headers.get("authorization") != "Bearer good":
        raise Unauthenticated
    set_request_actor(request.scope, "user", "01928f00-0000-7000-8000-000000000000")
    return "good"


Caller = Annotated[str, Depends(require_caller)]
router = StrictRouter(prefix="/things", tags=["things"])


@router.post("", status_code=201)
async def create(body: Sheet, who: Caller) -> dict[str, Any]:
    return {"count": len(body.items), "names": [item.name for item in body.items]}


@router.get("")
async def list_things(
    page: PageQuery,
    who: Caller,
    q: str | None = None,
    kind: Annotated[list[str] | None, Query()] = None,
    least: Annotated[int, Query(ge=0)] = 0,
) -> Page[int]:
    after = page.after[0] if page.after else 0
    assert isinstance(after, int)
    rows = list(range(after + 1, 201))[: page.limit + 1]
    return Page(items=rows[: page.limit], next_cursor=page.next_cursor(rows, lambda row: (row,)))


@router.get("/{thing_id}")
async def read(thing_id: Uuid, who: Caller) -> dict[str, UUID]:
    return {"id": thing_id}


@router.patch("/{thing_id}")
async def edit(thing_id: Uuid, if_match: Annotated[int, Header()], body: Item | None = None) -> bool:
    return body is None


@router.delete("/{thing_id}", status_code=204)
async def remove(thing_id: str, idempotency_key: Annotated[str, Header()]) -> None:
    return None


other = APIRouter(route_class=StrictRoute)


@other.get("/fails/{kind}")
async def fail(kind: str) -> None:
    raise {
        "done": AlreadyDone(),
        "defect": RuntimeError("secret 042184000123"),
        "unique": asyncpg.UniqueViolationError("Key (national_id)=(042184000123) already exists"),
        "away": ConnectionRefusedError("secret"),
    }[kind]


@other.post("/form")
async def post_form(grant: Annotated[str, Form()]) -> str:
    return grant


@other.post("/raw")
async def post_raw(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@other.post("/by-hand")
async def by_hand(request: Request) -> Any:
    return await request.json()


async def hot_endpoint(request: Request) -> JSONResponse:
    item = validate(await request.body(), Item)
    return JSONResponse({"name": item.name})


def build_app() -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(RequestMiddleware)
    app.routes.append(Mount("/fast", routes=[PlainRoute("/items/{item_id}", hot_endpoint, methods=["POST"])]))
    app.add_route("/metrics", metrics_endpoint)
    nested = APIRouter(prefix="/v1")
    nested.include_router(router)
    app.include_router(nested)
    app.include_router(other)
    return app


@pytest.fixture
def app() -> FastAPI:
    use_cursor_secrets("a secret of the tests, 32 characters")
    return build_app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client that is logged in."""
    headers = {"Authorization": "Bearer good"}
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://test", headers=headers
    ) as http_client:
        yield http_client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client without a login."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as http_client:
        yield http_client


@pytest.fixture
def valid_body() -> Callable[..., dict[str, Any]]:
    """A valid body for POST /v1/things."""
    return lambda **changes: {"items": [{"name": "Đào", "amount": 10000} | changes]}
