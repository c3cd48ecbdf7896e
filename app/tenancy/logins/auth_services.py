"""The services that logins need, created once when the server starts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from app.auth.keys.keystore import KeyStore
from app.auth.keys.rotation import fetch_key_rows, require_secret_key
from app.auth.keys.signing_keys import derive_key
from app.auth.tokens import AccessTokens
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.tenancy.logins.throttle import Throttle


@dataclass(frozen=True, slots=True)
class AuthServices:
    """The services of logins. refresh_key: derives new refresh tokens. session_life: how long an unused login lasts."""

    database: Database
    keys: KeyStore
    tokens: AccessTokens
    throttle: Throttle
    refresh_key: bytes
    session_life: timedelta

    @classmethod
    def create(cls, database: Database, settings: Settings) -> Self:
        """Create the services; keys are read with the first token. Raises: ValueError without a secret key."""
        secret_key = require_secret_key(settings)
        keys = KeyStore(lambda: fetch_key_rows(database.driver, database.process_key), secret_key)
        tokens = AccessTokens(
            keys, issuer=settings.issuer, audience=settings.audience, lifetime=settings.access_token_seconds
        )
        return cls(
            database=database,
            keys=keys,
            tokens=tokens,
            throttle=Throttle(database, derive_key(secret_key, "login throttle")),
            refresh_key=derive_key(secret_key, "refresh successor"),
            session_life=timedelta(days=settings.refresh_token_days),
        )
