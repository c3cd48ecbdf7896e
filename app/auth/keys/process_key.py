"""The key that the processes of an installation show to the database's functions that give secrets away.

Passwords, sessions and sealed secrets are out of the reach of the application's role (docs/decisions/0015): the owner's
functions want this key, of which the database keeps a digest that only the owner of the tables reads. It is derived
from the setting `secret_key`, so that whoever can only run SQL does not have it. While that is replaced, some processes
show the key of the old one and some that of the new one: the database keeps the digests of all that a process knows.
"""

from hashlib import sha256
from typing import Any, Final

from app.auth.keys.sealing import derive_key, derive_keys
from app.core.settings import Settings

_KNOWS: Final = "select position($1::bytea in process) > 0 from owner_key"
_STORE: Final = "update owner_key set process = $1 where process is distinct from $1"
_STORE_FIRST: Final = "update owner_key set process = $1 where process is null"


def derive_process_key(settings: Settings) -> bytes:
    """Derive the key; empty, and refused by the functions, where the process has no secret key."""
    return derive_key(settings.secret_key, "database functions") if settings.secret_key else b""


async def store_process_key(connection: Any, settings: Settings) -> None:
    """Let the processes with these secret keys in, and no others. connection: asyncpg, as the owner of the tables."""
    await connection.execute(_STORE, _digest_keys(settings))


async def store_first_process_key(connection: Any, settings: Settings) -> None:
    """Let the processes with these secret keys in if none was let in yet: a short command locks nobody out.

    connection: asyncpg, as the owner of the tables.
    """
    if settings.secret_key:
        await connection.execute(_STORE_FIRST, _digest_keys(settings))


async def is_process_key_stored(connection: Any, settings: Settings) -> bool:
    """Whether the server that was started last knows the current secret key. connection: as the owner of the tables."""
    return bool(await connection.fetchval(_KNOWS, sha256(derive_process_key(settings)).digest()))


def _digest_keys(settings: Settings) -> bytes:
    """Digest the keys of all secret keys, one after the other, as `require_process` looks for them."""
    keys = derive_keys(settings.secret_keys, "database functions")
    return b"".join(sha256(key).digest() for key in keys)
