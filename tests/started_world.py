"""The world of a started `ansinh serve`: its rows are made past the policies, its tokens are of its own key."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.auth.keys.keystore import KeyStore
from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import fetch_key_rows
from app.auth.tokens import AccessTokens
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from tests.world import World


@dataclass(frozen=True)
class StartedWorld:
    """owner: a connection as the owner of the tables of the server's embedded database."""

    owner: Any
    world: World

    @classmethod
    @asynccontextmanager
    async def open(cls, data_dir: Path) -> AsyncIterator["StartedWorld"]:
        """Two new provinces in the database of a server that is ready."""
        secret_key = json.loads((data_dir / "secrets.json").read_text())["secret_key"]
        settings = Settings(secret_key=secret_key)
        admin_url = EmbeddedPostgres(data_dir / "postgres").admin_url
        async with owner_connection(admin_url, settings.role_prefix) as owner:
            tokens = AccessTokens(
                KeyStore(lambda: fetch_key_rows(owner, derive_process_key(settings)), (secret_key,)),
                issuer=settings.issuer,
                audience=settings.audience,
                lifetime=settings.access_token_seconds,
            )
            yield cls(owner, await World.create(owner, tokens))
