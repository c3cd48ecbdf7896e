"""Sessions and notices over HTTP: one's own, and those of users whom one manages."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import freeze_time, now
from tests.auth.login_helpers import (
    PASSWORD,
    bearer_headers,
    is_logged_in,
    list_audit_events,
    log_in,
    make_client,
    refresh,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World

PATH = "/v1/auth/sessions"


@pytest.fixture
async def admin(world: World) -> Login:
    return await world.user(await world.unit("womens_union"), "union_admin")


async def list_sessions(client: httpx.AsyncClient, tokens: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = expect_json(await client.get(PATH, headers=bearer_headers(tokens)))["items"]
    return items


class TestOwnSessions:
    async def test_anonymous_and_partner_systems(self, stranger: httpx.AsyncClient, world: World):
        expect_problem(await stranger.get(PATH), 401, "unauthenticated")
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        expect_problem(await stranger.get(PATH, headers=partner.headers), 403, "forbidden")
        expect_problem(await stranger.delete(f"{PATH}/{uuid7()}", headers=partner.headers), 403, "forbidden")

    async def test_shows_those_that_hold(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        await owner.execute("update auth_session set expires_at = now() where user_id = $1", officer.id)
        device = str(uuid4())
        phone = await log_in(stranger, officer, device_id=device, device_name="Máy của chị Lan")
        laptop = await log_in(stranger, officer)
        phone = expect_json(await refresh(stranger, phone, device_id=device))
        here, there = await list_sessions(stranger, laptop)
        assert (here["current"], here["device_id"], here["refreshed_at"]) == (True, None, None)
        assert (there["current"], there["device_id"], there["device_name"]) == (
            False,
            device,
            "Máy của chị Lan",
        )
        assert there["refreshed_at"] >= there["started_at"]
        assert await is_logged_in(stranger, phone)

    async def test_one_ends_with_all_its_tokens(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        phone, laptop = await log_in(stranger, officer), await log_in(stranger, officer)
        lost = next(item for item in await list_sessions(stranger, phone) if item["current"])
        response = await stranger.delete(f"{PATH}/{lost['id']}", headers=bearer_headers(laptop))
        assert (response.status_code, response.content) == (204, b"")
        assert not await is_logged_in(stranger, phone)
        assert (await refresh(stranger, phone)).status_code == 401
        assert await is_logged_in(stranger, laptop)
        assert "session.ended" in await list_audit_events(owner, officer)
        again = await stranger.delete(f"{PATH}/{lost['id']}", headers=bearer_headers(laptop))
        expect_problem(again, 404, "not_found")

    async def test_anothers_looks_absent(self, stranger: httpx.AsyncClient, officer: Login, world: World):
        other = await world.user(await world.unit("womens_union"), "union_officer")
        response = await stranger.delete(f"{PATH}/{other.session_id}", headers=officer.headers)
        expect_problem(response, 404, "not_found")
        assert (await stranger.get("/v1/auth/me", headers=other.headers)).status_code == 200


async def let_time_pass(owner: Any, login: Login) -> None:
    """Let it be eleven minutes ago that a user logged in, or showed the password, everywhere."""
    await owner.execute(
        "update auth_session set created_at = created_at - interval '11 minutes',"
        " proven_at = proven_at - interval '11 minutes' where user_id = $1",
        login.id,
    )


class TestProof:
    PATH = "/v1/auth/proof"

    async def prove(self, client: httpx.AsyncClient, tokens: dict[str, Any], password: str) -> httpx.Response:
        body = {"current_password": password}
        return await client.post(self.PATH, json=body, headers=bearer_headers(tokens))

    async def test_anonymous_and_partner_systems(self, stranger: httpx.AsyncClient, world: World):
        body = {"current_password": PASSWORD}
        expect_problem(await stranger.post(self.PATH, json=body), 401, "unauthenticated")
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        refused = await stranger.post(self.PATH, json=body, headers=partner.headers)
        expect_problem(refused, 403, "forbidden")

    async def test_another_session_is_ended_only_after_one(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        phone, laptop = await log_in(stranger, officer), await log_in(stranger, officer)
        lost = next(item for item in await list_sessions(stranger, phone) if item["current"])
        url, headers = f"{PATH}/{lost['id']}", bearer_headers(laptop)
        await let_time_pass(owner, officer)
        refused = await stranger.delete(url, headers=headers)
        expect_problem(refused, 403, "reauthentication_required")
        assert self.PATH in refused.json()["detail"]
        assert await is_logged_in(stranger, phone)
        wrong = await self.prove(stranger, laptop, "not this one")
        expect_problem(wrong, 422, "wrong_password", "/current_password")
        expect_problem(await stranger.delete(url, headers=headers), 403, "reauthentication_required")
        assert (await self.prove(stranger, phone, PASSWORD)).status_code == 204  # is good for the phone alone
        expect_problem(await stranger.delete(url, headers=headers), 403, "reauthentication_required")
        for _ in range(2):
            assert (await self.prove(stranger, laptop, PASSWORD)).status_code == 204
        assert (await stranger.delete(url, headers=headers)).status_code == 204
        assert not await is_logged_in(stranger, phone)

    async def test_is_good_for_ten_minutes(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens = await log_in(stranger, officer)
        url = f"{PATH}/{officer.session_id}"
        assert (await self.prove(stranger, tokens, PASSWORD)).status_code == 204
        await let_time_pass(owner, officer)
        refused = await stranger.delete(url, headers=bearer_headers(tokens))
        expect_problem(refused, 403, "reauthentication_required")

    async def test_ones_own_session_is_ended_without(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        await let_time_pass(owner, officer)
        response = await stranger.delete(f"{PATH}/{officer.session_id}", headers=officer.headers)
        assert response.status_code == 204

    async def test_an_administrator_needs_one_for_themselves_alone(
        self, stranger: httpx.AsyncClient, officer: Login, admin: Login, world: World
    ):
        other = await world.login(admin.id, admin.username, await world.unit("womens_union"))
        await let_time_pass(world.owner, admin)
        for url in (f"/v1/users/{admin.id}/sessions", f"/v1/users/{admin.id}/sessions/{other.session_id}"):
            refused = await stranger.delete(url, headers=admin.headers)
            expect_problem(refused, 403, "reauthentication_required")
        theirs = await stranger.delete(f"/v1/users/{officer.id}/sessions", headers=admin.headers)
        assert theirs.status_code == 204

    async def test_another_device_is_revoked_only_after_one(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        phone = await log_in(stranger, officer, device_name="Điện thoại")
        laptop = await log_in(stranger, officer, device_name="Máy tính")
        (lost,) = [item["device_id"] for item in await list_sessions(stranger, phone) if item["current"]]
        await let_time_pass(owner, officer)
        url = f"/v1/devices/{lost}/revoke"
        refused = await stranger.post(url, headers=bearer_headers(laptop))
        expect_problem(refused, 403, "reauthentication_required")
        assert await is_logged_in(stranger, phone)
        assert (await self.prove(stranger, laptop, PASSWORD)).status_code == 204
        expect_json(await stranger.post(url, headers=bearer_headers(laptop)))
        assert not await is_logged_in(stranger, phone)

    async def test_guessing_is_throttled(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        with freeze_time(now()):
            statuses = [(await self.prove(stranger, tokens, "not this one")).status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]

    @pytest.mark.parametrize(
        "body", [{}, {"current_password": ""}, {"current_password": 7}, {"code": "123456"}]
    )
    async def test_a_bad_body_is_422(self, stranger: httpx.AsyncClient, officer: Login, body: Any):
        response = await stranger.post(self.PATH, json=body, headers=officer.headers)
        assert response.status_code == 422


class TestSessionsOfUsers:
    async def test_are_seen_and_ended_by_an_administrator(
        self, stranger: httpx.AsyncClient, officer: Login, admin: Login
    ):
        one, two = await log_in(stranger, officer), await log_in(stranger, officer)
        url = f"/v1/users/{officer.id}/sessions"
        items = expect_json(await stranger.get(url, headers=admin.headers))["items"]
        assert len(items) == 3
        assert not any(item["current"] for item in items)
        assert (await stranger.delete(f"{url}/{items[0]['id']}", headers=admin.headers)).status_code == 204
        assert (await is_logged_in(stranger, one), await is_logged_in(stranger, two)) == (True, False)
        assert (await stranger.delete(url, headers=admin.headers)).status_code == 204
        assert not await is_logged_in(stranger, one)
        assert expect_json(await stranger.get(url, headers=admin.headers))["items"] == []

    async def test_ending_all_of_ones_own_keeps_this_one(
        self, stranger: httpx.AsyncClient, admin: Login, world: World
    ):
        other = await world.login(admin.id, admin.username, await world.unit("womens_union"))
        response = await stranger.delete(f"/v1/users/{admin.id}/sessions", headers=admin.headers)
        assert response.status_code == 204
        assert (await stranger.get("/v1/auth/me", headers=admin.headers)).status_code == 200
        assert (await stranger.get("/v1/auth/me", headers=other.headers)).status_code == 401

    async def test_of_others_look_absent(self, stranger: httpx.AsyncClient, officer: Login, world: World):
        url = f"/v1/users/{officer.id}/sessions"
        farmers = await world.user(await world.unit("farmers_association"), "union_admin")
        for method, path in (("GET", url), ("DELETE", url), ("DELETE", f"{url}/{officer.session_id}")):
            response = await stranger.request(method, path, headers=farmers.headers)
            expect_problem(response, 404, "not_found")
            expect_problem(await stranger.request(method, path, headers=officer.headers), 403, "forbidden")


class TestNotices:
    PATH = "/v1/auth/notices"

    async def list_events(self, client: httpx.AsyncClient, tokens: dict[str, Any]) -> list[dict[str, Any]]:
        response = await client.get(self.PATH, headers=bearer_headers(tokens))
        items: list[dict[str, Any]] = expect_json(response)["items"]
        return items

    async def test_a_login_from_a_new_device_is_told_once(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login
    ):
        first = await log_in(stranger, officer, device_name="Máy")
        (notice,) = await self.list_events(stranger, first)
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(first)))
        assert (notice["event"], notice["device_id"], notice["session_id"], notice["by_other"]) == (
            "login.new_device",
            me["device_id"],
            me["session_id"],
            False,
        )
        device = {"device_id": me["device_id"], "device_token": first["device_token"]}
        async with make_client(app) as elsewhere:
            again = await log_in(elsewhere, officer, **device)
        at_home = await log_in(stranger, officer)
        assert len(await self.list_events(stranger, again)) == 1
        assert len(await self.list_events(stranger, at_home)) == 1

    async def test_who_only_knows_a_devices_id_is_a_new_device(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login
    ):
        first = await log_in(stranger, officer, device_name="Máy")
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(first)))
        for token in (None, "ad_" + "A" * 43, first["device_token"] + "x"):
            device = {"device_id": me["device_id"]} | ({"device_token": token} if token else {})
            async with make_client(app) as elsewhere:
                tokens = await log_in(elsewhere, officer, **device)
        assert len(await self.list_events(stranger, tokens)) == 4

    async def test_tells_of_failed_logins_and_of_what_administrators_did(
        self, app: FastAPI, stranger: httpx.AsyncClient, officer: Login, admin: Login
    ):
        async with make_client(app) as elsewhere:
            body = {"username": officer.username, "password": "không phải"}
            assert (await elsewhere.post("/v1/auth/login", json=body)).status_code == 401
        await app.state.auth_services.security.drain()
        assert (
            await stranger.delete(f"/v1/users/{officer.id}/sessions", headers=admin.headers)
        ).status_code == 204
        notices = await self.list_events(stranger, await log_in(stranger, officer))
        assert [(notice["event"], notice["by_other"], notice["count"]) for notice in notices] == [
            ("login.new_device", False, None),
            ("session.ended", True, None),
            ("login.failed", True, 1),
        ]

    async def test_a_session_that_ended_is_still_named(
        self, stranger: httpx.AsyncClient, officer: Login, admin: Login, owner: Any
    ):
        url = f"/v1/users/{officer.id}/sessions/{officer.session_id}"
        assert (await stranger.delete(url, headers=admin.headers)).status_code == 204
        tokens = await log_in(stranger, officer)
        _new, ended = await self.list_events(stranger, tokens)
        assert (ended["event"], ended["session_id"]) == ("session.ended", str(officer.session_id))
        await owner.execute("delete from auth_session where id = $1", officer.session_id)
        _new, ended = await self.list_events(stranger, tokens)
        assert (ended["event"], ended["session_id"]) == ("session.ended", None)

    async def test_nobody_sees_anothers(self, stranger: httpx.AsyncClient, officer: Login, admin: Login):
        await log_in(stranger, officer)
        assert expect_json(await stranger.get(self.PATH, headers=admin.headers))["items"] == []


class TestDeviceToken:
    async def test_is_given_with_a_device_and_stays_the_same(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        assert (await log_in(stranger, officer))["device_token"] is None
        device = str(uuid4())
        tokens = await log_in(stranger, officer, device_id=device)
        renewed = expect_json(await refresh(stranger, tokens, device_id=device))
        assert renewed["device_token"] == tokens["device_token"]
        assert tokens["device_token"].startswith("ad_")
        rows = [dict(row) for row in await owner.fetch("select * from device where id = $1", UUID(device))]
        assert tokens["device_token"] not in str(rows)
