"""A second factor: demanded of those who change rights or the law's values, and set up."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pyotp import TOTP

from app.auth.permissions import (
    DATA_OFFICER_ROLES,
    ROLE_PERMISSIONS,
    SECOND_FACTOR_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    Role,
)
from app.core.settings import Settings
from app.main import create_app
from tests.access.routes import list_routes
from tests.auth.login_helpers import (
    PASSWORD,
    bearer_headers,
    list_audit_events,
    log_in,
    make_client,
    refresh,
    set_password,
)
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.second_factor.steps import PATH, Clock, enrol, start, try_log_in
from tests.world import Login, World

OPEN_ROUTES = {
    "GET /v1/auth/me",
    "POST /v1/auth/logout",
    f"GET {PATH}",
    f"POST {PATH}",
    f"POST {PATH}/confirm",
}


class TestDemanded:
    """Of roles that change rights or the law's values."""

    async def test_an_administrator_without_one_gets_what_sets_it_up_and_no_more(
        self, stranger: httpx.AsyncClient, app: FastAPI, admin: Login
    ):
        tokens = await log_in(stranger, admin)
        headers = bearer_headers(tokens)
        me = expect_json(await stranger.get("/v1/auth/me", headers=headers))
        assert (me["roles"], me["permissions"], me["second_factor_required"]) == (
            ["union_admin"],
            ["self"],
            True,
        )
        state = expect_json(await stranger.get(PATH, headers=headers))
        assert state == {"required": True, "since": None, "recovery_codes_left": 0}
        for route in list_routes(app):
            if route.permission is None or route.name in OPEN_ROUTES:
                continue
            response = await stranger.request(route.method, route.path, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "second_factor_required"), (
                route.name
            )

    async def test_with_one_everything_opens(self, stranger: httpx.AsyncClient, admin: Login, clock: Clock):
        tokens = await log_in(stranger, admin)
        await enrol(stranger, tokens, clock)
        expect_json(await stranger.get("/v1/users", headers=bearer_headers(tokens)))
        expect_json(await stranger.get("/v1/members", headers=bearer_headers(tokens)))
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        assert me["permissions"] == sorted(ROLE_PERMISSIONS[Role.UNION_ADMIN])
        renewed = expect_json(await refresh(stranger, tokens))
        expect_json(await stranger.get("/v1/users", headers=bearer_headers(renewed)))

    async def test_others_need_none(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        expect_json(await stranger.get("/v1/members", headers=bearer_headers(tokens)))
        assert expect_json(await stranger.get(PATH, headers=bearer_headers(tokens)))["required"] is False

    async def test_who_becomes_an_administrator_needs_one_at_the_next_request(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any
    ):
        tokens = await log_in(stranger, officer)
        await owner.execute("update app_user set roles = '{union_admin}' where id = $1", officer.id)
        for path in ("/v1/groups", "/v1/members"):
            response = await stranger.get(path, headers=bearer_headers(tokens))
            expect_problem(response, 403, "second_factor_required")

    @pytest.mark.parametrize("role", Role)
    async def test_the_database_demands_it_of_the_roles_of_the_table(
        self, stranger: httpx.AsyncClient, world: World, role: Role
    ):
        """`begin_actor` names them once more; this is what keeps the two together."""
        changes_rights = bool(ROLE_PERMISSIONS[role] & SECOND_FACTOR_PERMISSIONS)
        assert (role in SECOND_FACTOR_ROLES) == (changes_rights or role in DATA_OFFICER_ROLES)
        unit = await world.unit("bhxh" if role.value.startswith("bhxh") else "womens_union")
        login = await world.user(unit, role.value)
        await set_password(world.owner, login)
        tokens = await log_in(stranger, login)
        me = expect_json(await stranger.get("/v1/auth/me", headers=bearer_headers(tokens)))
        assert me["second_factor_required"] == (role in SECOND_FACTOR_ROLES)

    async def test_a_session_of_before_is_asked_at_its_refresh(
        self, stranger: httpx.AsyncClient, admin: Login, owner: Any
    ):
        tokens = await log_in(stranger, admin)
        await owner.execute("update auth_session set second_factor = 'waived' where user_id = $1", admin.id)
        expect_json(await stranger.get("/v1/users", headers=bearer_headers(tokens)))
        renewed = expect_json(await refresh(stranger, tokens))
        response = await stranger.get("/v1/users", headers=bearer_headers(renewed))
        expect_problem(response, 403, "second_factor_required")


class TestSetting:
    """`ANSINH_SECOND_FACTOR`; a demonstration needs none, unless it says so."""

    @pytest.mark.parametrize(
        ("values", "required"),
        [
            ({}, True),
            ({"second_factor": "optional"}, False),
            ({"demo": True}, False),
            ({"demo": True, "second_factor": "required"}, True),
        ],
    )
    async def test_it(self, settings: Settings, admin: Login, values: dict[str, Any], required: bool):
        changed = settings.model_copy(update=values)
        assert changed.requires_second_factor is required
        application = create_app(changed)
        async with application.router.lifespan_context(application), make_client(application) as client:
            tokens = await log_in(client, admin)
            response = await client.get("/v1/users", headers=bearer_headers(tokens))
        assert response.status_code == (403 if required else 200)


class TestEnrolment:
    async def test_needs_the_password(self, stranger: httpx.AsyncClient, officer: Login):
        tokens = await log_in(stranger, officer)
        response = await stranger.post(
            PATH, json={"current_password": "không phải"}, headers=bearer_headers(tokens)
        )
        expect_problem(response, 422, "wrong_password", "/current_password")

    async def test_counts_with_its_first_code_only(
        self, stranger: httpx.AsyncClient, officer: Login, clock: Clock
    ):
        tokens = await log_in(stranger, officer)
        headers = bearer_headers(tokens)
        expect_problem(
            await stranger.post(f"{PATH}/confirm", json={"code": "123456"}, headers=headers),
            409,
            "no_second_factor",
        )
        first = await start(stranger, tokens)
        second = await start(stranger, tokens)
        assert expect_json(await stranger.get(PATH, headers=headers))["since"] is None
        expect_json(await try_log_in(stranger, officer))
        stale, good = clock.code(first), TOTP(second).at(clock.at)
        with clock.stopped():
            for code in (stale, "12345x", "ABCD-EFGH-IJKL-MNOP"):
                response = await stranger.post(f"{PATH}/confirm", json={"code": code}, headers=headers)
                expect_problem(response, 422, "wrong_code", "/code")
            expect_json(await stranger.post(f"{PATH}/confirm", json={"code": good}, headers=headers))
            again = await stranger.post(f"{PATH}/confirm", json={"code": good}, headers=headers)
            expect_problem(again, 409, "second_factor_exists")
        restart = await stranger.post(PATH, json={"current_password": PASSWORD}, headers=headers)
        expect_problem(restart, 409, "second_factor_exists")

    async def test_ends_other_sessions_and_is_audited(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, clock: Clock
    ):
        here, there = await log_in(stranger, officer), await log_in(stranger, officer)
        await enrol(stranger, here, clock)
        assert (await stranger.get("/v1/auth/me", headers=bearer_headers(there))).status_code == 401
        assert "second_factor.set" in await list_audit_events(owner, officer)

    async def test_nothing_readable_is_stored(
        self, stranger: httpx.AsyncClient, officer: Login, owner: Any, clock: Clock
    ):
        secret, codes = await enrol(stranger, await log_in(stranger, officer), clock)
        sealed = await owner.fetchval(
            "select sealed_secret from second_factor where user_id = $1", officer.id
        )
        hashes = await owner.fetch("select code_hash from recovery_code where user_id = $1", officer.id)
        assert secret.encode() not in sealed
        assert len(hashes) == len(codes) == 10
        assert not any(code.replace("-", "").encode() in row["code_hash"] for row in hashes for code in codes)

    async def test_anonymous_and_partner_systems(self, stranger: httpx.AsyncClient, world: World):
        expect_problem(await stranger.get(PATH), 401, "unauthenticated")
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        expect_problem(await stranger.get(PATH, headers=partner.headers), 403, "forbidden")


class TestRights:
    async def test_the_application_reads_and_writes_it_through_functions_alone(
        self, owner: Any, settings: Settings
    ):
        for table in ("second_factor", "recovery_code"):
            granted = await owner.fetchval(
                "select bool_or(has_table_privilege($1, $2, p)) from unnest(array['select', 'insert', 'update',"
                " 'delete']) p", f"{settings.role_prefix}_app", table,
            )  # fmt: skip
            assert granted is False
