"""Savings models over HTTP."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from app.places.load import load_places
from tests.savings.ledger_factories import record_entries
from tests.world import Login, Unit, World

LIST = "/v1/savings-models"
PIGGY = {"name": "Nuôi heo đất", "mechanism": "piggy_bank", "products": ["bhxh_tn"]}


@pytest.fixture
async def unit(world: World) -> Unit:
    """The Women's Union of the world's province."""
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world: World, unit: Unit) -> Login:
    return await world.user(unit, "union_officer")


@pytest.fixture
async def farmers_officer(world: World) -> Login:
    return await world.user(await world.unit("farmers_association"), "union_officer")


@pytest.fixture
async def sibling_officer(world: World) -> Login:
    """An officer of the Women's Union of the sibling province."""
    return await world.user(await world.unit("womens_union", world.sibling_province), "union_officer")


@pytest.fixture
async def commune_officer(world: World, unit: Unit) -> Login:
    below = await world.unit("womens_union", world.commune, level="commune", parent=unit)
    return await world.user(below, "union_officer")


@pytest.fixture
async def bhxh_officer(world: World) -> Login:
    return await world.user(await world.unit("bhxh"), "bhxh_officer")


async def create_model(client: httpx.AsyncClient, login: Login, **fields: Any) -> dict[str, Any]:
    response = await client.post(LIST, json={**PIGGY, **fields}, headers=login.headers)
    assert response.status_code == 201, response.text
    model: dict[str, Any] = response.json()
    return model


async def search_models(client: httpx.AsyncClient, login: Login, **params: Any) -> list[str]:
    response = await client.get(LIST, params=params, headers=login.headers)
    assert response.status_code == 200, response.text
    return [model["id"] for model in response.json()["items"]]


def error_pointers(response: httpx.Response) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


