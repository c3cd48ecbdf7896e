"""The desk where identity is checked: what logins need of the running server, made once at its start."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Self

from fastapi import Depends, Request

from app.auth.keys import derive_key
from app.auth.keystore import KeyStore
from app.auth.rotation import key_rows, secret_of
from app.auth.throttle import Throttle
from app.auth.tokens import AccessTokens
from app.core.db import Database
from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """refresh_key: makes the successors of refresh tokens. session_life: how long a login lasts unused."""

    database: Database
    keys: KeyStore
    tokens: AccessTokens
    throttle: Throttle
    refresh_key: bytes
    session_life: timedelta

    @classmethod
    def open(cls, database: Database, settings: Settings) -> Self:
        """Read nothing yet; the keys are read with the first token. Raises: ValueError without a secret key."""
        secret_key = secret_of(settings)
        keys = KeyStore(lambda: key_rows(database.driver), secret_key)
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


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
