"""Keys that make a write happen once (khóa chống ghi trùng)."""

from app.core.errors import IdempotencyKeyMissing


def resolve_idempotency_key(key: str | None, item_id: object | None) -> str:
    """The key of a request: its header, or the id that the client chose for what it creates.

    Raises: IdempotencyKeyMissing when there is neither.
    """
    if key is not None:
        return key
    if item_id is None:
        raise IdempotencyKeyMissing
    return str(item_id)
