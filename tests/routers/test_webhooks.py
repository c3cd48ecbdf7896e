"""Webhooks over HTTP: endpoints, their secrets, and who may have which."""

from typing import Any

import httpx
import pytest

from app.core.ids import uuid7
from app.core.time import today
from tests.routers.answers import got, refused
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


async def create(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    return await client.post(PATH, json={"url": URL} | changes, headers=login.headers)


async def read(client: httpx.AsyncClient, login: Login, id_: str) -> httpx.Response:
    return await client.get(f"{PATH}/{id_}", headers=login.headers)


async def edit(
    client: httpx.AsyncClient, login: Login, id_: str, version: int = 1, **body: Any
) -> httpx.Response:
    return await client.patch(
        f"{PATH}/{id_}", json=body, headers=login.headers | {"If-Match": f'"{version}"'}
    )


class TestCreateWebhook:
    async def test_anonymous_and_wrong_rights(self, client, world, union):
        refused(await client.post(PATH, json={"url": URL}), 401, "unauthenticated")
        refused(await create(client, await world.user(union, "union_officer")), 403, "forbidden")
        refused(await create(client, await world.partner(union, "enrolments:write")), 403, "forbidden")

    async def test_the_secret_is_shown_once_and_stored_sealed(self, client, union, admin, owner):
        answer = await create(
            client, admin, kinds=["enrolment.paid", "enrolment.accepted"], description="Đối tác"
        )
        made = got(answer, 201)
        assert made["secret"].startswith("whsec_")
        assert answer.headers["location"] == f"{PATH}/{made['id']}"
        assert answer.headers["etag"] == '"1"'
        assert (made["organisation_id"], made["client_id"], made["enabled"]) == (str(union.id), None, True)
        assert made["kinds"] == ["enrolment.accepted", "enrolment.paid"]
        seen = await read(client, admin, made["id"])
        assert made["secret"] not in seen.text
        assert got(seen) == {name: value for name, value in made.items() if name != "secret"}
        sealed = await owner.fetchval("select sealed from webhook_secret where webhook_id = $1", made["id"])
        assert made["secret"].encode() not in sealed
        said = await owner.fetchval("select fields from audit_event where subject_id = $1", made["id"])
        assert made["secret"] not in said
        assert URL not in said

    async def test_the_same_id_again_is_the_same_endpoint(self, client, admin):
        sent = {"id": str(uuid7()), "kinds": ["enrolment.paid"]}
        first = got(await create(client, admin, **sent), 201)
        assert got(await create(client, admin, **sent), 201) == first | {"secret": None}
        refused(await create(client, admin, **sent | {"url": "https://127.0.0.2/"}), 409, "id_taken")
        got(await client.delete(f"{PATH}/{first['id']}", headers=admin.headers), 204)
        refused(await create(client, admin, **sent), 409, "id_taken")

    async def test_an_id_of_somebody_else_is_taken(self, client, world, admin):
        other = await world.user(await world.unit("farmers_association"), "union_admin")
        made = got(await create(client, other), 201)
        refused(await create(client, admin, id=made["id"]), 409, "id_taken")

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
        refused(await create(client, admin, **change), 422, code, pointer)

    async def test_whose_it_is(self, client, world, union, admin, partner):
        own = got(await create(client, partner), 201)
        assert (own["client_id"], own["organisation_id"]) == (str(partner.id), str(union.id))
        for_partner = got(await create(client, admin, client_id=str(partner.id)), 201)
        assert (for_partner["client_id"], for_partner["organisation_id"]) == (str(partner.id), str(union.id))
        below = await world.unit("womens_union", world.commune, level="commune")
        named = got(await create(client, admin, organisation_code=below.code), 201)
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
            refused(await create(client, login, **body), status, code, pointer)


class TestReadWebhooks:
    async def test_another_unions_is_404_everywhere(self, client, world, admin):
        made = got(await create(client, admin), 201)
        other = await world.user(await world.unit("farmers_association"), "union_admin")
        headers = other.headers | {"If-Match": '"1"'}
        path = f"{PATH}/{made['id']}"
        for method, where, body in (
            ("GET", path, None),
            ("PATCH", path, {"enabled": False}),
            ("DELETE", path, None),
            ("POST", f"{path}/secrets", {}),
            ("POST", f"{path}/secrets/{made['secrets'][0]['id']}/revoke", None),
            ("POST", f"{path}/test", None),
            ("GET", f"{path}/deliveries", None),
            ("GET", f"{path}/deliveries/{uuid7()}", None),
            ("POST", f"{path}/replay", {"event_id": str(uuid7())}),
        ):
            refused(await client.request(method, where, json=body, headers=headers), 404, "not_found")

    async def test_a_partner_system_sees_its_own_only(self, client, world, union, admin, partner):
        neighbour = await world.partner(union, "webhooks:manage")
        own = got(await create(client, partner), 201)
        others = [got(await create(client, login), 201) for login in (admin, neighbour)]
        listed = got(await client.get(PATH, headers=partner.headers))["items"]
        assert [one["id"] for one in listed] == [own["id"]]
        for other in others:
            refused(await read(client, partner, other["id"]), 404, "not_found")
        seen = got(await client.get(PATH, headers=admin.headers))["items"]
        assert {one["id"] for one in seen} == {own["id"], *(other["id"] for other in others)}

    async def test_filters(self, client, world, union, admin, partner):
        first, second = got(await create(client, admin), 201), got(await create(client, partner), 201)
        got(await edit(client, admin, first["id"], enabled=False))

        async def found(**query: str) -> list[str]:
            answer = await client.get(PATH, params=query, headers=admin.headers)
            return [one["id"] for one in got(answer)["items"]]

        assert await found(enabled="false") == [first["id"]]
        assert await found(enabled="true") == [second["id"]]
        assert await found(client_id=str(partner.id)) == [second["id"]]
        assert await found(organisation_id=str(union.id)) == [first["id"], second["id"]]
        assert await found(organisation_code=union.code) == [first["id"], second["id"]]
        assert await found(organisation_code="khong-co") == []
        bad = await client.get(PATH, params={"secret": "x"}, headers=admin.headers)
        refused(bad, 422, "unknown_parameter", "/query/secret")


class TestEditWebhook:
    async def test_each_field(self, client, admin):
        made = got(await create(client, admin, kinds=["enrolment.paid"], description="Một"), 201)
        changed = got(
            await edit(client, admin, made["id"], url="https://127.0.0.2/x", kinds=None, description=None)
        )
        assert (changed["url"], changed["kinds"], changed["description"]) == (
            "https://127.0.0.2/x",
            None,
            None,
        )
        assert changed["version"] == 2
        refused(await edit(client, admin, made["id"], url=URL), 412, "stale_version")
        refused(
            await client.patch(f"{PATH}/{made['id']}", json={}, headers=admin.headers),
            428,
            "precondition_required",
        )

    async def test_off_and_on(self, client, admin):
        made = got(await create(client, admin), 201)
        off = got(await edit(client, admin, made["id"], enabled=False))
        assert (off["enabled"], off["disabled_why"]) == (False, "asked")
        on = got(await edit(client, admin, made["id"], 2, enabled=True))
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
        made = got(await create(client, admin), 201)
        refused(await edit(client, admin, made["id"], **body), 422, code, pointer)

    async def test_one_of_the_level_above_is_absent(self, client, world, union):
        made = got(await create(client, await world.user(union, "union_admin")), 201)
        below = await world.user(
            await world.unit("womens_union", world.commune, level="commune"), "union_admin"
        )
        refused(await edit(client, below, made["id"], enabled=False), 404, "not_found")


class TestDeleteWebhook:
    async def test_it_is_gone_with_its_secrets(self, client, admin, owner):
        made = got(await create(client, admin), 201)
        got(await client.delete(f"{PATH}/{made['id']}", headers=admin.headers), 204)
        refused(await read(client, admin, made["id"]), 404, "not_found")
        refused(await client.delete(f"{PATH}/{made['id']}", headers=admin.headers), 404, "not_found")
        assert got(await client.get(PATH, headers=admin.headers))["items"] == []
        left = await owner.fetch(
            "select sealed, revoked_at from webhook_secret where webhook_id = $1", made["id"]
        )
        assert [(row["sealed"], row["revoked_at"] is not None) for row in left] == [(b"", True)]


class TestSecrets:
    async def test_two_at_most_and_one_at_least(self, client, admin):
        made = got(await create(client, admin), 201)
        path = f"{PATH}/{made['id']}/secrets"
        first = made["secrets"][0]["id"]

        async def revoke(id_: str) -> httpx.Response:
            answer: httpx.Response = await client.post(f"{path}/{id_}/revoke", headers=admin.headers)
            return answer

        refused(await revoke(first), 409, "last_webhook_secret")
        second = got(await client.post(path, json={}, headers=admin.headers), 201)
        assert second["secret"].startswith("whsec_")
        assert second["secret"] != made["secret"]
        refused(await client.post(path, json={}, headers=admin.headers), 409, "too_many_webhook_secrets")
        left = got(await revoke(first))
        assert [one["revoked_at"] is None for one in left["secrets"]] == [False, True]
        got(await revoke(first))
        refused(await revoke(second["id"]), 409, "last_webhook_secret")
        refused(await revoke(str(uuid7())), 404, "not_found")

    async def test_an_end_for_the_older_one(self, client, admin):
        made = got(await create(client, admin), 201)
        path = f"{PATH}/{made['id']}/secrets"
        bad = await client.post(path, json={"older_valid_until": "2020-01-01"}, headers=admin.headers)
        refused(bad, 422, "rewrites_past", "/older_valid_until")
        second = got(
            await client.post(path, json={"older_valid_until": str(today())}, headers=admin.headers), 201
        )
        older, newer = got(await read(client, admin, made["id"]))["secrets"]
        assert (older["expires_at"] is not None, newer["expires_at"]) == (True, None)
        refused(
            await client.post(f"{path}/{second['id']}/revoke", headers=admin.headers),
            409,
            "last_webhook_secret",
        )


class TestDeliveries:
    async def test_filters_and_unknown_events(self, client, admin):
        made = got(await create(client, admin), 201)
        path = f"{PATH}/{made['id']}/deliveries"
        assert got(await client.get(path, headers=admin.headers)) == {"items": [], "next_cursor": None}
        bad = await client.get(path, params={"status": "lost"}, headers=admin.headers)
        refused(bad, 422, "literal_error", "/query/status")
        refused(await client.get(f"{path}/{uuid7()}", headers=admin.headers), 404, "not_found")
        refused(await client.get(f"{path}/x", headers=admin.headers), 404, "not_found")
