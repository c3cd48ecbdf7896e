"""An installation whose secret key is replaced: one database, and processes that know this key or that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from app.auth.keys.resealing import SealedColumn, reseal
from app.auth.keys.rotation import ensure_signing_key
from app.auth.keys.signing_keys import generate_key
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.main import create_app
from app.secret_commands import list_sealed_columns
from app.tenancy.logins.auth_services import AuthServices
from app.webhooks.sending.signing import build_secret_sealer, format_webhook_secret
from tests.auth.login_helpers import bearer_headers, make_client, set_password
from tests.databases import DatabaseUrls
from tests.routers.responses import expect_json
from tests.world import Login, World

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


async def make_admin(installation: Installation, process: Process) -> Login:
    """A union's administrator with a password."""
    world = await World.create(installation.owner, process.app.state.tokens)
    login = await world.user(await world.unit("womens_union"), "union_admin")
    await set_password(installation.owner, login)
    return login


async def make_webhook(process: Process, tokens: dict[str, Any]) -> str:
    """Make an endpoint. Returns: its secret."""
    body = {"url": f"http://127.0.0.1:9/{uuid7()}"}
    created = await process.client.post("/v1/webhooks", json=body, headers=bearer_headers(tokens))
    secret: str = expect_json(created, 201)["secret"]
    return secret


async def read_webhook_secrets(installation: Installation, process: Process) -> set[str]:
    """The secrets of all endpoints, as the process opens them."""
    sealer = build_secret_sealer(process.settings.secret_keys)
    rows = await installation.owner.fetch("select id, sealed from webhook_secret where revoked_at is null")
    return {format_webhook_secret(sealer.unseal(row["id"], row["sealed"])) for row in rows}


def columns_of(installation: Installation, keys: dict[str, Any]) -> list[SealedColumn]:
    return list_sealed_columns(installation.settings(keys).secret_keys)


async def reseal_all(installation: Installation, **options: Any) -> dict[str, tuple[int, int]]:
    """Reseal with the new key. Returns: for each table how many values there are, and how many it resealed."""
    counts = {}
    for column in columns_of(installation, SWITCHED):
        count = await reseal(installation.owner, column, **options)
        assert count.is_done, column.table
        counts[column.table] = (count.total, count.resealed)
    return counts


async def fill(installation: Installation, number: int) -> None:
    """Signing keys that are sealed with the old key."""
    for _ in range(number):
        key = generate_key((OLD,), now())
        await installation.owner.execute(
            "insert into signing_key (kid, algorithm, public_jwk, sealed_private, active_from)"
            " values ($1, $2, '{}', $3, $4)",
            key.kid, key.algorithm, key.sealed_private, key.active_from,
        )  # fmt: skip
