"""Partner systems over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.client_requests import PATH, edit_client
from tests.world import Login, Unit, World


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def bhxh(world: World) -> Login:
    return await world.user(await world.unit("bhxh"), "bhxh_admin")


async def create_client(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    body = {
        "client_id": f"c-{uuid7()}",
        "name": "Hệ thống đối tác",
        "scopes": ["enrolments:write", "stats:read"],
    }
    return await client.post(PATH, json=body | changes, headers=login.headers)


async def request_token(
    client: httpx.AsyncClient, created: dict[str, Any], secret: str | None = None
) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": created["client_id"],
        "client_secret": secret or created["secret"],
    }
    return await client.post("/v1/oauth/token", data=form)


class TestCreateClient:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        expect_problem(await client.post(PATH, json={}), 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        expect_problem(await create_client(client, officer), 403, "forbidden")

    async def test_secret_is_shown_once_and_opens(self, client, world, union, admin, owner):
        created = expect_json(await create_client(client, admin), 201)
        assert created["secret"].startswith("as_")
        assert (created["network"], created["organisation_id"]) == ("womens_union", str(union.id))
        token = expect_json(await request_token(client, created))
        assert token["scope"] == "enrolments:write stats:read"
        response = await client.get(f"{PATH}/{created['id']}", headers=admin.headers)
        assert created["secret"] not in response.text
        client_body = expect_json(response)
        assert client_body["last_used_at"]
        assert client_body["secrets"][0]["last_used_at"]
        stored = await owner.fetchval(
            "select secret_hash from client_secret where client_id = $1", created["id"]
        )
        assert stored.startswith("$argon2id$")
        event_fields = await owner.fetchval(
            "select fields from audit_event where subject_id = $1", created["id"]
        )
        assert created["secret"] not in event_fields

    async def test_scopes_fit_network_and_actor(self, client, union, admin, bhxh):
        expect_problem(await create_client(client, bhxh), 422, "scope_network", "/scopes")
        expect_json(await create_client(client, bhxh, scopes=["stats:read", "members:read"]), 201)
        response = await create_client(
            client, bhxh, organisation_id=str(union.id), scopes=["contributions:write"]
        )
        expect_problem(response, 403, "grant_exceeds", "/scopes")
        expect_problem(
            await create_client(client, admin, scopes=["everything"]), 422, "scope_network", "/scopes"
        )

    async def test_organisation_outside_is_refused(self, client, world, admin):
        hidden = await world.unit("farmers_association")
        expect_problem(
            await create_client(client, admin, organisation_code=hidden.code),
            404,
            "not_found",
            "/organisation_code",
        )
        national = await world.national("womens_union")
        expect_problem(
            await create_client(client, admin, organisation_id=str(national.id)), 403, "outside_scope"
        )

    async def test_same_id_again_is_the_same_client(self, client, admin):
        body = {"id": str(uuid7()), "client_id": f"c-{uuid7()}", "scopes": ["stats:read"]}
        first = expect_json(await create_client(client, admin, **body), 201)
        again = expect_json(await create_client(client, admin, **body), 201)
        assert again == first | {"secret": None}
        expect_problem(await create_client(client, admin, **body | {"name": "Khác"}), 409, "id_taken")
        expect_problem(
            await create_client(client, admin, client_id=body["client_id"]), 409, "client_id_taken"
        )

    async def test_bad_field_is_named(self, client, admin):
        for change, pointer in (
            ({"client_id": "a b"}, "/client_id"),
            ({"scopes": []}, "/scopes"),
            ({"scopes": [1]}, "/scopes/0"),
            ({"secret": "mine"}, "/secret"),
            ({"name": "\ud800"}, "/name"),
        ):
            if change.get("name"):
                raw = b'{"client_id": "c", "name": "\\ud800", "scopes": ["stats:read"]}'
                response = await client.post(
                    PATH, content=raw, headers=admin.headers | {"Content-Type": "application/json"}
                )
            else:
                response = await create_client(client, admin, **change)
            assert response.status_code == 422, response.text
            assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


class TestListClients:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        expect_problem(await client.get(PATH), 401, "unauthenticated")
        partner = await world.partner(union, "members:write")
        expect_problem(await client.get(PATH, headers=partner.headers), 403, "forbidden")

    async def test_own_network_and_places(self, client, world, union, admin, bhxh):
        here = await world.partner(union, "stats:read")
        hidden = [
            await world.partner(await world.unit("farmers_association"), "stats:read"),
            await world.partner(await world.unit("womens_union", world.sibling_province), "stats:read"),
        ]
        for params in (
            {},
            {"organisation_code": union.code},
            {"organisation_id": str(union.id), "disabled": "false"},
        ):
            items = expect_json(await client.get(PATH, params=params, headers=admin.headers))["items"]
            assert [item["id"] for item in items] == [str(here.id)]
        for login in hidden:
            expect_problem(await client.get(f"{PATH}/{login.id}", headers=admin.headers), 404, "not_found")
            expect_problem(await edit_client(client, admin, login.id, disabled=True), 404, "not_found")
        expect_json(await client.get(f"{PATH}/{hidden[0].id}", headers=bhxh.headers))


class TestEditClient:
    async def test_versions(self, client, world, union, admin):
        partner = await world.partner(union, "stats:read")
        expect_problem(await client.patch(f"{PATH}/{partner.id}", json={}), 401, "unauthenticated")
        expect_problem(
            await client.patch(f"{PATH}/{partner.id}", json={}, headers=admin.headers),
            428,
            "precondition_required",
        )
        assert expect_json(await edit_client(client, admin, partner.id, name="Tên mới"))["version"] == 2
        expect_problem(await edit_client(client, admin, partner.id, name="Tên khác"), 412, "stale_version")

    async def test_fewer_scopes_hold_for_tokens_issued_before(self, client, world, union, admin):
        partner = await world.partner(union, "members:read", "stats:read")
        assert expect_json(await client.get("/v1/auth/me", headers=partner.headers))["scopes"] == [
            "members:read",
            "stats:read",
        ]
        expect_json(await edit_client(client, admin, partner.id, scopes=["stats:read"]))
        assert expect_json(await client.get("/v1/auth/me", headers=partner.headers))["scopes"] == [
            "stats:read"
        ]

    async def test_a_lock_holds_for_tokens_issued_before(self, client, world, union, admin):
        created = expect_json(await create_client(client, admin), 201)
        bearer = {
            "Authorization": f"Bearer {expect_json(await request_token(client, created))['access_token']}"
        }
        expect_json(await edit_client(client, admin, created["id"], disabled=True))
        expect_problem(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        assert (await request_token(client, created)).status_code == 401
        expect_json(await edit_client(client, admin, created["id"], 2, disabled=False))
        expect_problem(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        expect_json(await request_token(client, created))

    async def test_nobody_opens_more_than_their_own(self, client, world, union, bhxh):
        partner = await world.partner(union, "contributions:write")
        expect_problem(
            await edit_client(client, bhxh, partner.id, scopes=["enrolments:write"]),
            403,
            "grant_exceeds",
            "/scopes",
        )
        expect_json(await edit_client(client, bhxh, partner.id, disabled=True))
        expect_problem(
            await edit_client(client, bhxh, partner.id, 2, disabled=False), 403, "grant_exceeds", "/scopes"
        )
        response = await client.post(f"{PATH}/{partner.id}/secrets", json={}, headers=bhxh.headers)
        expect_problem(response, 403, "grant_exceeds")

    async def test_bad_field_is_named(self, client, world, union, admin):
        partner = await world.partner(union, "stats:read")
        for fields, pointer in (
            ({"scopes": None}, "/scopes"),
            ({"client_id": "x"}, "/client_id"),
            ({"disabled": "no"}, "/disabled"),
        ):
            response = await edit_client(client, admin, partner.id, **fields)
            assert response.status_code == 422, response.text
            assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


class TestSecrets:
    async def test_anonymous_and_others(self, client, world, admin):
        expect_problem(await client.post(f"{PATH}/{uuid7()}/secrets", json={}), 401, "unauthenticated")
        hidden = await world.partner(await world.unit("farmers_association"), "stats:read")
        for method, url in (("GET", "secrets"), ("POST", "secrets"), ("POST", f"secrets/{uuid7()}/revoke")):
            body: dict[str, Any] = {"json": {}} if (method, url) == ("POST", "secrets") else {}
            response = await client.request(
                method, f"{PATH}/{hidden.id}/{url}", headers=admin.headers, **body
            )
            expect_problem(response, 404, "not_found")

    async def test_two_live_secrets_and_no_third(self, client, admin):
        created = expect_json(await create_client(client, admin), 201)
        url = f"{PATH}/{created['id']}/secrets"
        second = expect_json(await client.post(url, json={}, headers=admin.headers), 201)
        expect_json(await request_token(client, created))
        expect_json(await request_token(client, created, second["secret"]))
        expect_problem(await client.post(url, json={}, headers=admin.headers), 409, "too_many_secrets")
        response = await client.get(url, headers=admin.headers)
        assert second["secret"] not in response.text
        assert [item["id"] for item in expect_json(response)["items"]][1] == second["id"]

    async def test_the_older_may_end(self, client, admin, owner):
        created = expect_json(await create_client(client, admin), 201)
        url = f"{PATH}/{created['id']}/secrets"
        yesterday = (today() - timedelta(days=1)).isoformat()
        response = await client.post(url, json={"older_valid_until": yesterday}, headers=admin.headers)
        expect_problem(response, 422, "rewrites_past", "/older_valid_until")
        expect_json(
            await client.post(url, json={"older_valid_until": today().isoformat()}, headers=admin.headers),
            201,
        )
        items = expect_json(await client.get(url, headers=admin.headers))["items"]
        assert [item["expires_at"] for item in items] == [f"{today()}T17:00:00Z", None]
        expect_json(await request_token(client, created))
        await owner.execute("update client_secret set expires_at = now() where id = $1", items[0]["id"])
        assert (await request_token(client, created)).status_code == 401
        expect_json(await client.post(url, json={}, headers=admin.headers), 201)

    async def test_revoking_ends_tokens_at_once(self, client, admin):
        created = expect_json(await create_client(client, admin), 201)
        bearer = {
            "Authorization": f"Bearer {expect_json(await request_token(client, created))['access_token']}"
        }
        secret = created["secrets"][0]["id"]
        url = f"{PATH}/{created['id']}/secrets/{secret}/revoke"
        expect_problem(
            await client.post(f"{PATH}/{created['id']}/secrets/{uuid7()}/revoke", headers=admin.headers),
            404,
            "not_found",
        )
        body = expect_json(await client.post(url, headers=admin.headers))
        assert body["secrets"][0]["revoked_at"]
        assert expect_json(await client.post(url, headers=admin.headers)) == body
        expect_problem(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        assert (await request_token(client, created)).status_code == 401
