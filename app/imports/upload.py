"""A received request body, and the terms on which it is received."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final

from app.core.process.threads import call_by_size
from app.core.values.strict_json import parse_strict
from app.imports.files.sources import Format

MAX_UPLOADED_VALUES: Final = 600_000
"""Values of one body of JSON: 8 MiB of rows have fewer, and as many are parsed without holding up others."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A received body. format: None for one JSON value; size: bytes; lines: line ends in it; digest: SHA-256."""

    file: IO[bytes]
    format: Format | None
    size: int
    lines: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class UploadTerms:
    """The terms on which a batch is received. key: its Idempotency-Key; limit: bytes of a workbook when it is unpacked;
    consume_rows: counts its rows against what its sender may send in a minute (raises TooManyRows)."""

    key: str
    limit: int
    consume_rows: Callable[[int], None]


async def read_json_upload(upload: Upload) -> Any:
    """The value of an upload of JSON, parsed in a thread when it is long. Raises: InvalidInput, MalformedBody."""
    upload.file.seek(0)
    raw = upload.file.read()
    return await call_by_size(len(raw), parse_strict, raw, MAX_UPLOADED_VALUES)
