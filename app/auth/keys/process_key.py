"""The key that the processes of an installation show to the database's functions that give secrets away.

Passwords, sessions and sealed secrets are out of the reach of the application's role (docs/decisions/0015): the owner's
functions want this key, of which the database keeps a digest that only the owner of the tables reads. It is derived
from the setting `secret_key`, so that whoever can only run SQL does not have it.
"""

from hashlib import sha256
from typing import Any, Final

from app.auth.keys.signing_keys import derive_key
from app.core.settings import Settings

_STORE: Final = "update owner_key set process = $1 where process is distinct from $1"
_STORE_FIRST: Final = "update owner_key set process = $1 where process is null"


def derive_process_key(settings: Settings) -> bytes:
    """Derive the key; empty, and refused by the functions, where the process has no secret key."""
    return derive_key(settings.secret_key, "database functions") if settings.secret_key else b""


async def store_process_key(connection: Any, settings: Settings) -> None:
    """Let the processes with this secret key in, and no others. connection: asyncpg, as the owner of the tables."""
    await connection.execute(_STORE, sha256(derive_process_key(settings)).digest())


async def store_first_process_key(connection: Any, settings: Settings) -> None:
    """Let the processes with this secret key in if none was let in yet: a short command locks nobody out.

    connection: asyncpg, as the owner of the tables.
    """
    if settings.secret_key:
        await connection.execute(_STORE_FIRST, sha256(derive_process_key(settings)).digest())
