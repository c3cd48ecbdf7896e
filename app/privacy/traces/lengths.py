"""Keep the length of what is rewritten: a download of its file that is running ends as it was announced. Pure."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from typing import Final

_HEADER_BYTES: Final = 10
_FLAGS_AT, _HAS_COMMENT = 3, 0x10
"""Of a gzip member (RFC 1952, 2.3): a comment, which ends with a zero byte, is skipped by every reader."""


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as imports do."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def pad_row(before: Sequence[str], after: Sequence[str], index: int) -> list[str]:
    """Append spaces to a cell of a row until it is as long as before."""
    padded = list(after)
    for _ in range(2):  # (Two quotes around nothing go with the first space.)
        padded[index] += " " * (len(to_csv([before])) - len(to_csv([padded])))
    return padded


def compress_to(content: bytes, length: int) -> bytes:
    """Compress a content to a length of the result; where it takes more than that, to what it takes."""
    packed = gzip.compress(content, 9, mtime=0)
    missing = length - len(packed)
    if missing <= 0:
        return packed
    head, body = bytearray(packed[:_HEADER_BYTES]), packed[_HEADER_BYTES:]
    head[_FLAGS_AT] |= _HAS_COMMENT
    return bytes(head) + b" " * (missing - 1) + b"\0" + body
