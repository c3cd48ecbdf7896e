"""A received request body, and the terms on which it is received."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Event
from typing import IO, Any, Final

from app.core.process.threads import call_by_size
from app.core.values.strict_json import parse_strict
from app.imports.files.bounds import FileBounds, Patience, ReadWatch
from app.imports.files.sources import Format

MAX_UPLOADED_VALUES: Final = 600_000
"""Values of one body of JSON: 8 MiB of rows have fewer, and as many are parsed without holding up others."""


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
    consume_rows: counts its rows against what its sender may send (raises TooManyRows, TooManySandboxRows)."""

    key: str
    bounds: FileBounds
    consume_rows: Callable[[int], Awaitable[None]]


async def read_json_upload(upload: Upload) -> Any:
    """The value of an upload of JSON, parsed in a thread when it is long. Raises: InvalidInput, MalformedBody."""
    upload.file.seek(0)
    raw = upload.file.read()
    return await call_by_size(len(raw), parse_strict, raw, MAX_UPLOADED_VALUES)
