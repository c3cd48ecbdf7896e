"""Secrets and signatures after the Standard Webhooks specification (chữ ký của thông báo)."""

import base64
import hmac
import os
import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.auth.keys import derive_key

PREFIX: Final = "whsec_"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class UnreadableSecret(Exception):
    """It was sealed with another `secret_key` than this process has, or its row was altered."""


def fresh_secret() -> bytes:
    """A new key of 256 bits."""
    return secrets.token_bytes(_KEY_BYTES)


def secret_text(key: bytes) -> str:
    """The key as its owner gets it, this once."""
    return PREFIX + base64.b64encode(key).decode()


def seal(secret_key: str, secret_id: UUID, key: bytes) -> bytes:
    """The key as it is stored: readable only with the server's secret key, and only in its own row."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret_key).encrypt(nonce, key, secret_id.bytes)


def unseal(secret_key: str, secret_id: UUID, sealed: bytes) -> bytes:
    """Raises: UnreadableSecret."""
    try:
        return _cipher(secret_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], secret_id.bytes)
    except (InvalidTag, ValueError) as error:
        raise UnreadableSecret(str(secret_id)) from error


def signed_headers(event_id: UUID, seconds: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers of a message: its id, when it is sent (seconds since 1970) and a signature for each key."""
    signed = f"{event_id}.{seconds}.".encode() + body
    made = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in made),
    }


def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(derive_key(secret_key, "webhook secret"))