class TestListModels:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401

    async def test_other_union_and_sibling_see_nothing(
        self, client: httpx.AsyncClient, officer: Login, farmers_officer: Login, sibling_officer: Login
    ):
        await create_model(client, officer, aliases=["Riêng của tỉnh"])
        assert await search_models(client, farmers_officer, q="rieng cua tinh") == []
        assert await search_models(client, sibling_officer, q="rieng cua tinh") == []

    async def test_a_role_without_the_right_is_403(self, client: httpx.AsyncClient, world: World, unit: Unit):
        partner = await world.partner(unit, "contributions:write")
        assert (await client.get(LIST, headers=partner.headers)).status_code == 403

    async def test_search_knows_heo_and_lon_and_no_diacritics(
        self, client: httpx.AsyncClient, officer: Login
    ):
        model = await create_model(client, officer, name="Nuôi heo đất tiết kiệm thử")
        for q in ("lợn đất thử", "LON dat thu", "heo thử", "tiet kiem thu nuoi"):
            assert await search_models(client, officer, q=q) == [model["id"]]
        assert await search_models(client, officer, q="trâu") == []

    @pytest.mark.parametrize("q", ["100%", "_", "\\", "'; drop table savings_model; --", "%%%", "."])
    async def test_hostile_search_finds_nothing(self, client: httpx.AsyncClient, officer: Login, q: str):
        await create_model(client, officer)
        assert await search_models(client, officer, q=q) == []

    async def test_filters(self, client: httpx.AsyncClient, world: World, officer: Login):
        piggy = await create_model(client, officer, place_code=world.commune)
        trees = await create_model(
            client,
            officer,
            name="Cây mai",
            mechanism="dedicated_asset",
            products=["bhyt_hgd"],
            place_code=world.province,
        )
        here = world.province
        assert await search_models(client, officer, place_code=here, mechanism="piggy_bank") == [piggy["id"]]
        assert await search_models(client, officer, place_code=here, product="bhyt_hgd") == [trees["id"]]
        assert await search_models(client, officer, place_code=world.commune) == [piggy["id"]]
        assert await search_models(client, officer, place_code=world.province) == [piggy["id"], trees["id"]]
        assert await search_models(client, officer, place_code="nowhere") == []
        assert await search_models(
            client, officer, organisation_id=piggy["organisation_id"], mechanism="piggy_bank"
        ) == [piggy["id"]]
        assert await search_models(client, officer, organisation_code="unheard-of") == []

    async def test_bhxh_sees_networks_and_filters_by_them(
        self,
        client: httpx.AsyncClient,
        world: World,
        officer: Login,
        farmers_officer: Login,
        bhxh_officer: Login,
    ):
        women, farmers = await create_model(client, officer), await create_model(client, farmers_officer)
        assert await search_models(client, bhxh_officer, place_code=world.province) == [
            women["id"],
            farmers["id"],
        ]
        assert await search_models(
            client, bhxh_officer, network="farmers_association", place_code=world.province
        ) == [farmers["id"]]

    @pytest.mark.parametrize(
        "params", [{"colour": "1"}, {"mechanism": "gold"}, {"limit": 0}, {"cursor": "x"}]
    )
    async def test_wrong_filters_are_named(
        self, client: httpx.AsyncClient, officer: Login, params: dict[str, Any]
    ):
        response = await client.get(LIST, params=params, headers=officer.headers)
        assert response.status_code == 422
        assert error_pointers(response) == [f"/query/{name}" for name in params]

    async def test_pages_follow_one_another(self, client: httpx.AsyncClient, world: World, officer: Login):
        made_ids = [(await create_model(client, officer))["id"] for _ in range(5)]
        ids: list[str] = []
        cursor = None
        while True:
            params: dict[str, Any] = {
                "limit": 2,
                "place_code": world.province,
                **({"cursor": cursor} if cursor else {}),
            }
            page = (await client.get(LIST, params=params, headers=officer.headers)).json()
            ids += [model["id"] for model in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert ids == made_ids


class TestCreateModel:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=PIGGY)).status_code == 401

    @pytest.mark.parametrize("role", ["treasurer", "collector", "viewer"])
    async def test_wrong_role_is_403(self, client: httpx.AsyncClient, world: World, unit: Unit, role: str):
        login = await world.user(unit, role)
        assert (await client.post(LIST, json=PIGGY, headers=login.headers)).status_code == 403

    async def test_a_model_with_everything(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login
    ):
        body = {
            **PIGGY,
            "code": f"HEO-{world.province}",
            "aliases": ["Heo đất an sinh"],
            "details": {"daily_amounts": [{"product": "bhxh_tn", "amount": 10000}], "piggy_banks_given": 50},
            "partners": ["BHXH huyện", "Hội CCB"],
            "place_code": world.commune,
            "launched_on": "2023-01-15",
            "description": "Tặng heo đất",
        }
        model = await create_model(client, officer, **body)
        assert {name: model[name] for name in body if name != "details"} == {
            name: body[name] for name in body if name != "details"
        }
        assert model["details"] == {
            "mechanism": "piggy_bank",
            "daily_amounts": [{"product": "bhxh_tn", "amount": 10000, "at_least": True}],
            "piggy_banks_given": 50,
        }
        assert (model["network"], model["organisation_id"]) == ("womens_union", str(unit.id))
        assert (model["province_code"], model["commune_code"]) == (world.province, world.commune)
        assert (model["version"], model["replicated_from_id"], model["ended_on"]) == (1, None, None)

    async def test_without_place_or_data(self, client: httpx.AsyncClient, world: World, officer: Login):
        model = await create_model(
            client, officer, name="Hùn vốn mua thẻ BHYT", mechanism="pooled_capital", products=[]
        )
        assert (model["place_code"], model["province_code"]) == (None, world.province)
        assert model["code"].startswith("MH-womens_union-")

    async def test_a_national_model_is_the_whole_networks_to_read(
        self, client: httpx.AsyncClient, world: World, commune_officer: Login, farmers_officer: Login
    ):
        national = await world.user(await world.national("womens_union"), "union_admin")
        model = await create_model(client, national)
        assert (model["place_code"], model["province_code"]) == (None, None)
        path = f"{LIST}/{model['id']}"
        assert (await client.get(path, headers=commune_officer.headers)).status_code == 200
        assert (await client.get(path, headers=farmers_officer.headers)).status_code == 404
        edited = await client.patch(
            path, json={"name": "X"}, headers={**commune_officer.headers, "If-Match": "1"}
        )
        assert edited.status_code == 403

    async def test_the_same_name_may_stand_for_several(self, client: httpx.AsyncClient, officer: Login):
        one, other = await create_model(client, officer), await create_model(client, officer)
        assert one["code"] != other["code"]

    async def test_a_taken_code_is_409(self, client: httpx.AsyncClient, officer: Login):
        model = await create_model(client, officer)
        response = await client.post(LIST, json={**PIGGY, "code": model["code"]}, headers=officer.headers)
        assert (response.status_code, response.json()["code"]) == (409, "model_code_taken")

    async def test_the_same_id_again(self, client: httpx.AsyncClient, officer: Login, farmers_officer: Login):
        row_id = str(uuid7())
        first = await create_model(client, officer, id=row_id)
        assert await create_model(client, officer, id=row_id) == first
        for login, change in ((officer, {"name": "Khác"}), (farmers_officer, {})):
            response = await client.post(LIST, json={**PIGGY, "id": row_id, **change}, headers=login.headers)
            assert (response.status_code, response.json()["code"]) == (409, "id_taken")

    async def test_the_same_id_at_the_same_moment(self, client: httpx.AsyncClient, officer: Login):
        row_id = str(uuid7())
        responses = await asyncio.gather(*(create_model(client, officer, id=row_id) for _ in range(5)))
        assert all(result == responses[0] for result in responses)

    async def test_the_sibling_place_is_outside(
        self, client: httpx.AsyncClient, world: World, officer: Login
    ):
        response = await client.post(
            LIST, json={**PIGGY, "place_code": world.sibling_province}, headers=officer.headers
        )
        assert (response.status_code, response.json()["code"], error_pointers(response)) == (
            403,
            "outside_scope",
            ["/place_code"],
        )

    async def test_a_code_must_be_in_force_on_the_day_of_launch(
        self, client: httpx.AsyncClient, world: World, officer: Login
    ):
        old = await world.place("commune", world.province, valid_to=date(2025, 6, 30))
        model = await create_model(client, officer, place_code=old, launched_on="2023-05-01")
        assert model["commune_code"] == old
        assert (await create_model(client, officer, place_code=old))["commune_code"] == old
        for fields in ({"place_code": old, "launched_on": "2025-07-01"}, {"place_code": "nowhere"}):
            response = await client.post(LIST, json={**PIGGY, **fields}, headers=officer.headers)
            assert (response.status_code, error_pointers(response)) == (422, ["/place_code"])

    async def test_an_organisation_below(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login
    ):
        below = await world.unit("womens_union", world.commune, level="commune", parent=unit)
        lower = await world.unit("womens_union", world.commune, level="commune", parent=below)
        for one in (below, lower):
            assert (await create_model(client, officer, organisation_code=one.code))[
                "organisation_id"
            ] == str(one.id)
        assert (await create_model(client, officer, organisation_id=str(below.id)))["organisation_id"] == str(
            below.id
        )

    async def test_an_organisation_beside_or_above_is_404(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, commune_officer: Login
    ):
        beside = await world.unit("womens_union")
        farmers = await world.unit("farmers_association", parent=unit)
        for login, code in ((officer, beside.code), (officer, farmers.code), (commune_officer, unit.code)):
            response = await client.post(
                LIST, json={**PIGGY, "organisation_code": code}, headers=login.headers
            )
            assert (response.status_code, error_pointers(response)) == (404, ["/organisation_code"])

    async def test_both_id_and_code_are_422(self, client: httpx.AsyncClient, unit: Unit, officer: Login):
        body = {**PIGGY, "organisation_code": unit.code, "organisation_id": str(unit.id)}
        response = await client.post(LIST, json=body, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/organisation_code"])

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": None}, "/name"),
            ({"name": "a\u0000b"}, "/name"),
            ({"name": "x" * 201}, "/name"),
            ({"mechanism": "gold"}, "/mechanism"),
            ({"mechanism": {}}, "/mechanism"),
            ({"details": {"piggy_banks_given": -1}}, "/details/piggy_banks_given"),
            ({"details": {"mechanism": "donation"}}, "/details/mechanism"),
            ({"details": [1]}, "/details"),
            ({"products": ["gold"]}, "/products/0"),
            ({"products": ["bhxh_tn", "bhxh_tn"]}, "/products"),
            ({"products": "bhxh_tn"}, "/products"),
            ({"partners": ["x"] * 21}, "/partners"),
            ({"aliases": [7]}, "/aliases/0"),
            ({"launched_on": "2023-02-30"}, "/launched_on"),
            ({"launched_on": "2024-01-02", "ended_on": "2024-01-01"}, "/ended_on"),
            ({"code": "mã có dấu"}, "/code"),
            ({"id": "1"}, "/id"),
            ({"network": "bhxh"}, "/network"),
            ({"replicated_from_id": str(uuid4())}, "/replicated_from_id"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, client: httpx.AsyncClient, officer: Login, change: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json={**PIGGY, **change}, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])

    async def test_the_audit_keeps_it(self, client: httpx.AsyncClient, owner: Any, officer: Login):
        model = await create_model(client, officer)
        event = await owner.fetchrow(
            "select event, actor_id, fields->>'code' as code from audit_event where subject_id = $1",
            model["id"],
        )
        assert (event["event"], event["actor_id"], event["code"]) == (
            "savings_model.created", officer.id, model["code"],
        )  # fmt: skip


