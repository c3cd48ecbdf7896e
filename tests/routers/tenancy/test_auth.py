"""Logging in and out, and one's own account."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import hash_password
from app.auth.permissions import ROLE_PERMISSIONS, Role
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


class TestLogin:
    async def test_gives_a_pair(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens = await log_in(stranger, officer)
        assert set(tokens) == {
            "access_token",
            "token_type",
            "expires_in",
            "refresh_token",
            "device_token",
            "password_change_required",
        }
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
        assert tokens["refresh_token"].startswith("ar_")
        assert await is_logged_in(stranger, tokens)
        assert await list_audit_events(owner, officer) == ["session.started", "login.new_device"]

    async def test_capitals_and_spaces_of_a_phone_do_not_matter(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        for username in (officer.username.capitalize(), officer.username.upper(), f" {officer.username} "):
            body = {"username": username, "password": PASSWORD}
            answer = await stranger.post("/v1/auth/login", json=body)
            assert answer.status_code == 200, username

    async def test_nothing_readable_is_stored(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens = await log_in(stranger, officer)
        row = await owner.fetchrow(
            "select r.*, s.* from refresh_token r join auth_session s on s.id = r.session_id where token_hash = $1",
            hash_token(tokens["refresh_token"]),
        )
        assert row is not None
        assert tokens["refresh_token"] not in str(dict(row))

    @pytest.mark.parametrize("password", ["wrong password", PASSWORD + " ", "x" * 256, "ế" * 100])
    async def test_wrong_password_is_401(self, stranger: httpx.AsyncClient, officer: Login, password: str):
        response = await stranger.post(
            "/v1/auth/login", json={"username": officer.username, "password": password}
        )
        assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials")

    async def test_a_clock_that_is_days_behind_is_told_and_nothing_is_begun(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        sessions = "select count(*) from auth_session where user_id = $1"
        before = await owner.fetchval(sessions, officer.id)
        body = {"username": officer.username, "password": PASSWORD}
        with freeze_time(now() - timedelta(days=3)):
            response = await stranger.post("/v1/auth/login", json=body)
        assert (response.status_code, response.json()["code"]) == (503, "no_signing_key")
        assert "đồng hồ" in response.json()["detail"]
        assert await owner.fetchval(sessions, officer.id) == before

    async def test_a_refresh_at_a_wrong_clock_uses_nothing_up(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        tokens = await log_in(stranger, officer)
        with freeze_time(now() - timedelta(days=3)):
            assert (await refresh(stranger, tokens)).json()["code"] == "no_signing_key"
        used = "select used_at from refresh_token where token_hash = $1"
        assert await owner.fetchval(used, hash_token(tokens["refresh_token"])) is None
        assert (await refresh(stranger, tokens)).status_code == 200

    async def test_unknown_disabled_and_wrong_look_the_same(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, world: World
    ):
        disabled = await world.user(await world.unit("womens_union"), "viewer")
        await set_password(owner, disabled)
        await owner.execute("update app_user set disabled_at = now() where id = $1", disabled.id)
        without = await world.user(await world.unit("womens_union"), "viewer")
        closed = await world.user(await world.unit("womens_union"), "viewer")
        await set_password(owner, closed)
        await owner.execute(
            "update organisation set closed_on = current_date where id = $1", closed.organisation_id
        )
        responses = set()
        for username, password in (
            ("nobody.anywhere", PASSWORD),
            (officer.username, "another password"),
            (disabled.username, PASSWORD),
            (without.username, PASSWORD),
            (closed.username, PASSWORD),
        ):
            response = await stranger.post(
                "/v1/auth/login", json={"username": username, "password": password}
            )
            body = response.json()
            body.pop("request_id")
            responses.add((response.status_code, str(body), response.headers["www-authenticate"]))
        assert len(responses) == 1

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"username": "a"}, "/password"),
            ({"password": "a"}, "/username"),
            ({"username": "", "password": "a"}, "/username"),
            ({"username": "a", "password": ""}, "/password"),
            ({"username": "a", "password": 12345678}, "/password"),
            ({"username": ["a"], "password": "a"}, "/username"),
            ({"username": "a", "password": "x" * 300}, "/password"),
            ({"username": "a", "password": "a\x00b"}, "/password"),
            ({"username": "a", "password": "b", "device_id": "no"}, "/device_id"),
            ({"username": "a", "password": "b", "device_name": ""}, "/device_name"),
            ({"username": "a", "password": "b", "role": "bhxh_admin"}, "/role"),
        ],
    )
    async def test_bad_fields_are_named(
        self, stranger: httpx.AsyncClient, body: dict[str, Any], pointer: str
    ):
        response = await stranger.post("/v1/auth/login", json=body)
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]

    async def test_an_old_hash_is_replaced(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        old = Argon2Hasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
        await owner.execute("update user_password set password_hash = $2 where user_id = $1", officer.id, old)
        await log_in(stranger, officer)
        stored = await owner.fetchval(
            "select password_hash from user_password where user_id = $1", officer.id
        )
        assert stored != old
        await log_in(stranger, officer)


class TestLogout:
    async def test_ends_the_session(self, stranger: httpx.AsyncClient, officer: Login, owner: Any):
        tokens, other = await log_in(stranger, officer), await log_in(stranger, officer)
        response = await stranger.post("/v1/auth/logout", headers=bearer_headers(tokens))
        assert (response.status_code, response.content) == (204, b"")
        assert not await is_logged_in(stranger, tokens)
        assert (await refresh(stranger, tokens)).status_code == 401
        assert await is_logged_in(stranger, other)
        assert "session.ended" in await list_audit_events(owner, officer)

    async def test_anonymous_is_401(self, stranger: httpx.AsyncClient):
        assert (await stranger.post("/v1/auth/logout")).status_code == 401


class TestMe:
    async def test_a_union_officer(self, stranger: httpx.AsyncClient, officer: Login, world: World):
        me = (await stranger.get("/v1/auth/me", headers=officer.headers)).json()
        assert (me["kind"], me["id"], me["name"]) == ("user", str(officer.id), officer.username)
        assert me["organisation"]["id"] == str(officer.organisation_id)
        assert me["organisation"]["network"] == "womens_union"
        assert me["roles"] == ["union_officer"]
        assert me["permissions"] == sorted(ROLE_PERMISSIONS[Role.UNION_OFFICER])
        assert [place["code"] for place in me["places"]] == [world.province]
        assert me["places"][0]["level"] == "province"
        assert (me["nationwide"], me["groups"], me["scopes"]) == (False, None, [])

    async def test_a_treasurer_has_groups(self, stranger: httpx.AsyncClient, world: World):
        unit = await world.unit("womens_union", world.commune, level="commune")
        group = await world.group(unit)
        treasurer = await world.user(unit, "treasurer", groups=[group.id])
        me = (await stranger.get("/v1/auth/me", headers=treasurer.headers)).json()
        assert me["groups"] == [str(group.id)]

    async def test_a_national_admin(self, stranger: httpx.AsyncClient, world: World):
        admin = await world.user(await world.national("bhxh"), "bhxh_admin")
        me = (await stranger.get("/v1/auth/me", headers=admin.headers)).json()
        assert me["nationwide"]
        assert [place["code"] for place in me["places"]] == ["VN"]

    async def test_a_partner_system(self, stranger: httpx.AsyncClient, world: World):
        partner = await world.partner(await world.unit("womens_union"), "stats:read", "enrolments:write")
        me = (await stranger.get("/v1/auth/me", headers=partner.headers)).json()
        assert (me["kind"], me["name"], me["roles"]) == ("client", partner.username, [])
        assert me["scopes"] == ["enrolments:write", "stats:read"]

    async def test_an_organisation_without_places(
        self, stranger: httpx.AsyncClient, world: World, owner: Any
    ):
        unit = await world.unit("womens_union")
        login = await world.user(unit, "union_officer")
        await set_password(owner, login)
        await owner.execute("delete from organisation_place where organisation_id = $1", unit.id)
        tokens = await log_in(stranger, login)
        me = (await stranger.get("/v1/auth/me", headers=bearer_headers(tokens))).json()
        assert me["places"] == []
        assert (await stranger.post("/v1/auth/logout", headers=bearer_headers(tokens))).status_code == 204


class TestPassword:
    NEW = "cây dừa bên sông"

    async def test_changes_it_and_ends_other_sessions(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        here, there = await log_in(stranger, officer), await log_in(stranger, officer)
        body = {"current_password": PASSWORD, "new_password": self.NEW}
        response = await stranger.post("/v1/auth/password", json=body, headers=bearer_headers(here))
        assert response.status_code == 204
        assert await is_logged_in(stranger, here)
        assert not await is_logged_in(stranger, there)
        old = await stranger.post("/v1/auth/login", json={"username": officer.username, "password": PASSWORD})
        assert old.status_code == 401
        assert await log_in(stranger, officer, password=self.NEW)
        assert "password.changed" in await list_audit_events(owner, officer)

    async def test_a_wrong_current_one_is_422(self, stranger: httpx.AsyncClient, officer: Login):
        body = {"current_password": "not this one", "new_password": self.NEW}
        response = await stranger.post("/v1/auth/password", json=body, headers=officer.headers)
        assert response.status_code == 422
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
            ("/current_password", "wrong_password")
        ]
        assert await log_in(stranger, officer)

    @pytest.mark.parametrize(
        ("new", "code"),
        [
            ("ngắn", "password_too_short"),
            ("matkhau2026", "password_common"),
            ("12345678901", "password_digits_only"),
            ("người dùng thử", "password_own_name"),
        ],
    )
    async def test_a_weak_one_is_422(self, stranger: httpx.AsyncClient, officer: Login, new: str, code: str):
        body = {"current_password": PASSWORD, "new_password": new}
        response = await stranger.post("/v1/auth/password", json=body, headers=officer.headers)
        assert response.status_code == 422
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
            ("/new_password", code)
        ]

    async def test_a_partner_has_none(self, stranger: httpx.AsyncClient, world: World):
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        body = {"current_password": PASSWORD, "new_password": self.NEW}
        response = await stranger.post("/v1/auth/password", json=body, headers=partner.headers)
        assert response.status_code == 403

    async def test_a_weak_one_of_before_still_opens(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        hashed = await hash_password("12345678901")
        await owner.execute(
            "update user_password set password_hash = $2 where user_id = $1", officer.id, hashed
        )
        tokens = await log_in(stranger, officer, password="12345678901")
        body = {"current_password": "12345678901", "new_password": self.NEW}
        response = await stranger.post("/v1/auth/password", json=body, headers=bearer_headers(tokens))
        assert response.status_code == 204

    async def test_guesses_in_one_session_do_not_keep_out_another(
        self, stranger: httpx.AsyncClient, officer: Login
    ):
        body = {"current_password": "not this one", "new_password": self.NEW}
        with freeze_time(now()):
            for _ in range(11):
                await stranger.post("/v1/auth/password", json=body, headers=officer.headers)
            tokens = await log_in(stranger, officer)
            body["current_password"] = PASSWORD
            response = await stranger.post("/v1/auth/password", json=body, headers=bearer_headers(tokens))
        assert response.status_code == 204

    async def test_guessing_it_is_throttled(self, stranger: httpx.AsyncClient, officer: Login):
        body = {"current_password": "not this one", "new_password": self.NEW}
        with freeze_time(now()):
            statuses = [
                (await stranger.post("/v1/auth/password", json=body, headers=officer.headers)).status_code
                for _ in range(11)
            ]
        assert statuses == [422] * 10 + [429]
