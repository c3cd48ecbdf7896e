"""Organisations over HTTP: reading, creating, renaming and closing them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.responses import expect_json, expect_problem, read_items
from tests.world import Login, Unit, World

PATH = "/v1/organisations"


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    """The administrator of the Women's Union of the world's province."""
    return await world.user(union, "union_admin")


@pytest.fixture
async def bhxh(world: World) -> Login:
    """The administrator of BHXH of the same province."""
    return await world.user(await world.unit("bhxh"), "bhxh_admin")


def organisation_body(world: World, **changes: Any) -> dict[str, Any]:
    """A valid body: a commune's unit."""
    created = {"code": f"u-{uuid7()}", "level": "commune", "name": "Hội xã", "place_codes": [world.commune]}
    return created | changes


async def create_organisation(client: httpx.AsyncClient, login: Login, world: World, **changes: Any) -> Any:
    return expect_json(
        await client.post(PATH, json=organisation_body(world, **changes), headers=login.headers), 201
    )


class TestListOrganisations:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        expect_problem(await client.get(PATH), 401, "unauthenticated")

    async def test_wrong_role_is_403(self, client: httpx.AsyncClient, world: World, union: Unit):
        treasurer = await world.user(union, "treasurer")
        expect_problem(await client.get(PATH, headers=treasurer.headers), 403, "forbidden")

    async def test_sees_own_network_and_places(self, client, world, union, admin, bhxh):
        commune = await world.unit("womens_union", world.commune, level="commune", parent=union)
        other_union = await world.unit("farmers_association")
        elsewhere = await world.unit("womens_union", world.sibling_province)
        ids = {item["id"] for item in await read_items(client, PATH, admin.headers)}
        assert {str(union.id), str(commune.id)} <= ids
        assert not {str(other_union.id), str(elsewhere.id)} & ids
        ids = {item["id"] for item in await read_items(client, PATH, bhxh.headers)}
        assert {str(union.id), str(other_union.id)} <= ids
        assert str(elsewhere.id) not in ids

    async def test_filters(self, client, world, union, admin):
        commune = await world.unit("womens_union", world.commune, level="commune", parent=union)
        for params in (
            {"parent_id": str(union.id)},
            {"parent_code": union.code},
            {"commune_code": world.commune},
            {"level": "commune", "network": "womens_union", "province_code": world.province},
        ):
            items = expect_json(await client.get(PATH, params=params, headers=admin.headers))["items"]
            assert [item["id"] for item in items] == [str(commune.id)], params
        response = await client.get(PATH, params={"region": "north"}, headers=admin.headers)
        expect_problem(response, 422, "unknown_parameter", "/query/region")

    async def test_pages(self, client, world, union, admin):
        for _ in range(3):
            await world.unit("womens_union", world.commune, level="commune", parent=union)
        whole = expect_json(
            await client.get(PATH, params={"parent_id": str(union.id)}, headers=admin.headers)
        )
        read = await read_items(client, PATH, admin.headers, parent_id=str(union.id), limit="2")
        assert read == whole["items"]
        assert len(read) == 3


class TestReadOrganisation:
    async def test_other_union_and_other_place_are_404(self, client, world, admin):
        for unit in (
            await world.unit("farmers_association"),
            await world.unit("womens_union", world.sibling_province),
        ):
            expect_problem(await client.get(f"{PATH}/{unit.id}", headers=admin.headers), 404, "not_found")
        expect_problem(await client.get(f"{PATH}/{uuid7()}", headers=admin.headers), 404, "not_found")
        expect_problem(await client.get(f"{PATH}/x", headers=admin.headers), 404, "not_found")

    async def test_dates_are_shown(self, client, world, union, admin):
        commune = await world.unit("womens_union", world.commune, level="commune", parent=union)
        response = await client.get(f"{PATH}/{commune.id}", headers=admin.headers)
        body = expect_json(response)
        assert response.headers["etag"] == '"1"'
        assert body["parents"] == [{"parent_id": str(union.id), "valid_from": "2000-01-01", "valid_to": None}]
        assert [place["place_code"] for place in body["places"]] == [world.commune]

    async def test_staff_of_a_unit_of_several_communes_see_their_own(self, client, world, union, owner):
        unit = await world.unit("womens_union", world.commune, level="commune")
        await owner.execute(
            "update organisation set commune_code = null, level = 'district' where id = $1", unit.id
        )
        staff = await world.user(unit, "union_officer")
        assert (
            expect_json(await client.get(f"{PATH}/{unit.id}", headers=staff.headers))["commune_code"] is None
        )
        expect_problem(await client.get(f"{PATH}/{union.id}", headers=staff.headers), 404, "not_found")


