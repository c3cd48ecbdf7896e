"""Device tokens (mã thiết bị): by which a device shows that its user logged in on it before.

A device's id is no secret: it stands in lists and in the audit. Its token is an HMAC of the id under a key of the
server; only who logged in on the device, or refreshed a session of it, was ever told. It opens nothing: it lets the
device's wrong passwords be counted apart from those of strangers, until the device is revoked.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

_PREFIX: Final = "ad_"


def build_device_token(device_id: UUID, key: bytes) -> str:
    """Build the token of a device."""
    digest = hmac.digest(key, device_id.bytes, sha256)
    return _PREFIX + urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_device_token(token: str | None, device_id: UUID | None, keys: Sequence[bytes]) -> bool:
    """Return whether this is the token of that device, made with one of the keys."""
    if token is None or device_id is None:
        return False
    presented = token.encode()
    return any(hmac.compare_digest(presented, build_device_token(device_id, key).encode()) for key in keys)
