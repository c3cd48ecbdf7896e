"""Devices over HTTP."""

from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World

PATH = "/v1/devices"


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def treasurer(world: World, union: Unit) -> Login:
    return await world.user(union, "treasurer")


async def register_device(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    body = {"name": "Điện thoại của chị Lan", "app_version": "1.4.2"} | changes
    return await client.post(PATH, json=body, headers=login.headers)


async def revoke_device(client: httpx.AsyncClient, login: Login, device: str) -> httpx.Response:
    return await client.post(f"{PATH}/{device}/revoke", headers=login.headers)


async def log_in_on_device(client: httpx.AsyncClient, admin: Login, device: str) -> dict[str, str]:
    """A new user of the admin's organisation who logs in on a device, by their bearer header and refresh token."""
    body = {
        "username": f"u{uuid7()}",
        "password": "hoa-sen-no-2026",
        "full_name": "Người Mới",
        "roles": ["treasurer"],
    }
    created = expect_json(await client.post("/v1/users", json=body, headers=admin.headers), 201)
    login = {
        "username": body["username"],
        "password": body["password"],
        "device_id": device,
        "device_name": "Máy",
    }
    tokens = expect_json(await client.post("/v1/auth/login", json=login))
    return {
        "Authorization": f"Bearer {tokens['access_token']}",
        "refresh": tokens["refresh_token"],
        "id": created["id"],
    }


class TestRegisterDevice:
    async def test_anonymous_is_401(self, client):
        expect_problem(await client.post(PATH, json={"name": "Máy"}), 401, "unauthenticated")

    async def test_partner_system_has_none(self, client, world, union):
        partner = await world.partner(union, "members:read")
        expect_problem(await register_device(client, partner), 403, "forbidden")

    async def test_registered_and_brought_up_to_date(self, client, treasurer, owner, union):
        device = str(uuid7())
        created = expect_json(await register_device(client, treasurer, id=device), 201)
        assert (created["id"], created["user_id"], created["revoked_at"]) == (device, str(treasurer.id), None)
        newer = expect_json(await register_device(client, treasurer, id=device, app_version="1.5.0"), 201)
        assert (newer["app_version"], newer["registered_at"]) == ("1.5.0", created["registered_at"])
        events = await owner.fetch(
            "select event, province_code from audit_event where subject_id = $1", device
        )
        assert [tuple(event) for event in events] == [("device.registered", union.province)]

    async def test_anothers_id_is_taken(self, client, world, admin, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        expect_problem(await register_device(client, admin, id=created["id"]), 409, "id_taken")

    async def test_revoked_is_not_registered_again(self, client, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        expect_json(await revoke_device(client, treasurer, created["id"]))
        expect_problem(await register_device(client, treasurer, id=created["id"]), 403, "device_revoked")

    async def test_bad_field_is_named(self, client, treasurer):
        for change, code, pointer in (
            ({"name": ""}, "empty", "/name"),
            ({"name": None}, "string_type", "/name"),
            ({"id": "x"}, "uuid", "/id"),
            ({"user_id": str(uuid7())}, "extra_forbidden", "/user_id"),
        ):
            expect_problem(await register_device(client, treasurer, **change), 422, code, pointer)


class TestListDevices:
    async def test_own_only(self, client, world, admin, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        items = expect_json(await client.get(PATH, headers=treasurer.headers))["items"]
        assert [item["id"] for item in items] == [created["id"]]
        assert expect_json(await client.get(PATH, headers=admin.headers))["items"] == []
        assert expect_json(await client.get(f"{PATH}/{created['id']}", headers=treasurer.headers)) == items[0]

    async def test_of_a_user_whom_one_manages(self, client, world, admin, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        params = {"user_id": str(treasurer.id), "revoked": "false"}
        items = expect_json(await client.get(PATH, params=params, headers=admin.headers))["items"]
        assert [item["id"] for item in items] == [created["id"]]
        response = await client.get(PATH, params={"user_id": str(admin.id)}, headers=treasurer.headers)
        expect_problem(response, 403, "forbidden")

    async def test_of_others_is_404(self, client, world, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        for unit in (
            await world.unit("farmers_association"),
            await world.unit("womens_union", world.sibling_province),
        ):
            other = await world.user(unit, "union_admin")
            response = await client.get(PATH, params={"user_id": str(treasurer.id)}, headers=other.headers)
            expect_problem(response, 404, "not_found")
            expect_problem(
                await client.get(f"{PATH}/{created['id']}", headers=other.headers), 404, "not_found"
            )
            expect_problem(await revoke_device(client, other, created["id"]), 404, "not_found")

    async def test_colleague_without_the_right_is_404(self, client, world, union, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        officer = await world.user(union, "union_officer")
        expect_problem(await client.get(f"{PATH}/{created['id']}", headers=officer.headers), 404, "not_found")
        expect_problem(await revoke_device(client, officer, created["id"]), 404, "not_found")


class TestRevokeDevice:
    async def test_anonymous_is_401(self, client):
        expect_problem(await client.post(f"{PATH}/{uuid7()}/revoke"), 401, "unauthenticated")

    async def test_by_an_admin_ends_its_sessions_at_once(self, client, admin, owner):
        device = str(uuid7())
        user = await log_in_on_device(client, admin, device)
        bearer = {"Authorization": user["Authorization"]}
        expect_json(await client.get("/v1/auth/me", headers=bearer))
        assert expect_json(await revoke_device(client, admin, device))["revoked_at"]
        expect_problem(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        response = await client.post(
            "/v1/auth/refresh", json={"refresh_token": user["refresh"], "device_id": device}
        )
        expect_problem(response, 401, "invalid_refresh_token")
        why = await owner.fetchval("select revoked_why from auth_session where device_id = $1", device)
        assert why == "device revoked"

    async def test_by_its_user_twice_is_the_same(self, client, treasurer):
        created = expect_json(await register_device(client, treasurer), 201)
        first = expect_json(await revoke_device(client, treasurer, created["id"]))
        assert expect_json(await revoke_device(client, treasurer, created["id"])) == first
        expect_json(await client.get("/v1/auth/me", headers=treasurer.headers))