class TestReadModel:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/{uuid7()}")).status_code == 401

    async def test_not_yours_and_absent_are_the_same_404(
        self, client: httpx.AsyncClient, officer: Login, farmers_officer: Login, sibling_officer: Login
    ):
        model = await create_model(client, officer)
        for login, model_id in (
            (farmers_officer, model["id"]), (sibling_officer, model["id"]), (officer, uuid7()), (officer, "x"),
        ):  # fmt: skip
            response = await client.get(f"{LIST}/{model_id}", headers=login.headers)
            assert (response.status_code, response.json()["code"], response.json()["errors"]) == (
                404,
                "not_found",
                [],
            )

    async def test_a_commune_reads_its_provinces_models_and_not_its_siblings(
        self, client: httpx.AsyncClient, world: World, officer: Login, commune_officer: Login
    ):
        own = await create_model(client, officer, place_code=world.commune)
        provincial = await create_model(client, officer, place_code=world.province)
        await create_model(client, officer, place_code=world.sibling_commune)
        assert await search_models(client, commune_officer, place_code=world.province) == [
            own["id"],
            provincial["id"],
        ]
        response = await client.get(f"{LIST}/{own['id']}", headers=commune_officer.headers)
        assert (response.json(), response.headers["etag"]) == (own, '"1"')


