"""Refresh tokens (mã gia hạn): opaque, 256 bits, and one after the other.

Only hashes are stored. The first token of a family is random; each successor is an HMAC of the token that was
presented, under a key of the server. So a device that lost the answer and asks again gets exactly the same
successor, although nobody has kept it, and who only sees the database can compute none.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Final

RETRY_WITHIN: Final = timedelta(seconds=60)
"""For so long after its use a token may be presented again by the device that lost the answer."""

_PREFIX: Final = "ar_"
_FORM: Final = re.compile(r"ar_[A-Za-z0-9_-]{43}")


def first_token() -> str:
    """The first token of a family."""
    return _text(secrets.token_bytes(32))


def successor(token: str, key: bytes) -> str:
    """The token that follows; always the same for the same token and key."""
    return _text(hmac.digest(key, token.encode(), sha256))


def is_token(text: str) -> bool:
    """Whether a text can be one of our refresh tokens."""
    return _FORM.fullmatch(text) is not None


def token_hash(token: str) -> bytes:
    """What the database knows of a token."""
    return sha256(token.encode()).digest()


def _text(data: bytes) -> str:
    return _PREFIX + urlsafe_b64encode(data).rstrip(b"=").decode()
