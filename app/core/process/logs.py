"""Logs: one JSON object a line, with chosen fields only.

No body, query string, name, number, phone or token is ever logged, and no exception's message either, because
the database puts the values of a row into it: an exception is its type and the places it went through.
"""

import json
import logging
import logging.config
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from time import time
from types import TracebackType
from typing import Any, ClassVar

from app.core.process.request_id import current_request_id

LOG_FIELDS = (
    "method",
    "route",
    "status",
    "ms",
    "request_id",
    "actor_kind",
    "actor_id",
    "code",
    "event",
    "subject_id",
    "name_hash",
    "origin",
    "count",
    "seconds",
    "job_id",
    "sqlstate",
    "constraint",
)
"""What a line may carry through `extra=` beside its time, level, logger and message."""

ACCESS_LOGGER = "ansinh.access"

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
_MAX_CAUSES = 4
_MAX_FRAMES = 30


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; of `extra=` only the fields named in `LOG_FIELDS`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": _format_instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        attributes = record.__dict__
        line.update((name, attributes[name]) for name in LOG_FIELDS if attributes.get(name) is not None)
        if "request_id" not in line and (request_id := current_request_id.get()):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe_exception(record.exc_info[1])
        return _encode(line)


class LineHandler(logging.StreamHandler[Any]):
    """The stream of this process's log lines, also for the access line, which is too frequent for a record."""

    current: ClassVar["LineHandler | None"] = None

    def __init__(self) -> None:
        super().__init__()
        LineHandler.current = self


def log_request(values: dict[str, Any]) -> None:
    """Write one access line: values of `LOG_FIELDS` only, as `RequestMiddleware` collects them.

    A third of the cost of a log record; the format is the same. Nothing is written before `configure_logs`.
    """
    handler = LineHandler.current
    if handler is not None:
        line = {
            "time": _format_instant(time()),
            "level": "info",
            "logger": ACCESS_LOGGER,
            "message": "request",
            **values,
        }
        with handler.lock or nullcontext(), suppress(OSError, ValueError):  # the stream may be gone
            handler.stream.write(_encode(line) + handler.terminator)
            handler.flush()


def describe_exception(exc: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes: type, SQLSTATE, constraint and frames; never a message."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = exc
    while current is not None and len(chain) < _MAX_CAUSES:
        entry: dict[str, Any] = {"type": f"{type(current).__module__}.{type(current).__qualname__}"}
        for name in ("sqlstate", "constraint_name"):
            if isinstance(value := getattr(current, name, None), str):
                entry[name] = value
        entry["frames"] = _format_frames(current.__traceback__)
        chain.append(entry)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _format_instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _format_frames(traceback: TracebackType | None) -> list[str]:
    """Innermost last: `core/postgres/database.py:31 begin`, with the last two folders of its path."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        path = "/".join(code.co_filename.rsplit("/", 3)[-3:])
        frames.append(f"{path}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-_MAX_FRAMES:]


def log_config(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for `uvicorn.run(log_config=…, access_log=False)`.

    uvicorn's own access line is silenced: it holds query strings, and `RequestMiddleware` writes ours.
    """
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "app.core.process.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "app.core.process.logs.LineHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            **dict.fromkeys(
                ("sqlalchemy", "asyncpg", "asyncio", "httpx", "multipart", "procrastinate", "psycopg"), quiet
            ),
        },
    }


def configure_logs(level: str = "INFO") -> None:
    """Set up this process's logging."""
    logging.config.dictConfig(log_config(level))


def log_fields(**values: Any) -> Mapping[str, Any]:
    """`extra=` for a log call. Raises: ValueError for a name that is not in `LOG_FIELDS`."""
    unknown = sorted(set(values) - set(LOG_FIELDS))
    if unknown:
        raise ValueError(f"not a field of a log line: {unknown}")
    return values
