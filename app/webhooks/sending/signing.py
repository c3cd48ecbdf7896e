"""Secrets and signatures after the Standard Webhooks specification (chữ ký của thông báo)."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from app.auth.keys.sealing import Sealer, SecretKeys, derive_keys

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how every secret begins
_KEY_BYTES: Final = 32


def generate_webhook_key() -> bytes:
    """Generate a new key of 256 bits."""
    return secrets.token_bytes(_KEY_BYTES)


def format_webhook_secret(key: bytes) -> str:
    """Format the key as it is shown to its owner, once."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def build_secret_sealer(secret_keys: SecretKeys) -> Sealer:
    """Build what seals the keys of endpoints, each for its own row of `webhook_secret`."""
    return Sealer("webhook_secret", derive_keys(secret_keys, "webhook secret"))


def sign_message(event_id: UUID, timestamp: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """Build the three headers of a message: its id, the time (seconds since 1970), and a signature for each key."""
    signed_content = f"{event_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed_content, "sha256")).decode() for key in keys)
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