class TestChangeModel:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid7()}", json={})).status_code == 401

    async def test_other_union_is_404(
        self, client: httpx.AsyncClient, officer: Login, farmers_officer: Login
    ):
        model = await create_model(client, officer)
        headers = {**farmers_officer.headers, "If-Match": "1"}
        assert (await client.patch(f"{LIST}/{model['id']}", json={}, headers=headers)).status_code == 404

    async def test_models_that_one_only_reads_are_403(
        self,
        client: httpx.AsyncClient,
        world: World,
        officer: Login,
        commune_officer: Login,
        bhxh_officer: Login,
    ):
        model = await create_model(client, officer, place_code=world.province)
        for login in (commune_officer, bhxh_officer):
            headers = {**login.headers, "If-Match": "1"}
            response = await client.patch(f"{LIST}/{model['id']}", json={"name": "X"}, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "forbidden")

    async def test_wrong_role_is_403(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login
    ):
        model = await create_model(client, officer)
        viewer = await world.user(unit, "viewer")
        headers = {**viewer.headers, "If-Match": "1"}
        assert (await client.patch(f"{LIST}/{model['id']}", json={}, headers=headers)).status_code == 403

    async def test_only_what_is_given_changes(
        self, client: httpx.AsyncClient, owner: Any, world: World, officer: Login
    ):
        model = await create_model(
            client, officer, place_code=world.commune, launched_on="2024-01-01", description="cũ"
        )
        change = {
            "name": "Nuôi lợn đất",
            "details": {"mechanism": "piggy_bank", "piggy_banks_given": 5},
            "ended_on": "2026-01-01",
            "description": None,
        }
        headers = {**officer.headers, "If-Match": '"1"'}
        response = await client.patch(f"{LIST}/{model['id']}", json=change, headers=headers)
        assert (response.status_code, response.headers["etag"]) == (200, '"2"')
        after = response.json()
        expected = {
            **model, **change, "details": {"mechanism": "piggy_bank", "daily_amounts": [], "piggy_banks_given": 5},
            "version": 2, "updated_at": after["updated_at"],
        }  # fmt: skip
        assert after == expected
        assert await search_models(client, officer, q="nuoi lon", place_code=world.province) == [model["id"]]
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'savings_model.changed'",
            model["id"],
        )
        assert '"ended_on": "2026-01-01"' in fields
        assert "launched_on" not in fields

    async def test_a_stale_version_is_412_and_none_is_428(self, client: httpx.AsyncClient, officer: Login):
        model = await create_model(client, officer)
        path = f"{LIST}/{model['id']}"
        for headers, status in (({"If-Match": "7"}, 412), ({}, 428)):
            response = await client.patch(path, json={"name": "X"}, headers={**officer.headers, **headers})
            assert response.status_code == status
        assert (await client.get(path, headers=officer.headers)).json()["name"] == PIGGY["name"]

    async def test_of_two_at_the_same_moment_one_is_stale(self, client: httpx.AsyncClient, officer: Login):
        model = await create_model(client, officer)
        headers = {**officer.headers, "If-Match": "1"}
        responses = await asyncio.gather(
            *(client.patch(f"{LIST}/{model['id']}", json={"name": name}, headers=headers) for name in "ABCD")
        )
        assert sorted(response.status_code for response in responses) == [200, 412, 412, 412]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": None}, "/name"),
            ({"products": None}, "/products"),
            ({"code": "X"}, "/code"),
            ({"mechanism": "donation"}, "/mechanism"),
            ({"details": {"mechanism": "donation"}}, "/details/mechanism"),
            ({"details": {"piggy_banks_given": 5}}, "/details"),
            ({"launched_on": "2026-01-02", "ended_on": "2026-01-01"}, "/ended_on"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, client: httpx.AsyncClient, officer: Login, change: dict[str, Any], pointer: str
    ):
        model = await create_model(client, officer)
        headers = {**officer.headers, "If-Match": "1"}
        response = await client.patch(f"{LIST}/{model['id']}", json=change, headers=headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])

    async def test_a_launch_before_the_place_was_is_422(
        self, client: httpx.AsyncClient, world: World, officer: Login
    ):
        new = await world.place("commune", world.province, valid_from=date(2025, 7, 1))
        model = await create_model(client, officer, place_code=new)
        headers = {**officer.headers, "If-Match": "1"}
        response = await client.patch(
            f"{LIST}/{model['id']}", json={"launched_on": "2024-01-01"}, headers=headers
        )
        assert (response.status_code, error_pointers(response)) == (422, ["/launched_on"])


