"""The groups of treasurers and collectors over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.ids import uuid7
from app.core.time import today
from tests.routers.answers import got, refused
from tests.world import GroupOf, Login, Unit, World


def day(offset: int) -> str:
    return (today() + timedelta(days=offset)).isoformat()


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def treasurer(world: World, union: Unit) -> Login:
    return await world.user(union, "treasurer")


@pytest.fixture
async def group(world: World, union: Unit) -> GroupOf:
    return await world.group(union)


async def assign(client: httpx.AsyncClient, login: Login, user: Login, **sent: Any) -> httpx.Response:
    return await client.post(f"/v1/users/{user.id}/groups", json=sent, headers=login.headers)


async def end(
    client: httpx.AsyncClient, login: Login, user: Login, group: GroupOf, **sent: Any
) -> httpx.Response:
    return await client.post(f"/v1/users/{user.id}/groups/{group.id}/end", json=sent, headers=login.headers)


async def served(client: httpx.AsyncClient, login: Login) -> list[str]:
    """The groups to which the login is limited at this request."""
    groups: list[str] = got(await client.get("/v1/auth/me", headers=login.headers))["groups"]
    return groups


class TestAssignGroup:
    async def test_anonymous_and_wrong_role(self, client, world, union, treasurer, group):
        answer = await client.post(f"/v1/users/{treasurer.id}/groups", json={})
        refused(answer, 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        answer = await assign(client, officer, treasurer, group_id=str(group.id), duty="treasurer")
        refused(answer, 403, "forbidden")

    async def test_holds_at_the_next_request(self, client, admin, treasurer, group, owner):
        assert await served(client, treasurer) == []
        found = got(await assign(client, admin, treasurer, group_code=group.code, duty="treasurer"), 201)
        assert found == {
            "user_id": str(treasurer.id), "group_id": str(group.id), "duty": "treasurer",
            "valid_from": day(0), "valid_to": None,
        }  # fmt: skip
        assert await served(client, treasurer) == [str(group.id)]
        fields = await owner.fetchval("select fields from audit_event where subject_id = $1", treasurer.id)
        assert str(group.id) in fields

    async def test_from_a_later_day_to_a_last_day(self, client, admin, treasurer, group):
        sent = {"group_id": str(group.id), "duty": "treasurer", "valid_from": day(2), "valid_to": day(9)}
        first = got(await assign(client, admin, treasurer, **sent), 201)
        assert await served(client, treasurer) == []
        assert got(await assign(client, admin, treasurer, **sent), 201) == first
        refused(await assign(client, admin, treasurer, **sent | {"valid_from": day(5)}), 409, "dates_overlap")
        got(
            await assign(
                client, admin, treasurer, group_id=str(group.id), duty="treasurer", valid_from=day(10)
            ),
            201,
        )
        url = f"/v1/users/{treasurer.id}/groups"
        page = got(await client.get(url, params={"limit": "1"}, headers=admin.headers))
        rest = got(
            await client.get(url, params={"limit": "1", "cursor": page["next_cursor"]}, headers=admin.headers)
        )
        assert [entry["valid_from"] for entry in page["items"] + rest["items"]] == [day(2), day(10)]
        assert rest["next_cursor"] is None

    async def test_user_of_others_is_404(self, client, world, admin, group):
        for unit in (
            await world.unit("farmers_association"),
            await world.unit("womens_union", world.sibling_province),
        ):
            user = await world.user(unit, "treasurer")
            answer = await assign(client, admin, user, group_id=str(group.id), duty="treasurer")
            refused(answer, 404, "not_found")
            refused(await client.get(f"/v1/users/{user.id}/groups", headers=admin.headers), 404, "not_found")

    async def test_group_of_others_is_404(self, client, world, admin, treasurer):
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        farmers = await world.group(await world.unit("farmers_association"))
        elsewhere = await world.unit("womens_union", world.sibling_province)
        there = await world.place("commune", world.sibling_province)
        far = await world.group(elsewhere, commune=there)
        for login, group in ((admin, farmers), (admin, far), (bhxh, farmers)):
            answer = await assign(client, login, treasurer, group_id=str(group.id), duty="treasurer")
            refused(answer, 404, "not_found", "/group_id")
            answer = await assign(client, login, treasurer, group_code=group.code, duty="treasurer")
            refused(answer, 404, "not_found", "/group_code")

    async def test_bad_fields(self, client, admin, treasurer, group):
        good = {"group_id": str(group.id), "duty": "treasurer"}
        for change, code, pointer in (
            ({"duty": "collector"}, "duty_role", "/duty"),
            ({"duty": "king"}, "enum", "/duty"),
            ({"group_id": None}, "exactly_one", "/group_id"),
            ({"group_code": group.code}, "exactly_one", "/group_code"),
            ({"valid_from": day(1), "valid_to": day(0)}, "before_start", "/valid_to"),
            ({"valid_from": "2026-13-01"}, "day", "/valid_from"),
        ):
            refused(await assign(client, admin, treasurer, **good | change), 422, code, pointer)


class TestEndGroup:
    async def test_holds_at_the_next_request(self, client, world, union, admin, group, owner):
        user = await world.user(union, "treasurer", groups=[group.id])
        assert await served(client, user) == [str(group.id)]
        assert (await end(client, admin, user, group)).status_code == 204
        assert await served(client, user) == []
        assert (await end(client, admin, user, group)).status_code == 204
        last = await owner.fetchval("select valid_to from user_group where user_id = $1", user.id)
        assert last == today() - timedelta(days=1)

    async def test_withdrawn_on_the_first_day(self, client, admin, treasurer, group, owner):
        got(await assign(client, admin, treasurer, group_id=str(group.id), duty="treasurer"), 201)
        assert (await end(client, admin, treasurer, group)).status_code == 204
        assert await served(client, treasurer) == []
        assert not await owner.fetchval("select count(*) from user_group where user_id = $1", treasurer.id)

    async def test_refusals(self, client, world, union, admin, treasurer, group):
        refused(
            await client.post(f"/v1/users/{uuid7()}/groups/{group.id}/end", json={}), 401, "unauthenticated"
        )
        refused(await end(client, admin, treasurer, group), 404, "not_found")
        user = await world.user(union, "treasurer", groups=[group.id])
        refused(await end(client, user, user, group), 403, "forbidden")
        answer = await end(client, admin, user, group, valid_to=day(-9))
        refused(answer, 422, "rewrites_past", "/valid_to")
