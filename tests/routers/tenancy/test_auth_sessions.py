"""Devices and refresh tokens: how a session goes on and ends."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.values.time import freeze_time, now
from app.tenancy.logins.refresh import hash_token
from tests.auth.login_helpers import (
    PASSWORD,
    bearer_headers,
    is_logged_in,
    list_audit_events,
    log_in,
    refresh,
    set_password,
)
from tests.world import Login, World


class TestDevice:
    async def test_a_new_device_is_registered(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        device_id = uuid4()
        tokens = await log_in(stranger, officer, device_id=str(device_id), device_name="Điện thoại của tổ")
        me = (await stranger.get("/v1/auth/me", headers=bearer_headers(tokens))).json()
        assert me["device_id"] == str(device_id)
        row = await owner.fetchrow("select user_id, name from device where id = $1", device_id)
        assert (row["user_id"], row["name"]) == (officer.id, "Điện thoại của tổ")

    async def test_a_name_alone_makes_a_device(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens = await log_in(stranger, officer, device_name="Máy tính")
        me = (await stranger.get("/v1/auth/me", headers=bearer_headers(tokens))).json()
        assert (
            await owner.fetchval("select name from device where id = $1", UUID(me["device_id"])) == "Máy tính"
        )

    async def test_a_second_login_ends_the_first_on_that_device_only(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        device, other = str(uuid4()), str(uuid4())
        first = await log_in(stranger, officer, device_id=device)
        elsewhere = await log_in(stranger, officer, device_id=other)
        loose = await log_in(stranger, officer)
        second = await log_in(stranger, officer, device_id=device)
        assert [await is_logged_in(stranger, tokens) for tokens in (first, second, elsewhere, loose)] == [
            False,
            True,
            True,
            True,
        ]
        assert (await refresh(stranger, first)).status_code == 401

    async def test_anothers_device_is_409(self, stranger: httpx.AsyncClient, officer: Login, world: World):
        other = await world.user(await world.unit("farmers_association"), "viewer")
        await set_password(world.owner, other)
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        body = {"username": other.username, "password": PASSWORD, "device_id": device}
        response = await stranger.post("/v1/auth/login", json=body)
        assert (response.status_code, response.json()["code"]) == (409, "device_taken")
        assert await is_logged_in(stranger, tokens)

    async def test_a_revoked_device_is_403_and_its_session_over(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        await owner.execute("update device set revoked_at = now() where id = $1", UUID(device))
        assert not await is_logged_in(stranger, tokens)
        assert (await refresh(stranger, tokens)).status_code == 401
        body = {"username": officer.username, "password": PASSWORD, "device_id": device}
        response = await stranger.post("/v1/auth/login", json=body)
        assert (response.status_code, response.json()["code"]) == (403, "device_revoked")

    async def test_concurrent_logins_on_a_new_device_leave_one_session(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        device = str(uuid4())
        pairs = await asyncio.gather(*(log_in(stranger, officer, device_id=device) for _ in range(4)))
        assert [await is_logged_in(stranger, tokens) for tokens in pairs].count(True) == 1


class TestRefresh:
    async def test_gives_the_next_pair(self, stranger: httpx.AsyncClient, officer: Login):
        first = await log_in(stranger, officer)
        response = await refresh(stranger, first)
        assert response.status_code == 200
        second = response.json()
        assert second["refresh_token"] != first["refresh_token"]
        assert await is_logged_in(stranger, second)
        assert await is_logged_in(stranger, first), "an access token lives on until it expires"
        assert (await refresh(stranger, second)).status_code == 200

    async def test_a_lost_answer_gives_the_same_successor(self, stranger: httpx.AsyncClient, officer: Login):
        first = await log_in(stranger, officer)
        second = (await refresh(stranger, first)).json()
        with freeze_time(now() + timedelta(seconds=55)):
            again = await refresh(stranger, first)
        assert again.status_code == 200
        assert again.json()["refresh_token"] == second["refresh_token"]
        assert (await refresh(stranger, second)).status_code == 200

    async def test_reuse_after_a_minute_ends_the_family(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        first = await log_in(stranger, officer)
        second = (await refresh(stranger, first)).json()
        with freeze_time(now() + timedelta(seconds=61)):
            response = await refresh(stranger, first)
        assert (response.status_code, response.json()["code"]) == (401, "invalid_refresh_token")
        assert not await is_logged_in(stranger, second)
        assert (await refresh(stranger, second)).status_code == 401
        assert await list_audit_events(owner, officer) == [
            "session.started",
            "login.new_device",
            "refresh.reused",
        ]

    async def test_reuse_after_the_successor_was_used_ends_the_family(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        first = await log_in(stranger, officer)
        second = (await refresh(stranger, first)).json()
        third = (await refresh(stranger, second)).json()
        assert (await refresh(stranger, first)).status_code == 401
        assert not await is_logged_in(stranger, third)
        assert (await refresh(stranger, third)).status_code == 401

    async def test_another_device_ends_the_family(self, stranger: httpx.AsyncClient, officer: Login):
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        tokens = (await refresh(stranger, tokens, device_id=device)).json()
        assert (await refresh(stranger, tokens, device_id=str(uuid4()))).status_code == 401
        assert (await refresh(stranger, tokens, device_id=device)).status_code == 401

    async def test_a_session_of_a_device_is_not_refreshed_without_it(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        response = await refresh(stranger, tokens)
        assert response.status_code == 422
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
            ("/device_id", "device_id_missing")
        ]
        assert await is_logged_in(stranger, tokens)
        assert (await refresh(stranger, tokens, device_id=device)).status_code == 200, "nothing was used up"

    async def test_nor_is_one_without_a_device_with_one(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        assert (await refresh(stranger, tokens, device_id=str(uuid4()))).status_code == 401
        assert not await is_logged_in(stranger, tokens)

    async def test_families_are_apart(self, stranger: httpx.AsyncClient, officer: Login):
        one, other = await log_in(stranger, officer), await log_in(stranger, officer)
        await refresh(stranger, one)
        with freeze_time(now() + timedelta(seconds=61)):
            await refresh(stranger, one)
        assert await is_logged_in(stranger, other)
        assert (await refresh(stranger, other)).status_code == 200

    async def test_concurrent_requests_get_one_successor(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        first = await log_in(stranger, officer)
        responses = await asyncio.gather(*(refresh(stranger, first) for _ in range(6)))
        assert {response.status_code for response in responses} == {200}
        successors = {response.json()["refresh_token"] for response in responses}
        assert len(successors) == 1
        count = "select count(*) from refresh_token where parent_hash = $1"
        assert await owner.fetchval(count, hash_token(first["refresh_token"])) == 1

    async def test_disabled_user_is_401(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens = await log_in(stranger, officer)
        await owner.execute("update app_user set disabled_at = now() where id = $1", officer.id)
        assert not await is_logged_in(stranger, tokens)
        assert (await refresh(stranger, tokens)).status_code == 401

    async def test_lasts_as_long_as_it_is_used(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        first = await log_in(stranger, officer)
        with freeze_time(now() + timedelta(days=61)):
            assert (await refresh(stranger, first)).status_code == 401
        with freeze_time(now() + timedelta(days=59)):
            second = (await refresh(stranger, first)).json()
        with freeze_time(now() + timedelta(days=100)):
            assert (await refresh(stranger, second)).status_code == 200
        left = "select count(*) from refresh_token where token_hash = $1"
        assert await owner.fetchval(left, hash_token(first["refresh_token"])) == 0, (
            "what has expired is dropped"
        )

    @pytest.mark.parametrize(
        "token", ["ar_", "x", "ar_" + "A" * 43, "ar_" + "A" * 42 + "=", "ar_" + "é" * 43, "A" * 200]
    )
    async def test_strange_tokens_are_401(self, stranger: httpx.AsyncClient, token: str):
        assert (await refresh(stranger, {"refresh_token": token})).status_code == 401

    async def test_an_access_token_renews_nothing(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        response = await refresh(stranger, {"refresh_token": tokens["access_token"]})
        assert response.status_code in (401, 422)
        assert (await stranger.get(
            "/v1/auth/me", headers={"Authorization": f"Bearer {tokens['refresh_token']}"}
        )).status_code == 401  # fmt: skip
