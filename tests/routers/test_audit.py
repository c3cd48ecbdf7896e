"""The audit over HTTP."""

from datetime import timedelta

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World

PATH = "/v1/audit"


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


async def rename_user(client: httpx.AsyncClient, login: Login, user: Login, version: int) -> None:
    headers = login.headers | {"If-Match": f'"{version}"', "X-Request-ID": "a-request-of-mine"}
    body = {"roles": ["treasurer" if version % 2 else "viewer"]}
    expect_json(await client.patch(f"/v1/users/{user.id}", json=body, headers=headers))


class TestAudit:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        expect_problem(await client.get(PATH), 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        expect_problem(await client.get(PATH, headers=officer.headers), 403, "forbidden")

    async def test_latest_first_page_by_page(self, client, world, union, admin):
        user = await world.user(union, "viewer")
        for version in (1, 2, 3):
            await rename_user(client, admin, user, version)
        params = {"subject_id": str(user.id), "limit": "2"}
        page = expect_json(await client.get(PATH, params=params, headers=admin.headers))
        rest = expect_json(
            await client.get(PATH, params=params | {"cursor": page["next_cursor"]}, headers=admin.headers)
        )
        events = page["items"] + rest["items"]
        assert [event["fields"]["roles"] for event in events] == [["treasurer"], ["viewer"], ["treasurer"]]
        assert rest["next_cursor"] is None
        event = events[0]
        assert (event["event"], event["subject_kind"], event["actor_id"]) == (
            "user.changed",
            "user",
            str(admin.id),
        )
        assert event["request_id"] == "a-request-of-mine"
        assert expect_json(await client.get(f"{PATH}/{event['id']}", headers=admin.headers)) == event

    async def test_filters(self, client, world, union, admin):
        user = await world.user(union, "viewer")
        await rename_user(client, admin, user, 1)
        day, later_day = today().isoformat(), (today() + timedelta(days=3)).isoformat()
        for params, count in (
            ({"event": "user.changed"}, 1),
            ({"event": "user.created"}, 0),
            ({"subject_kind": "user"}, 1),
            ({"subject_kind": "group"}, 0),
            ({"actor_id": str(admin.id)}, 1),
            ({"actor_id": str(user.id)}, 0),
            ({"from": day, "to": day}, 1),
            ({"from": later_day}, 0),
            ({"to": "2020-01-01"}, 0),
        ):
            body = expect_json(
                await client.get(PATH, params={"subject_id": str(user.id)} | params, headers=admin.headers)
            )
            assert len(body["items"]) == count, params
        for params, pointer in (
            ({"event": "user.praised"}, "/query/event"),
            ({"from": "yesterday"}, "/query/from"),
            ({"first": day}, "/query/first"),
            ({"subject_id": "1"}, "/query/subject_id"),
        ):
            response = await client.get(PATH, params=params, headers=admin.headers)
            assert response.status_code == 422
            assert response.json()["errors"][0]["pointer"] == pointer

    async def test_only_own_network_and_places(self, client, world, union, admin):
        user = await world.user(union, "viewer")
        await rename_user(client, admin, user, 1)
        params = {"subject_id": str(user.id)}
        event = expect_json(await client.get(PATH, params=params, headers=admin.headers))["items"][0]
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        assert expect_json(await client.get(PATH, params=params, headers=bhxh.headers))["items"] == [event]
        for unit in (
            await world.unit("farmers_association"),
            await world.unit("womens_union", world.sibling_province),
            await world.unit("womens_union", world.commune, level="commune"),
            await world.unit("bhxh", world.sibling_province),
        ):
            role = "bhxh_admin" if unit.network == "bhxh" else "union_admin"
            other = await world.user(unit, role)
            assert expect_json(await client.get(PATH, params=params, headers=other.headers))["items"] == []
            expect_problem(await client.get(f"{PATH}/{event['id']}", headers=other.headers), 404, "not_found")
        expect_problem(await client.get(f"{PATH}/{uuid7()}", headers=admin.headers), 404, "not_found")
