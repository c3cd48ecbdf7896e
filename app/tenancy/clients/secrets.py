"""Secrets of partner systems (mã bí mật): shown once, stored as hashes, at most two valid at a time."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from app.auth.passwords import hash_password
from app.core.values.ids import uuid7
from app.core.values.time import Day, start_of_day, today
from app.models.tenancy.client import Client, ClientSecret
from app.tenancy.clients.schemas import NewSecretOut, SecretOut
from app.tenancy.errors import TooManySecrets, rewrites_past
from app.tenancy.logins.client_grant import MAX_CHECKED_SECRETS

_PREFIX: Final = "as_"
"""The prefix by which secret scanners recognise our secrets."""


async def generate_client_secret(client: Client) -> tuple[str, ClientSecret]:
    """Generate a secret of 256 bits: its text, and the row that has only the hash. Raises: PasswordsBusy."""
    text = _PREFIX + secrets.token_urlsafe(32)
    return text, ClientSecret(id=uuid7(), client_id=client.id, secret_hash=await hash_password(text))


def filter_live_secrets(entries: Sequence[ClientSecret], at: datetime) -> list[ClientSecret]:
    """Return the secrets that can still be used, the earliest first."""
    return [
        entry
        for entry in entries
        if entry.revoked_at is None and (entry.expires_at is None or entry.expires_at > at)
    ]


def expire_older_secrets(live_secrets: Sequence[ClientSecret], older_valid_until: Day | None) -> None:
    """Check that one more secret may be created, and end the older one on the given day, if any.

    Raises: TooManySecrets; InvalidInput when the day has passed.
    """
    if len(live_secrets) >= MAX_CHECKED_SECRETS:
        raise TooManySecrets
    if older_valid_until is None:
        return
    if older_valid_until < today():
        raise rewrites_past("/older_valid_until")
    for entry in live_secrets:
        entry.expires_at = start_of_day(older_valid_until + timedelta(days=1))


def client_secret_to_response(entry: ClientSecret) -> SecretOut:
    """Build the response for a secret, without its text."""
    return SecretOut(
        id=entry.id,
        created_at=entry.created_at,
        expires_at=entry.expires_at,
        revoked_at=entry.revoked_at,
        last_used_at=entry.last_used_at,
    )


def new_client_secret_to_response(entry: ClientSecret, text: str) -> NewSecretOut:
    """Build the response for a new secret, with its text, which is shown this once."""
    return NewSecretOut(**dict(client_secret_to_response(entry)), secret=text)
