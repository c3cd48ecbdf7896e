"""Turning the signing key (khóa ký): what `ansinh keys rotate` does."""

import json
from typing import Any

from app.auth.keys import KeyRow, KeySet, NoSigningKey, rotated
from app.core.settings import Settings
from app.core.time import now


async def rotate_signing_key(connection: Any, settings: Settings) -> KeyRow:
    """Publish a new key, and let the older ones end with the last token that they may have signed.

    connection: asyncpg, of the tables' owner. The new key signs a few minutes from now, or at once when no
    key of the table can sign (a lost `secret_key`, for example).
    """
    assert settings.secret_key is not None  # noqa: S101 - the command line sets it
    moment = now()
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('ansinh.keys'))")
        keys = KeySet.of([_row(record) for record in await connection.fetch(_KEYS)], settings.secret_key)
        plan = rotated(
            settings.secret_key,
            settings.access_token_seconds,
            moment,
            first=not _can_sign(keys, moment.timestamp()),
        )
        await connection.execute(
            "update signing_key set retired_at = $1 where retired_at is null or retired_at > $1",
            plan.retired_at,
        )
        await connection.execute(
            "insert into signing_key (kid, algorithm, public_jwk, sealed_private, active_from)"
            " values ($1, $2, $3, $4, $5)",
            plan.new.kid, plan.new.algorithm, json.dumps(plan.new.public_jwk), plan.new.sealed_private,
            plan.new.active_from,
        )  # fmt: skip
    return plan.new


_KEYS = "select kid, algorithm, public_jwk, sealed_private, active_from, retired_at from signing_key"


def _row(record: Any) -> KeyRow:
    return KeyRow(**{**record, "public_jwk": json.loads(record["public_jwk"])})


def _can_sign(keys: KeySet, moment: float) -> bool:
    try:
        keys.signing(moment)
    except NoSigningKey:
        return False
    return True
