"""Checks the head of a request: how long it is, and that there is one way to read it.

Two servers that read one request in two ways (two Host, two lengths) can be made to mistake one user's request for
another's; the parser refuses some of these shapes, this the rest.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from app.core.errors import DomainError
from app.core.http.server.errors import HeadersTooLarge, MalformedRequest
from app.core.http.server.limits import MAX_HEAD_BYTES, MAX_HEADERS

_HOST = re.compile(rb"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_is_host = lru_cache(maxsize=256)(_HOST.fullmatch)
"""Nearly every request names the same few hosts."""
_OVERHEAD = 4
"""Bytes of a header beside its name and value."""


def too_large() -> HeadersTooLarge:
    """The refusal of headers that are too many or too long."""
    return HeadersTooLarge(count=MAX_HEADERS, limit=MAX_HEAD_BYTES, headers={"Connection": "close"})


def is_plain(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether there is nothing to ask about these headers: each is there once, with a host, and none of a coding."""
    names = dict(headers)
    return (
        len(names) == len(headers)
        and b"transfer-encoding" not in names
        and b"host" in names
        and _is_host(names[b"host"]) is not None
    )


def read_content_length(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    """The length that a head gives its body; None where it gives none. headers: of a head that was let through."""
    return next((int(value) for name, value in headers if name == b"content-length"), None)


def find_head_error(
    target: bytes, headers: Sequence[tuple[bytes, bytes]], http_version: str
) -> DomainError | None:
    """What is wrong with a head, or None. target: path and query as they came; headers: names in lower case."""
    size, hosts, lengths, codings = len(target), [], 0, []
    for name, value in headers:
        size += len(name) + len(value) + _OVERHEAD
        if name == b"host":
            hosts.append(value)
        elif name == b"content-length":
            lengths += 1
        elif name == b"transfer-encoding":
            codings.append(value)
    if size > MAX_HEAD_BYTES:
        return too_large()
    if len(hosts) > 1 or (not hosts and http_version == "1.1") or not all(map(_is_host, hosts)):
        return _BAD_HOST
    if codings and (lengths or len(codings) > 1 or codings[0].lower() != b"chunked" or http_version != "1.1"):
        return _BAD_CODING
    return _BAD_LENGTH if lengths > 1 else None


_BAD_HOST = MalformedRequest.at_header(
    "Host",
    "host",
    vi="Cần đúng một tiêu đề Host hợp lệ.",
    en="Exactly one valid Host header is needed.",
)
_BAD_CODING = MalformedRequest.at_header(
    "Transfer-Encoding",
    "transfer_encoding",
    vi="Chỉ nhận kiểu chunked, một lần và không kèm Content-Length.",
    en="Only “chunked” is taken, once and without a Content-Length.",
)
_BAD_LENGTH = MalformedRequest.at_header(
    "Content-Length",
    "content_length",
    vi="Chỉ được có một Content-Length.",
    en="There may be one Content-Length only.",
)
