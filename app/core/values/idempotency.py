"""Keys that make a write happen once (khóa chống ghi trùng)."""

import json
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

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


def hash_request(operation: str, *meaning: Any) -> bytes:
    """Hash the meaning of a request (SHA-256), from JSON values, ids and days."""
    return sha256(_encode_canonical([operation, *meaning]).encode()).digest()


def _to_text(value: date | UUID) -> str:
    return str(value)


_encode_canonical = json.JSONEncoder(sort_keys=True, default=_to_text).encode
