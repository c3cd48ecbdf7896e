"""Receive a request body piece by piece into a file, once its sender is authorised."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import IO, Any, Final, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.auth.errors import SandboxOnly
from app.auth.guards.require import authenticate_session, begin_request_actor
from app.auth.permissions import Permission
from app.core.errors import Forbidden, UnsupportedMedia
from app.core.http.headers import parse_media_type
from app.core.http.request_body import BodyLimits
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.imports.files.line_scan import LineScan
from app.imports.files.sources import MEDIA_TYPES, Format
from app.imports.upload import Upload

T = TypeVar("T")

MAX_BYTES_IN_MEMORY = 1024 * 1024
"""Bytes of a body beyond which it is kept in a file of the system's."""


def get_upload_size(request: Request) -> int:
    """Bytes of one upload: of JSON `body_limit`, of a file `import_limit`."""
    settings: Settings = request.app.state.settings
    content_type = request.headers.get("content-type", "")
    return settings.body_limit if parse_media_type(content_type).is_json else settings.import_limit


UPLOAD_BODY: Final = BodyLimits(get_upload_size)
"""What a route reads that receives uploads."""


class ReceiveUpload:
    """The body of a request, whatever its size, for who may send it.

    `upload: Annotated[Upload, Depends(ReceiveUpload(Permission.X))]`.

    No connection is held while it comes, and nothing is received from who may not send it; the route has its guard
    besides, and says `body_limits=UPLOAD_BODY`.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> AsyncIterator[Upload]:
        await self._admit(request)
        format_ = _parse_format(request.headers.get("content-type", ""))
        with tempfile.SpooledTemporaryFile(MAX_BYTES_IN_MEMORY) as file:
            upload = await _receive_body(request, file, format_)
            try:
                yield upload
            finally:
                upload.sender_gone.set()  # whoever reads it yet reads nothing more

    async def _admit(self, request: Request) -> None:
        database: Database = request.app.state.database
        session_id = await authenticate_session(request)
        async with database.begin() as db:
            actor = await begin_request_actor(request, db, session_id)
        if not actor.has_permission(self.permission):
            raise SandboxOnly if actor.would_have_permission(self.permission) else Forbidden


def _parse_format(content_type: str) -> Format | None:
    """Parse the format from the content type. Raises: UnsupportedMedia."""
    media = parse_media_type(content_type)
    if media.is_json:
        return None
    if media.name not in MEDIA_TYPES or not media.is_utf_8:
        raise UnsupportedMedia("application/json", *_FILE_MEDIA_TYPES)
    return MEDIA_TYPES[media.name]


async def _receive_body(request: Request, file: IO[bytes], format_: Format | None) -> Upload:
    """Receive the body into the file. Raises: BodyTooLarge, BadFile."""
    settings: Settings = request.app.state.settings
    scan = LineScan(format_, settings.import_lines)
    size = 0
    digest = hashlib.sha256()
    async for chunk in request.stream():
        if not chunk:
            continue
        size += len(chunk)
        scan.add(chunk)
        digest.update(chunk)
        write: Callable[[bytes], int] = file.write
        if size > MAX_BYTES_IN_MEMORY:
            await asyncio.to_thread(write, chunk)
        else:
            write(chunk)
    return Upload(file, format_, size, scan.count_lines(), digest.digest())


async def await_while_connected(request: Request, upload: Upload, work: Coroutine[Any, Any, T]) -> T:
    """Await what is done for the sender of an upload, and give it up when they are gone.

    Threads that read for it stop at the next row. Raises: ClientDisconnect, after which nothing may be committed.
    """
    task, gone = asyncio.ensure_future(work), asyncio.create_task(_wait_for_disconnect(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        gone.cancel()
        if not task.done():
            upload.sender_gone.set()
            task.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


_UTF8 = ("utf-8", "utf8")
_FILE_MEDIA_TYPES = (
    "application/x-ndjson",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
