"""The one ASGI middleware: request id, body bound, headers, log line, metrics, last resort for defects.

It is one, and plain ASGI, because each layer around a request costs a share of every request's time.
"""

import logging
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.ids import uuid7_text
from app.core.logs import ACCESS, fields, log_request
from app.core.metrics import IN_FLIGHT, observe_request
from app.core.notes import attach_notes, current_request_id
from app.core.problem import InternalError, problem_for, problem_response
from app.core.request_body import bounded_receive

_access = logging.getLogger(ACCESS)
_errors = logging.getLogger("ansinh.error")

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/health", "/metrics")
_CLIENT_GONE = 499

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_POLICY = b"content-security-policy"
_NO_CONTENT_RUNS = b"default-src 'none'; frame-ancestors 'none'"
_NO_FRAMES = b"frame-ancestors 'none'"
_plain_paths: dict[Any, str | None] = {}


class RequestMiddleware:
    """Wraps every HTTP request.

    body_limit: bytes of one body, also after unpacking; files: paths that receive files piece by piece, with theirs.
    """

    def __init__(self, app: ASGIApp, body_limit: int, files: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.body_limit = body_limit
        self.files = dict(files or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.body_limit
        if self.files and scope["method"] == "POST":
            limit = self.files.get(scope["path"].removeprefix(scope.get("root_path", "")), limit)
        await _Exchange(scope, send).run(self.app, bounded_receive(scope, receive, limit))


class _Exchange:
    """One request and its answer."""

    __slots__ = ("_send", "notes", "root", "scope", "started", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.root = len(scope.get("root_path", ""))
        self.notes = attach_notes(scope, _request_id(scope))
        self.status = 0
        self.started = perf_counter()

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        token = current_request_id.set(self.notes.request_id)
        IN_FLIGHT.inc()
        try:
            await app(self.scope, receive, self.send)
        except ClientDisconnect:
            self.status = self.status or _CLIENT_GONE
        except Exception as exc:
            await self.answer_defect(exc, receive)
        finally:
            IN_FLIGHT.dec()
            self.close()
            current_request_id.reset(token)

    async def answer_defect(self, exc: Exception, receive: Receive) -> None:
        """Turn what nobody caught into a problem; once an answer has begun, the server must cut it short."""
        error = problem_for(exc)
        level = logging.ERROR if isinstance(error, InternalError) else logging.WARNING
        _errors.log(level, "unhandled exception", exc_info=exc, extra=fields(code=error.code))
        if self.status:
            raise exc
        await problem_response(self.scope, error)(self.scope, receive, self.send)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            headers += _further_headers(dict(headers), self.scope)
            headers.append((b"x-request-id", self.notes.request_id.encode()))
            headers += self.notes.headers.items()
            message = {**message, "headers": headers}
        await self._send(message)

    def close(self) -> None:
        """Count and log the request."""
        seconds = perf_counter() - self.started
        route, method, status = self.template(), self.scope["method"], self.status or _CLIENT_GONE
        observe_request(method, route, status, seconds)
        if _access.isEnabledFor(logging.DEBUG if route.startswith(_QUIET) else logging.INFO):
            notes = self.notes
            values: dict[str, Any] = {"method": method, "route": route, "status": status}
            values |= {"ms": round(seconds * 1000, 2), "request_id": notes.request_id}
            if notes.actor_kind:
                values |= {"actor_kind": notes.actor_kind, "actor_id": notes.actor_id}
            log_request(values)

    def template(self) -> str:
        """The route's template with its prefixes, such as `/v1/groups/{group_id}`."""
        scope = self.scope
        context = scope.get("fastapi", {}).get("effective_route_context")
        route = getattr(context, "starlette_route", None) or context or scope.get("route")
        path = getattr(route, "path_format", None) or _plain_path(scope)
        return scope.get("root_path", "")[self.root :] + path if path else "unmatched"


def _plain_path(scope: Scope) -> str | None:
    """The template of a plain Starlette route directly in a FastAPI application, which does not note it."""
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    if endpoint not in _plain_paths:
        routes = [route for route in scope["app"].routes if getattr(route, "endpoint", None) is endpoint]
        _plain_paths[endpoint] = routes[0].path_format if routes else None
    return _plain_paths[endpoint]


def _request_id(scope: Scope) -> str:
    """The caller's X-Request-ID when it is a plain word of 8 to 64 characters, else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return bytes(value).decode()
    return uuid7_text()


def _further_headers(present: dict[bytes, bytes], scope: Scope) -> list[tuple[bytes, bytes]]:
    further = [pair for pair in _HEADERS if pair[0] not in present]
    if _POLICY not in present:
        page = present.get(b"content-type", b"").startswith(b"text/html")
        further.append((_POLICY, _NO_FRAMES if page else _NO_CONTENT_RUNS))
    if scope.get("scheme") == "https":
        further.append((b"strict-transport-security", b"max-age=31536000"))
    return further
