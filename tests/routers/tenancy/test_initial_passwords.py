"""A password that an administrator set: random, short-lived, and good for its own change alone (ASVS V6.4.1)."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.password_rules import find_weakness
from app.auth.permissions import ROLE_PERMISSIONS, Role
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import freeze_time, now
from tests.access.routes import list_routes
from tests.auth.login_helpers import (
    PASSWORD,
    bearer_headers,
    is_logged_in,
    list_audit_events,
    log_in,
    refresh,
    set_password,
)
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.second_factor.steps import Clock, enrol
from tests.world import Login, World

NEW = "cây dừa bên sông"
TYPED = "hoa sen nở tháng sáu"
OPEN_ROUTES = {"GET /v1/auth/me", "POST /v1/auth/logout", "POST /v1/auth/password"}
READABLE = re.compile(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}")


@pytest.fixture
async def admin(world: World) -> Login:
    return await world.user(await world.unit("womens_union"), "union_admin")


async def create(client: httpx.AsyncClient, by: Login, **changes: Any) -> dict[str, Any]:
    """Create a user. Returns: the answer."""
    body = {"username": f"u{uuid7()}", "full_name": "Người Mới", "roles": ["treasurer"]} | changes
    created: dict[str, Any] = expect_json(await client.post("/v1/users", json=body, headers=by.headers), 201)
    return created


async def try_log_in(client: httpx.AsyncClient, username: str, password: str, **more: Any) -> httpx.Response:
    body = {"username": username, "password": password, **more}
    return await client.post("/v1/auth/login", json=body)


async def change(
    client: httpx.AsyncClient, tokens: dict[str, Any], current: str, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await client.post("/v1/auth/password", json=body, headers=bearer_headers(tokens))


async def begin(client: httpx.AsyncClient, by: Login, **changes: Any) -> tuple[dict[str, Any], str]:
    """Create a user, and let them log in. Returns: their tokens, and the password that was made."""
    created = await create(client, by, **changes)
    password: str = created["initial_password"]
    return expect_json(await try_log_in(client, created["username"], password)), password


class TestCreateUser:
    async def test_makes_one_and_shows_it_once(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, owner: Any
    ):
        body: dict[str, Any] = {"id": str(uuid7()), "username": f"u{uuid7()}"}
        created = await create(client, admin, **body)
        made = created["initial_password"]
        assert READABLE.fullmatch(made)
        assert find_weakness(made, created["username"], created["full_name"]) is None
        life = datetime.fromisoformat(created["initial_password_until"]) - now()
        assert timedelta(days=6, hours=23) < life <= timedelta(days=7)
        again = await create(client, admin, **body)
        assert again == created | {"initial_password": None}
        seen = expect_json(await client.get(f"/v1/users/{created['id']}", headers=admin.headers))
        assert "initial_password" not in seen
        stored = await owner.fetch(
            "select to_jsonb(p)::text from user_password p where user_id = $1"
            " union all select to_jsonb(e)::text from audit_event e where subject_id = $1",
            created["id"],
        )
        assert len(stored) == 2
        assert made not in str(stored)
        expect_json(await try_log_in(stranger, created["username"], made))

    async def test_no_two_are_alike(self, client: httpx.AsyncClient, admin: Login):
        made = {(await create(client, admin))["initial_password"] for _ in range(3)}
        assert len(made) == 3

    async def test_a_typed_one_is_not_shown_and_must_be_changed_as_well(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login
    ):
        created = await create(client, admin, password=TYPED)
        assert created["initial_password"] is None
        assert created["initial_password_until"]
        tokens = expect_json(await try_log_in(stranger, created["username"], TYPED))
        assert tokens["password_change_required"] is True

    @pytest.mark.parametrize("password", ["ngan", "", 7, ["x"], "x" * 300, "\u0000" * 12])
    async def test_a_bad_one_is_named(self, client: httpx.AsyncClient, admin: Login, password: Any):
        body = {"username": f"u{uuid7()}", "full_name": "Người Mới", "roles": ["treasurer"]}
        response = await client.post("/v1/users", json=body | {"password": password}, headers=admin.headers)
        assert response.status_code == 422, response.text
        assert [error["pointer"] for error in response.json()["errors"]] == ["/password"]

    async def test_anonymous_wrong_role_and_other_union(
        self, client: httpx.AsyncClient, officer: Login, world: World, admin: Login
    ):
        farmers = await world.unit("farmers_association")
        body = {"username": f"u{uuid7()}", "full_name": "Người Mới", "roles": ["treasurer"]}
        elsewhere = body | {"organisation_id": str(farmers.id)}
        expect_problem(await client.post("/v1/users", json=body), 401, "unauthenticated")
        refused = await client.post("/v1/users", json=body, headers=officer.headers)
        expect_problem(refused, 403, "forbidden")
        hidden = await client.post("/v1/users", json=elsewhere, headers=admin.headers)
        assert hidden.status_code == 404, hidden.text
        for response in (refused, hidden):
            assert "initial_password" not in response.text


class TestResetPassword:
    async def test_makes_one_and_shows_it_once(
        self,
        client: httpx.AsyncClient,
        stranger: httpx.AsyncClient,
        officer: Login,
        admin: Login,
        world: World,
    ):
        above = await world.user(await world.national("womens_union"), "union_admin")
        before = await log_in(stranger, officer)
        url = f"/v1/users/{officer.id}/password"
        told = expect_json(await client.post(url, json={}, headers=above.headers))
        assert set(told) == {"initial_password", "initial_password_until"}
        assert READABLE.fullmatch(told["initial_password"])
        assert not await is_logged_in(stranger, before)
        expect_problem(await try_log_in(stranger, officer.username, PASSWORD), 401, "wrong_credentials")
        tokens = expect_json(await try_log_in(stranger, officer.username, told["initial_password"]))
        assert tokens["password_change_required"] is True
        again = expect_json(await client.post(url, json={}, headers=above.headers))
        assert again["initial_password"] != told["initial_password"]
        assert not await is_logged_in(stranger, tokens)

    async def test_a_typed_one_is_answered_with_nothing_and_must_be_changed(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, officer: Login, world: World
    ):
        above = await world.user(await world.national("womens_union"), "union_admin")
        url = f"/v1/users/{officer.id}/password"
        response = await client.post(url, json={"password": TYPED}, headers=above.headers)
        assert (response.status_code, response.content) == (204, b"")
        tokens = expect_json(await try_log_in(stranger, officer.username, TYPED))
        refused = await stranger.get("/v1/members", headers=bearer_headers(tokens))
        expect_problem(refused, 403, "password_change_required")

    async def test_anonymous_wrong_role_and_other_union(
        self, client: httpx.AsyncClient, officer: Login, world: World
    ):
        url = f"/v1/users/{officer.id}/password"
        farmers = await world.user(await world.unit("farmers_association"), "union_admin")
        expect_problem(await client.post(url, json={}), 401, "unauthenticated")
        expect_problem(await client.post(url, json={}, headers=officer.headers), 403, "forbidden")
        expect_problem(await client.post(url, json={}, headers=farmers.headers), 404, "not_found")


class TestLogin:
    async def test_says_that_it_must_be_changed_also_on_a_phone(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login
    ):
        created = await create(client, admin)
        response = await try_log_in(
            stranger, created["username"], created["initial_password"], device_name="Điện thoại"
        )
        tokens = expect_json(response)
        assert tokens["password_change_required"] is True
        assert tokens["device_token"]
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        assert (me["password_change_required"], me["permissions"]) == (True, ["self"])
        assert (me["roles"], me["groups"]) == (["treasurer"], [])
        renewed = expect_json(await refresh(stranger, tokens, device_id=me["device_id"]))
        assert renewed["password_change_required"] is True

    async def test_after_some_days_it_opens_nothing_and_says_whom_to_ask(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, owner: Any, app: FastAPI
    ):
        created = await create(client, admin)
        username, password = created["username"], created["initial_password"]
        await owner.execute(
            "update user_password set initial_until = now() - interval '1 second' where user_id = $1",
            created["id"],
        )
        refused = await try_log_in(stranger, username, password)
        expect_problem(refused, 401, "initial_password_expired")
        assert "người quản trị" in refused.json()["detail"]
        await app.state.auth_services.security.drain()
        told = await owner.fetchval(
            "select fields from audit_event where subject_id = $1 and event = 'login.failed'",
            UUID(created["id"]),
        )
        assert json.loads(told)["code"] == "initial_password_expired"
        expect_problem(await try_log_in(stranger, username, "not this one"), 401, "wrong_credentials")
        sessions = "select count(*) from auth_session where user_id = $1"
        assert await owner.fetchval(sessions, created["id"]) == 0

    async def test_a_session_ends_with_it(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, owner: Any
    ):
        tokens, password = await begin(client, admin)
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        await owner.execute(
            "update auth_session set initial_until = now() - interval '1 second' where id = $1",
            me["session_id"],
        )
        expect_problem(await change(stranger, tokens, password), 401, "unauthenticated")
        expect_problem(await refresh(stranger, tokens), 401, "invalid_refresh_token")

    async def test_the_setting_says_how_long(self, settings: Settings):
        assert settings.initial_password_days == 7
        with pytest.raises(ValueError, match="initial_password_days"):
            Settings(initial_password_days=0)

    async def test_a_user_of_before_is_asked_nothing(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        assert tokens["password_change_required"] is False
        expect_json(await stranger.get("/v1/members", headers=bearer_headers(tokens)))
        renewed = expect_json(await refresh(stranger, tokens))
        assert renewed["password_change_required"] is False

    async def test_new_costs_of_the_hash_leave_it_initial(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, owner: Any
    ):
        created = await create(client, admin)
        cheap = Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(
            created["initial_password"]
        )
        await owner.execute(
            "update user_password set password_hash = $2 where user_id = $1", created["id"], cheap
        )
        expect_json(await try_log_in(stranger, created["username"], created["initial_password"]))
        row = await owner.fetchrow("select * from user_password where user_id = $1", created["id"])
        assert row["password_hash"] != cheap
        assert row["initial_until"] is not None


class TestEveryRoute:
    @pytest.mark.parametrize("role", ["treasurer", "union_admin", "union_data_officer"])
    async def test_is_shut_but_for_three(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, app: FastAPI, world: World, role: str
    ):
        above = await world.user(await world.national("womens_union"), "union_admin", "union_data_officer")
        tokens, _ = await begin(client, above, roles=[role])
        headers = bearer_headers(tokens)
        tried = 0
        for route in list_routes(app):
            if route.permission is None or route.name in OPEN_ROUTES:
                continue
            response = await stranger.request(route.method, route.path, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "password_change_required"), (
                route.name
            )
            assert "/v1/auth/password" in response.json()["detail"]
            tried += 1
        assert tried > 150
        me = expect_json(await stranger.get("/v1/auth/me", headers=headers))
        assert (me["roles"], me["permissions"]) == ([role], ["self"])
        assert (await stranger.post("/v1/auth/logout", headers=headers)).status_code == 204
        assert not await is_logged_in(stranger, tokens)


class TestPassword:
    async def test_after_the_change_the_session_goes_on(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, owner: Any
    ):
        created = await create(client, admin, roles=["union_officer"])
        username, password = created["username"], created["initial_password"]
        tokens, other = [expect_json(await try_log_in(stranger, username, password)) for _ in range(2)]
        assert (await change(stranger, tokens, password)).status_code == 204
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        assert me["permissions"] == sorted(ROLE_PERMISSIONS[Role.UNION_OFFICER])
        assert me["password_change_required"] is False
        expect_json(await stranger.get("/v1/members", headers=bearer_headers(tokens)))
        assert not await is_logged_in(stranger, other)
        expect_problem(await try_log_in(stranger, username, password), 401, "wrong_credentials")
        assert expect_json(await try_log_in(stranger, username, NEW))["password_change_required"] is False
        with freeze_time(now() + timedelta(days=30)):
            assert (await refresh(stranger, tokens)).status_code == 200
        events = await owner.fetch(
            "select event, fields from audit_event where subject_id = $1 order by id", created["id"]
        )
        begun = [json.loads(row["fields"]) for row in events if row["event"] == "session.started"]
        assert [fields.get("initial_password") for fields in begun] == [True, True, None]
        changed = [json.loads(row["fields"]) for row in events if row["event"] == "password.changed"]
        assert changed == [{"initial": True}]

    async def test_it_may_not_be_kept(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login
    ):
        tokens, password = await begin(client, admin)
        kept = await change(stranger, tokens, password, password)
        expect_problem(kept, 422, "password_unchanged", "/new_password")
        refused = await stranger.get("/v1/groups", headers=bearer_headers(tokens))
        expect_problem(refused, 403, "password_change_required")

    async def test_needs_the_present_one_and_a_strong_new_one(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login
    ):
        tokens, password = await begin(client, admin)
        wrong = await change(stranger, tokens, "not this one")
        expect_problem(wrong, 422, "wrong_password", "/current_password")
        weak = await change(stranger, tokens, password, "matkhau2026")
        expect_problem(weak, 422, "password_common", "/new_password")
        assert (await change(stranger, tokens, password)).status_code == 204

    async def test_first_the_password_then_the_second_factor(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, world: World, owner: Any
    ):
        above = await world.user(await world.national("womens_union"), "union_admin")
        tokens, password = await begin(client, above, roles=["union_admin"])
        headers = bearer_headers(tokens)
        expect_problem(
            await stranger.get("/v1/auth/second-factor", headers=headers), 403, "password_change_required"
        )
        assert (await change(stranger, tokens, password, PASSWORD)).status_code == 204
        expect_problem(await stranger.get("/v1/users", headers=headers), 403, "second_factor_required")
        await enrol(stranger, tokens, Clock())
        expect_json(await stranger.get("/v1/users", headers=headers))

    async def test_after_a_reset_both_are_asked_for(
        self, client: httpx.AsyncClient, stranger: httpx.AsyncClient, admin: Login, world: World, owner: Any
    ):
        await set_password(owner, admin)
        clock = Clock()
        secret, _ = await enrol(stranger, await log_in(stranger, admin), clock)
        above = await world.user(await world.national("womens_union"), "union_admin")
        told = expect_json(
            await client.post(f"/v1/users/{admin.id}/password", json={}, headers=above.headers)
        )
        password = told["initial_password"]
        expect_problem(await try_log_in(stranger, admin.username, password), 401, "second_factor_code_needed")
        code = clock.code(secret)
        with clock.stopped():
            tokens = expect_json(await try_log_in(stranger, admin.username, password, code=code))
            refused = await stranger.get("/v1/users", headers=bearer_headers(tokens))
            expect_problem(refused, 403, "password_change_required")
            assert (await change(stranger, tokens, password)).status_code == 204
            expect_json(await stranger.get("/v1/users", headers=bearer_headers(tokens)))
        assert "password.changed" in await list_audit_events(owner, admin)
