"""Awards over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, list_ids, patch
from tests.world import World

LIST = "/v1/awards"
AWARD: dict[str, Any] = {
    "level": "district",
    "title": "Giấy khen",
    "awarded_by": "UBND thành phố",
    "recipient_kind": "person",
    "recipient_text": "9 cá nhân tiêu biểu trong vận động",
    "count": 9,
    "period_from": "2024-01-01",
    "period_to": "2024-08-31",
}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


class TestCreateAward:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=AWARD)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        assert (
            await client.post(LIST, json=AWARD, headers=getattr(scenario, role).headers)
        ).status_code == 403

    async def test_several_in_words(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        award = await create_row(client, LIST, scenario.officer, AWARD)
        for name, value in AWARD.items():
            assert award[name] == value
        assert (award["province_code"], award["version"]) == (world.province, 1)

    async def test_to_a_group_by_its_code(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        group = await world.group(scenario.unit, commune=world.commune)
        body = {
            "level": "province", "title": "Bằng khen", "recipient_kind": "group", "recipient_group_code": group.code,
            "awarded_on": "2024-10-20", "place_code": world.commune,
        }  # fmt: skip
        award = await create_row(client, LIST, scenario.officer, body)
        assert (award["recipient_group_id"], award["commune_code"]) == (str(group.id), world.commune)

    async def test_to_a_member_and_to_an_organisation(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        member = await world.member(scenario.unit)
        body = {
            "level": "sector",
            "title": "Bằng khen",
            "recipient_kind": "person",
            "awarded_on": "2024-10-20",
        }
        award = await create_row(client, LIST, scenario.officer, body | {"recipient_member_id": str(member)})
        assert award["recipient_member_id"] == str(member)
        body |= {"recipient_kind": "organisation", "recipient_organisation_code": scenario.commune_unit.code}
        award = await create_row(client, LIST, scenario.officer, body)
        assert award["recipient_organisation_id"] == str(scenario.commune_unit.id)

    async def test_recipient_of_another_union_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        group = await world.group(await world.unit("farmers_association"))
        for field, value in (("recipient_group_id", str(group.id)), ("recipient_group_code", group.code)):
            body = AWARD | {"recipient_kind": "group", field: value}
            response = await client.post(LIST, json=body, headers=scenario.officer.headers)
            assert (response.status_code, error_pointers(response)) == (404, [f"/{field}"])

    async def test_same_id_again_adds_nothing(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = AWARD | {"id": str(uuid7())}
        first = await create_row(client, LIST, scenario.officer, body)
        assert await create_row(client, LIST, scenario.officer, body) == first
        other = await client.post(LIST, json=body | {"count": 8}, headers=scenario.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "status", "pointer"),
        [
            ({"recipient_organisation_id": str(uuid4())}, 422, "/recipient_organisation_id"),
            ({"recipient_group_code": "T-1"}, 422, "/recipient_group_code"),
            ({"recipient_member_id": str(uuid4())}, 404, "/recipient_member_id"),
            ({"campaign_id": str(uuid4())}, 404, "/campaign_id"),
            ({"level": "ward"}, 422, "/level"),
            ({"count": 0}, 422, "/count"),
            ({"count": "9"}, 422, "/count"),
            ({"awarded_on": "2024-01-01"}, 422, "/awarded_on"),
            ({"period_to": None}, 422, "/period_to"),
            ({"title": "a\u202eb"}, 422, "/title"),
            ({"id": "1"}, 422, "/id"),
        ],
    )
    async def test_wrong_field_is_named(
        self,
        client: httpx.AsyncClient,
        scenario: CampaignScenario,
        body: dict[str, Any],
        status: int,
        pointer: str,
    ):
        response = await client.post(LIST, json=AWARD | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (status, [pointer]), response.text

    async def test_outside_ones_places_is_403(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        body = AWARD | {"place_code": world.commune}
        response = await client.post(LIST, json=body, headers=scenario.commune_officer.headers)
        assert (response.status_code, error_pointers(response)) == (403, ["/place_code"])


class TestReadAwards:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        award = await create_row(client, LIST, scenario.officer, AWARD | {"place_code": world.commune})
        path = f"{LIST}/{award['id']}"
        for login in (scenario.other_union, scenario.commune_officer):
            assert (await client.get(path, headers=login.headers)).status_code == 404
            assert award["id"] not in await list_ids(client, LIST, login, limit=500)
            assert (await patch(client, path, login, 1, {"count": 1})).status_code == 404
        assert (await client.get(path, headers=scenario.viewer.headers)).status_code == 403
        assert (await client.get(path, headers=scenario.bhxh.headers)).json() == award

    async def test_filters(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        campaign = await create_row(
            client, "/v1/campaigns", scenario.officer, {"kind": "emulation", "name": "Thi đua"}
        )
        early = (await create_row(client, LIST, scenario.officer, AWARD | {"campaign_id": campaign["id"]}))[
            "id"
        ]
        day = {"period_from": None, "period_to": None, "awarded_on": "2024-10-20"}
        body = AWARD | day | {"level": "province", "recipient_kind": "group", "place_code": world.commune}
        late = (await create_row(client, LIST, scenario.officer, body))["id"]
        for params, expected in (
            ({}, [early, late]),
            ({"level": "province"}, [late]),
            ({"recipient_kind": "person"}, [early]),
            ({"campaign_id": campaign["id"]}, [early]),
            ({"from": "2024-09-01"}, [late]),
            ({"to": "2024-09-01"}, [early]),
            ({"from": "2024-08-31", "to": "2024-10-19"}, [early]),
            ({"place_code": world.commune}, [late]),
        ):
            listed = await list_ids(client, LIST, scenario.officer, **params)
            # Others' tests gave awards in this union as well.
            assert [award for award in listed if award in (early, late)] == expected, params
        response = await client.get(LIST, params={"from": "x"}, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/query/from"])
        response = await client.get(LIST, params={"from_day": "2024-01-01"}, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/query/from_day"])


class TestChangeAward:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid4()}", json={})).status_code == 401

    async def test_only_what_is_named_changes(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        path = f"{LIST}/{(await create_row(client, LIST, scenario.officer, AWARD))['id']}"
        response = await patch(client, path, scenario.officer, 1, {"count": 10, "decision_no": "123/QĐ-UBND"})
        assert (response.status_code, response.headers["ETag"]) == (200, '"2"'), response.text
        assert (response.json()["count"], response.json()["title"]) == (10, "Giấy khen")
        assert (await patch(client, path, scenario.officer, 1, {"count": 11})).status_code == 412
        assert (await patch(client, path, scenario.bhxh, 2, {"count": 11})).status_code == 403

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"count": None}, "/count"),
            ({"period_to": "2020-01-01"}, "/period_to"),
            ({"recipient_kind": "group"}, "/recipient_kind"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        award = await create_row(client, LIST, scenario.officer, AWARD)
        response = await patch(client, f"{LIST}/{award['id']}", scenario.officer, 1, body)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])
