"""A received request body, and the terms on which it is received."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from app.imports.files.sources import Format


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
