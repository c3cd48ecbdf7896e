"""The format of log lines: one JSON object a line, with chosen fields only.

No body, query string, name, number, phone or token is ever logged, and no exception's message either, because
the database puts the values of a row into it: an exception is its type and the places it went through. What a library
says is cut where it begins to repeat what it was given.
"""

import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from time import gmtime, strftime
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
    "subject_id",
    "name_hash",
    "origin",
    "code",
    "event",
    "reason",
    "count",
    "seconds",
    "job_id",
    "pid",
    "sqlstate",
    "constraint",
)
"""What a line may carry through `extra=` beside its time, level, logger and message."""

encode_json = json.JSONEncoder(ensure_ascii=False, default=str).encode

_OF_DATABASE = {"sqlstate": "sqlstate", "constraint": "constraint_name"}
"""What a line has of an exception of the database, by the attribute of asyncpg."""
_MAX_CAUSES = 4
_MAX_FRAMES, _MAX_CAUSE_FRAMES = 30, 5
"""Of the exception itself, and of each that caused it; its line stays below what a pipe takes at once."""
_MAX_MESSAGE = 1000
_TRACEBACK = "Traceback (most recent call last)"
_REPEATS_VALUES = frozenset({"asyncio"})
"""Loggers whose messages go on with what a callback was called with, or with a task and its exception."""
_FIRST_WORDS = re.compile(r"[^(<'\":\n]*")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; of `extra=` only the fields named in `LOG_FIELDS`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": format_instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": format_message(record),
        }
        attributes = record.__dict__
        line.update((name, attributes[name]) for name in LOG_FIELDS if attributes.get(name) is not None)
        if "request_id" not in line and (request_id := current_request_id.get()):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe_exception(record.exc_info[1])
        return encode_json(line)


class LineHandler(logging.StreamHandler[Any]):
    """The stream of this process's log lines, also for the access line, which is too frequent for a record."""

    current: ClassVar["LineHandler | None"] = None

    def __init__(self) -> None:
        super().__init__()
        LineHandler.current = self

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Say that a line was lost, without what it was about: the inherited way prints the arguments."""
        line = {"level": "error", "logger": record.name, "message": "a line of the log could not be written"}
        with suppress(Exception):
            self.stream.write(encode_json(line) + self.terminator)


def format_message(record: logging.LogRecord) -> str:
    """The message of a record; an exception in it is its type, and a traceback is left out."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__qualname__
    args = record.args
    if isinstance(args, Mapping):
        args = {name: _without_words(value) for name, value in args.items()}
    elif args:
        args = tuple(_without_words(value) for value in args)
    message = str(record.msg) % args if args else str(record.msg)
    if record.name in _REPEATS_VALUES:
        words = _FIRST_WORDS.match(message)
        message = words.group() if words else ""
    return message.partition(_TRACEBACK)[0].strip()[:_MAX_MESSAGE]


def _without_words(value: object) -> object:
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def describe_exception(exc: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes: type, SQLSTATE, constraint and frames; never a message."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = exc
    while current is not None and len(chain) < _MAX_CAUSES:
        entry: dict[str, Any] = {"type": f"{type(current).__module__}.{type(current).__qualname__}"}
        for name, attribute in _OF_DATABASE.items():
            if isinstance(value := getattr(current, attribute, None), str):
                entry[name] = value
        entry["frames"] = _format_frames(current.__traceback__)[
            -_MAX_CAUSE_FRAMES if chain else -_MAX_FRAMES :
        ]
        chain.append(entry)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def format_instant(seconds: float) -> str:
    """`2026-11-29T01:02:03.456+00:00`. seconds: since 1970."""
    whole = int(seconds)
    return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(whole))}.{int((seconds - whole) * 1000):03d}+00:00"


def format_place(file: str, line: int) -> str:
    """`core/postgres/database.py:31`: a file with the last two folders of its path, and the line."""
    return f"{'/'.join(file.rsplit('/', 3)[-3:])}:{line}"


def _format_frames(traceback: TracebackType | None) -> list[str]:
    """Innermost last: `core/postgres/database.py:31 begin`."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{format_place(code.co_filename, traceback.tb_lineno)} {code.co_name}")
        traceback = traceback.tb_next
    return frames