class TestCreateOrganisation:
    async def test_anonymous_is_401(self, client, world):
        expect_problem(await client.post(PATH, json=organisation_body(world)), 401, "unauthenticated")

    async def test_wrong_role_is_403(self, client, world, union):
        officer = await world.user(union, "union_officer")
        expect_problem(
            await client.post(PATH, json=organisation_body(world), headers=officer.headers), 403, "forbidden"
        )

    async def test_network_parent_and_seat_are_the_creators(self, client, world, union, admin, owner):
        response = await client.post(PATH, json=organisation_body(world), headers=admin.headers)
        organisation = expect_json(response, 201)
        assert response.headers["location"] == f"{PATH}/{organisation['id']}"
        assert (organisation["network"], organisation["province_code"], organisation["commune_code"]) == (
            "womens_union", world.province, world.commune,
        )  # fmt: skip
        assert [parent["parent_id"] for parent in organisation["parents"]] == [str(union.id)]
        events = await owner.fetch(
            "select event, actor_id from audit_event where subject_id = $1", organisation["id"]
        )
        assert [tuple(event) for event in events] == [("organisation.created", admin.id)]

    async def test_people_of_a_new_unit_see_their_places(self, client, world, admin):
        body = await create_organisation(
            client, admin, world, place_codes=[world.commune, world.sibling_commune], level="district"
        )
        assert (body["province_code"], body["commune_code"]) == (world.province, None)
        unit = Unit(body["id"], body["code"], "womens_union", world.province, None)
        officer = await world.user(unit, "union_officer")
        below = await world.unit("womens_union", world.sibling_commune, level="commune")
        params = {"province_code": world.province}
        ids = expect_json(await client.get(PATH, params=params, headers=officer.headers))["items"]
        assert {item["id"] for item in ids} == {body["id"], str(below.id)}

    async def test_bhxh_brings_a_union_into_the_system(self, client, world, bhxh):
        body = await create_organisation(
            client, bhxh, world, network="veterans", place_codes=[world.province], level="province"
        )
        assert (body["network"], body["parents"]) == ("veterans", [])

    async def test_another_network_is_bhxhs_alone(self, client, world, admin, bhxh):
        response = await client.post(
            PATH, json=organisation_body(world, network="bhxh"), headers=admin.headers
        )
        expect_problem(response, 403, "forbidden")
        response = await client.post(
            PATH, json=organisation_body(world, network="nobody"), headers=bhxh.headers
        )
        expect_problem(response, 404, "not_found", "/network")

    async def test_place_outside_is_403(self, client, world, admin, bhxh):
        for login in (admin, bhxh):
            for place, level in ((world.sibling_province, "province"), ("VN", "national")):
                request_body = organisation_body(world, place_codes=[world.commune, place], level=level)
                response = await client.post(PATH, json=request_body, headers=login.headers)
                expect_problem(response, 403, "outside_scope", "/place_codes/1")

    async def test_commune_admin_stays_below(self, client, world):
        unit = await world.unit("womens_union", world.commune, level="commune")
        admin = await world.user(unit, "union_admin")
        hamlet = await world.place("hamlet", world.commune)
        organisation = await create_organisation(client, admin, world, level="hamlet", place_codes=[hamlet])
        assert organisation["commune_code"] == world.commune
        response = await client.post(
            PATH, json=organisation_body(world, place_codes=[world.sibling_commune]), headers=admin.headers
        )
        expect_problem(response, 403, "outside_scope", "/place_codes/0")

    async def test_same_id_again_is_the_same_unit(self, client, world, admin, bhxh):
        fields = organisation_body(world, id=str(uuid7()))
        first = expect_json(await client.post(PATH, json=fields, headers=admin.headers), 201)
        again = expect_json(await client.post(PATH, json=fields, headers=admin.headers), 201)
        assert again == first
        response = await client.post(PATH, json=fields | {"name": "Khác"}, headers=admin.headers)
        expect_problem(response, 409, "id_taken")

    async def test_id_and_code_of_a_hidden_unit_are_taken(self, client, world, admin):
        hidden = await world.unit("farmers_association")
        response = await client.post(
            PATH, json=organisation_body(world, id=str(hidden.id)), headers=admin.headers
        )
        expect_problem(response, 409, "id_taken")
        response = await client.post(
            PATH, json=organisation_body(world, code=hidden.code), headers=admin.headers
        )
        expect_problem(response, 409, "code_taken")

    async def test_parent_of_another_network_is_404(self, client, world, admin):
        hidden = await world.unit("farmers_association")
        for parent, pointer in (
            ({"parent_id": str(hidden.id)}, "/parent_id"),
            ({"parent_code": hidden.code}, "/parent_code"),
        ):
            response = await client.post(PATH, json=organisation_body(world, **parent), headers=admin.headers)
            expect_problem(response, 404, "not_found", pointer)

    async def test_parent_must_fit(self, client, world, union, bhxh):
        below = await world.unit("veterans", world.commune, level="commune")
        fields = organisation_body(world, network="veterans", level="province", place_codes=[world.province])
        for parent, code in ((union, "parent_network"), (below, "parent_level")):
            response = await client.post(
                PATH, json=fields | {"parent_id": str(parent.id)}, headers=bhxh.headers
            )
            expect_problem(response, 422, code, "/parent_id")

    @pytest.mark.parametrize(
        ("change", "code", "pointer"),
        [
            ({"code": "có dấu"}, "code", "/code"),
            ({"name": "a\x00b"}, "control_character", "/name"),
            ({"name": " "}, "empty", "/name"),
            ({"level": "planet"}, "enum", "/level"),
            ({"place_codes": []}, "too_short", "/place_codes"),
            ({"valid_from": "2026-02-30"}, "day", "/valid_from"),
            ({"id": "7"}, "uuid", "/id"),
            ({"closed_on": "2026-01-01"}, "extra_forbidden", "/closed_on"),
            ({"level": "hamlet", "place_codes": ["PROVINCE"]}, "place_level", "/place_codes/0"),
            ({"parent_id": str(uuid7()), "parent_code": "x"}, "exactly_one", "/parent_id"),
        ],
    )
    async def test_bad_field_is_named(self, client, world, admin, change, code, pointer):
        if change.get("place_codes") == ["PROVINCE"]:
            change = change | {"place_codes": [world.province]}
        response = await client.post(PATH, json=organisation_body(world, **change), headers=admin.headers)
        assert response.status_code == 422, response.text
        assert pointer in [error["pointer"] for error in response.json()["errors"]], response.text

    async def test_place_must_stand_on_the_day(self, client, world, admin):
        ended = await world.place("commune", world.province, valid_to=today() - timedelta(days=10))
        response = await client.post(
            PATH, json=organisation_body(world, place_codes=[ended]), headers=admin.headers
        )
        expect_problem(response, 404, "not_found", "/place_codes/0")
        before = (today() - timedelta(days=20)).isoformat()
        organisation = await create_organisation(client, admin, world, place_codes=[ended], valid_from=before)
        assert organisation["places"] == [{"place_code": ended, "valid_from": before, "valid_to": None}]

    async def test_same_place_twice_is_409(self, client, world, admin):
        fields = organisation_body(world, place_codes=[world.commune, world.commune])
        expect_problem(await client.post(PATH, json=fields, headers=admin.headers), 409, "dates_overlap")


