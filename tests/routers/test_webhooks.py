"""Webhooks over HTTP: endpoints, their secrets, and who may have which."""

from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World

PATH = "/v1/webhooks"
URL = "https://127.0.0.1:9/an-sinh"
"""Nobody answers there, and nothing leaves this machine."""


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def partner(world: World, union: Unit) -> Login:
    return await world.partner(union, "webhooks:manage", "enrolments:write")


async def create_webhook(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    return await client.post(PATH, json={"url": URL} | changes, headers=login.headers)


async def read_webhook(client: httpx.AsyncClient, login: Login, id_: str) -> httpx.Response:
    return await client.get(f"{PATH}/{id_}", headers=login.headers)


async def edit_webhook(
    client: httpx.AsyncClient, login: Login, id_: str, version: int = 1, **body: Any
) -> httpx.Response:
    return await client.patch(
        f"{PATH}/{id_}", json=body, headers=login.headers | {"If-Match": f'"{version}"'}
    )


class TestCreateWebhook:
    async def test_anonymous_and_wrong_rights(self, client, world, union):
        expect_problem(await client.post(PATH, json={"url": URL}), 401, "unauthenticated")
        expect_problem(
            await create_webhook(client, await world.user(union, "union_officer")), 403, "forbidden"
        )
        expect_problem(
            await create_webhook(client, await world.partner(union, "enrolments:write")), 403, "forbidden"
        )

    async def test_the_secret_is_shown_once_and_stored_sealed(self, client, union, admin, owner):
        response = await create_webhook(
            client, admin, kinds=["enrolment.paid", "enrolment.accepted"], description="Đối tác"
        )
        created = expect_json(response, 201)
        assert created["secret"].startswith("whsec_")
        assert response.headers["location"] == f"{PATH}/{created['id']}"
        assert response.headers["etag"] == '"1"'
        assert (created["organisation_id"], created["client_id"], created["enabled"]) == (
            str(union.id),
            None,
            True,
        )
        assert created["kinds"] == ["enrolment.accepted", "enrolment.paid"]
        seen = await read_webhook(client, admin, created["id"])
        assert created["secret"] not in seen.text
        assert expect_json(seen) == {name: value for name, value in created.items() if name != "secret"}
        sealed = await owner.fetchval(
            "select sealed from webhook_secret where webhook_id = $1", created["id"]
        )
        assert created["secret"].encode() not in sealed
        event_fields = await owner.fetchval(
            "select fields from audit_event where subject_id = $1", created["id"]
        )
        assert created["secret"] not in event_fields
        assert URL not in event_fields

    async def test_the_same_id_again_is_the_same_endpoint(self, client, admin):
        body = {"id": str(uuid7()), "kinds": ["enrolment.paid"]}
        first = expect_json(await create_webhook(client, admin, **body), 201)
        assert expect_json(await create_webhook(client, admin, **body), 201) == first | {"secret": None}
        expect_problem(
            await create_webhook(client, admin, **body | {"url": "https://127.0.0.2/"}), 409, "id_taken"
        )
        expect_json(await client.delete(f"{PATH}/{first['id']}", headers=admin.headers), 204)
        expect_problem(await create_webhook(client, admin, **body), 409, "id_taken")

    async def test_an_id_of_somebody_else_is_taken(self, client, world, admin):
        other = await world.user(await world.unit("farmers_association"), "union_admin")
        created = expect_json(await create_webhook(client, other), 201)
        expect_problem(await create_webhook(client, admin, id=created["id"]), 409, "id_taken")

    @pytest.mark.parametrize(
        ("change", "code", "pointer"),
        [
            ({"url": "https://10.0.0.1/"}, "webhook_address", "/url"),
            ({"url": "https://[::1]/"}, "webhook_address", "/url"),
            ({"url": "https://169.254.169.254/latest"}, "webhook_address", "/url"),
            ({"url": "https://1.1.1.1:22/"}, "webhook_port", "/url"),
            ({"url": "ftp://1.1.1.1/"}, "webhook_scheme", "/url"),
            ({"url": "https://a:b@1.1.1.1/"}, "webhook_url", "/url"),
            ({"url": "https://0x7f.1/"}, "webhook_host", "/url"),
            ({"url": ""}, "string_too_short", "/url"),
            ({"url": "https://1.1.1.1/" + "a" * 2000}, "string_too_long", "/url"),
            ({"url": None}, "string_type", "/url"),
            ({"kinds": []}, "too_short", "/kinds"),
            ({"kinds": ["enrolment.lost"]}, "enum", "/kinds/0"),
            ({"kinds": ["webhook.test"]}, "enum", "/kinds/0"),
            ({"description": "\u202e"}, "invisible_character", "/description"),
            ({"secret": "whsec_mine"}, "extra_forbidden", "/secret"),
        ],
    )
    async def test_bad_fields_are_named(self, client, admin, change, code, pointer):
        expect_problem(await create_webhook(client, admin, **change), 422, code, pointer)

    async def test_whose_it_is(self, client, world, union, admin, partner):
        own = expect_json(await create_webhook(client, partner), 201)
        assert (own["client_id"], own["organisation_id"]) == (str(partner.id), str(union.id))
        for_partner = expect_json(await create_webhook(client, admin, client_id=str(partner.id)), 201)
        assert (for_partner["client_id"], for_partner["organisation_id"]) == (str(partner.id), str(union.id))
        below = await world.unit("womens_union", world.commune, level="commune")
        named = expect_json(await create_webhook(client, admin, organisation_code=below.code), 201)
        assert (named["organisation_id"], named["commune_code"]) == (str(below.id), world.commune)

    async def test_not_of_others(self, client, world, union, admin, partner):
        farmers = await world.unit("farmers_association")
        stranger = await world.partner(farmers, "webhooks:manage")
        national = await world.national("womens_union")
        neighbour = await world.partner(union, "webhooks:manage")
        for login, body, status, code, pointer in (
            (admin, {"organisation_id": str(farmers.id)}, 404, "not_found", "/organisation_id"),
            (admin, {"organisation_code": farmers.code}, 404, "not_found", "/organisation_code"),
            (admin, {"client_id": str(stranger.id)}, 404, "not_found", "/client_id"),
            (admin, {"organisation_id": str(national.id)}, 403, "outside_scope", None),
            (partner, {"client_id": str(neighbour.id)}, 404, "not_found", "/client_id"),
            (partner, {"organisation_id": str(farmers.id)}, 404, "not_found", "/organisation_id"),
            (
                admin,
                {"client_id": str(partner.id), "organisation_id": str(union.id)},
                422,
                "exactly_one",
                "/client_id",
            ),
        ):
            expect_problem(await create_webhook(client, login, **body), status, code, pointer)


class TestReadWebhooks:
    async def test_another_unions_is_404_everywhere(self, client, world, admin):
        created = expect_json(await create_webhook(client, admin), 201)
        other = await world.user(await world.unit("farmers_association"), "union_admin")
        headers = other.headers | {"If-Match": '"1"'}
        path = f"{PATH}/{created['id']}"
        for method, where, body in (
            ("GET", path, None),
            ("PATCH", path, {"enabled": False}),
            ("DELETE", path, None),
            ("POST", f"{path}/secrets", {}),
            ("POST", f"{path}/secrets/{created['secrets'][0]['id']}/revoke", None),
            ("POST", f"{path}/test", None),
            ("GET", f"{path}/deliveries", None),
            ("GET", f"{path}/deliveries/{uuid7()}", None),
            ("POST", f"{path}/replay", {"event_id": str(uuid7())}),
        ):
            expect_problem(await client.request(method, where, json=body, headers=headers), 404, "not_found")

    async def test_a_partner_system_sees_its_own_only(self, client, world, union, admin, partner):
        neighbour = await world.partner(union, "webhooks:manage")
        own = expect_json(await create_webhook(client, partner), 201)
        others = [expect_json(await create_webhook(client, login), 201) for login in (admin, neighbour)]
        listed = expect_json(await client.get(PATH, headers=partner.headers))["items"]
        assert [one["id"] for one in listed] == [own["id"]]
        for other in others:
            expect_problem(await read_webhook(client, partner, other["id"]), 404, "not_found")
        response = expect_json(await client.get(PATH, headers=admin.headers))["items"]
        assert {one["id"] for one in response} == {own["id"], *(other["id"] for other in others)}

    async def test_filters(self, client, world, union, admin, partner):
        first, second = (
            expect_json(await create_webhook(client, admin), 201),
            expect_json(await create_webhook(client, partner), 201),
        )
        expect_json(await edit_webhook(client, admin, first["id"], enabled=False))

        async def list_ids(**query: str) -> list[str]:
            response = await client.get(PATH, params=query, headers=admin.headers)
            return [one["id"] for one in expect_json(response)["items"]]

        assert await list_ids(enabled="false") == [first["id"]]
        assert await list_ids(enabled="true") == [second["id"]]
        assert await list_ids(client_id=str(partner.id)) == [second["id"]]
        assert await list_ids(organisation_id=str(union.id)) == [first["id"], second["id"]]
        assert await list_ids(organisation_code=union.code) == [first["id"], second["id"]]
        assert await list_ids(organisation_code="khong-co") == []
        bad = await client.get(PATH, params={"secret": "x"}, headers=admin.headers)
        expect_problem(bad, 422, "unknown_parameter", "/query/secret")


class TestEditWebhook:
    async def test_each_field(self, client, admin):
        created = expect_json(
            await create_webhook(client, admin, kinds=["enrolment.paid"], description="Một"), 201
        )
        changed = expect_json(
            await edit_webhook(
                client, admin, created["id"], url="https://127.0.0.2/x", kinds=None, description=None
            )
        )
        assert (changed["url"], changed["kinds"], changed["description"]) == (
            "https://127.0.0.2/x",
            None,
            None,
        )
        assert changed["version"] == 2
        expect_problem(await edit_webhook(client, admin, created["id"], url=URL), 412, "stale_version")
        expect_problem(
            await client.patch(f"{PATH}/{created['id']}", json={}, headers=admin.headers),
            428,
            "precondition_required",
        )

    async def test_off_and_on(self, client, admin):
        created = expect_json(await create_webhook(client, admin), 201)
        off = expect_json(await edit_webhook(client, admin, created["id"], enabled=False))
        assert (off["enabled"], off["disabled_why"]) == (False, "asked")
        on = expect_json(await edit_webhook(client, admin, created["id"], 2, enabled=True))
        assert (on["enabled"], on["disabled_why"], on["disabled_at"]) == (True, None, None)

    @pytest.mark.parametrize(
        ("body", "code", "pointer"),
        [
            ({"url": "https://192.168.0.1/"}, "webhook_address", "/url"),
            ({"url": None}, "string_type", "/url"),
            ({"enabled": None}, "bool_type", "/enabled"),
            ({"enabled": "yes"}, "bool_type", "/enabled"),
            ({"client_id": str(uuid7())}, "extra_forbidden", "/client_id"),
        ],
    )
    async def test_bad_fields_are_named(self, client, admin, body, code, pointer):
        created = expect_json(await create_webhook(client, admin), 201)
        expect_problem(await edit_webhook(client, admin, created["id"], **body), 422, code, pointer)

    async def test_one_of_the_level_above_is_absent(self, client, world, union):
        created = expect_json(await create_webhook(client, await world.user(union, "union_admin")), 201)
        below = await world.user(
            await world.unit("womens_union", world.commune, level="commune"), "union_admin"
        )
        expect_problem(await edit_webhook(client, below, created["id"], enabled=False), 404, "not_found")


class TestDeleteWebhook:
    async def test_it_is_gone_with_its_secrets(self, client, admin, owner):
        created = expect_json(await create_webhook(client, admin), 201)
        expect_json(await client.delete(f"{PATH}/{created['id']}", headers=admin.headers), 204)
        expect_problem(await read_webhook(client, admin, created["id"]), 404, "not_found")
        expect_problem(
            await client.delete(f"{PATH}/{created['id']}", headers=admin.headers), 404, "not_found"
        )
        assert expect_json(await client.get(PATH, headers=admin.headers))["items"] == []
        left = await owner.fetch(
            "select sealed, revoked_at from webhook_secret where webhook_id = $1", created["id"]
        )
        assert [(row["sealed"], row["revoked_at"] is not None) for row in left] == [(b"", True)]


class TestSecrets:
    async def test_two_at_most_and_one_at_least(self, client, admin):
        created = expect_json(await create_webhook(client, admin), 201)
        path = f"{PATH}/{created['id']}/secrets"
        first = created["secrets"][0]["id"]

        async def revoke(id_: str) -> httpx.Response:
            result: httpx.Response = await client.post(f"{path}/{id_}/revoke", headers=admin.headers)
            return result

        expect_problem(await revoke(first), 409, "last_webhook_secret")
        second = expect_json(await client.post(path, json={}, headers=admin.headers), 201)
        assert second["secret"].startswith("whsec_")
        assert second["secret"] != created["secret"]
        expect_problem(
            await client.post(path, json={}, headers=admin.headers), 409, "too_many_webhook_secrets"
        )
        left = expect_json(await revoke(first))
        assert [one["revoked_at"] is None for one in left["secrets"]] == [False, True]
        expect_json(await revoke(first))
        expect_problem(await revoke(second["id"]), 409, "last_webhook_secret")
        expect_problem(await revoke(str(uuid7())), 404, "not_found")

    async def test_an_end_for_the_older_one(self, client, admin):
        created = expect_json(await create_webhook(client, admin), 201)
        path = f"{PATH}/{created['id']}/secrets"
        bad = await client.post(path, json={"older_valid_until": "2020-01-01"}, headers=admin.headers)
        expect_problem(bad, 422, "rewrites_past", "/older_valid_until")
        second = expect_json(
            await client.post(path, json={"older_valid_until": str(today())}, headers=admin.headers), 201
        )
        older, newer = expect_json(await read_webhook(client, admin, created["id"]))["secrets"]
        assert (older["expires_at"] is not None, newer["expires_at"]) == (True, None)
        expect_problem(
            await client.post(f"{path}/{second['id']}/revoke", headers=admin.headers),
            409,
            "last_webhook_secret",
        )


class TestDeliveries:
    async def test_filters_and_unknown_events(self, client, admin):
        created = expect_json(await create_webhook(client, admin), 201)
        path = f"{PATH}/{created['id']}/deliveries"
        assert expect_json(await client.get(path, headers=admin.headers)) == {
            "items": [],
            "next_cursor": None,
        }
        bad = await client.get(path, params={"status": "lost"}, headers=admin.headers)
        expect_problem(bad, 422, "literal_error", "/query/status")
        expect_problem(await client.get(f"{path}/{uuid7()}", headers=admin.headers), 404, "not_found")
        expect_problem(await client.get(f"{path}/x", headers=admin.headers), 404, "not_found")
