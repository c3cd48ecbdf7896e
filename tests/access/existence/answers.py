"""What of an answer can be compared between a value that exists elsewhere and one that does not."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import httpx
from asyncpg import Connection
from asyncpg.prepared_stmt import PreparedStatement

from app.core.process.request_id import current_request_id
from app.core.values.text import mask_id, mask_phone

ATTEMPTS = 3
"""So often a difference is looked at again: a cache that was filled meanwhile makes one, and is gone the next time."""

_METHODS = {
    Connection: ("execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table"),
    PreparedStatement: ("executemany", "fetch", "fetchrow", "fetchval"),
}
_NOT_OF_THE_REQUEST = ("client_limits", "select fold_stats() as moved", "select fold_reads() as moved")
"""What a process asks every few seconds, whatever is requested."""

_OTHERWISE_EVERY_TIME = {"content-length", "date", "x-request-id", "ratelimit"}
_MASKS = (
    (re.compile(r"\d{2,3}\*{4,}\d{3}"), "<masked>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "<time>"),
    (re.compile(r'"(request_id|username|external_ref|code)":"([^"]*[-.0-9][^"]*)"'), r'"\1":"<name>"'),
)


@dataclass(frozen=True)
class Answer:
    """An answer without what differs between any two: ids, times, and the value that was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    statements: int

    @classmethod
    def of(cls, response: httpx.Response, sent: object, statements: list[str]) -> "Answer":
        headers = sorted(
            (name, mask(value, sent))
            for name, value in response.headers.items()
            if name not in _OTHERWISE_EVERY_TIME
        )
        return cls(response.status_code, tuple(headers), mask(response.text, sent), len(statements))

    def difference(self, other: "Answer") -> dict[str, tuple[object, object]]:
        """What differs from the answer to an unknown value: each part as it is here, and there."""
        return {
            name: (mine, getattr(other, name))
            for name, mine in vars(self).items()
            if mine != getattr(other, name)
        }


def mask(text: str, sent: object) -> str:
    """A text without ids, times, and the value that was sent, whole or as lists show it."""
    value = str(sent)
    for shown in (value, mask_id(value), mask_phone(value)):
        text = text.replace(shown or value, "<sent>")
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


@contextmanager
def counting_statements(*, of_jobs: bool = False) -> Iterator[list[str]]:
    """List the statements that requests send to the database meanwhile.

    of_jobs: those of work in the background as well, for what runs a worker by itself.
    """
    statements: list[str] = []

    def listed(method: Callable[..., Any]) -> Callable[..., Any]:
        async def listing(self: Any, *args: Any, **kwargs: Any) -> Any:
            sql = str(args[0]) if args and isinstance(self, Connection) else "prepared"
            if (of_jobs or current_request_id.get()) and not any(
                other in sql for other in _NOT_OF_THE_REQUEST
            ):
                statements.append(sql)
            return await method(self, *args, **kwargs)

        return listing

    patches = [
        patch.object(kind, name, listed(getattr(kind, name)))
        for kind, names in _METHODS.items()
        for name in names
    ]
    for each in patches:
        each.start()
    try:
        yield statements
    finally:
        for each in reversed(patches):
            each.stop()
