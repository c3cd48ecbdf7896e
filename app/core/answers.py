"""Answers of hot routes: the database's JSON text, passed through."""

from typing import Any, Protocol

from fastapi import Response
from pydantic import BaseModel

REPLAY: dict[int | str, dict[str, Any]] = {
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


def same_again(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """What a creation answers that was sent before, for the OpenAPI document."""
    return {
        200: {"model": model, "description": "Đã gửi trước đó: bản ghi đã có (the record of the first time)"}
    }


class Kept(Protocol):
    """A result that is stored with its key. body: JSON text; replayed: it was there before."""

    @property
    def body(self) -> str: ...

    @property
    def replayed(self) -> bool: ...


def created(result: Kept) -> Response:
    """201 with what was recorded; a replay says so and is otherwise the first answer."""
    headers = {"Idempotency-Replayed": "true"} if result.replayed else None
    return Response(result.body, 201, headers, "application/json")


def shown(body: str) -> Response:
    """200 with JSON text."""
    return Response(body, media_type="application/json")


def versioned(body: str, version: int) -> Response:
    """200 with JSON text of a record, and its version as `ETag`."""
    return Response(body, 200, {"ETag": f'"{version}"'}, "application/json")
