"""Users over HTTP."""

from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, Unit, World

PATH = "/v1/users"
PASSWORD = "hoa-sen-no-2026"


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def commune(world: World, union: Unit) -> Unit:
    return await world.unit("womens_union", world.commune, level="commune", parent=union)


@pytest.fixture
async def bhxh(world: World) -> Login:
    return await world.user(await world.unit("bhxh"), "bhxh_admin")


def user_body(**changes: Any) -> dict[str, Any]:
    created = {
        "username": f"u{uuid7()}",
        "password": PASSWORD,
        "full_name": "Người Mới",
        "roles": ["union_officer"],
    }
    return created | changes


async def create_user(client: httpx.AsyncClient, login: Login, **changes: Any) -> httpx.Response:
    return await client.post(PATH, json=user_body(**changes), headers=login.headers)


async def edit_user(
    client: httpx.AsyncClient, login: Login, user: Login, version: int = 1, **fields: Any
) -> httpx.Response:
    headers = login.headers | {"If-Match": f'"{version}"'}
    return await client.patch(f"{PATH}/{user.id}", json=fields, headers=headers)


async def log_in(client: httpx.AsyncClient, username: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"username": username, "password": password})


class TestListUsers:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        expect_problem(await client.get(PATH), 401, "unauthenticated")
        treasurer = await world.user(union, "treasurer")
        expect_problem(await client.get(PATH, headers=treasurer.headers), 403, "forbidden")

    async def test_sees_own_network_and_places(self, client, world, union, commune, admin, bhxh):
        here = await world.user(commune, "union_officer")
        hidden = [
            await world.user(await world.unit("farmers_association"), "union_officer"),
            await world.user(await world.unit("womens_union", world.sibling_province), "union_officer"),
            await world.user(await world.national("womens_union"), "union_officer"),
        ]
        ids = {item["id"] for item in expect_json(await client.get(PATH, headers=admin.headers))["items"]}
        assert ids == {str(here.id), str(admin.id)}
        for login in hidden:
            expect_problem(await client.get(f"{PATH}/{login.id}", headers=admin.headers), 404, "not_found")
        assert (
            expect_json(await client.get(f"{PATH}/{hidden[0].id}", headers=bhxh.headers))["network"]
            == "farmers_association"
        )

    async def test_filters(self, client, world, union, commune, admin):
        here = await world.user(commune, "treasurer")
        for params in (
            {"organisation_id": str(commune.id)},
            {"organisation_code": commune.code},
            {"role": "treasurer", "disabled": "false"},
        ):
            items = expect_json(await client.get(PATH, params=params, headers=admin.headers))["items"]
            assert [item["id"] for item in items] == [str(here.id)], params
        for params, pointer in (({"role": "king"}, "/query/role"), ({"phone": "1"}, "/query/phone")):
            response = await client.get(PATH, params=params, headers=admin.headers)
            assert response.status_code == 422
            assert response.json()["errors"][0]["pointer"] == pointer

    async def test_phones_are_masked(self, client, world, union, admin):
        created = expect_json(await create_user(client, admin, phone="+84 912 000 111"), 201)
        assert created["phone"] == "0912000111"
        items = expect_json(await client.get(PATH, headers=admin.headers))["items"]
        assert [item["phone"] for item in items if item["id"] == created["id"]] == ["*******111"]
        officer = await world.user(union, "union_officer")
        assert (
            expect_json(await client.get(f"{PATH}/{created['id']}", headers=officer.headers))["phone"]
            == "*******111"
        )

    async def test_colleagues_of_a_unit_of_several_communes_see_each_other(self, client, world, union, owner):
        unit = await world.unit("womens_union", world.commune, level="commune")
        await owner.execute("update organisation set commune_code = null where id = $1", unit.id)
        unit = Unit(unit.id, unit.code, unit.network, unit.province, None)
        one, other = await world.user(unit, "union_admin"), await world.user(unit, "union_officer")
        ids = {item["id"] for item in expect_json(await client.get(PATH, headers=one.headers))["items"]}
        assert ids == {str(one.id), str(other.id)}
        assert (
            expect_json(await edit_user(client, one, other, full_name="Tên Khác"))["full_name"] == "Tên Khác"
        )
        created = expect_json(await create_user(client, one, roles=["treasurer"]), 201)
        assert (created["province_code"], created["commune_code"]) == (world.province, None)


