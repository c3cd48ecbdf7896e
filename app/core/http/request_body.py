"""Limits and decompresses request bodies while they arrive, also those without a Content-Length."""

import zlib

from starlette.types import Message, Receive, Scope

from app.core.errors import BodyTooLarge, DomainError, FieldError, MalformedBody, UnsupportedMedia

_BODYLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def limit_receive(scope: Scope, receive: Receive, limit: int) -> Receive:
    """`receive`, or one that raises BodyTooLarge beyond `limit` bytes and unpacks gzip up to the same limit.

    The refusal is raised when the body is read, so that it is answered like every other.
    """
    length, encoding = None, b"identity"
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else limit + 1
        elif name == b"content-encoding":
            encoding = value.strip().lower()
    if length is not None and length > limit:
        return _raising_receive(BodyTooLarge(limit=limit, headers={"Connection": "close"}))
    if encoding in (b"gzip", b"x-gzip"):
        return _DecompressingReceive(receive, limit)
    if encoding not in (b"identity", b""):
        return _raising_receive(
            UnsupportedMedia(expected="gzip, identity", headers={"Accept-Encoding": "gzip"})
        )
    if length is None and scope["method"] not in _BODYLESS_METHODS:
        return _CountingReceive(receive, limit)
    return receive


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
                raise BodyTooLarge(limit=self._limit, headers={"Connection": "close"})
        return message


class _DecompressingReceive(_CountingReceive):
    """Decompresses gzip chunk by chunk, never beyond the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        super().__init__(receive, limit)
        self._stream = zlib.decompressobj(wbits=31)
        self._remaining = limit

    async def __call__(self) -> Message:
        message = await super().__call__()
        if message["type"] != "http.request":
            return message
        body = self._decompress(message.get("body", b""))
        if not message.get("more_body") and not self._stream.eof:
            raise _invalid_gzip()
        return {**message, "body": body}

    def _decompress(self, packed: bytes) -> bytes:
        parts = []
        try:
            while packed:
                if self._stream.eof:
                    self._stream = zlib.decompressobj(wbits=31)
                part = self._stream.decompress(packed, self._remaining + 1)
                self._remaining -= len(part)
                if self._remaining < 0:
                    raise BodyTooLarge(limit=self._limit, headers={"Connection": "close"})
                parts.append(part)
                packed = self._stream.unconsumed_tail or self._stream.unused_data
        except zlib.error:
            raise _invalid_gzip() from None
        return b"".join(parts)


def _invalid_gzip() -> MalformedBody:
    field = FieldError("", "gzip", "Nội dung không phải gzip hợp lệ.", "The content is not valid gzip.")
    return MalformedBody(errors=[field])
