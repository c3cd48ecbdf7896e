"""The signing and checking of access tokens, wired to the table of keys."""

import json
from typing import Any

import asyncpg

from app.auth.keys import KeyRow, rotated
from app.auth.keystore import KeyStore
from app.auth.tokens import AccessTokens
from app.core.db import Database
from app.core.settings import Settings
from app.core.time import now

_KEYS = """
select kid, algorithm, public_jwk, sealed_private, active_from, retired_at
  from signing_key where retired_at is null or retired_at > now() - interval '1 day'
"""


def access_tokens(settings: Settings, database: Database) -> AccessTokens:
    """Tokens of this installation, with the keys of its table."""
    assert settings.secret_key is not None  # noqa: S101 - `ansinh serve` sets it

    async def fetch() -> list[KeyRow]:
        return [_key_row(row) for row in await database.driver.fetch(_KEYS)]

    return AccessTokens(
        KeyStore(fetch, settings.secret_key),
        issuer=settings.issuer,
        audience=settings.audience,
        lifetime=settings.access_token_seconds,
    )


def _key_row(row: asyncpg.Record) -> KeyRow:
    values: dict[str, Any] = dict(row)
    return KeyRow(**{**values, "public_jwk": json.loads(values["public_jwk"])})


async def ensure_signing_key(connection: Any, settings: Settings) -> None:
    """Make the first signing key of an installation; nothing when there is one. *connection*: asyncpg."""
    assert settings.secret_key is not None  # noqa: S101 - `ansinh serve` sets it
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('ansinh.keys'))")
        if await connection.fetchval("select exists (select from signing_key where retired_at is null)"):
            return
        key = rotated(settings.secret_key, settings.access_token_seconds, now(), first=True).new
        await connection.execute(
            "insert into signing_key (kid, algorithm, public_jwk, sealed_private, active_from)"
            " values ($1, $2, $3, $4, $5)",
            key.kid, key.algorithm, json.dumps(dict(key.public_jwk)), key.sealed_private, key.active_from,
        )  # fmt: skip
