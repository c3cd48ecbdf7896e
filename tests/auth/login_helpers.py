"""Logins over HTTP: callers with addresses of their own, users with passwords, partners with secrets."""

from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI

from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import fetch_key_rows, require_secret_keys
from app.auth.keys.signing_keys import build_key_sealer, unseal_private_key
from app.auth.passwords import hash_password
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import now
from tests.auth.signer import Signer
from tests.core.http.asgi_client import AsgiClient
from tests.world import Login

PASSWORD = "con đường làng quê"
_addresses = count(1)
_hashes: dict[str, str] = {}


def new_address() -> str:
    """An address (RFC 2544) from which nobody has called yet."""
    number = next(_addresses)
    return f"198.18.{number // 250}.{number % 250 + 1}"


def make_client(app: FastAPI, address: str | None = None) -> httpx.AsyncClient:
    """Make an HTTP client with an address of its own, so that no test is throttled by another's failures."""
    return AsgiClient(app, (address or new_address(), 40000))


async def set_password(owner: Any, login: Login, password: str = PASSWORD) -> None:
    """Set a user's password."""
    sql = "insert into user_password (user_id, password_hash) values ($1, $2)"
    await owner.execute(sql, login.id, await _hash(password))


async def add_client_secret(owner: Any, login: Login, secret: str) -> None:
    """Add a secret to a partner system."""
    sql = "insert into client_secret (id, client_id, secret_hash) values ($1, $2, $3)"
    await owner.execute(sql, uuid7(), login.id, await _hash(secret))


async def _hash(password: str) -> str:
    if password not in _hashes:
        _hashes[password] = await hash_password(password)
    return _hashes[password]


async def make_server_signer(owner: Any, settings: Settings, login: Login) -> Signer:
    """A signer with a key of the running server, for the living session of a login."""
    rows = await fetch_key_rows(owner, derive_process_key(settings))
    active = [row for row in rows if row.active_from <= now()]
    row = max(active, key=lambda row: row.active_from)
    return Signer(
        private=unseal_private_key(row, build_key_sealer(require_secret_keys(settings))),
        kid=row.kid,
        issuer=settings.issuer,
        audience=settings.audience,
        lifetime=settings.access_token_seconds,
        now=int(now().timestamp()),
        session_id=str(login.session_id),
        subject=str(login.id),
    )


def bearer_headers(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def log_in(client: httpx.AsyncClient, login: Login, **more: Any) -> dict[str, Any]:
    body = {"username": login.username, "password": PASSWORD, **more}
    response = await client.post("/v1/auth/login", json=body)
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens


async def refresh(client: httpx.AsyncClient, tokens: dict[str, Any], **more: Any) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"], **more})


async def is_logged_in(client: httpx.AsyncClient, tokens: dict[str, Any]) -> bool:
    return (await client.get("/v1/auth/me", headers=bearer_headers(tokens))).status_code == 200


async def list_audit_events(owner: Any, login: Login) -> list[str]:
    """What is recorded of a login's user, but for refused tokens, which are recorded beside their requests."""
    rows = await owner.fetch(
        "select event from audit_event where subject_id = $1 and event <> 'token.refused' order by id",
        login.id,
    )
    return [row["event"] for row in rows]
