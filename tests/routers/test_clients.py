"""Partner systems over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.ids import uuid7
from app.core.time import today
from tests.routers.answers import got, refused
from tests.routers.client_cast import PATH, edit
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


async def create(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    sent = {
        "client_id": f"c-{uuid7()}",
        "name": "Hệ thống đối tác",
        "scopes": ["enrolments:write", "stats:read"],
    }
    return await client.post(PATH, json=sent | changes, headers=login.headers)


async def grant(client: httpx.AsyncClient, made: dict[str, Any], secret: str | None = None) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": secret or made["secret"],
    }
    return await client.post("/v1/oauth/token", data=form)


class TestCreateClient:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        refused(await client.post(PATH, json={}), 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        refused(await create(client, officer), 403, "forbidden")

    async def test_secret_is_shown_once_and_opens(self, client, world, union, admin, owner):
        made = got(await create(client, admin), 201)
        assert made["secret"].startswith("as_")
        assert (made["network"], made["organisation_id"]) == ("womens_union", str(union.id))
        token = got(await grant(client, made))
        assert token["scope"] == "enrolments:write stats:read"
        answer = await client.get(f"{PATH}/{made['id']}", headers=admin.headers)
        assert made["secret"] not in answer.text
        seen = got(answer)
        assert seen["last_used_at"]
        assert seen["secrets"][0]["last_used_at"]
        stored = await owner.fetchval(
            "select secret_hash from client_secret where client_id = $1", made["id"]
        )
        assert stored.startswith("$argon2id$")
        said = await owner.fetchval("select fields from audit_event where subject_id = $1", made["id"])
        assert made["secret"] not in said

    async def test_scopes_fit_network_and_actor(self, client, union, admin, bhxh):
        refused(await create(client, bhxh), 422, "scope_network", "/scopes")
        got(await create(client, bhxh, scopes=["stats:read", "members:read"]), 201)
        answer = await create(client, bhxh, organisation_id=str(union.id), scopes=["contributions:write"])
        refused(answer, 403, "grant_exceeds", "/scopes")
        refused(await create(client, admin, scopes=["everything"]), 422, "scope_network", "/scopes")

    async def test_organisation_outside_is_refused(self, client, world, admin):
        hidden = await world.unit("farmers_association")
        refused(
            await create(client, admin, organisation_code=hidden.code), 404, "not_found", "/organisation_code"
        )
        national = await world.national("womens_union")
        refused(await create(client, admin, organisation_id=str(national.id)), 403, "outside_scope")

    async def test_same_id_again_is_the_same_client(self, client, admin):
        sent = {"id": str(uuid7()), "client_id": f"c-{uuid7()}", "scopes": ["stats:read"]}
        first = got(await create(client, admin, **sent), 201)
        again = got(await create(client, admin, **sent), 201)
        assert again == first | {"secret": None}
        refused(await create(client, admin, **sent | {"name": "Khác"}), 409, "id_taken")
        refused(await create(client, admin, client_id=sent["client_id"]), 409, "client_id_taken")

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
                answer = await client.post(
                    PATH, content=raw, headers=admin.headers | {"Content-Type": "application/json"}
                )
            else:
                answer = await create(client, admin, **change)
            assert answer.status_code == 422, answer.text
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


class TestListClients:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        refused(await client.get(PATH), 401, "unauthenticated")
        partner = await world.partner(union, "members:write")
        refused(await client.get(PATH, headers=partner.headers), 403, "forbidden")

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
            items = got(await client.get(PATH, params=params, headers=admin.headers))["items"]
            assert [item["id"] for item in items] == [str(here.id)]
        for login in hidden:
            refused(await client.get(f"{PATH}/{login.id}", headers=admin.headers), 404, "not_found")
            refused(await edit(client, admin, login.id, disabled=True), 404, "not_found")
        got(await client.get(f"{PATH}/{hidden[0].id}", headers=bhxh.headers))


class TestEditClient:
    async def test_versions(self, client, world, union, admin):
        partner = await world.partner(union, "stats:read")
        refused(await client.patch(f"{PATH}/{partner.id}", json={}), 401, "unauthenticated")
        refused(
            await client.patch(f"{PATH}/{partner.id}", json={}, headers=admin.headers),
            428,
            "precondition_required",
        )
        assert got(await edit(client, admin, partner.id, name="Tên mới"))["version"] == 2
        refused(await edit(client, admin, partner.id, name="Tên khác"), 412, "stale_version")

    async def test_fewer_scopes_hold_for_tokens_issued_before(self, client, world, union, admin):
        partner = await world.partner(union, "members:read", "stats:read")
        assert got(await client.get("/v1/auth/me", headers=partner.headers))["scopes"] == [
            "members:read",
            "stats:read",
        ]
        got(await edit(client, admin, partner.id, scopes=["stats:read"]))
        assert got(await client.get("/v1/auth/me", headers=partner.headers))["scopes"] == ["stats:read"]

    async def test_a_lock_holds_for_tokens_issued_before(self, client, world, union, admin):
        made = got(await create(client, admin), 201)
        bearer = {"Authorization": f"Bearer {got(await grant(client, made))['access_token']}"}
        got(await edit(client, admin, made["id"], disabled=True))
        refused(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        assert (await grant(client, made)).status_code == 401
        got(await edit(client, admin, made["id"], 2, disabled=False))
        refused(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        got(await grant(client, made))

    async def test_nobody_opens_more_than_their_own(self, client, world, union, bhxh):
        partner = await world.partner(union, "contributions:write")
        refused(
            await edit(client, bhxh, partner.id, scopes=["enrolments:write"]), 403, "grant_exceeds", "/scopes"
        )
        got(await edit(client, bhxh, partner.id, disabled=True))
        refused(await edit(client, bhxh, partner.id, 2, disabled=False), 403, "grant_exceeds", "/scopes")
        answer = await client.post(f"{PATH}/{partner.id}/secrets", json={}, headers=bhxh.headers)
        refused(answer, 403, "grant_exceeds")

    async def test_bad_field_is_named(self, client, world, union, admin):
        partner = await world.partner(union, "stats:read")
        for sent, pointer in (
            ({"scopes": None}, "/scopes"),
            ({"client_id": "x"}, "/client_id"),
            ({"disabled": "no"}, "/disabled"),
        ):
            answer = await edit(client, admin, partner.id, **sent)
            assert answer.status_code == 422, answer.text
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


class TestSecrets:
    async def test_anonymous_and_others(self, client, world, admin):
        refused(await client.post(f"{PATH}/{uuid7()}/secrets", json={}), 401, "unauthenticated")
        hidden = await world.partner(await world.unit("farmers_association"), "stats:read")
        for method, url in (("GET", "secrets"), ("POST", "secrets"), ("POST", f"secrets/{uuid7()}/revoke")):
            body: dict[str, Any] = {"json": {}} if (method, url) == ("POST", "secrets") else {}
            answer = await client.request(method, f"{PATH}/{hidden.id}/{url}", headers=admin.headers, **body)
            refused(answer, 404, "not_found")

    async def test_two_live_secrets_and_no_third(self, client, admin):
        made = got(await create(client, admin), 201)
        url = f"{PATH}/{made['id']}/secrets"
        second = got(await client.post(url, json={}, headers=admin.headers), 201)
        got(await grant(client, made))
        got(await grant(client, made, second["secret"]))
        refused(await client.post(url, json={}, headers=admin.headers), 409, "too_many_secrets")
        answer = await client.get(url, headers=admin.headers)
        assert second["secret"] not in answer.text
        assert [item["id"] for item in got(answer)["items"]][1] == second["id"]

    async def test_the_older_may_end(self, client, admin, owner):
        made = got(await create(client, admin), 201)
        url = f"{PATH}/{made['id']}/secrets"
        yesterday = (today() - timedelta(days=1)).isoformat()
        answer = await client.post(url, json={"older_valid_until": yesterday}, headers=admin.headers)
        refused(answer, 422, "rewrites_past", "/older_valid_until")
        got(
            await client.post(url, json={"older_valid_until": today().isoformat()}, headers=admin.headers),
            201,
        )
        items = got(await client.get(url, headers=admin.headers))["items"]
        assert [item["expires_at"] for item in items] == [f"{today()}T17:00:00Z", None]
        got(await grant(client, made))
        await owner.execute("update client_secret set expires_at = now() where id = $1", items[0]["id"])
        assert (await grant(client, made)).status_code == 401
        got(await client.post(url, json={}, headers=admin.headers), 201)

    async def test_revoking_ends_tokens_at_once(self, client, admin):
        made = got(await create(client, admin), 201)
        bearer = {"Authorization": f"Bearer {got(await grant(client, made))['access_token']}"}
        secret = made["secrets"][0]["id"]
        url = f"{PATH}/{made['id']}/secrets/{secret}/revoke"
        refused(
            await client.post(f"{PATH}/{made['id']}/secrets/{uuid7()}/revoke", headers=admin.headers),
            404,
            "not_found",
        )
        found = got(await client.post(url, headers=admin.headers))
        assert found["secrets"][0]["revoked_at"]
        assert got(await client.post(url, headers=admin.headers)) == found
        refused(await client.get("/v1/auth/me", headers=bearer), 401, "unauthenticated")
        assert (await grant(client, made)).status_code == 401
