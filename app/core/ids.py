"""Identifiers: UUIDv7, so that rows arrive in the order of their keys."""

import os
import threading
import time
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, WithJsonSchema

from app.core.errors import field_problem

_lock = threading.Lock()
_last = 0


def _number() -> int:
    """128 bits of a new UUIDv7 (RFC 9562, method 3): milliseconds, 12 bits of their fraction, 62 random bits."""
    global _last
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    tick = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        _last = tick = max(tick, _last + 1)
    tail = int.from_bytes(os.urandom(8)) >> 2
    return (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | tail


def uuid7() -> UUID:
    """A new UUIDv7.

    Ids of one process grow strictly; processes do not collide, because the tail comes from the system.
    """
    return UUID(int=_number())


def uuid7_text() -> str:
    """A new UUIDv7 as its text, at a third of the cost, where no UUID object is needed."""
    text = f"{_number():032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def parse_uuid(value: object) -> UUID:
    """A UUID from its customary text of 36 characters; other spellings and types are refused."""
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and len(value) == 36 and value.isascii():
        parts = value.split("-")
        if [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(part.isalnum() for part in parts):
            try:
                return UUID(value)
            except ValueError:
                pass
    raise field_problem(
        "uuid",
        vi="Cần một mã UUID dạng xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.",
        en="A UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx is needed.",
    )


Uuid = Annotated[UUID, BeforeValidator(parse_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
"""An id in a request: the text of 36 characters only."""