class TestReplicateModel:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(f"{LIST}/{uuid7()}/replicate", json={})).status_code == 401

    async def test_wrong_role_and_other_union(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, farmers_officer: Login
    ):
        path = f"{LIST}/{(await create_model(client, officer))['id']}/replicate"
        body = {"place_code": world.commune}
        viewer = await world.user(unit, "viewer")
        assert (await client.post(path, json=body, headers=viewer.headers)).status_code == 403
        assert (await client.post(path, json=body, headers=farmers_officer.headers)).status_code == 404

    async def test_the_replica_is_the_model_elsewhere(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login
    ):
        below = await world.unit("womens_union", world.commune, level="commune", parent=unit)
        model = await create_model(
            client,
            officer,
            details={"piggy_banks_given": 9},
            partners=["BHXH"],
            launched_on="2024-01-01",
            aliases=["A"],
        )
        response = await client.post(
            f"{LIST}/{model['id']}/replicate",
            json={"place_code": world.commune, "organisation_code": below.code, "launched_on": "2025-01-01"},
            headers=officer.headers,
        )
        assert response.status_code == 201, response.text
        replica = response.json()
        same = ("name", "aliases", "mechanism", "details", "products", "partners", "network")
        assert {name: replica[name] for name in same} == {name: model[name] for name in same}
        assert replica["replicated_from_id"] == model["id"]
        assert replica["code"] != model["code"]
        assert (replica["organisation_id"], replica["commune_code"], replica["launched_on"]) == (
            str(below.id), world.commune, "2025-01-01",
        )  # fmt: skip
        assert response.headers["location"] == f"{LIST}/{replica['id']}"
        assert await search_models(client, officer, replicated_from_id=model["id"]) == [replica["id"]]

    async def test_the_same_id_again(self, client: httpx.AsyncClient, world: World, officer: Login):
        path = f"{LIST}/{(await create_model(client, officer))['id']}/replicate"
        body = {"id": str(uuid7()), "place_code": world.commune}
        first, again = [await client.post(path, json=body, headers=officer.headers) for _ in range(2)]
        assert (first.status_code, again.json()) == (201, first.json())
        other = await client.post(
            path, json={**body, "place_code": world.sibling_commune}, headers=officer.headers
        )
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    async def test_what_is_wrong_is_named(self, client: httpx.AsyncClient, world: World, officer: Login):
        path = f"{LIST}/{(await create_model(client, officer))['id']}/replicate"
        for body, status, pointer in (
            ({}, 422, "/place_code"),
            ({"place_code": world.sibling_province}, 403, "/place_code"),
            ({"organisation_code": "nobody"}, 404, "/organisation_code"),
            ({"place_code": world.commune, "name": " "}, 422, "/name"),
            ({"place_code": world.commune, "mechanism": "donation"}, 422, "/mechanism"),
        ):
            response = await client.post(path, json=body, headers=officer.headers)
            assert (response.status_code, error_pointers(response)) == (status, [pointer])

    async def test_a_commune_takes_up_its_provinces_model(
        self, client: httpx.AsyncClient, world: World, officer: Login, commune_officer: Login
    ):
        model = await create_model(client, officer, place_code=world.province)
        path = f"{LIST}/{model['id']}/replicate"
        response = await client.post(
            path, json={"place_code": world.commune}, headers=commune_officer.headers
        )
        assert (response.status_code, response.json()["organisation_id"]) == (
            201,
            str(commune_officer.organisation_id),
        )
        beside = await client.post(
            path, json={"place_code": world.sibling_commune}, headers=commune_officer.headers
        )
        assert (beside.status_code, error_pointers(beside)) == (403, ["/place_code"])


