"""How much of a body a route reads, who is asked before, and what gzip may become."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Request
from httpx import ASGITransport, AsyncClient
from starlette.types import Message

from app.core.errors import BodyTooLarge, MalformedBody, Unauthenticated
from app.core.http.middleware import RequestMiddleware
from app.core.http.problem import install_error_handlers
from app.core.http.request_body import (
    KIB,
    MAX_GZIP_MEMBERS,
    MAX_GZIP_RATIO,
    PUBLIC_BODY,
    SMALL_BODY,
    BodyLimits,
    ExpandsTooMuch,
    limit_receive,
)
from app.core.http.router import StrictRouter
from app.core.http.routing import MAX_PARAMETERS, before_body
from app.core.values.bodies import RequestBody
from app.core.values.wording import format_amount

MIB = 1024 * KIB


class Text(RequestBody):
    text: str = ""


@before_body
async def authenticate(request: Request) -> str:
    if request.headers.get("authorization") != "Bearer good":
        raise Unauthenticated
    return "good"


Caller = Annotated[str, Depends(authenticate)]
router = StrictRouter(prefix="/v1/bodies")


@router.post("/public")
async def post_public(body: Text) -> int:
    return len(body.text)


@router.post("/ordinary")
async def post_ordinary(body: Text, who: Caller) -> int:
    return len(body.text)


@router.post("/large", body_limits=BodyLimits(256 * KIB, values=3))
async def post_large(body: Text, who: Caller) -> int:
    return len(body.text)


@router.patch("/chosen", body_limits=BodyLimits(lambda request: int(request.headers["x-most"])))
async def patch_chosen(body: Text, who: Caller) -> int:
    return len(body.text)


@router.get("/nothing")
async def get_nothing(who: Caller, q: str | None = None) -> str:
    return q or ""


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(RequestMiddleware)
    app.include_router(router)
    headers = {"Authorization": "Bearer good"}
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://test", headers=headers
    ) as http_client:
        yield http_client


def body_of(size: int) -> bytes:
    """A valid body of so many bytes, most of them blanks."""
    return b'{"text": "a"' + b" " * (size - 13) + b"}"


class TestSizes:
    @pytest.mark.parametrize(
        ("method", "path", "limit"),
        [
            ("POST", "public", PUBLIC_BODY.size),
            ("POST", "ordinary", SMALL_BODY.size),
            ("POST", "large", 256 * KIB),
            ("PATCH", "chosen", 1000),
        ],
    )
    async def test_the_limit_itself_passes_and_no_more(self, client, method: str, path: str, limit: int):
        for size, status in ((limit, 200), (limit + 1, 413)):
            for content in (body_of(size), _in_pieces(body_of(size))):
                response = await client.request(
                    method,
                    f"/v1/bodies/{path}",
                    content=content,
                    headers={"Content-Type": "application/json", "X-Most": "1000"},
                )
                assert response.status_code == status, response.text
        assert response.headers["connection"] == "close"
        assert f"{format_amount(limit)} byte" in response.json()["detail"]

    async def test_also_when_unpacked(self, client):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        for size, status in ((64 * KIB, 200), (64 * KIB + 1, 413)):
            packed = gzip.compress(body_of(size))
            response = await client.post("/v1/bodies/ordinary", content=packed, headers=headers)
            assert response.status_code == status

    async def test_values_are_counted_by_the_route(self, client):
        for path, code in (("ordinary", "extra_forbidden"), ("large", "too_many_values")):
            response = await client.post(f"/v1/bodies/{path}", json={"a": [1, 2, 3]})
            assert [error["code"] for error in response.json()["errors"]] == [code]

    async def test_so_are_parameters(self, client):
        response = await client.get(f"/v1/bodies/nothing?{'q=1&' * MAX_PARAMETERS}")
        assert response.status_code == 422
        assert [error["code"] for error in response.json()["errors"]] == ["too_many_parameters"]


class TestWhoBeforeWhat:
    """Nothing of a body is read of which nobody knows whose it is."""

    @pytest.mark.parametrize("authorization", [None, "Bearer bad", "Basic good"])
    @pytest.mark.parametrize("path", ["ordinary", "large"])
    async def test_a_stranger_is_refused_unread(self, client, path: str, authorization: str | None):
        app = client._transport.app
        headers = [(b"host", b"test"), (b"content-type", b"application/json"), (b"content-length", b"999")]
        if authorization:
            headers.append((b"authorization", authorization.encode()))
        sent = await _call(app, {"method": "POST", "path": f"/v1/bodies/{path}", "headers": headers})
        assert sent[0]["status"] == 401

    async def test_a_body_that_is_too_long_is_refused_unread(self, client):
        headers = [(b"host", b"test"), (b"content-length", b"16385")]
        scope = {"method": "POST", "path": "/v1/bodies/public", "headers": headers}
        sent = await _call(client._transport.app, scope)
        assert sent[0]["status"] == 413
        assert (b"connection", b"close") in sent[0]["headers"]


class TestGzip:
    async def test_pieces_come_out_as_one(self):
        content = json.dumps(list(range(400_000))).encode()
        assert await _unpack(gzip.compress(content), 4 * MIB, piece=1000) == content
        assert await _unpack(gzip.compress(content), len(content)) == content

    async def test_members(self):
        members = [gzip.compress(b"%d" % n) for n in range(MAX_GZIP_MEMBERS)]
        assert await _unpack(b"".join(members), MIB) == b"".join(b"%d" % n for n in range(MAX_GZIP_MEMBERS))
        with pytest.raises(MalformedBody) as exc_info:
            await _unpack(b"".join([*members, members[0]]), MIB)
        assert exc_info.value.errors[0].code == "gzip_members"

    async def test_ratio(self):
        bomb = gzip.compress(b"\n" * 50 * MIB)
        assert len(bomb) * MAX_GZIP_RATIO < 50 * MIB
        with pytest.raises(ExpandsTooMuch) as exc_info:
            await _unpack(bomb, 1024 * MIB)
        assert exc_info.value.status == 413
        assert await _unpack(gzip.compress(b"\n" * 4 * MIB), 1024 * MIB) == b"\n" * 4 * MIB

    async def test_limit(self):
        with pytest.raises(BodyTooLarge):
            await _unpack(gzip.compress(b"a" * 1001), 1000)


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 5000):
        yield content[at : at + 5000]


async def _unpack(packed: bytes, limit: int, piece: int = 1 << 30) -> bytes:
    """Receive a packed body of the network's pieces."""
    pieces = [packed[at : at + piece] for at in range(0, len(packed), piece)]

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    limited = limit_receive({"method": "POST", "headers": [(b"content-encoding", b"gzip")]}, receive, limit)
    parts, more = [], True
    while more:
        message = await limited()
        parts.append(message["body"])
        assert len(parts[-1]) <= 256 * KIB
        more = message["more_body"]
    return b"".join(parts)


async def _call(app: Any, scope: dict[str, Any]) -> list[Message]:
    """Call an application whose request has a body that must not be read."""
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    whole: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "query_string": b"",
        "root_path": "",
    }
    await app(whole | {"raw_path": scope["path"].encode(), "server": ("test", 80)} | scope, receive, send)
    return sent
