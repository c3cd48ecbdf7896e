"""Forged tokens and guessed passwords."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.core.time import frozen, now
from tests.auth.forgeries import forgeries
from tests.auth.logins import (
    PASSWORD,
    caller,
    give_password,
    server_signer,
    works,
)
from tests.world import Login, World


class TestForgedTokens:
    async def test_every_one_is_401(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, settings: Settings
    ):
        signer = await server_signer(owner, settings, officer)
        assert await works(stranger, {"access_token": signer.good()})
        believed = []
        for forgery in forgeries(signer):
            header = b"Bearer " + forgery.token.encode("utf-8", "surrogatepass")
            answer = await stranger.get("/v1/auth/me", headers=[(b"Authorization", header)])
            if answer.status_code != 401 or answer.json()["status"] != 401:
                believed.append((forgery.name, answer.status_code))
        assert believed == []

    async def test_a_genuine_token_of_no_session_is_401(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, settings: Settings
    ):
        signer = await server_signer(owner, settings, officer)
        assert not await works(stranger, {"access_token": signer.with_claims(sid=str(uuid4()))})

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "bearer  x", "Bearer a b"]
    )
    async def test_other_headers_are_401(self, stranger: httpx.AsyncClient, header: str):
        assert (await stranger.get("/v1/auth/me", headers={"Authorization": header})).status_code == 401


class TestThrottle:
    """Nobody waits for another, and nobody guesses for long."""

    async def attempt(
        self,
        client: httpx.AsyncClient,
        username: str,
        password: str = "wrong",  # noqa: S107
    ) -> httpx.Response:
        return await client.post("/v1/auth/login", json={"username": username, "password": password})

    async def test_the_eleventh_guess_is_429(self, stranger: httpx.AsyncClient, officer: Login):
        with frozen(now()):
            statuses = [(await self.attempt(stranger, officer.username)).status_code for _ in range(10)]
            refused = await self.attempt(stranger, officer.username, PASSWORD)
        assert statuses == [401] * 10
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_logins")
        seconds = int(refused.headers["retry-after"])
        assert 0 < seconds <= 900
        assert refused.headers["ratelimit"] == f'"user-address";r=0;t={seconds}'
        assert refused.headers["ratelimit-policy"] == '"user-address";q=10;w=900'

    async def test_it_ends_with_the_window(self, stranger: httpx.AsyncClient, officer: Login):
        with frozen(now()):
            for _ in range(11):
                refused = await self.attempt(stranger, officer.username)
        with frozen(now() + timedelta(seconds=int(refused.headers["retry-after"]) + 1)):
            assert (await self.attempt(stranger, officer.username, PASSWORD)).status_code == 200

    async def test_another_address_is_not_locked_out(
        self, stranger: httpx.AsyncClient, app: FastAPI, officer: Login
    ):
        with frozen(now()):
            for _ in range(11):
                await self.attempt(stranger, officer.username)
            async with caller(app) as elsewhere:
                assert (await self.attempt(elsewhere, officer.username, PASSWORD)).status_code == 200

    async def test_another_user_is_not_locked_out(
        self, stranger: httpx.AsyncClient, officer: Login, world: World
    ):
        other = await world.user(await world.unit("womens_union"), "viewer")
        await give_password(world.owner, other)
        with frozen(now()):
            for _ in range(11):
                await self.attempt(stranger, officer.username)
            assert (await self.attempt(stranger, other.username, PASSWORD)).status_code == 200

    async def test_unknown_users_are_throttled_alike(self, stranger: httpx.AsyncClient):
        with frozen(now()):
            statuses = [(await self.attempt(stranger, "nobody.here")).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]

    async def test_a_success_starts_anew(self, stranger: httpx.AsyncClient, officer: Login):
        with frozen(now()):
            for _ in range(3):
                for _ in range(9):
                    assert (await self.attempt(stranger, officer.username)).status_code == 401
                assert (await self.attempt(stranger, officer.username, PASSWORD)).status_code == 200

    async def test_parallel_guesses_are_all_counted(self, stranger: httpx.AsyncClient, officer: Login):
        with frozen(now()):
            answers = await asyncio.gather(*(self.attempt(stranger, officer.username) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 10
