"""Answers of routes: the status, `Location` and `ETag` of a record, and JSON text of the database passed through."""

from collections.abc import AsyncIterable, Iterable
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.core.http.parameters.idempotency import replayed_headers

_JSON = "application/json"


class _Versioned(Protocol):
    """An answer with the version of its record."""

    version: int


class _Created(_Versioned, Protocol):
    """The answer of a creation."""

    id: Any


class StoredResult(Protocol):
    """A result stored with its idempotency key. body: JSON text; replayed: it was stored by an earlier request."""

    @property
    def body(self) -> str: ...

    @property
    def replayed(self) -> bool: ...


_VersionedT = TypeVar("_VersionedT", bound=_Versioned)
_CreatedT = TypeVar("_CreatedT", bound=_Created)


def with_etag(response: Response, record: _VersionedT) -> _VersionedT:
    """Set the record's version as `ETag`, for the `If-Match` of its next edit. Returns: the record."""
    response.headers["ETag"] = _etag(record.version)
    return record


def created(response: Response, path: str, record: _CreatedT, *, is_new: bool = True) -> _CreatedT:
    """Answer a creation with the record's place below *path* and its version. Returns: the record.

    is_new: False when the same record was sent before, which is answered with 200.
    """
    set_created_status(response, is_new)
    set_location(response, path, record.id)
    return with_etag(response, record)


def set_location(response: Response, path: str, key: object) -> None:
    """Say where the record is: its key below *path*."""
    response.headers["Location"] = f"{path}/{key}"


def set_created_status(response: Response, is_new: bool) -> None:
    """Answer 201 for a new record, 200 for one that was there before."""
    response.status_code = 201 if is_new else 200


def describe_existing_response(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entry of the 200 that a creation answers when the same record was sent before."""
    return {
        200: {"model": model, "description": "Đã gửi trước đó: bản ghi đã có (the record of the first time)"}
    }


def created_response(result: StoredResult) -> Response:
    """A 201 response with the stored record; a replay has the header Idempotency-Replayed and the same body."""
    return Response(result.body, 201, replayed_headers(result.replayed), _JSON)


def json_response(body: str) -> Response:
    """A 200 response with JSON text."""
    return Response(body, media_type=_JSON)


def versioned_response(body: str, version: int) -> Response:
    """A 200 response with a record's JSON text, and its version as `ETag`."""
    return Response(body, 200, {"ETag": _etag(version)}, _JSON)


def file_response(
    name: str, media_type: str, size: int, content: AsyncIterable[bytes] | Iterable[bytes]
) -> StreamingResponse:
    """A 200 response with a file of *size* bytes, to be saved under its name, which may have any letters."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(size),
    }
    return StreamingResponse(content, headers=headers, media_type=media_type)


def _etag(version: int) -> str:
    return f'"{version}"'
