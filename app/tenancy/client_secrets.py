"""Secrets of partner systems (mã bí mật): shown once, stored as hashes, at most two alive."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from app.auth.client_grant import LIVE_SECRETS
from app.auth.passwords import hash_password
from app.core.ids import uuid7
from app.core.time import VIET_NAM, Day, today
from app.models.client import Client, ClientSecret
from app.tenancy.client_schemas import NewSecretOut, SecretOut
from app.tenancy.errors import TooManySecrets, rewrites_past

_PREFIX: Final = "as_"
"""By which scanners of source code recognise a secret of ours."""


async def fresh_secret(client: Client) -> tuple[str, ClientSecret]:
    """A new secret of 256 bits: its text, and the row that knows only the hash. Raises: PasswordsBusy."""
    text = _PREFIX + secrets.token_urlsafe(32)
    return text, ClientSecret(id=uuid7(), client_id=client.id, secret_hash=await hash_password(text))


def live(entries: Sequence[ClientSecret], at: datetime) -> list[ClientSecret]:
    """Those that still open the door, the earliest first."""
    return [
        entry
        for entry in entries
        if entry.revoked_at is None and (entry.expires_at is None or entry.expires_at > at)
    ]


def make_room(alive: Sequence[ClientSecret], older_valid_until: Day | None) -> None:
    """Let one more secret be made, and the older one end with a day where that is given.

    Raises: TooManySecrets; InvalidInput when the day has passed.
    """
    if len(alive) >= LIVE_SECRETS:
        raise TooManySecrets
    if older_valid_until is None:
        return
    if older_valid_until < today():
        raise rewrites_past("/older_valid_until")
    for entry in alive:
        entry.expires_at = datetime.combine(older_valid_until + timedelta(days=1), time(), VIET_NAM)


def secret_out(entry: ClientSecret) -> SecretOut:
    """A secret as lists show it."""
    return SecretOut(
        id=entry.id,
        created_at=entry.created_at,
        expires_at=entry.expires_at,
        revoked_at=entry.revoked_at,
        last_used_at=entry.last_used_at,
    )


def new_secret_out(entry: ClientSecret, text: str) -> NewSecretOut:
    """A new secret as it is shown this once."""
    return NewSecretOut(**dict(secret_out(entry)), secret=text)
