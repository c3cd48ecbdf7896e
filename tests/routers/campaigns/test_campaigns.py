"""Campaigns over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, get_json, list_ids, patch
from tests.world import World

LIST = "/v1/campaigns"
BAI_CHOI: dict[str, Any] = {
    "kind": "communication",
    "name": "Truyền thông bằng Bài chòi",
    "products": ["bhxh_tn"],
    "details": {"form": "bài chòi"},
}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


class TestCreateCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=BAI_CHOI)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        response = await client.post(LIST, json=BAI_CHOI, headers=getattr(scenario, role).headers)
        assert response.status_code == 403

    async def test_of_ones_own_place(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        response = await client.post(LIST, json=BAI_CHOI, headers=scenario.officer.headers)
        assert response.status_code == 201, response.text
        campaign = response.json()
        assert response.headers["ETag"] == '"1"'
        assert response.headers["Location"] == f"{LIST}/{campaign['id']}"
        assert (campaign["network"], campaign["province_code"], campaign["place_code"]) == (
            "womens_union",
            world.province,
            None,
        )
        assert (campaign["organiser_id"], campaign["organiser_name"]) == (str(scenario.unit.id), None)
        assert campaign["details"]["form"] == "bài chòi"

    async def test_of_a_commune_with_an_organiser_in_words(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        body = {
            "kind": "recruitment_drive",
            "name": "Vận động người thân tham gia BHXH tự nguyện",
            "level": "commune",
            "organiser_name": "Đảng ủy, UBND phường",
            "partners": ["BHXH thành phố"],
            "products": ["bhxh_tn", "bhyt_hgd"],
            "place_code": world.commune,
            "starts_on": "2024-01-01",
            "goal": "Mỗi cán bộ, đảng viên vận động ít nhất 1 người thân; 100 % gia đình có BHYT",
            "details": {
                "recruiters": ["cadre", "party_member", "union_member", "worker"],
                "recruits_min": 1,
                "relatives_only": True,
                "family_coverage_percent": "100",
            },
        }
        campaign = await create_row(client, LIST, scenario.officer, body)
        assert (campaign["commune_code"], campaign["organiser_id"]) == (world.commune, None)
        details = {name: value for name, value in campaign["details"].items() if value is not None}
        assert details == body["details"]

    async def test_whole_network_is_for_the_national_level(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        refused = await client.post(
            LIST, json=BAI_CHOI | {"place_code": "VN"}, headers=scenario.officer.headers
        )
        assert (refused.status_code, error_pointers(refused)) == (403, ["/place_code"])
        national = await world.user(await world.national("veterans"), "union_officer")
        local = await world.user(await world.unit("veterans"), "union_officer")
        shared = await create_row(client, LIST, national, BAI_CHOI)
        assert (shared["province_code"], shared["place_code"]) == (None, None)
        assert shared["id"] in await list_ids(client, LIST, local, limit=500)
        path = f"{LIST}/{shared['id']}"
        assert (await client.get(path, headers=scenario.officer.headers)).status_code == 404
        assert (await patch(client, path, local, 1, {"note": "x"})).status_code == 403
        assert (await patch(client, path, national, 1, {"note": "x"})).status_code == 200

    async def test_outside_ones_places_is_403(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        body = BAI_CHOI | {"place_code": world.commune}
        response = await client.post(LIST, json=body, headers=scenario.commune_officer.headers)
        assert (response.status_code, response.json()["code"]) == (403, "outside_scope")
        assert error_pointers(response) == ["/place_code"]

    async def test_same_id_again_adds_nothing(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = BAI_CHOI | {"id": str(uuid7())}
        first = await create_row(client, LIST, scenario.officer, body)
        assert await create_row(client, LIST, scenario.officer, body) == first
        other = await client.post(LIST, json=body | {"name": "Khác"}, headers=scenario.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")
        stranger = await client.post(LIST, json=body, headers=scenario.other_union.headers)
        assert (stranger.status_code, stranger.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"kind": "party"}, "/kind"),
            ({"name": "a\u0000b"}, "/name"),
            ({"name": ""}, "/name"),
            ({"level": "ward"}, "/level"),
            ({"details": {"theme": "Chào mừng"}}, "/details/theme"),
            ({"details": {"form": 1}}, "/details/form"),
            ({"starts_on": "2024-02-01", "ends_on": "2024-01-01"}, "/ends_on"),
            ({"place_code": "khong-co"}, "/place_code"),
            ({"products": ["bhxh_tn", "bhxh_tn"]}, "/products"),
            ({"organiser_id": str(uuid4()), "organiser_code": "X"}, "/organiser_code"),
            ({"network": "bhxh"}, "/network"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json=BAI_CHOI | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"organiser_id": str(uuid4())}, "/organiser_id"),
            ({"organiser_code": "khong-co"}, "/organiser_code"),
            ({"model_id": str(uuid4())}, "/model_id"),
        ],
    )
    async def test_absent_reference_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json=BAI_CHOI | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (404, [pointer])

    async def test_range_ends_before_it_begins(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        details = {"recruits_min": 2, "recruits_max": 1}
        body = {"kind": "recruitment_drive", "name": "Một cán bộ", "details": details}
        response = await client.post(LIST, json=body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/details/recruits_max"])

    async def test_is_noted_in_the_audit(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        campaign = await create_row(client, LIST, scenario.officer, BAI_CHOI)
        events = await world.owner.fetch(
            "select event, fields->>'kind' as kind from audit_event where subject_id = $1", campaign["id"]
        )
        assert [tuple(event) for event in events] == [("campaign.created", "communication")]


class TestReadCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    @pytest.mark.parametrize("who", ["other_union", "commune_officer"])
    async def test_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World, who: str
    ):
        campaign = await create_row(client, LIST, scenario.officer, BAI_CHOI | {"place_code": world.commune})
        login = getattr(scenario, who)
        assert (await client.get(f"{LIST}/{campaign['id']}", headers=login.headers)).status_code == 404
        assert campaign["id"] not in await list_ids(client, LIST, login, limit=500)
        response = await patch(client, f"{LIST}/{campaign['id']}", login, 1, {"note": "x"})
        assert response.status_code == 404

    @pytest.mark.parametrize("role", ["viewer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        login = getattr(scenario, role)
        assert (await client.get(LIST, headers=login.headers)).status_code == 403
        assert (await client.get(f"{LIST}/{uuid4()}", headers=login.headers)).status_code == 403

    async def test_bhxh_reads_and_does_not_change(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        campaign = await create_row(client, LIST, scenario.officer, BAI_CHOI)
        assert campaign["id"] in await list_ids(
            client, LIST, scenario.bhxh, network="womens_union", limit=500
        )
        response = await patch(client, f"{LIST}/{campaign['id']}", scenario.bhxh, 1, {"note": "x"})
        assert response.status_code == 403

    async def test_sums_of_what_happened_in_it(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        path = f"{LIST}/{(await create_row(client, LIST, scenario.officer, BAI_CHOI))['id']}"
        campaign_id = path.rpartition("/")[2]
        campaign_body = await get_json(client, path, scenario.officer)
        assert campaign_body["reach"] == {
            "events": 0, "counted": 0, "min": 0, "max": 0, "qualifier": "exact", "smallest": None, "largest": None,
        }  # fmt: skip
        assert (campaign_body["awards"], campaign_body["payouts"]) == (
            [],
            {"count": 0, "amount": 0, "qualifier": "exact"},
        )
        for attendance, sessions in (
            ({"min": 300, "max": 500, "of": "each_session"}, 16),
            ({"min": 1000, "qualifier": "nearly"}, None),
            ({"text": "đông đảo người dân"}, None),
        ):
            body = {"kind": "show", "held_on": "2022-10-01", "attendance": attendance, "sessions": sessions}
            await create_row(client, f"{path}/events", scenario.officer, body)
        for level, count in (("commune", 6), ("province", 2), ("commune", 1)):
            award = {
                "level": level, "title": "Giấy khen", "recipient_kind": "person", "count": count,
                "awarded_on": "2024-08-31", "campaign_id": campaign_id,
            }  # fmt: skip
            await create_row(client, "/v1/awards", scenario.officer, award)
        paid = {"kind": "mobiliser_support", "purpose": "Hỗ trợ người vận động", "campaign_id": campaign_id}
        first = await create_row(
            client,
            "/v1/payouts",
            scenario.officer,
            paid | {"id": str(uuid7()), "amount": 8_000_000, "paid_on": "2024-03-01"},
        )
        await create_row(
            client, "/v1/payouts", scenario.officer,
            paid | {"id": str(uuid7()), "amount": 48_000_000, "qualifier": "more_than", "paid_on": "2024-08-31"},
        )  # fmt: skip
        await create_row(
            client, "/v1/payouts", scenario.officer,
            paid | {"id": str(uuid7()), "amount": 0, "paid_on": "2024-03-01", "corrects_id": first["id"],
                    "correction_reason": "Ghi nhầm"},
        )  # fmt: skip
        campaign_body = await get_json(client, path, scenario.officer)
        assert campaign_body["reach"] == {
            "events": 3, "counted": 2, "min": 5800, "max": 9000, "qualifier": "about", "smallest": 300, "largest": 1000,
        }  # fmt: skip
        assert campaign_body["awards"] == [
            {"level": "commune", "count": 7},
            {"level": "province", "count": 2},
        ]
        assert campaign_body["payouts"] == {"count": 1, "amount": 48_000_000, "qualifier": "more_than"}


class TestListCampaigns:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401

    async def test_filters(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        async def campaign(**more: Any) -> str:
            body: str = (await create_row(client, LIST, scenario.officer, BAI_CHOI | more))["id"]
            return body

        here = await campaign(place_code=world.commune, starts_on="2024-01-01", ends_on="2024-06-30")
        there = await campaign(place_code=world.sibling_commune, products=["bhyt_hgd"], level="commune")
        talk = await campaign(kind="emulation", details={"theme": "Chào mừng 20/10"})
        for params, expected in (
            ({}, [here, there, talk]),
            ({"place_code": world.commune}, [here]),
            ({"place_code": world.province}, [here, there, talk]),
            ({"product": "bhyt_hgd"}, [there]),
            ({"kind": "emulation"}, [talk]),
            ({"level": "commune"}, [there]),
            ({"on": "2024-07-01"}, [there, talk]),
            ({"organisation_code": scenario.unit.code}, [here, there, talk]),
            ({"model_id": str(uuid4())}, []),
        ):
            assert await list_ids(client, LIST, scenario.officer, **params) == expected, params

    async def test_pages_join(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        campaign_ids = [(await create_row(client, LIST, scenario.officer, BAI_CHOI))["id"] for _ in range(3)]
        first = await get_json(client, LIST, scenario.officer, limit=2)
        second = await get_json(client, LIST, scenario.officer, limit=2, cursor=first["next_cursor"])
        assert [item["id"] for item in first["items"] + second["items"]] == campaign_ids
        assert second["next_cursor"] is None

    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"kind": "party"}, "/query/kind"),
            ({"name": "x"}, "/query/name"),
            ({"cursor": "x"}, "/query/cursor"),
        ],
    )
    async def test_wrong_parameter_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, params: dict[str, str], pointer: str
    ):
        response = await client.get(LIST, params=params, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])


class TestChangeCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid4()}", json={})).status_code == 401

    async def test_viewer_is_403(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        assert (await patch(client, f"{LIST}/{uuid4()}", scenario.viewer, 1, {})).status_code == 403

    async def test_only_what_is_named_changes(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        campaign = await create_row(client, LIST, scenario.officer, BAI_CHOI | {"goal": "8.000 người"})
        body = {
            "name": "Bài chòi",
            "organiser_name": "Phòng Truyền thông",
            "details": {"form": "hát"},
            "note": None,
        }
        response = await patch(client, f"{LIST}/{campaign['id']}", scenario.officer, 1, body)
        assert (response.status_code, response.headers["ETag"]) == (200, '"2"'), response.text
        changed = response.json()
        assert (changed["name"], changed["goal"], changed["version"]) == ("Bài chòi", "8.000 người", 2)
        assert (changed["organiser_id"], changed["organiser_name"]) == (None, "Phòng Truyền thông")
        assert changed["details"]["form"] == "hát"

    async def test_stale_version_is_412(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        path = f"{LIST}/{(await create_row(client, LIST, scenario.officer, BAI_CHOI))['id']}"
        assert (await patch(client, path, scenario.officer, 1, {"note": "a"})).status_code == 200
        assert (await patch(client, path, scenario.officer, 1, {"note": "b"})).status_code == 412
        response = await client.patch(path, json={"note": "b"}, headers=scenario.officer.headers)
        assert response.status_code == 428

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": None}, "/name"),
            ({"kind": "emulation"}, "/kind"),
            ({"details": {"theme": "x"}}, "/details/theme"),
            ({"ends_on": "2021-01-01"}, "/ends_on"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        campaign = await create_row(client, LIST, scenario.officer, BAI_CHOI | {"starts_on": "2022-01-01"})
        response = await patch(client, f"{LIST}/{campaign['id']}", scenario.officer, 1, body)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text
