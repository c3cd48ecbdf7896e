"""Dated parents and places of organisations over HTTP."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World

PATH = "/v1/organisations"


def day(offset: int) -> str:
    return (today() + timedelta(days=offset)).isoformat()


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def commune(world: World, union: Unit) -> Unit:
    """A commune's unit below the province's since 2000."""
    return await world.unit("womens_union", world.commune, level="commune", parent=union)


async def set_parent(client: httpx.AsyncClient, login: Login, unit: Unit, **fields: Any) -> httpx.Response:
    return await client.post(f"{PATH}/{unit.id}/parents", json=fields, headers=login.headers)


async def add_place(client: httpx.AsyncClient, login: Login, unit: Unit, **fields: Any) -> httpx.Response:
    return await client.post(f"{PATH}/{unit.id}/places", json=fields, headers=login.headers)


async def end_place(
    client: httpx.AsyncClient, login: Login, unit: Unit, place: str, **fields: Any
) -> httpx.Response:
    return await client.post(f"{PATH}/{unit.id}/places/{place}/end", json=fields, headers=login.headers)


class TestSetParent:
    async def test_anonymous_and_wrong_role(self, client, world, union, commune):
        response = await client.post(f"{PATH}/{commune.id}/parents", json={"parent_id": str(union.id)})
        expect_problem(response, 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        expect_problem(await set_parent(client, officer, commune, parent_id=str(union.id)), 403, "forbidden")

    async def test_other_union_and_sibling_place_are_404(self, client, world, union, admin):
        for unit in (
            await world.unit("farmers_association", world.commune, level="commune"),
            await world.unit("womens_union", world.sibling_province),
        ):
            expect_problem(await set_parent(client, admin, unit, parent_id=str(union.id)), 404, "not_found")

    async def test_the_past_stays(self, client, world, union, commune, admin, owner):
        district = await world.unit("womens_union", level="province")
        body = expect_json(
            await set_parent(client, admin, commune, parent_code=district.code, valid_from=day(0)), 201
        )
        assert body["parents"] == [
            {"parent_id": str(union.id), "valid_from": "2000-01-01", "valid_to": day(-1)},
            {"parent_id": str(district.id), "valid_from": day(0), "valid_to": None},
        ]
        assert body["version"] == 2
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1", commune.id
        )
        assert str(district.id) in fields

    async def test_a_day_that_passed_is_not_rewritten(self, client, union, world, commune, admin):
        other = await world.unit("womens_union")
        response = await set_parent(client, admin, commune, parent_id=str(other.id), valid_from=day(-1))
        expect_problem(response, 422, "rewrites_past", "/valid_from")
        response = await set_parent(client, admin, commune, parent_id=str(other.id), valid_from="1999-01-01")
        expect_problem(response, 409, "dates_overlap")

    async def test_days_without_a_parent_may_be_filled_in(self, client, world, union, admin):
        alone = await world.unit("womens_union", world.commune, level="commune")
        body = expect_json(
            await set_parent(client, admin, alone, parent_id=str(union.id), valid_from="2001-02-03"), 201
        )
        assert [parent["valid_from"] for parent in body["parents"]] == ["2001-02-03"]

    async def test_repeated_and_corrected_on_the_same_day(self, client, world, union, commune, admin):
        first, second = await world.unit("womens_union"), await world.unit("womens_union")
        once = expect_json(await set_parent(client, admin, commune, parent_id=str(first.id)), 201)
        again = expect_json(await set_parent(client, admin, commune, parent_id=str(first.id)), 201)
        assert again == once
        body = expect_json(await set_parent(client, admin, commune, parent_id=str(second.id)), 201)
        assert [parent["parent_id"] for parent in body["parents"]] == [str(union.id), str(second.id)]

    async def test_cycles_are_refused(self, client, world, union, commune, admin):
        below = await world.unit("womens_union", world.commune, level="commune", parent=commune)
        lowest = await world.unit("womens_union", world.commune, level="commune", parent=below)
        for parent in (lowest, below, commune):
            response = await set_parent(client, admin, commune, parent_id=str(parent.id))
            expect_problem(response, 409, "organisation_cycle")
        organisation = expect_json(await client.get(f"{PATH}/{commune.id}", headers=admin.headers))
        assert len(organisation["parents"]) == 1

    async def test_two_at_once_do_not_close_a_circle(self, client, world, admin):
        one, other = await world.unit("womens_union"), await world.unit("womens_union")
        responses = await asyncio.gather(
            set_parent(client, admin, one, parent_id=str(other.id)),
            set_parent(client, admin, other, parent_id=str(one.id)),
        )
        assert sorted(response.status_code for response in responses) == [201, 409]

    async def test_a_circle_of_different_days_is_none(self, client, world, union, commune, admin, owner):
        below = await world.unit("womens_union", world.commune, level="commune", parent=commune)
        await owner.execute(
            "update organisation_parent set valid_to = $2 where organisation_id = $1",
            below.id,
            date(2010, 1, 1),
        )
        expect_json(await set_parent(client, admin, commune, parent_id=str(below.id)), 201)

    async def test_own_organisation_is_put_elsewhere_by_others(self, client, world, union, admin):
        other = await world.unit("womens_union")
        expect_problem(await set_parent(client, admin, union, parent_id=str(other.id)), 403, "own_record")

    async def test_bad_fields(self, client, world, union, commune, admin):
        hidden = await world.unit("farmers_association")
        for fields, status, code, pointer in (
            ({}, 422, "exactly_one", "/parent_id"),
            ({"parent_id": str(union.id), "parent_code": union.code}, 422, "exactly_one", "/parent_code"),
            ({"parent_id": str(hidden.id)}, 404, "not_found", "/parent_id"),
            ({"parent_id": str(union.id), "valid_from": "soon"}, 422, "day", "/valid_from"),
            ({"parent_id": str(union.id), "why": ""}, 422, "extra_forbidden", "/why"),
        ):
            expect_problem(await set_parent(client, admin, commune, **fields), status, code, pointer)


class TestAddPlace:
    async def test_anonymous_and_wrong_role(self, client, world, union, commune):
        response = await client.post(f"{PATH}/{commune.id}/places", json={"place_code": world.commune})
        expect_problem(response, 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        expect_problem(await add_place(client, officer, commune, place_code=world.commune), 403, "forbidden")

    async def test_people_see_the_place_at_the_next_request(self, client, world, commune, admin):
        there = await world.unit("womens_union", world.sibling_commune, level="commune")
        officer = await world.user(commune, "union_officer")
        expect_problem(await client.get(f"{PATH}/{there.id}", headers=officer.headers), 404, "not_found")
        body = expect_json(await add_place(client, admin, commune, place_code=world.sibling_commune), 201)
        assert {place["place_code"] for place in body["places"]} == {world.commune, world.sibling_commune}
        expect_json(await client.get(f"{PATH}/{there.id}", headers=officer.headers))

    async def test_predecessors_come_with_a_place(self, client, world, commune, admin, owner):
        old = await world.place("commune", world.province, valid_to=date(2025, 6, 30))
        await owner.execute(
            "insert into place_succession values ($1, $2, '2025-07-01', 1, true)", old, world.commune
        )
        body = expect_json(await end_place(client, admin, commune, world.commune), 200)
        assert body["places"][0]["valid_to"] == day(-1)
        expect_json(await add_place(client, admin, commune, place_code=world.commune), 201)
        communes = await owner.fetchval(
            "select communes from organisation_place where organisation_id = $1 and valid_to is null",
            commune.id,
        )
        assert communes == sorted([old, world.commune])

    async def test_beyond_the_adder_is_403(self, client, world, union, commune):
        commune_admin = await world.user(commune, "union_admin")
        unit = await world.unit("womens_union", world.commune, level="commune", parent=commune)
        response = await add_place(client, commune_admin, unit, place_code=world.sibling_commune)
        expect_problem(response, 403, "outside_scope", "/place_code")

    async def test_unit_that_reaches_beyond_the_adder_is_403(self, client, world, union, commune, admin):
        expect_json(await add_place(client, admin, commune, place_code=world.sibling_commune), 201)
        neighbour = await world.unit("womens_union", world.commune, level="commune")
        commune_admin = await world.user(neighbour, "union_admin")
        response = await add_place(
            client, commune_admin, commune, place_code=world.commune, valid_from=day(1)
        )
        expect_problem(response, 403, "outside_scope")

    async def test_repeated_is_the_same_and_overlap_is_409(self, client, world, commune, admin):
        body = {"place_code": world.sibling_commune, "valid_from": day(3)}
        once = expect_json(await add_place(client, admin, commune, **body), 201)
        assert expect_json(await add_place(client, admin, commune, **body), 201) == once
        response = await add_place(
            client, admin, commune, place_code=world.sibling_commune, valid_from=day(5)
        )
        expect_problem(response, 409, "dates_overlap")

    async def test_bad_fields(self, client, world, commune, admin):
        for fields, status, code, pointer in (
            ({}, 422, "missing", "/place_code"),
            ({"place_code": "NOWHERE"}, 404, "not_found", "/place_code"),
            ({"place_code": "'; drop table place"}, 422, "code", "/place_code"),
            ({"place_code": world.province}, 422, "place_level", "/place_code"),
            ({"place_code": world.commune, "valid_from": "1850-01-01"}, 422, "day_range", "/valid_from"),
        ):
            expect_problem(await add_place(client, admin, commune, **fields), status, code, pointer)

    async def test_own_coverage_is_given_by_others(self, client, world, union, admin):
        expect_problem(await add_place(client, admin, union, place_code=world.commune), 403, "own_record")


class TestEndPlace:
    async def test_takes_hold_at_the_next_request(self, client, world, commune, admin, owner):
        officer = await world.user(commune, "union_officer")
        there = await world.unit("womens_union", world.commune, level="commune")
        expect_json(await client.get(f"{PATH}/{there.id}", headers=officer.headers))
        body = expect_json(await end_place(client, admin, commune, world.commune))
        assert body["places"] == [
            {"place_code": world.commune, "valid_from": "2000-01-01", "valid_to": day(-1)}
        ]
        expect_problem(await client.get(f"{PATH}/{there.id}", headers=officer.headers), 404, "not_found")
        assert expect_json(await end_place(client, admin, commune, world.commune)) == body

    async def test_what_never_held_is_withdrawn(self, client, world, commune, admin):
        expect_json(await add_place(client, admin, commune, place_code=world.sibling_commune), 201)
        body = expect_json(await end_place(client, admin, commune, world.sibling_commune))
        assert [place["place_code"] for place in body["places"]] == [world.commune]

    async def test_the_past_stays(self, client, world, commune, admin):
        response = await end_place(client, admin, commune, world.commune, valid_to=day(-2))
        expect_problem(response, 422, "rewrites_past", "/valid_to")
        expect_json(await end_place(client, admin, commune, world.commune, valid_to=day(5)))
        response = await end_place(client, admin, commune, world.commune, valid_to=day(6))
        expect_problem(response, 422, "ends_before", "/valid_to")

    async def test_absent_place_or_unit_is_404(self, client, world, commune, admin):
        expect_problem(await end_place(client, admin, commune, world.sibling_commune), 404, "not_found")
        hidden = await world.unit("farmers_association", world.commune, level="commune")
        expect_problem(await end_place(client, admin, hidden, world.commune), 404, "not_found")
        response = await client.post(f"{PATH}/{uuid7()}/places/x/end", json={})
        expect_problem(response, 401, "unauthenticated")


class TestNetworks:
    async def test_anonymous_is_401(self, client):
        expect_problem(await client.get("/v1/networks"), 401, "unauthenticated")

    async def test_read_by_everybody(self, client, world, union):
        for role in ("treasurer", "viewer", "union_admin"):
            login = await world.user(union, role)
            items = expect_json(await client.get("/v1/networks", headers=login.headers))["items"]
            names = {item["code"]: item["name_vi"] for item in items}
            assert names["womens_union"] == "Hội Liên hiệp Phụ nữ"
        body = expect_json(await client.get("/v1/networks/bhxh", headers=login.headers))
        assert body == {
            "code": "bhxh",
            "name_vi": "Bảo hiểm xã hội Việt Nam",
            "name_en": "Viet Nam Social Security",
        }
        expect_problem(await client.get("/v1/networks/none", headers=login.headers), 404, "not_found")
