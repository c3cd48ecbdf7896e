"""Answers of the server itself, before there is a request that the application could answer."""

from http import HTTPStatus

from app.core.errors import DomainError
from app.core.http.headers import list_default_headers
from app.core.http.problem import problem_response
from app.core.http.server.errors import TooManyConnections


def too_many_connections() -> TooManyConnections:
    """The refusal of a connection beyond the limit."""
    return TooManyConnections(retry_after=5, headers={"Connection": "close"})


def render(error: DomainError, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A whole answer, for a request that never became one."""
    response = problem_response({"headers": headers}, error)
    lines = [f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}".encode()]
    defaults = list_default_headers(response.raw_headers, is_tls=False)
    pairs = [pair for pair in (*response.raw_headers, *defaults) if pair[0] != b"connection"]
    lines += [name + b": " + value for name, value in (*pairs, (b"connection", b"close"))]
    return b"\r\n".join((*lines, b"", response.body))