class TestCreateUser:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        expect_problem(await client.post(PATH, json=user_body()), 401, "unauthenticated")
        officer = await world.user(union, "union_officer")
        expect_problem(await create_user(client, officer), 403, "forbidden")

    async def test_made_user_logs_in_and_acts(self, client, world, union, commune, admin, owner):
        response = await create_user(client, admin, username="chi.lan", organisation_code=commune.code)
        created = expect_json(response, 201)
        assert PASSWORD not in response.text
        assert (created["network"], created["commune_code"]) == ("womens_union", world.commune)
        token = expect_json(await log_in(client, "chi.lan"))["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        own = {"current_password": PASSWORD, "new_password": "cây dừa bên sông"}
        assert (await client.post("/v1/auth/password", json=own, headers=bearer)).status_code == 204
        ids = expect_json(await client.get("/v1/organisations", params={"level": "commune"}, headers=bearer))
        assert [item["id"] for item in ids["items"]] == [str(commune.id)]
        expect_problem(await client.get(f"/v1/organisations/{union.id}", headers=bearer), 404, "not_found")
        event = await owner.fetchrow(
            "select event, fields::text from audit_event where subject_id = $1 order by id", created["id"]
        )
        assert event["event"] == "user.created"
        assert "Người" not in event["fields"]

    async def test_bhxh_appoints_only_the_admin_of_a_union(self, client, union, bhxh):
        place = {"organisation_id": str(union.id)}
        expect_json(await create_user(client, bhxh, roles=["union_admin"], **place), 201)
        expect_json(await create_user(client, bhxh, roles=["viewer"], **place), 201)
        for role in ("union_officer", "treasurer", "collector"):
            expect_problem(
                await create_user(client, bhxh, roles=[role], **place), 403, "grant_exceeds", "/roles"
            )

    async def test_roles_fit_the_network(self, client, union, admin, bhxh):
        for login, role in (
            (admin, "bhxh_officer"),
            (admin, "bhxh_admin"),
            (bhxh, "union_admin"),
            (bhxh, "treasurer"),
        ):
            expect_problem(await create_user(client, login, roles=[role]), 422, "role_network", "/roles")
        response = await create_user(client, bhxh, roles=["bhxh_officer"], organisation_id=str(union.id))
        expect_problem(response, 422, "role_network", "/roles")
        expect_problem(
            await create_user(client, admin, roles=["treasurer", "viewer"]), 422, "roles_mixed", "/roles"
        )

    async def test_organisation_outside_is_refused(self, client, world, union, commune, admin):
        hidden = await world.unit("farmers_association")
        response = await create_user(client, admin, organisation_id=str(hidden.id))
        expect_problem(response, 404, "not_found", "/organisation_id")
        response = await create_user(client, admin, organisation_code=hidden.code)
        expect_problem(response, 404, "not_found", "/organisation_code")
        national = await world.national("womens_union")
        expect_problem(
            await create_user(client, admin, organisation_id=str(national.id)), 403, "outside_scope"
        )
        commune_admin = await world.user(commune, "union_admin")
        expect_problem(
            await create_user(client, commune_admin, organisation_id=str(union.id)),
            404,
            "not_found",
            "/organisation_id",
        )

    async def test_organisation_that_reaches_further_is_403(self, client, world, commune, admin, owner):
        """A unit that sits here and covers the neighbours too would lend its reach to whoever adds its users."""
        await owner.execute(
            "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes)"
            " select $1, $2, current_date + 10, provinces, communes from expand_place($2)",
            commune.id, world.sibling_commune,
        )  # fmt: skip
        commune_admin = await world.user(
            await world.unit("womens_union", world.commune, level="commune"), "union_admin"
        )
        expect_problem(
            await create_user(client, commune_admin, organisation_id=str(commune.id)), 403, "outside_scope"
        )
        expect_json(await create_user(client, admin, organisation_id=str(commune.id)), 201)

    async def test_same_id_again_is_the_same_user(self, client, admin):
        body = user_body(id=str(uuid7()), phone="0912000111", roles=["treasurer", "union_officer"])
        first = expect_json(await client.post(PATH, json=body, headers=admin.headers), 201)
        assert expect_json(await client.post(PATH, json=body, headers=admin.headers), 201) == first
        for change in ({"full_name": "Khác"}, {"roles": ["treasurer"]}, {"password": "mat-ma-khac-2026"}):
            expect_problem(
                await client.post(PATH, json=body | change, headers=admin.headers), 409, "id_taken"
            )

    async def test_username_is_taken_in_all_networks(self, client, world, admin):
        other = await world.user(await world.unit("farmers_association"), "union_officer")
        expect_problem(await create_user(client, admin, username=other.username), 409, "username_taken")
        expect_problem(await create_user(client, admin, id=str(other.id)), 409, "id_taken")

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"username": "Có Dấu"}, "/username"),
            ({"username": "ab"}, "/username"),
            ({"password": "ngan"}, "/password"),
            ({"password": "matkhau2026"}, "/password"),
            ({"password": "x" * 300}, "/password"),
            ({"full_name": "\u200b"}, "/full_name"),
            ({"phone": "12345"}, "/phone"),
            ({"roles": []}, "/roles"),
            ({"roles": ["king"]}, "/roles/0"),
            ({"roles": "viewer"}, "/roles"),
            ({"network": "bhxh"}, "/network"),
            ({"organisation_id": "5"}, "/organisation_id"),
            ({"organisation_id": str(uuid7()), "organisation_code": "x"}, "/organisation_id"),
        ],
    )
    async def test_bad_field_is_named(self, client, admin, change, pointer):
        response = await create_user(client, admin, **change)
        assert response.status_code == 422, response.text
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
        assert str(change.get("password", "never")) not in response.text


