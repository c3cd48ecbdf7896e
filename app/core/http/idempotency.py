"""The `Idempotency-Key` header of ordinary routes that move money (of hot ones: core/http/hot.py)."""

from typing import Annotated, Any

from fastapi import Header

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern="^[!-~]( *[!-~])*$",
        description="Khóa do phía gửi chọn: gửi lại cùng khóa và cùng nội dung thì nhận lại kết quả đầu tiên.",
    ),
]
"""The request's key, with None as its default: `resolve_idempotency_key(key, None)` in the handler answers 400
without one."""

REPLAY_RESPONSES: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {"Idempotency-Replayed": {"description": "`true`: the first answer again", "schema": {}}}
    }
}
