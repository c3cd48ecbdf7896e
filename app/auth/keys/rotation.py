"""Signing keys (khóa ký) in the database: read, made on the first start, rotated by `ansinh keys rotate`."""

import json
from collections.abc import Sequence
from typing import Any, Final

from app.auth.keys.process_key import derive_process_key, store_process_key
from app.auth.keys.sealing import SecretKeys
from app.auth.keys.signing_keys import KeyRotation, KeyRow, KeySet, NoSigningKey, plan_key_rotation
from app.core.settings import Settings
from app.core.values.time import now

_SELECT_KEYS: Final = """
select kid, algorithm, public_jwk, sealed_private, active_from, retired_at
  from signing_keys($1)
"""
_RETIRE: Final = "update signing_key set retired_at = $1 where retired_at is null or retired_at > $1"
_INSERT: Final = """
insert into signing_key (kid, algorithm, public_jwk, sealed_private, active_from) values ($1, $2, $3, $4, $5)
"""


async def fetch_key_rows(driver: Any, process_key: bytes) -> Sequence[KeyRow]:
    """Fetch the keys that are not long retired. driver: an asyncpg connection or pool."""
    rows = await driver.fetch(_SELECT_KEYS, process_key)
    return [KeyRow(**{**row, "public_jwk": json.loads(row["public_jwk"])}) for row in rows]


async def ensure_signing_key(connection: Any, settings: Settings) -> None:
    """Make a key that signs at once if none can: on the first start, or where no secret key opens what is there.

    connection: asyncpg, as the owner of the tables.
    """
    async with connection.transaction():
        await _lock_rotation(connection)
        await store_process_key(connection, settings)
        if not await _can_sign(connection, settings):
            await _write(connection, _plan_rotation(settings, first=True))


async def rotate_signing_key(connection: Any, settings: Settings) -> KeyRow:
    """Publish a new key, and let the older ones end with the last token that they may have signed.

    connection: asyncpg, as the owner of the tables. The new key signs after PUBLISH_AHEAD_SECONDS, or at once when
    no key of the table can sign.
    """
    async with connection.transaction():
        await _lock_rotation(connection)
        await store_process_key(connection, settings)
        plan = _plan_rotation(settings, first=not await _can_sign(connection, settings))
        await _write(connection, plan)
    return plan.new


def require_secret_keys(settings: Settings) -> SecretKeys:
    """Return this installation's secret keys, the current one first. Raises: ValueError if there is none."""
    if settings.secret_key is None:
        raise ValueError("secret_key is not set; `ansinh serve` makes one on the first start")
    return settings.secret_keys


def _plan_rotation(settings: Settings, *, first: bool) -> KeyRotation:
    return plan_key_rotation(require_secret_keys(settings), settings.access_token_seconds, now(), first=first)


async def _can_sign(connection: Any, settings: Settings) -> bool:
    try:
        KeySet.from_rows(
            await fetch_key_rows(connection, derive_process_key(settings)), require_secret_keys(settings)
        ).current_signing_key(now().timestamp())
    except NoSigningKey:
        return False
    return True


async def _lock_rotation(connection: Any) -> None:
    await connection.execute("select pg_advisory_xact_lock(hashtext('ansinh.keys'))")


async def _write(connection: Any, plan: KeyRotation) -> None:
    await connection.execute(_RETIRE, plan.retired_at)
    new = plan.new
    jwk = json.dumps(dict(new.public_jwk))
    await connection.execute(_INSERT, new.kid, new.algorithm, jwk, new.sealed_private, new.active_from)
