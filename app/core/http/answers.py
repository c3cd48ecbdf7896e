"""Responses of hot routes: the database's JSON text, passed through."""

from typing import Any, Protocol

from fastapi import Response
from pydantic import BaseModel

HOT_REPLAY_RESPONSES: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            "Idempotency-Replayed": {
                "description": "`true` khi khóa đã được dùng cho cùng nội dung (the first answer again)",
                "schema": {"type": "string", "enum": ["true"]},
            }
        }
    }
}
"""What a replay looks like, for the OpenAPI document."""


def describe_existing_response(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entry of the 200 that a creation answers when the same record was sent before."""
    return {
        200: {"model": model, "description": "Đã gửi trước đó: bản ghi đã có (the record of the first time)"}
    }


class StoredResult(Protocol):
    """A result stored with its idempotency key. body: JSON text; replayed: it was stored by an earlier request."""

    @property
    def body(self) -> str: ...

    @property
    def replayed(self) -> bool: ...


def created_response(result: StoredResult) -> Response:
    """A 201 response with the stored record; a replay has the header Idempotency-Replayed and the same body."""
    headers = {"Idempotency-Replayed": "true"} if result.replayed else None
    return Response(result.body, 201, headers, "application/json")


def json_response(body: str) -> Response:
    """A 200 response with JSON text."""
    return Response(body, media_type="application/json")


def versioned_response(body: str, version: int) -> Response:
    """A 200 response with a record's JSON text, and its version as `ETag`."""
    return Response(body, 200, {"ETag": f'"{version}"'}, "application/json")
