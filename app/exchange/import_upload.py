"""A body that is received piece by piece into a file, once it is known who sends it."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import IO

from fastapi import Request

from app.auth.errors import SandboxOnly
from app.auth.guards import begin_actor, session_of
from app.auth.permissions import Permission
from app.core.db import Database
from app.core.errors import BodyTooLarge, Forbidden, UnsupportedMedia
from app.exchange.import_sources import MEDIA_TYPES, Format

IN_MEMORY = 1024 * 1024
"""Bytes of a body beyond which it is kept in a file of the system's."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that has come. kind: None for one JSON value; size: bytes; lines: line ends in it; digest: SHA-256."""

    file: IO[bytes]
    kind: Format | None
    size: int
    lines: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a batch is received. key: its Idempotency-Key; limit: bytes of a workbook when it is unpacked;
    spend: counts its rows against what its sender may send in a minute (raises TooManyRows)."""

    key: str
    limit: int
    spend: Callable[[int], None]


class Uploaded:
    """`upload: Annotated[Upload, Depends(Uploaded(Permission.X))]`: the body, whatever its size, for who may send it.

    No connection is held while it comes, and nothing is received from who may not send it; the route has its guard
    besides. A body of JSON is bounded like every other (`body_limit`), a file by `import_limit`.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> AsyncIterator[Upload]:
        await self._admit(request)
        kind = _kind_of(request.headers.get("content-type", ""))
        limit = request.app.state.settings.body_limit if kind is None else None
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            yield await _received(request, file, kind, limit)

    async def _admit(self, request: Request) -> None:
        database: Database = request.app.state.database
        session_id = await session_of(request)
        async with database.begin() as db:
            actor = await begin_actor(db, session_id)
        if not actor.may(self.permission):
            raise SandboxOnly if actor.would(self.permission) else Forbidden


def _kind_of(content_type: str) -> Format | None:
    """Raises: UnsupportedMedia."""
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    if media == "application/json" or (media.startswith("application/") and media.endswith("+json")):
        return None
    name, _, charset = parameters.strip().partition("=")
    if media not in MEDIA_TYPES or (name.lower() == "charset" and charset.strip(' "').lower() not in _UTF8):
        raise UnsupportedMedia(expected=", ".join(("application/json", *_NAMED)))
    return MEDIA_TYPES[media]


async def _received(request: Request, file: IO[bytes], kind: Format | None, limit: int | None) -> Upload:
    """Raises: BodyTooLarge."""
    size = lines = 0
    digest = hashlib.sha256()
    last = b"\n"
    async for chunk in request.stream():
        if not chunk:
            continue
        size, lines, last = size + len(chunk), lines + chunk.count(b"\n"), chunk[-1:]
        if limit is not None and size > limit:
            raise BodyTooLarge(limit=limit, headers={"Connection": "close"})
        digest.update(chunk)
        write: Callable[[bytes], int] = file.write
        if size > IN_MEMORY:
            await asyncio.to_thread(write, chunk)
        else:
            write(chunk)
    return Upload(file, kind, size, lines + (last != b"\n"), digest.digest())


_UTF8 = ("utf-8", "utf8")
_NAMED = (
    "application/x-ndjson",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
