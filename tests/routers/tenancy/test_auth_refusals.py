"""Forged tokens and guessed passwords."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.auth import passwords
from app.core.settings import Settings
from app.core.values.time import freeze_time, now
from app.tenancy.logins.throttle import PER_ADDRESS, PER_OWN, PER_USER
from tests.auth.forgeries import KINDS, build_forgeries
from tests.auth.login_helpers import (
    PASSWORD,
    add_client_secret,
    is_logged_in,
    log_in,
    make_client,
    make_server_signer,
    new_address,
    set_password,
)
from tests.world import Login, World


class TestForgedTokens:
    async def test_every_one_is_401(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, settings: Settings
    ):
        signer = await make_server_signer(owner, settings, officer)
        assert await is_logged_in(stranger, {"access_token": signer.sign_valid()})
        believed, corpus = [], build_forgeries(signer)
        assert len(corpus) == KINDS >= 341
        for forgery in corpus:
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


class TestLockOut:
    """The faults that kept owners out: each ends with the right password."""

    @pytest.fixture
    async def phone(self, stranger: httpx.AsyncClient, officer: Login) -> dict[str, str]:
        """What the owner's phone sends with a login, after an earlier one on it."""
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        return {"device_id": device, "device_token": tokens["device_token"]}

    async def fail(self, app: FastAPI, username: str, times: int, address: str | None = None) -> None:
        async with make_client(app, address) as attacker:
            for _ in range(times):
                body = {"username": username, "password": "wrong"}
                assert (await attacker.post("/v1/auth/login", json=body)).status_code in (401, 429)

    async def attack_from_everywhere(self, app: FastAPI, username: str) -> None:
        """Somewhat more than the name's quota, from as many addresses."""
        for _ in range(PER_USER // PER_OWN + 1):
            await self.fail(app, username, PER_OWN)

    async def log_in_from(self, app: FastAPI, login: Login, **more: Any) -> httpx.Response:
        async with make_client(app) as elsewhere:
            body = {"username": login.username, "password": PASSWORD, **more}
            return await elsewhere.post("/v1/auth/login", json=body)

    async def test_sixty_wrong_passwords_from_one_address_keep_nobody_out_elsewhere(
        self, app: FastAPI, officer: Login
    ):
        with freeze_time(now()):
            await self.fail(app, officer.username, 60)
            assert (await self.log_in_from(app, officer)).status_code == 200

    async def test_under_an_attack_from_everywhere_a_new_address_waits_a_second(
        self, app: FastAPI, officer: Login
    ):
        at = now()
        async with make_client(app) as elsewhere:
            body = {"username": officer.username, "password": PASSWORD}
            with freeze_time(at):
                await self.attack_from_everywhere(app, officer.username)
                told = await elsewhere.post("/v1/auth/login", json=body)
            assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (
                429,
                "too_many_logins",
                "1",
            )
            with freeze_time(at + timedelta(seconds=1)):
                assert (await elsewhere.post("/v1/auth/login", json=body)).status_code == 200

    async def test_a_device_that_logged_in_before_gets_through_at_once(
        self, app: FastAPI, officer: Login, phone: dict[str, str]
    ):
        with freeze_time(now()):
            await self.attack_from_everywhere(app, officer.username)
            assert (await self.log_in_from(app, officer, **phone)).status_code == 200

    async def test_and_so_does_the_address_where_its_owner_was(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login, phone: dict[str, str]
    ):
        with freeze_time(now()):
            await self.attack_from_everywhere(app, officer.username)
            body = {"username": officer.username, "password": PASSWORD}
            assert (await stranger.post("/v1/auth/login", json=body)).status_code == 200

    async def test_to_know_a_devices_id_is_not_enough(
        self, app: FastAPI, officer: Login, phone: dict[str, str], world: World
    ):
        other = await world.user(await world.unit("womens_union"), "viewer")
        await set_password(world.owner, other)
        theirs = {"device_id": str(uuid4())}
        async with make_client(app) as client:
            theirs["device_token"] = (await log_in(client, other, **theirs))["device_token"]
        with freeze_time(now()):
            await self.attack_from_everywhere(app, officer.username)
            for device in (
                {"device_id": phone["device_id"]},
                {"device_id": phone["device_id"], "device_token": "ad_" + "A" * 43},
                {"device_id": phone["device_id"], "device_token": theirs["device_token"]},
                theirs,
                {"device_token": phone["device_token"]},
            ):
                assert (await self.log_in_from(app, officer, **device)).status_code == 429

    async def test_a_whole_office_is_not_kept_out_by_some_who_err(
        self, app: FastAPI, officer: Login, world: World
    ):
        """Or by somebody behind the same proxy who tries names at random."""
        office = new_address()
        throttle = app.state.auth_services.throttle
        with freeze_time(now()):
            for number in range(PER_ADDRESS + 50):
                await throttle.admit("user", f"không.ai.{number}", office)
            async with make_client(app, office) as client:
                body = {"username": officer.username, "password": PASSWORD}
                assert (await client.post("/v1/auth/login", json=body)).status_code == 200

    async def test_when_nobody_has_time_to_check_it_is_not_counted(
        self, app: FastAPI, officer: Login, monkeypatch: pytest.MonkeyPatch
    ):
        with freeze_time(now()):
            async with make_client(app) as client:
                body = {"username": officer.username, "password": PASSWORD}
                with monkeypatch.context() as patch:
                    patch.setattr(passwords, "MAX_WAITING", 0)
                    for _ in range(PER_OWN + 5):
                        response = await client.post("/v1/auth/login", json=body)
                        assert (response.status_code, response.json()["code"]) == (429, "logins_busy")
                assert (await client.post("/v1/auth/login", json=body)).status_code == 200


class TestLockOutOfPartners:
    async def test_the_same_at_the_token_endpoint(self, app: FastAPI, world: World):
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        await add_client_secret(world.owner, partner, "a secret of some letters")
        form = {"grant_type": "client_credentials", "client_id": partner.username}
        good = form | {"client_secret": "a secret of some letters"}
        at = now()
        async with make_client(app) as home, make_client(app) as elsewhere:
            with freeze_time(at):
                assert (await home.post("/v1/oauth/token", data=good)).status_code == 200
                async with make_client(app) as attacker:
                    for _ in range(60):
                        await attacker.post("/v1/oauth/token", data=form | {"client_secret": "x"})
                assert (await elsewhere.post("/v1/oauth/token", data=good)).status_code == 200
                for _ in range(PER_USER // PER_OWN + 1):
                    async with make_client(app) as attacker:
                        for _ in range(PER_OWN):
                            await attacker.post("/v1/oauth/token", data=form | {"client_secret": "x"})
                assert (await home.post("/v1/oauth/token", data=good)).status_code == 200
                async with make_client(app) as fresh:
                    assert (await fresh.post("/v1/oauth/token", data=good)).headers["retry-after"] == "1"
                    with freeze_time(at + timedelta(seconds=1)):
                        assert (await fresh.post("/v1/oauth/token", data=good)).status_code == 200
