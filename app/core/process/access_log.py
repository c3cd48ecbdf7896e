"""The access line: one for each request, the same format as every other line at a fraction of a log record's cost."""

from contextlib import nullcontext, suppress
from time import time

from app.core.process.log_format import LineHandler, encode_json, format_instant

ACCESS_LOGGER = "ansinh.access"

_REST = f'+00:00", "level": "info", "logger": "{ACCESS_LOGGER}", "message": "request", "method": "'
_SECOND_LENGTH = len("2026-11-29T01:02:03")
_second = (0, "")
"""The last second of which a line was written, and how it is spelt."""
_encoded_routes: dict[str, str] = {}


def log_request(
    method: str,
    route: str,
    status: int,
    seconds: float,
    request_id: str,
    *,
    actor: tuple[str, str] | None = None,
    code: str | None = None,
) -> None:
    """Write one access line. Nothing is written before `configure_logs`.

    method, code: words of ours. route: the template, never the path that was asked for. request_id: letters, digits and
    `._-` only. actor: kind and id. code: that of the problem, if it was one.
    """
    handler = LineHandler.current
    if handler is None:
        return
    line = (
        f'{{"time": "{_format_now()}{_REST}{method}", "route": {_encode_route(route)}, "status": {status}, '
        f'"ms": {seconds * 1000:.2f}, "request_id": "{request_id}"'
    )
    if actor:
        line += f', "actor_kind": "{actor[0]}", "actor_id": "{actor[1]}"'
    if code:
        line += f', "code": "{code}"'
    with handler.lock or nullcontext(), suppress(OSError, ValueError):  # the stream may be gone
        handler.stream.write(line + "}\n")
        handler.flush()


def _format_now() -> str:
    """Now, to the millisecond; the second is spelt once."""
    global _second
    now = time()
    whole = int(now)
    if _second[0] != whole:
        _second = (whole, format_instant(now)[:_SECOND_LENGTH])
    return f"{_second[1]}.{int((now - whole) * 1000):03d}"


def _encode_route(route: str) -> str:
    """A route's template as JSON; there are as many as the application has."""
    encoded = _encoded_routes.get(route)
    if encoded is None:
        encoded = _encoded_routes[route] = encode_json(route)
    return encoded
