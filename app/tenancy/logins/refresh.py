"""Refresh tokens (mã gia hạn): opaque, 256 bits, each replaced by its successor when it is used.

Only hashes are stored. The first token of a family is random; each successor is an HMAC of the token that was
presented, under a key of the server. So a device that lost the answer and asks again gets the same successor,
although it is not stored, and who only sees the database cannot compute any.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Final

RETRY_WITHIN: Final = timedelta(seconds=60)
"""How long after its use a token may be presented again by the device that lost the answer."""

_PREFIX: Final = "ar_"
_PATTERN: Final = re.compile(r"ar_[A-Za-z0-9_-]{43}")


def generate_first_token() -> str:
    """Generate the first token of a family."""
    return _format_token(secrets.token_bytes(32))


def derive_successor(token: str, key: bytes) -> str:
    """Derive the next token; always the same for the same token and key."""
    return _format_token(hmac.digest(key, token.encode(), sha256))


def is_refresh_token(text: str) -> bool:
    """Return whether a text has the form of one of our refresh tokens."""
    return _PATTERN.fullmatch(text) is not None


def hash_token(token: str) -> bytes:
    """Hash a token as the database stores it."""
    return sha256(token.encode()).digest()


def _format_token(data: bytes) -> str:
    return _PREFIX + urlsafe_b64encode(data).rstrip(b"=").decode()
