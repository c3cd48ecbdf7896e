"""Limits and decompresses request bodies while they arrive, also those without a Content-Length.

How much of a body is read its route says (`BodyLimits`); before a route has said anything it is little.
"""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from app.core.errors import BodyTooLarge, DomainError, FieldError, MalformedBody, UnsupportedMedia
from app.core.values.strict_json import MAX_VALUES

MAX_GZIP_MEMBERS = 64
MAX_GZIP_RATIO = 100
"""So many times its size a body may become that is more than `_FREE_EXPANSION` bytes; text becomes 3 to 30 times."""
_FREE_EXPANSION = 4 * 1024 * 1024
_PIECE = 256 * 1024
BODYLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much a route reads: bytes of its body, also after unpacking, and values of its JSON in all.

    size: bytes, or what tells them from the request where a setting or the kind of content decides.
    """

    size: int | Callable[[Request], int]
    values: int = MAX_VALUES

    def get_size(self, request: Request) -> int:
        """The bytes that may be read of this request."""
        return self.size if isinstance(self.size, int) else self.size(request)


KIB = 1024
_UNTOLD_SIZE = 16 * KIB
SMALL_BODY = BodyLimits(64 * KIB)
"""What a route reads that asks who is calling and says nothing else."""
PUBLIC_BODY = BodyLimits(_UNTOLD_SIZE, values=500)
"""What a route reads that asks nobody."""


class ExpandsTooMuch(BodyTooLarge):
    """A compressed body becomes many times its size."""

    code = "expands_too_much"
    vi = "Nội dung nén giãn ra quá {ratio} lần."
    en = "The compressed body expands to more than {ratio} times its size."


class UnreadBody:
    """The body of a request whose route has not said yet how much of it is read: 16 KiB, until it does."""

    __slots__ = ("_limited", "_receive", "_scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        self._limited: Receive | None = None

    async def __call__(self) -> Message:
        """What comes next, also for who only waits for the client to leave."""
        if self._limited is None:
            if self._scope["method"] in BODYLESS_METHODS:
                self._limited = self._receive
            else:
                self._limited = limit_receive(self._scope, self._receive, _UNTOLD_SIZE)
        return await self._limited()

    def up_to(self, size: int) -> None:
        """Let so many bytes of it be read from now on."""
        self._limited = limit_receive(self._scope, self._receive, size)


def limit_receive(scope: Scope, receive: Receive, limit: int) -> Receive:
    """`receive`, or one that raises BodyTooLarge beyond `limit` bytes and unpacks gzip up to the same limit.

    The refusal is raised when the body is read, so that it is answered like every other.
    """
    length, encoding = None, b"identity"
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() and len(value) < 20 else limit + 1
        elif name == b"content-encoding":
            encoding = value.strip().lower()
    if length is not None and length > limit:
        return _raising_receive(_too_large(limit))
    if encoding in (b"gzip", b"x-gzip"):
        return _DecompressingReceive(receive, limit)
    if encoding not in (b"identity", b""):
        return _raising_receive(UnsupportedMedia("gzip", "identity", headers={"Accept-Encoding": "gzip"}))
    if length is None and scope["method"] not in BODYLESS_METHODS:
        return _CountingReceive(receive, limit)
    return receive


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(limit=limit, headers={"Connection": "close"})


def _raising_receive(error: DomainError) -> Receive:
    async def receive() -> Message:
        raise error

    return receive


class _CountingReceive:
    """Counts the bytes of a body that arrives in chunks."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._received = receive, limit, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > self._limit:
                raise _too_large(self._limit)
        return message


class _DecompressingReceive(_CountingReceive):
    """Decompresses gzip piece by piece, never beyond the limit, the ratio and the number of members."""

    def __init__(self, receive: Receive, limit: int) -> None:
        super().__init__(receive, limit)
        self._stream = zlib.decompressobj(wbits=31)
        self._members, self._expanded = 1, 0
        self._packed = b""
        self._has_more_input, self._has_more_output = True, False

    async def __call__(self) -> Message:
        if self._packed or self._has_more_output:
            await asyncio.sleep(0)  # others have their turn between two pieces
        else:
            message = await super().__call__()
            if message["type"] != "http.request":
                return message
            self._packed, self._has_more_input = message.get("body", b""), message.get("more_body", False)
        piece = self._decompress_piece()
        more = bool(self._packed) or self._has_more_output or self._has_more_input
        if not more and not self._stream.eof:
            raise _invalid_gzip()
        return {"type": "http.request", "body": piece, "more_body": more}

    def _decompress_piece(self) -> bytes:
        if self._stream.eof and self._packed:
            self._begin_member()
        most = min(_PIECE, self._limit - self._expanded + 1)
        try:
            piece = self._stream.decompress(self._packed, most)
        except zlib.error:
            raise _invalid_gzip() from None
        self._packed = self._stream.unconsumed_tail or self._stream.unused_data
        self._has_more_output = len(piece) == most and not self._stream.eof
        self._expanded += len(piece)
        if self._expanded > self._limit:
            raise _too_large(self._limit)
        if self._expanded > MAX_GZIP_RATIO * self._received + _FREE_EXPANSION:
            raise ExpandsTooMuch(limit=self._limit, ratio=MAX_GZIP_RATIO, headers={"Connection": "close"})
        return piece

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > MAX_GZIP_MEMBERS:
            vi = f"Tệp gzip có quá {MAX_GZIP_MEMBERS} phần ghép nối."
            en = f"The gzip file has more than {MAX_GZIP_MEMBERS} members."
            raise MalformedBody(
                errors=[FieldError("", "gzip_members", vi, en)], headers={"Connection": "close"}
            )
        self._stream = zlib.decompressobj(wbits=31)


def _invalid_gzip() -> MalformedBody:
    field = FieldError("", "gzip", "Nội dung không phải gzip hợp lệ.", "The content is not valid gzip.")
    return MalformedBody(errors=[field])
