"""Forged tokens and guessed passwords."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.core.values.time import freeze_time, now
from tests.auth.forgeries import build_forgeries
from tests.auth.login_helpers import PASSWORD, is_logged_in, make_client, make_server_signer, set_password
from tests.world import Login, World


class TestForgedTokens:
    async def test_every_one_is_401(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, settings: Settings
    ):
        signer = await make_server_signer(owner, settings, officer)
        assert await is_logged_in(stranger, {"access_token": signer.sign_valid()})
        believed = []
        for forgery in build_forgeries(signer):
            header = b"Bearer " + forgery.token.encode("utf-8", "surrogatepass")
            response = await stranger.get("/v1/auth/me", headers=[(b"Authorization", header)])
            if response.status_code != 401 or response.json()["status"] != 401:
                believed.append((forgery.name, response.status_code))
        assert believed == []

    async def test_a_genuine_token_of_no_session_is_401(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, settings: Settings
    ):
        signer = await make_server_signer(owner, settings, officer)
        assert not await is_logged_in(stranger, {"access_token": signer.with_claims(sid=str(uuid4()))})

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "bearer  x", "Bearer a b"]
    )
    async def test_other_headers_are_401(self, stranger: httpx.AsyncClient, header: str):
        assert (await stranger.get("/v1/auth/me", headers={"Authorization": header})).status_code == 401


class TestThrottle:
    """Nobody is throttled for another's failures, and nobody can keep guessing."""

    async def try_log_in(
        self,
        client: httpx.AsyncClient,
        username: str,
        password: str = "wrong",  # noqa: S107
    ) -> httpx.Response:
        return await client.post("/v1/auth/login", json={"username": username, "password": password})

    async def test_the_eleventh_guess_is_429(self, stranger: httpx.AsyncClient, officer: Login):
        with freeze_time(now()):
            statuses = [(await self.try_log_in(stranger, officer.username)).status_code for _ in range(10)]
            refused = await self.try_log_in(stranger, officer.username, PASSWORD)
        assert statuses == [401] * 10
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_logins")
        seconds = int(refused.headers["retry-after"])
        assert 0 < seconds <= 900
        assert refused.headers["ratelimit"] == f'"user-address";r=0;t={seconds}'
        assert refused.headers["ratelimit-policy"] == '"user-address";q=10;w=900'

    async def test_it_ends_with_the_window(self, stranger: httpx.AsyncClient, officer: Login):
        with freeze_time(now()):
            for _ in range(11):
                refused = await self.try_log_in(stranger, officer.username)
        with freeze_time(now() + timedelta(seconds=int(refused.headers["retry-after"]) + 1)):
            assert (await self.try_log_in(stranger, officer.username, PASSWORD)).status_code == 200

    async def test_another_address_is_not_locked_out(
        self, stranger: httpx.AsyncClient, app: FastAPI, officer: Login
    ):
        with freeze_time(now()):
            for _ in range(11):
                await self.try_log_in(stranger, officer.username)
            async with make_client(app) as elsewhere:
                assert (await self.try_log_in(elsewhere, officer.username, PASSWORD)).status_code == 200

    async def test_another_user_is_not_locked_out(
        self, stranger: httpx.AsyncClient, officer: Login, world: World
    ):
        other = await world.user(await world.unit("womens_union"), "viewer")
        await set_password(world.owner, other)
        with freeze_time(now()):
            for _ in range(11):
                await self.try_log_in(stranger, officer.username)
            assert (await self.try_log_in(stranger, other.username, PASSWORD)).status_code == 200

    async def test_unknown_users_are_throttled_alike(self, stranger: httpx.AsyncClient):
        with freeze_time(now()):
            statuses = [(await self.try_log_in(stranger, "nobody.here")).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]

    async def test_a_success_starts_anew(self, stranger: httpx.AsyncClient, officer: Login):
        with freeze_time(now()):
            for _ in range(3):
                for _ in range(9):
                    assert (await self.try_log_in(stranger, officer.username)).status_code == 401
                assert (await self.try_log_in(stranger, officer.username, PASSWORD)).status_code == 200

    async def test_parallel_guesses_are_all_counted(self, stranger: httpx.AsyncClient, officer: Login):
        with freeze_time(now()):
            responses = await asyncio.gather(
                *(self.try_log_in(stranger, officer.username) for _ in range(20))
            )
        assert sorted(response.status_code for response in responses) == [401] * 10 + [429] * 10
