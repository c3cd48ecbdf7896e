"""Error responses: RFC 9457 `application/problem+json`, in the caller's language.

Shape: {type, title, status, detail, code, errors: [{pointer, code, detail}], request_id}. What was sent is
never repeated.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.core.errors import (
    DomainError,
    FieldError,
    IdempotencyKeyMissing,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    VersionMissing,
)
from app.core.http.request_context import get_request_id, set_problem_code
from app.core.http.request_path import get_request_path
from app.core.language import TITLES, negotiate_language
from app.core.postgres.database_errors import error_for_database
from app.core.values.bodies import to_field_errors
from app.core.values.json_flaws import MAX_ERRORS

PROBLEM_MEDIA_TYPE = "application/problem+json"

_REQUIRED_HEADERS: Mapping[str, type[DomainError]] = {
    "if-match": VersionMissing,
    "idempotency-key": IdempotencyKeyMissing,
}


class InternalError(DomainError):
    """A defect of ours."""

    status, code = 500, "internal_error"
    vi = "Hệ thống gặp lỗi. Hãy báo mã yêu cầu kèm theo cho người quản trị."
    en = "Something went wrong here. Please tell the administrator the request_id."


class HttpRefusal(DomainError):
    """What the framework refused with only a status."""

    vi = "Máy chủ không thực hiện được yêu cầu này."
    en = "The server does not do what was asked."


def problem_response(scope: Scope, error: DomainError, status: int | None = None) -> Response:
    """The response for a domain error. status: in place of the error's own, for what the framework raises."""
    language = negotiate_language(_read_header(scope, b"accept-language"))
    english = language == "en"
    status = status or error.status
    title = TITLES.get(status) or (HTTPStatus(status).phrase,) * 2
    code = error.code if status == error.status else HTTPStatus(status).name.lower()
    set_problem_code(scope, code)
    body = {
        "type": f"urn:ansinh:problem:{code}",
        "title": title[english],
        "status": status,
        "detail": error.detail_en if english else error.detail_vi,
        "code": code,
        "errors": [_field_to_response(item, english) for item in error.errors],
        "request_id": get_request_id(scope),
    }
    headers = {**error.headers, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, headers, PROBLEM_MEDIA_TYPE)


def _field_to_response(item: FieldError, english: bool) -> dict[str, str]:
    return {"pointer": item.pointer, "code": item.code, "detail": item.en if english else item.vi}


def _read_header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


def error_for_exception(exc: BaseException) -> DomainError:
    """The domain error for any exception; InternalError when it is a defect."""
    return exc if isinstance(exc, DomainError) else error_for_database(exc) or InternalError()


def error_for_validation(errors: Sequence[Mapping[str, Any]], body: object) -> DomainError:
    """The domain error for FastAPI's validation errors.

    A part of the path that has the wrong shape is 404, as if absent; a missing If-Match or Idempotency-Key
    has its own error; the rest is 422 with a pointer for each field.
    """
    failures: list[FieldError] = []
    for error in islice(errors, MAX_ERRORS):
        location, *steps = error["loc"]
        if location == "path":
            return NotFound()
        if location == "header" and error["type"] == "missing" and str(steps[0]).lower() in _REQUIRED_HEADERS:
            return _REQUIRED_HEADERS[str(steps[0]).lower()]()
        inner = {**error, "loc": tuple(steps)}
        if location == "body":
            failures += to_field_errors([inner], body)
        else:
            failures += to_field_errors([inner], {str(step): None for step in steps[:1]}, f"/{location}")
    return InvalidInput(errors=failures)


async def _on_domain_error(request: Request, exc: Exception) -> Response:
    return problem_response(request.scope, error_for_exception(exc))


async def _on_invalid_request(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)  # noqa: S101 - registered for this type only
    body = exc.body if exc.body is not None else {}
    return problem_response(
        request.scope, error_for_validation(exc.errors(), dict(body) if isinstance(body, FormData) else body)
    )


async def _on_http_exception(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101 - registered for this type only
    scope, headers = request.scope, exc.headers or {}
    if isinstance(exc.__cause__, DomainError):
        return problem_response(scope, exc.__cause__)
    if exc.status_code == 404:
        path = get_request_path(scope)
        if path.endswith("/") and (bare := path.rstrip("/")) and _list_methods(scope, bare):
            return _redirect(scope, bare)
        return problem_response(scope, NotFound(headers=headers))
    if exc.status_code == 405:
        methods = _list_methods(scope, get_request_path(scope)) | set(headers.get("Allow", "").split(", "))
        allow = ", ".join(sorted(methods - {""}))
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allow})
        return problem_response(scope, MethodNotAllowed(headers={**headers, "Allow": allow}))
    return problem_response(scope, HttpRefusal(headers=headers), exc.status_code)


def _list_methods(scope: Scope, path: str) -> set[str]:
    """All methods of a path; the framework names only those of the first route that matches it."""
    methods: set[str] = set()
    for route in iter_route_contexts(scope["app"].routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            methods |= route.methods or set()
    if not methods:
        return methods
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


def _redirect(scope: Scope, path: str) -> Response:
    """Send a caller who wrote a slash too many to the path of a route; it names no host, which the caller may have
    invented."""
    query = scope["query_string"].decode("latin-1")
    location = scope.get("root_path", "") + quote(path) + (f"?{query}" if query else "")
    return Response(status_code=307, headers={"Location": location})


def install_error_handlers(app: FastAPI) -> None:
    """Register handlers that answer every domain error and every error of the framework as a problem.

    Unexpected exceptions are answered by `RequestMiddleware`, which also logs them.
    """
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
