"""The groups of treasurers and collectors over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem
from tests.world import GroupRef, Login, Unit, World


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
async def group(world: World, union: Unit) -> GroupRef:
    return await world.group(union)


async def assign_group(client: httpx.AsyncClient, login: Login, user: Login, **fields: Any) -> httpx.Response:
    return await client.post(f"/v1/users/{user.id}/groups", json=fields, headers=login.headers)


async def end_group(
    client: httpx.AsyncClient, login: Login, user: Login, group: GroupRef, **fields: Any
) -> httpx.Response:
    return await client.post(f"/v1/users/{user.id}/groups/{group.id}/end", json=fields, headers=login.headers)


async def list_served_groups(client: httpx.AsyncClient, login: Login) -> list[str]:
    """The groups to which the login is limited at this request."""
    groups: list[str] = expect_json(await client.get("/v1/auth/me", headers=login.headers))["groups"]
    return groups


class TestAssignGroup:
    async def test_anonymous_and_wrong_role(self, client, world, union, treasurer, group):
        response = await client.post(f"/v1/users/{treasurer.id}/groups", json={})
        expect_problem(response, 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        response = await assign_group(client, officer, treasurer, group_id=str(group.id), duty="treasurer")
        expect_problem(response, 403, "forbidden")

    async def test_holds_at_the_next_request(self, client, admin, treasurer, group, owner):
        assert await list_served_groups(client, treasurer) == []
        body = expect_json(
            await assign_group(client, admin, treasurer, group_code=group.code, duty="treasurer"), 201
        )
        assert body == {
            "user_id": str(treasurer.id), "group_id": str(group.id), "duty": "treasurer",
            "valid_from": day(0), "valid_to": None,
        }  # fmt: skip
        assert await list_served_groups(client, treasurer) == [str(group.id)]
        fields = await owner.fetchval("select fields from audit_event where subject_id = $1", treasurer.id)
        assert str(group.id) in fields

    async def test_from_a_later_day_to_a_last_day(self, client, admin, treasurer, group):
        body = {"group_id": str(group.id), "duty": "treasurer", "valid_from": day(2), "valid_to": day(9)}
        first = expect_json(await assign_group(client, admin, treasurer, **body), 201)
        assert await list_served_groups(client, treasurer) == []
        assert expect_json(await assign_group(client, admin, treasurer, **body), 201) == first
        expect_problem(
            await assign_group(client, admin, treasurer, **body | {"valid_from": day(5)}),
            409,
            "dates_overlap",
        )
        expect_json(
            await assign_group(
                client, admin, treasurer, group_id=str(group.id), duty="treasurer", valid_from=day(10)
            ),
            201,
        )
        url = f"/v1/users/{treasurer.id}/groups"
        page = expect_json(await client.get(url, params={"limit": "1"}, headers=admin.headers))
        rest = expect_json(
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
            response = await assign_group(client, admin, user, group_id=str(group.id), duty="treasurer")
            expect_problem(response, 404, "not_found")
            expect_problem(
                await client.get(f"/v1/users/{user.id}/groups", headers=admin.headers), 404, "not_found"
            )

    async def test_group_of_others_is_404(self, client, world, admin, treasurer):
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        farmers = await world.group(await world.unit("farmers_association"))
        elsewhere = await world.unit("womens_union", world.sibling_province)
        there = await world.place("commune", world.sibling_province)
        far = await world.group(elsewhere, commune=there)
        for login, group in ((admin, farmers), (admin, far), (bhxh, farmers)):
            response = await assign_group(client, login, treasurer, group_id=str(group.id), duty="treasurer")
            expect_problem(response, 404, "not_found", "/group_id")
            response = await assign_group(client, login, treasurer, group_code=group.code, duty="treasurer")
            expect_problem(response, 404, "not_found", "/group_code")

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
            expect_problem(await assign_group(client, admin, treasurer, **good | change), 422, code, pointer)


class TestEndGroup:
    async def test_holds_at_the_next_request(self, client, world, union, admin, group, owner):
        user = await world.user(union, "treasurer", groups=[group.id])
        assert await list_served_groups(client, user) == [str(group.id)]
        assert (await end_group(client, admin, user, group)).status_code == 204
        assert await list_served_groups(client, user) == []
        assert (await end_group(client, admin, user, group)).status_code == 204
        last = await owner.fetchval("select valid_to from user_group where user_id = $1", user.id)
        assert last == today() - timedelta(days=1)

    async def test_withdrawn_on_the_first_day(self, client, admin, treasurer, group, owner):
        expect_json(
            await assign_group(client, admin, treasurer, group_id=str(group.id), duty="treasurer"), 201
        )
        assert (await end_group(client, admin, treasurer, group)).status_code == 204
        assert await list_served_groups(client, treasurer) == []
        assert not await owner.fetchval("select count(*) from user_group where user_id = $1", treasurer.id)

    async def test_refusals(self, client, world, union, admin, treasurer, group):
        expect_problem(
            await client.post(f"/v1/users/{uuid7()}/groups/{group.id}/end", json={}), 401, "unauthenticated"
        )
        expect_problem(await end_group(client, admin, treasurer, group), 404, "not_found")
        user = await world.user(union, "treasurer", groups=[group.id])
        expect_problem(await end_group(client, user, user, group), 403, "forbidden")
        response = await end_group(client, admin, user, group, valid_to=day(-9))
        expect_problem(response, 422, "rewrites_past", "/valid_to")
