"""Events of campaigns over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, get_json, list_ids, patch
from tests.world import World

CAMPAIGN = {"kind": "communication", "name": "Truyền thông bằng Bài chòi"}
SHOW: dict[str, Any] = {"kind": "show", "held_on": "2022-10-01"}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


@pytest.fixture
async def path(client: httpx.AsyncClient, scenario: CampaignScenario) -> str:
    """The events of a campaign of the province."""
    campaign = await create_row(client, "/v1/campaigns", scenario.officer, CAMPAIGN)
    return f"/v1/campaigns/{campaign['id']}/events"


class TestCreateEvent:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, path: str):
        assert (await client.post(path, json=SHOW)).status_code == 401

    async def test_viewer_is_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str):
        assert (await client.post(path, json=SHOW, headers=scenario.viewer.headers)).status_code == 403

    @pytest.mark.parametrize("who", ["other_union", "commune_officer"])
    async def test_in_a_campaign_that_is_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str, who: str
    ):
        response = await client.post(path, json=SHOW, headers=getattr(scenario, who).headers)
        assert response.status_code == 404

    async def test_bhxh_does_not_write_in_a_unions_campaign(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str
    ):
        assert (await client.post(path, json=SHOW, headers=scenario.bhxh.headers)).status_code == 403

    async def test_absent_campaign_is_404(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        response = await client.post(
            f"/v1/campaigns/{uuid4()}/events", json=SHOW, headers=scenario.officer.headers
        )
        assert response.status_code == 404

    @pytest.mark.parametrize(
        ("attendance", "stored"),
        [
            (
                {"min": 300, "max": 500, "of": "each_session", "text": "300–500 người xem mỗi buổi"},
                {"min": 300, "max": 500, "qualifier": "unspecified", "of": "each_session",
                 "text": "300–500 người xem mỗi buổi"},
            ),
            (
                {"min": 1000, "qualifier": "nearly", "text": "gần 1.000"},
                {"min": 1000, "max": 1000, "qualifier": "nearly", "of": "total", "text": "gần 1.000"},
            ),
            ({"min": 42}, {"min": 42, "max": 42, "qualifier": "exact", "of": "total", "text": None}),
            (
                {"text": "hàng ngàn chị em"},
                {"min": None, "max": None, "qualifier": "unspecified", "of": "total", "text": "hàng ngàn chị em"},
            ),
        ],
    )  # fmt: skip
    async def test_attendance_is_kept_as_told(
        self,
        client: httpx.AsyncClient,
        scenario: CampaignScenario,
        path: str,
        attendance: dict[str, Any],
        stored: dict[str, Any],
    ):
        event = await create_row(client, path, scenario.officer, SHOW | {"attendance": attendance})
        assert event["attendance"] == stored
        assert await get_json(client, f"{path}/{event['id']}", scenario.officer) == event

    async def test_place_is_the_campaigns_unless_named(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str, world: World
    ):
        event = await create_row(client, path, scenario.officer, SHOW)
        assert (event["province_code"], event["commune_code"], event["attendance"]) == (
            world.province,
            None,
            None,
        )
        period = {"kind": "visit", "period_from": "2024-05-01", "period_to": "2024-05-31"}
        event = await create_row(
            client, path, scenario.officer, period | {"place_code": world.commune, "sessions": 3}
        )
        assert (event["commune_code"], event["held_on"], event["sessions"]) == (world.commune, None, 3)
        beyond = await client.post(
            path, json=SHOW | {"place_code": world.sibling_province}, headers=scenario.officer.headers
        )
        assert (beyond.status_code, beyond.json()["code"]) == (403, "outside_scope")

    async def test_same_id_again_adds_nothing(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str
    ):
        body = SHOW | {"id": str(uuid7()), "attendance": {"min": 5}}
        first = await create_row(client, path, scenario.officer, body)
        assert await create_row(client, path, scenario.officer, body) == first
        other = await client.post(path, json=body | {"kind": "launch"}, headers=scenario.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"held_on": None}, "/held_on"),
            ({"period_from": "2022-01-01", "period_to": "2022-01-02"}, "/held_on"),
            ({"held_on": None, "period_from": "2022-01-01"}, "/period_to"),
            ({"held_on": None, "period_to": "2022-01-01"}, "/period_from"),
            ({"held_on": None, "period_from": "2022-01-02", "period_to": "2022-01-01"}, "/period_to"),
            ({"sessions": 0}, "/sessions"),
            ({"attendance": {}}, "/attendance/min"),
            ({"attendance": {"max": 5}}, "/attendance/min"),
            ({"attendance": {"min": 5, "max": 4}}, "/attendance/max"),
            ({"attendance": {"min": -1}}, "/attendance/min"),
            ({"attendance": {"min": 1.5}}, "/attendance/min"),
            ({"attendance": {"min": 10**20}}, "/attendance/min"),
            ({"attendance": {"min": 1, "qualifier": "roughly"}}, "/attendance/qualifier"),
            ({"kind": "party"}, "/kind"),
            ({"campaign_id": str(uuid4())}, "/campaign_id"),
        ],
    )
    async def test_wrong_field_is_422(
        self,
        client: httpx.AsyncClient,
        scenario: CampaignScenario,
        path: str,
        body: dict[str, Any],
        pointer: str,
    ):
        response = await client.post(path, json=SHOW | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text


class TestReadEvents:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, path: str):
        assert (await client.get(path)).status_code == 401
        assert (await client.get(f"{path}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str):
        event = await create_row(client, path, scenario.officer, SHOW)
        for login in (scenario.other_union, scenario.commune_officer):
            assert (await client.get(path, headers=login.headers)).status_code == 404
            assert (await client.get(f"{path}/{event['id']}", headers=login.headers)).status_code == 404
        assert (await client.get(path, headers=scenario.viewer.headers)).status_code == 403
        assert await list_ids(client, path, scenario.bhxh) == [event["id"]]

    async def test_event_of_another_campaign_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str
    ):
        event = await create_row(client, path, scenario.officer, SHOW)
        other = (await create_row(client, "/v1/campaigns", scenario.officer, CAMPAIGN))["id"]
        response = await client.get(
            f"/v1/campaigns/{other}/events/{event['id']}", headers=scenario.officer.headers
        )
        assert response.status_code == 404

    async def test_pages_join(self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str):
        whole = [(await create_row(client, path, scenario.officer, SHOW))["id"] for _ in range(3)]
        first = await get_json(client, path, scenario.officer, limit=2)
        second = await get_json(client, path, scenario.officer, limit=2, cursor=first["next_cursor"])
        assert [item["id"] for item in first["items"] + second["items"]] == whole


class TestChangeEvent:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, path: str):
        assert (await client.patch(f"{path}/{uuid4()}", json={})).status_code == 401

    async def test_attendance_is_told_later(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str
    ):
        event = await create_row(client, path, scenario.officer, SHOW | {"name": "Đêm hội"})
        one = f"{path}/{event['id']}"
        response = await patch(
            client, one, scenario.officer, 1, {"attendance": {"min": 900, "qualifier": "about"}}
        )
        assert (response.status_code, response.headers["ETag"]) == (200, '"2"'), response.text
        changed = response.json()
        assert (changed["name"], changed["attendance"]["min"]) == ("Đêm hội", 900)
        assert (await patch(client, one, scenario.officer, 1, {"sessions": 2})).status_code == 412
        cleared = (await patch(client, one, scenario.officer, 2, {"attendance": None})).json()
        assert cleared["attendance"] is None

    @pytest.mark.parametrize(
        ("who", "status"), [("other_union", 404), ("commune_officer", 404), ("bhxh", 403), ("viewer", 403)]
    )
    async def test_others_do_not(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str, who: str, status: int
    ):
        event = await create_row(client, path, scenario.officer, SHOW)
        response = await patch(client, f"{path}/{event['id']}", getattr(scenario, who), 1, {"sessions": 2})
        assert response.status_code == status

    async def test_day_or_period(self, client: httpx.AsyncClient, scenario: CampaignScenario, path: str):
        one = f"{path}/{(await create_row(client, path, scenario.officer, SHOW))['id']}"
        response = await patch(client, one, scenario.officer, 1, {"held_on": None})
        assert (response.status_code, error_pointers(response)) == (422, ["/held_on"])
        period = {"held_on": None, "period_from": "2022-10-01", "period_to": "2022-10-02"}
        assert (await patch(client, one, scenario.officer, 1, period)).status_code == 200
