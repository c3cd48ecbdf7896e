"""A received request body, and the terms on which it is received."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import IO

from app.imports.files.bounds import FileBounds, Patience, ReadWatch
from app.imports.files.sources import Format


@dataclass(frozen=True, slots=True)
class Upload:
    """A received body. format: None for one JSON value; size: bytes; lines: line ends in it; digest: SHA-256.

    sender_gone: set when nobody waits for the answer any more.
    """

    file: IO[bytes]
    format: Format | None
    size: int
    lines: int
    digest: bytes
    sender_gone: Event = field(default_factory=Event)

    def build_watch(self, bounds: FileBounds, *, is_patient: bool = False) -> ReadWatch:
        """Build the watch over reading it while its sender waits. is_patient: for what must be read to its end."""
        return ReadWatch(bounds, self.sender_gone.is_set, None if is_patient else Patience())


@dataclass(frozen=True, slots=True)
class UploadTerms:
    """The terms on which a batch is received. key: its Idempotency-Key; bounds: what its file may hold;
    consume_rows: counts its rows against what its sender may send in a minute (raises TooManyRows)."""

    key: str
    bounds: FileBounds
    consume_rows: Callable[[int], None]