class TestEditOrganisation:
    async def test_rename(self, client, world, admin, owner):
        unit = await world.unit("womens_union", world.commune, level="commune")
        headers = admin.headers | {"If-Match": '"1"'}
        response = await client.patch(f"{PATH}/{unit.id}", json={"name": "Hội LHPN xã mới"}, headers=headers)
        assert expect_json(response)["name"] == "Hội LHPN xã mới"
        assert response.headers["etag"] == '"2"'
        expect_problem(
            await client.patch(f"{PATH}/{unit.id}", json={"name": "X"}, headers=headers), 412, "stale_version"
        )
        response = await client.patch(f"{PATH}/{unit.id}", json={"name": "X"}, headers=admin.headers)
        expect_problem(response, 428, "precondition_required")
        event = await owner.fetchval("select event from audit_event where subject_id = $1", unit.id)
        assert event == "organisation.changed"

    async def test_other_union_is_404_and_unit_of_all_is_403(self, client, world, admin):
        headers = admin.headers | {"If-Match": '"1"'}
        hidden = await world.unit("farmers_association")
        expect_problem(
            await client.patch(f"{PATH}/{hidden.id}", json={"name": "X"}, headers=headers), 404, "not_found"
        )
        above = await world.national("womens_union")
        expect_problem(
            await client.patch(f"{PATH}/{above.id}", json={"name": "X"}, headers=headers),
            403,
            "outside_scope",
        )

    async def test_closing_takes_hold_on_its_day(self, client, world, admin, owner):
        unit = await world.unit("womens_union", world.commune, level="commune")
        officer = await world.user(unit, "union_officer")
        headers = admin.headers | {"If-Match": '"1"'}
        tomorrow = (today() + timedelta(days=1)).isoformat()
        assert expect_json(
            await client.patch(f"{PATH}/{unit.id}", json={"closed_on": tomorrow}, headers=headers)
        )
        expect_json(await client.get(f"{PATH}/{unit.id}", headers=officer.headers))
        headers = admin.headers | {"If-Match": '"2"'}
        expect_json(
            await client.patch(f"{PATH}/{unit.id}", json={"closed_on": today().isoformat()}, headers=headers)
        )
        expect_problem(await client.get(f"{PATH}/{unit.id}", headers=officer.headers), 401, "unauthenticated")

    async def test_nobody_closes_yesterday_or_their_own(self, client, world, union, admin):
        unit = await world.unit("womens_union", world.commune, level="commune")
        headers = admin.headers | {"If-Match": '"1"'}
        yesterday = (today() - timedelta(days=1)).isoformat()
        response = await client.patch(f"{PATH}/{unit.id}", json={"closed_on": yesterday}, headers=headers)
        expect_problem(response, 422, "rewrites_past", "/closed_on")
        response = await client.patch(
            f"{PATH}/{union.id}", json={"closed_on": today().isoformat()}, headers=headers
        )
        expect_problem(response, 403, "own_record")

    async def test_bad_field_is_named(self, client, world, admin):
        unit = await world.unit("womens_union", world.commune, level="commune")
        headers = admin.headers | {"If-Match": '"1"'}
        for fields, pointer in (
            ({"name": None}, "/name"),
            ({"code": "x"}, "/code"),
            ({"closed_on": 5}, "/closed_on"),
        ):
            response = await client.patch(f"{PATH}/{unit.id}", json=fields, headers=headers)
            assert response.status_code == 422
            assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
