"""A second factor: shown at a login, guessed at, lost, and reset."""

from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from pyotp import TOTP

from app.tenancy.logins.throttle import PER_OWN
from tests.auth.login_helpers import bearer_headers, list_audit_events, log_in, make_client
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.second_factor.steps import PATH, Clock, enrol, start, try_log_in
from tests.world import Login, World


class TestLogin:
    async def test_needs_the_code_once_the_password_is_right(
        self, stranger: httpx.AsyncClient, admin: Login, clock: Clock
    ):
        secret, _ = await enrol(stranger, await log_in(stranger, admin), clock)
        expect_problem(await try_log_in(stranger, admin), 401, "second_factor_code_needed")
        expect_problem(await try_log_in(stranger, admin, password="sai rồi"), 401, "wrong_credentials")
        code = clock.code(secret)
        with clock.stopped():
            tokens = expect_json(await try_log_in(stranger, admin, code=code))
            expect_json(await stranger.get("/v1/users", headers=bearer_headers(tokens)))

    async def test_a_code_counts_once(self, stranger: httpx.AsyncClient, officer: Login, clock: Clock):
        secret = await start(stranger, tokens := await log_in(stranger, officer))
        code = clock.code(secret)
        with clock.stopped():
            expect_json(
                await stranger.post(f"{PATH}/confirm", json={"code": code}, headers=bearer_headers(tokens))
            )
            expect_problem(await try_log_in(stranger, officer, code=code), 401, "wrong_code")
            earlier = TOTP(secret).at(clock.at - timedelta(seconds=30))
            expect_problem(await try_log_in(stranger, officer, code=earlier), 401, "wrong_code")
        code = clock.code(secret)
        with clock.stopped():
            expect_json(await try_log_in(stranger, officer, code=code))
            expect_problem(await try_log_in(stranger, officer, code=code), 401, "wrong_code")

    async def test_guessing_codes_is_throttled_from_everywhere(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login, clock: Clock
    ):
        """Who tries knows the password; so the number counts for the user, not for the address."""
        secret, codes = await enrol(stranger, await log_in(stranger, officer), clock)
        good = clock.code(secret)
        with clock.stopped():
            for _ in range(PER_OWN):
                async with make_client(app) as elsewhere:
                    wrong = f"{(int(good) + 500) % 1_000_000:06}"
                    expect_problem(await try_log_in(elsewhere, officer, code=wrong), 401, "wrong_code")
            expect_problem(await try_log_in(stranger, officer, code=good), 429, "too_many_logins")
            expect_problem(await try_log_in(stranger, officer, code=codes[0]), 429, "too_many_logins")

    async def test_a_known_device_is_not_kept_out_by_them(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login, clock: Clock
    ):
        tokens = await log_in(stranger, officer, device_name="Điện thoại")
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        secret, _ = await enrol(stranger, tokens, clock)
        good = clock.code(secret)
        with clock.stopped():
            for _ in range(PER_OWN):
                await try_log_in(stranger, officer, code=f"{(int(good) + 500) % 1_000_000:06}")
            device = {"device_id": me["device_id"], "device_token": tokens["device_token"]}
            expect_json(await try_log_in(stranger, officer, code=good, **device))


class TestRecoveryCodes:
    async def test_each_opens_once(self, stranger: httpx.AsyncClient, admin: Login, owner: Any, clock: Clock):
        _, codes = await enrol(stranger, await log_in(stranger, admin), clock)
        tokens = expect_json(await try_log_in(stranger, admin, code=codes[0].lower().replace("-", " ")))
        expect_json(await stranger.get("/v1/users", headers=bearer_headers(tokens)))
        expect_problem(await try_log_in(stranger, admin, code=codes[0]), 401, "wrong_code")
        state = expect_json(await stranger.get(PATH, headers=bearer_headers(tokens)))
        assert state["recovery_codes_left"] == 9
        assert "recovery_code.used" in await list_audit_events(owner, admin)

    async def test_are_renewed_with_a_code(self, stranger: httpx.AsyncClient, officer: Login, clock: Clock):
        tokens = await log_in(stranger, officer)
        secret, old = await enrol(stranger, tokens, clock)
        url, headers = f"{PATH}/recovery-codes", bearer_headers(tokens)
        expect_problem(
            await stranger.post(url, json={"code": "000000"}, headers=headers), 422, "wrong_code", "/code"
        )
        code = clock.code(secret)
        with clock.stopped():
            new = expect_json(await stranger.post(url, json={"code": code}, headers=headers))[
                "recovery_codes"
            ]
        assert not set(new) & set(old)
        expect_problem(await try_log_in(stranger, officer, code=old[1]), 401, "wrong_code")
        expect_json(await try_log_in(stranger, officer, code=new[1]))


class TestRemoval:
    async def test_by_oneself_with_a_code_and_then_it_is_set_up_again(
        self, stranger: httpx.AsyncClient, admin: Login, clock: Clock
    ):
        tokens = await log_in(stranger, admin)
        _, codes = await enrol(stranger, tokens, clock)
        url, headers = f"{PATH}/remove", bearer_headers(tokens)
        expect_problem(
            await stranger.post(url, json={"code": "000000"}, headers=headers), 422, "wrong_code", "/code"
        )
        assert (await stranger.post(url, json={"code": codes[0]}, headers=headers)).status_code == 204
        expect_problem(await stranger.get("/v1/users", headers=headers), 403, "second_factor_required")
        await enrol(stranger, tokens, clock)
        expect_json(await stranger.get("/v1/users", headers=headers))

    async def test_by_another_administrator_who_is_named(
        self, stranger: httpx.AsyncClient, admin: Login, world: World, owner: Any, clock: Clock
    ):
        tokens = await log_in(stranger, admin)
        await enrol(stranger, tokens, clock)
        above = await world.user(await world.national("womens_union"), "union_admin")
        url = f"/v1/users/{admin.id}/second-factor/reset"
        assert (await stranger.post(url, headers=above.headers)).status_code == 204
        assert (await stranger.get("/v1/auth/me", headers=bearer_headers(tokens))).status_code == 401
        row = await owner.fetchrow(
            "select actor_id, fields from audit_event where subject_id = $1 and event = 'second_factor.removed'",
            admin.id,
        )
        assert (row["actor_id"], row["fields"]) == (above.id, '{"reset": true}')
        expect_problem(await stranger.post(url, headers=above.headers), 409, "no_second_factor")
        anew = await log_in(stranger, admin)
        response = await stranger.get("/v1/users", headers=bearer_headers(anew))
        expect_problem(response, 403, "second_factor_required")

    async def test_nobody_resets_their_own_or_of_somebody_above(
        self, stranger: httpx.AsyncClient, admin: Login, world: World, clock: Clock
    ):
        tokens = await log_in(stranger, admin)
        await enrol(stranger, tokens, clock)
        own = await stranger.post(f"/v1/users/{admin.id}/second-factor/reset", headers=bearer_headers(tokens))
        expect_problem(own, 403, "own_record")
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        response = await stranger.post(f"/v1/users/{bhxh.id}/second-factor/reset", headers=admin.headers)
        assert response.status_code in (401, 404)
