"""The outer ASGI middleware: request id, headers, access log, metrics, unhandled exceptions, refusals of the server.

It is plain ASGI, because each layer around a request costs a share of every request's time.
"""

import logging
import re
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import Unavailable
from app.core.http.fastapi_private import get_effective_path
from app.core.http.headers import list_default_headers
from app.core.http.metrics import IN_FLIGHT, name_method, observe_request
from app.core.http.problem import InternalError, error_for_exception, problem_response
from app.core.http.request_body import UnreadBody
from app.core.http.request_context import REFUSAL_KEY, attach_context
from app.core.process.access_log import ACCESS_LOGGER, log_request
from app.core.process.logs import log_fields
from app.core.process.request_id import current_request_id
from app.core.values.ids import uuid7_text

_access = logging.getLogger(ACCESS_LOGGER)
_errors = logging.getLogger("ansinh.error")

_VALID_REQUEST_ID = re.compile(rb"(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._-]{8,64}")
"""With a letter at least: an id that is logged must not be the number of a person."""
_QUIET_PATHS = ("/health", "/metrics")
_CLIENT_CLOSED_REQUEST = 499

_starlette_paths: dict[Any, str | None] = {}


class RequestMiddleware:
    """Wraps every HTTP request. What the server itself refused (core/http/server) is answered here like all else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # is GET without the body, which the server leaves out by its own scope
            scope = {**scope, "method": "GET"}
        app = _answer_refusal if REFUSAL_KEY in scope else self.app
        await _RequestCycle(scope, send).run(app, UnreadBody(scope, receive))


async def _answer_refusal(scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(scope, scope[REFUSAL_KEY])(scope, receive, send)


class _RequestCycle:
    """One request and its answer."""

    __slots__ = ("_send", "context", "root_length", "scope", "started", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.root_length = len(scope.get("root_path", ""))
        self.context = attach_context(scope, _request_id(scope))
        self.status = 0
        self.started = perf_counter()

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        token = current_request_id.set(self.context.request_id)
        IN_FLIGHT.inc()
        try:
            await app(self.scope, receive, self.send)
        except ClientDisconnect:
            self.status = self.status or _CLIENT_CLOSED_REQUEST
        except Exception as exc:
            await self.handle_exception(exc, receive)
        finally:
            IN_FLIGHT.dec()
            self.record_request()
            current_request_id.reset(token)

    async def handle_exception(self, exc: Exception, receive: Receive) -> None:
        """Answer an exception as a problem; once an answer has begun, re-raise so that the server cuts it.

        A defect is logged. What the database refused (a number that is taken) is an ordinary answer: its access line
        has the code.
        """
        error = error_for_exception(exc)
        if isinstance(error, InternalError):
            _errors.error("unhandled exception", exc_info=exc, extra=log_fields(code=error.code))
        elif isinstance(error, Unavailable) or self.status:
            _errors.warning("%s", exc, extra=log_fields(code=error.code))
        if self.status:
            raise exc
        await problem_response(self.scope, error)(self.scope, receive, self.send)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = message.get("headers", ())
            message["headers"] = [
                *own,
                *list_default_headers(own, self.scope.get("scheme") == "https"),
                (b"x-request-id", self.context.request_id.encode()),
                *self.context.headers.items(),
            ]
        await self._send(message)

    def record_request(self) -> None:
        """Count and log the request."""
        seconds = perf_counter() - self.started
        route, method = self.route_template(), name_method(self.scope["method"])
        status = self.status or _CLIENT_CLOSED_REQUEST
        observe_request(method, route, status, seconds)
        if _access.isEnabledFor(logging.DEBUG if route.startswith(_QUIET_PATHS) else logging.INFO):
            context = self.context
            actor = (context.actor_kind, context.actor_id or "") if context.actor_kind else None
            log_request(
                method, route, status, seconds, context.request_id, actor=actor, code=context.problem_code
            )

    def route_template(self) -> str:
        """The route's template with its prefixes, such as `/v1/groups/{group_id}`."""
        scope = self.scope
        path = get_effective_path(scope) or _starlette_path(scope)
        return scope.get("root_path", "")[self.root_length :] + path if path else "unmatched"


def _starlette_path(scope: Scope) -> str | None:
    """The template of a plain Starlette route directly in a FastAPI application, which does not record it."""
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    if endpoint not in _starlette_paths:
        routes = [route for route in scope["app"].routes if getattr(route, "endpoint", None) is endpoint]
        _starlette_paths[endpoint] = routes[0].path_format if routes else None
    return _starlette_paths[endpoint]


def _request_id(scope: Scope) -> str:
    """The caller's X-Request-ID when it is a plain word of 8 to 64 characters with a letter in it, else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _VALID_REQUEST_ID.fullmatch(value):
            return bytes(value).decode()
    return uuid7_text()
