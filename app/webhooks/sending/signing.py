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

from app.auth.keys.signing_keys import derive_key

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how every secret begins
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class UnreadableSecret(Exception):
    """The secret was encrypted with another `secret_key` than this process has, or its row was altered."""


def generate_webhook_key() -> bytes:
    """Generate a new key of 256 bits."""
    return secrets.token_bytes(_KEY_BYTES)


def format_webhook_secret(key: bytes) -> str:
    """Format the key as it is shown to its owner, once."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def seal_secret(secret_key: str, secret_id: UUID, key: bytes) -> bytes:
    """Encrypt the key for storage: readable only with the server's secret key, and only in its own row."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret_key).encrypt(nonce, key, secret_id.bytes)


def unseal_secret(secret_key: str, secret_id: UUID, sealed: bytes) -> bytes:
    """Decrypt a stored key. Raises: UnreadableSecret."""
    try:
        return _cipher(secret_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], secret_id.bytes)
    except (InvalidTag, ValueError) as error:
        raise UnreadableSecret(str(secret_id)) from error


def sign_message(event_id: UUID, timestamp: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """Build the three headers of a message: its id, the time (seconds since 1970), and a signature for each key."""
    signed_content = f"{event_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed_content, "sha256")).decode() for key in keys)
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(derive_key(secret_key, "webhook secret"))