@pytest.fixture(scope="module")
async def loaded_places(owner: Any) -> None:
    """The administrative units, beside the invented ones of the worlds."""
    await load_places(owner)


async def read_summary(client: httpx.AsyncClient, login: Login, model_id: str) -> dict[str, Any]:
    response = await client.get(f"{LIST}/{model_id}/summary", headers=login.headers)
    assert response.status_code == 200, response.text
    summary_body: dict[str, Any] = response.json()
    return summary_body


async def insert_group(
    world: World, unit: Unit, model_id: str, commune: str, *, members: int = 0, started_on: date | None = None
) -> Any:
    group = await world.group(unit, commune=commune, members=members)
    await world.owner.execute(
        "update savings_group set model_id = $2, started_on = $3 where id = $1",
        group.id,
        model_id,
        started_on,
    )
    return group


async def create_group(
    client: httpx.AsyncClient, login: Login, model: dict[str, Any], commune: str, started_on: str
) -> None:
    body = {"name": "Tổ", "model_code": model["code"], "commune_code": commune, "started_on": started_on}
    response = await client.post("/v1/groups", json=body, headers=login.headers)
    assert response.status_code == 201, response.text


class TestModelSummary:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/{uuid7()}/summary")).status_code == 401

    async def test_other_union_and_wrong_role(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, farmers_officer: Login
    ):
        path = f"{LIST}/{(await create_model(client, officer))['id']}/summary"
        assert (await client.get(path, headers=farmers_officer.headers)).status_code == 404
        treasurer = await world.user(unit, "treasurer")
        assert (await client.get(path, headers=treasurer.headers)).status_code == 403

    async def test_a_model_without_anything(self, client: httpx.AsyncClient, officer: Login):
        model = await create_model(client, officer)
        assert await read_summary(client, officer, model["id"]) == {
            "model_id": model["id"],
            "code": model["code"],
            "on": str(today()),
            "replicas": 0,
            "units": {"reached": 0, "then": None, "now": None},
            "groups": 0,
            "members": 0,
            "members_by_product": {"bhxh_tn_only": 0, "bhyt_hgd_only": 0, "both": 0, "none": 0},
            "average_group_size": None,
            "saved": {"total": 0, "saving": 0, "sale": 0, "donation": 0, "withdrawal": 0, "premium": 0},
        }

    async def test_chau_thanh_reached_all_13_units_then_and_all_4_of_today(
        self, loaded_places: None, client: httpx.AsyncClient, owner: Any, world: World
    ):
        unit = await world.unit("womens_union", "80")
        officer = await world.user(unit, "union_officer")
        model = await create_model(client, officer, place_code="808", launched_on="2022-06-01")
        assert (model["province_code"], model["commune_code"]) == ("80", None)
        communes = [
            row["code"] for row in await owner.fetch("select code from place where parent_code = '808'")
        ]
        assert len(communes) == 13
        for commune in communes[:12]:
            await create_group(client, officer, model, commune, "2022-07-01")
        units = (await read_summary(client, officer, model["id"]))["units"]
        assert units["then"] == {"on": "2022-06-01", "reached": 12, "units": 13, "percent": "92.3"}
        await create_group(client, officer, model, communes[12], "2023-01-01")
        units = (await read_summary(client, officer, model["id"]))["units"]
        assert units["then"] == {"on": "2022-06-01", "reached": 13, "units": 13, "percent": "100.0"}
        assert units["now"] == {"on": str(today()), "reached": 4, "units": 4, "percent": "100.0"}
        assert units["reached"] == 4

    async def test_a_group_opened_in_a_unit_of_today_counts_then_in_its_main_predecessor(
        self, loaded_places: None, client: httpx.AsyncClient, owner: Any, world: World
    ):
        unit = await world.unit("womens_union", "80")
        officer = await world.user(unit, "union_officer")
        model = await create_model(client, officer, place_code="808", launched_on="2022-06-01")
        new = await owner.fetchval(
            "select s.new_code from place p join place_succession s on s.old_code = p.code"
            " where p.parent_code = '808' and s.is_default limit 1"
        )
        await create_group(client, officer, model, new, "2026-01-05")
        units = (await read_summary(client, officer, model["id"]))["units"]
        assert (units["then"]["reached"], units["now"]["reached"]) == (1, 1)

    async def test_groups_and_members_of_the_model_and_its_replicas(
        self, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login
    ):
        model = await create_model(client, officer, place_code=world.province)
        path = f"{LIST}/{model['id']}/replicate"
        replica = (
            await client.post(path, json={"place_code": world.commune}, headers=officer.headers)
        ).json()
        first = await insert_group(world, unit, model["id"], world.commune, members=6)
        second = await insert_group(world, unit, replica["id"], world.sibling_commune, members=5)
        await world.join(second, first.members[0])
        ended = await insert_group(world, unit, model["id"], world.commune, members=3)
        await owner.execute("update savings_group set ended_on = '2024-01-01' where id = $1", ended.id)
        later = await insert_group(
            world, unit, model["id"], world.commune, members=3, started_on=date(2190, 1, 1)
        )
        await owner.execute(
            "update membership set left_on = '2024-01-01' where group_id = $1 and member_id = $2",
            first.id, first.members[5],
        )  # fmt: skip
        await self.insert_pledge(owner, first, first.members[0], "bhxh_tn")
        await self.insert_pledge(owner, second, first.members[0], "bhyt_hgd")
        for member in first.members[1:4]:
            await self.insert_pledge(owner, first, member, "bhxh_tn")
        await self.insert_pledge(owner, second, second.members[0], "bhyt_hgd")
        await self.insert_pledge(owner, second, second.members[1], "bhyt_hgd", valid_to=date(2024, 1, 1))
        assert later.members
        summary_body = await read_summary(client, officer, model["id"])
        assert (summary_body["replicas"], summary_body["groups"], summary_body["members"]) == (1, 2, 10)
        assert summary_body["members_by_product"] == {
            "bhxh_tn_only": 3,
            "bhyt_hgd_only": 1,
            "both": 1,
            "none": 5,
        }
        assert summary_body["average_group_size"] == "5.5"
        assert summary_body["units"]["now"] == {
            "on": str(today()),
            "reached": 2,
            "units": 2,
            "percent": "100.0",
        }
        assert (await read_summary(client, officer, replica["id"]))["members"] == 6

    async def insert_pledge(
        self, owner: Any, group: Any, member: Any, product: str, *, valid_to: date | None = None
    ) -> None:
        await owner.execute(
            "insert into pledge (id, membership_id, group_id, network, province_code, commune_code, kind, product,"
            " amount, per, valid_from, valid_to) select $1, m.id, m.group_id, m.network, m.province_code,"
            " m.commune_code, 'money', $4, 10000, 'day', '2020-01-01', $5 from membership m"
            " where m.group_id = $2 and m.member_id = $3",
            uuid7(), group.id, member, product, valid_to,
        )  # fmt: skip

    async def test_saved_is_the_same_before_and_after_the_fold(
        self, app: FastAPI, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login
    ):
        model = await create_model(client, officer, place_code=world.province)
        group = await insert_group(world, unit, model["id"], world.commune, members=6)
        member = group.members[0]
        await record_entries(
            app,
            officer,
            group.id,
            (member, "saving", 700_000),
            (member, "sale", 50_000),
            (member, "withdrawal", 100_000),
        )
        expected = {
            "total": 750_000, "saving": 700_000, "sale": 50_000, "donation": 0, "withdrawal": 100_000, "premium": 0,
        }  # fmt: skip
        assert (await read_summary(client, officer, model["id"]))["saved"] == expected
        await owner.execute("select fold_stats()")
        await record_entries(app, officer, group.id, (member, "saving", 1_000))
        saved = (await read_summary(client, officer, model["id"]))["saved"]
        assert saved == {**expected, "total": 751_000, "saving": 701_000}

    async def test_who_sees_aggregates_only_is_not_told_of_few_people(
        self, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login
    ):
        viewer = await world.user(unit, "viewer")
        model = await create_model(client, officer)
        group = await insert_group(world, unit, model["id"], world.commune, members=4)
        summary_body = await read_summary(client, viewer, model["id"])
        assert (
            summary_body["groups"],
            summary_body["members"],
            summary_body["average_group_size"],
            summary_body["saved"],
        ) == (
            1,
            None,
            None,
            None,
        )
        assert set(summary_body["members_by_product"].values()) == {None}
        assert (await read_summary(client, officer, model["id"]))["members"] == 4
        await world.join(group, await world.member(unit))
        summary_body = await read_summary(client, viewer, model["id"])
        assert (summary_body["members"], summary_body["members_by_product"]["none"]) == (5, 5)
        await self.insert_pledge(owner, group, group.members[0], "bhxh_tn")
        assert set((await read_summary(client, viewer, model["id"]))["members_by_product"].values()) == {None}

    async def test_a_commune_sees_its_part(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, commune_officer: Login
    ):
        model = await create_model(client, officer, place_code=world.province)
        await insert_group(world, unit, model["id"], world.commune, members=2)
        await insert_group(world, unit, model["id"], world.sibling_commune, members=3)
        assert (await read_summary(client, officer, model["id"]))["members"] == 5
        assert (await read_summary(client, commune_officer, model["id"]))["members"] == 2
