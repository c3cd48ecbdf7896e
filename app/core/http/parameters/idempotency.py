"""The header `Idempotency-Key` and what a replay looks like, in the OpenAPI document and in an answer.

A handler that needs a key passes it to `resolve_idempotency_key`, which answers 400 without one.
"""

from typing import Annotated, Any, Final

from fastapi import Header, Response

from app.core.errors import FieldError, InvalidInput

_ALIAS: Final = "Idempotency-Key"
_DESCRIPTION: Final = (
    "Khóa do phía gửi chọn: gửi lại cùng khóa và cùng nội dung thì nhận lại kết quả đầu tiên."
)
_MAX_LENGTH: Final = 200

_KEY_LIMITS: Final[dict[str, Any]] = {
    "alias": _ALIAS,
    "min_length": 1,
    "max_length": _MAX_LENGTH,
    "pattern": "^[!-~]( *[!-~])*$",
}

IdempotencyKey = Annotated[str | None, Header(**_KEY_LIMITS, description=_DESCRIPTION)]
"""The key of an ordinary route that moves money, with None as its default."""

IdempotencyKeyOrId = Annotated[
    str | None, Header(**_KEY_LIMITS, description="Khóa chống ghi trùng; hoặc `id` trong nội dung")
]
"""The same where the `id` of the body may stand in for it."""

HOT_KEY_HEADER: Final = Header(alias=_ALIAS, description=_DESCRIPTION)
HotIdempotencyKey = Annotated[str | None, HOT_KEY_HEADER]
"""The key of a hot route, which checks it by itself (`check_idempotency_key`), with None as its default."""

BatchIdempotencyKey = Annotated[
    str,
    Header(
        alias=_ALIAS,
        min_length=1,
        max_length=_MAX_LENGTH,
        pattern=r"^[\x20-\x7e]+$",
        description=_DESCRIPTION,
    ),
]
"""The key of a batch, which always has one."""

REPLAYED_HEADER: Final = "Idempotency-Replayed"
REPLAY_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    201: {"headers": {REPLAYED_HEADER: {"description": "`true`: the first answer again", "schema": {}}}}
}
HOT_REPLAY_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "headers": {
            REPLAYED_HEADER: {
                "description": "`true` khi khóa đã được dùng cho cùng nội dung (the first answer again)",
                "schema": {"type": "string", "enum": ["true"]},
            }
        }
    }
}


def check_idempotency_key(value: str | None) -> str | None:
    """Validate the key of a hot route. Raises: InvalidInput unless it has 1 to 200 printable ASCII characters."""
    if value is None:
        return None
    if not 0 < len(value) <= _MAX_LENGTH or not value.isascii() or not value.isprintable():
        raise InvalidInput(errors=[FieldError(f"/header/{_ALIAS}", "idempotency_key", *_KEY_MESSAGES)])
    return value


_KEY_MESSAGES: Final = (
    f"Khóa gồm 1 đến {_MAX_LENGTH} ký tự ASCII in được.",
    f"A key has 1 to {_MAX_LENGTH} printable ASCII characters.",
)


def set_replayed(response: Response, replayed: bool) -> None:
    """Say in the answer whether it is that of an earlier request with the same key."""
    if replayed:
        response.headers[REPLAYED_HEADER] = "true"


def replayed_headers(replayed: bool) -> dict[str, str]:
    """The same for a response that is made with its headers."""
    return {REPLAYED_HEADER: "true"} if replayed else {}
