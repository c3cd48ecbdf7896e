"""An installation whose secret key is replaced: one database, and processes that know this key or that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from app.auth.keys.rotation import ensure_signing_key
from app.core.settings import Settings
from app.main import create_app
from app.tenancy.logins.auth_services import AuthServices
from tests.auth.login_helpers import make_client
from tests.databases import DatabaseUrls

OLD, NEW = "the key of before has 32 letters or more", "the key that comes has 32 letters or more"
PRESENT: dict[str, Any] = {"secret_key": OLD}
TOLD: dict[str, Any] = {"secret_key": OLD, "secret_key_next": NEW}
SWITCHED: dict[str, Any] = {"secret_key": NEW, "secret_key_before": (OLD,)}
REPLACED: dict[str, Any] = {"secret_key": NEW}
ADDRESS = "198.19.0.7"
"""Where every caller is."""


@dataclass(frozen=True)
class Process:
    """One process of the API."""

    app: FastAPI
    client: httpx.AsyncClient
    settings: Settings

    @property
    def services(self) -> AuthServices:
        services: AuthServices = self.app.state.auth_services
        return services


@dataclass(frozen=True)
class Installation:
    """owner: a connection as the owner of the tables."""

    urls: DatabaseUrls
    owner: Any

    def settings(self, keys: dict[str, Any]) -> Settings:
        return Settings(
            app_database_url=self.urls.app,
            database_url=self.urls.admin,
            role_prefix=self.urls.role_prefix,
            webhook_allow_http=True,
            webhook_allow_networks="127.0.0.0/8",
            **keys,
        )

    @asynccontextmanager
    async def start(self, keys: dict[str, Any]) -> AsyncIterator[Process]:
        """A process as `ansinh serve` starts it."""
        settings = self.settings(keys)
        await ensure_signing_key(self.owner, settings)
        app = create_app(settings)
        async with app.router.lifespan_context(app), make_client(app, ADDRESS) as client:
            yield Process(app, client, settings)