class TestEditUser:
    async def test_anonymous_wrong_role_and_versions(self, client, world, union, admin):
        user = await world.user(union, "union_officer")
        expect_problem(await client.patch(f"{PATH}/{user.id}", json={}), 401, "unauthenticated")
        expect_problem(await edit_user(client, user, user, full_name="X"), 403, "forbidden")
        expect_problem(
            await client.patch(f"{PATH}/{user.id}", json={}, headers=admin.headers),
            428,
            "precondition_required",
        )
        expect_problem(await edit_user(client, admin, user, 7, full_name="X"), 412, "stale_version")

    async def test_other_union_and_sibling_place_are_404(self, client, world, admin):
        for unit in (
            await world.unit("farmers_association"),
            await world.unit("womens_union", world.sibling_province),
        ):
            user = await world.user(unit, "union_officer")
            expect_problem(await edit_user(client, admin, user, disabled=True), 404, "not_found")

    async def test_a_lock_holds_for_tokens_issued_before(self, client, world, union, admin):
        user = await world.user(union, "union_officer")
        expect_json(await client.get(PATH, headers=user.headers))
        assert expect_json(await edit_user(client, admin, user, disabled=True))["disabled_at"]
        expect_problem(await client.get(PATH, headers=user.headers), 401, "unauthenticated")
        assert expect_json(await edit_user(client, admin, user, 2, disabled=False))["disabled_at"] is None
        expect_problem(await client.get(PATH, headers=user.headers), 401, "unauthenticated")

    async def test_changed_roles_hold_for_tokens_issued_before(self, client, world, union, admin):
        user = await world.user(union, "treasurer")
        expect_problem(await client.get(PATH, headers=user.headers), 403, "forbidden")
        expect_json(await edit_user(client, admin, user, roles=["union_officer"]))
        expect_json(await client.get(PATH, headers=user.headers))
        expect_json(await edit_user(client, admin, user, 2, roles=["viewer"]))
        expect_problem(await client.get(PATH, headers=user.headers), 403, "forbidden")

    async def test_another_organisation_holds_for_tokens_issued_before(
        self, client, world, union, commune, admin
    ):
        user = await world.user(union, "union_officer")
        expect_json(await client.get(f"/v1/organisations/{union.id}", headers=user.headers))
        body = expect_json(await edit_user(client, admin, user, organisation_id=str(commune.id)))
        assert (body["organisation_id"], body["commune_code"]) == (str(commune.id), world.commune)
        expect_problem(
            await client.get(f"/v1/organisations/{union.id}", headers=user.headers), 404, "not_found"
        )

    async def test_moves_stay_in_network_and_reach(self, client, world, union, bhxh, admin):
        user = await world.user(union, "union_admin")
        farmers = await world.unit("farmers_association")
        response = await edit_user(client, bhxh, user, organisation_id=str(farmers.id))
        expect_problem(response, 422, "other_network", "/organisation_id")
        national = await world.national("womens_union")
        expect_problem(
            await edit_user(client, admin, user, organisation_code=national.code), 403, "outside_scope"
        )

    async def test_nobody_grants_more_than_their_own(self, client, world, union, bhxh, admin):
        user = await world.user(union, "viewer")
        expect_problem(
            await edit_user(client, bhxh, user, roles=["union_officer"]), 403, "grant_exceeds", "/roles"
        )
        expect_problem(
            await edit_user(client, admin, user, roles=["bhxh_admin"]), 422, "role_network", "/roles"
        )
        officer = await world.user(union, "union_officer")
        expect_json(await edit_user(client, bhxh, officer, disabled=True))
        expect_problem(
            await edit_user(client, bhxh, officer, 2, disabled=False), 403, "grant_exceeds", "/roles"
        )

    async def test_nobody_changes_their_own_standing(self, client, world, union, admin):
        for body in ({"roles": ["viewer"]}, {"disabled": True}, {"organisation_id": str(union.id)}):
            expect_problem(await edit_user(client, admin, admin, **body), 403, "own_record")
        assert expect_json(await edit_user(client, admin, admin, phone="0912000222"))["phone"] == "0912000222"

    async def test_audit_tells_no_name_or_phone(self, client, world, union, admin, owner):
        user = await world.user(union, "viewer")
        expect_json(
            await edit_user(client, admin, user, full_name="Bí Mật", phone="0912000333", roles=["treasurer"])
        )
        fields = await owner.fetchval("select fields from audit_event where subject_id = $1", user.id)
        assert "treasurer" in fields
        assert "Bí Mật" not in fields
        assert "0912000333" not in fields

    async def test_bad_field_is_named(self, client, world, union, admin):
        user = await world.user(union, "viewer")
        for body, pointer in (
            ({"full_name": None}, "/full_name"),
            ({"roles": None}, "/roles"),
            ({"disabled": 1}, "/disabled"),
            ({"username": "x"}, "/username"),
            ({"province_code": "1"}, "/province_code"),
        ):
            response = await edit_user(client, admin, user, **body)
            assert response.status_code == 422, response.text
            assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


class TestResetPassword:
    async def test_anonymous_and_wrong_role(self, client, world, union):
        user = await world.user(union, "union_officer")
        body = {"password": PASSWORD}
        expect_problem(await client.post(f"{PATH}/{user.id}/password", json=body), 401, "unauthenticated")
        response = await client.post(f"{PATH}/{user.id}/password", json=body, headers=user.headers)
        expect_problem(response, 403, "forbidden")

    async def test_sessions_end_and_the_new_password_opens(self, client, admin, world, union):
        created = expect_json(await create_user(client, admin), 201)
        before = expect_json(await log_in(client, created["username"]))["access_token"]
        body = {"password": "mat-ma-moi-2026"}
        response = await client.post(f"{PATH}/{created['id']}/password", json=body, headers=admin.headers)
        assert response.status_code == 204
        response = await client.get("/v1/users", headers={"Authorization": f"Bearer {before}"})
        expect_problem(response, 401, "unauthenticated")
        expect_problem(await log_in(client, created["username"]), 401, "wrong_credentials")
        expect_json(await log_in(client, created["username"], "mat-ma-moi-2026"))

    async def test_who_never_had_a_password_gets_one(self, client, admin, world, union):
        user = await world.user(union, "treasurer")
        url = f"{PATH}/{user.id}/password"
        response = await client.post(url, json={"password": PASSWORD}, headers=admin.headers)
        assert response.status_code == 204
        expect_json(await log_in(client, user.username))

    async def test_refusals(self, client, world, union, admin, bhxh):
        user = await world.user(union, "union_officer")
        url, body = f"{PATH}/{user.id}/password", {"password": PASSWORD}
        expect_problem(await client.post(url, json=body, headers=bhxh.headers), 403, "grant_exceeds")
        expect_problem(
            await client.post(f"{PATH}/{admin.id}/password", json=body, headers=admin.headers),
            403,
            "own_record",
        )
        expect_problem(
            await client.post(url, json={"password": "ngan"}, headers=admin.headers),
            422,
            "password_too_short",
            "/password",
        )
        hidden = await world.user(await world.unit("farmers_association"), "viewer")
        expect_problem(
            await client.post(f"{PATH}/{hidden.id}/password", json=body, headers=admin.headers),
            404,
            "not_found",
        )
