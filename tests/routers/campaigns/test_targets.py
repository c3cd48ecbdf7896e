"""Targets over HTTP."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, get_json, list_ids, patch
from tests.world import World

LIST = "/v1/targets"
TARGET: dict[str, Any] = {
    "metric": "participants_bhxh_tn",
    "product": "bhxh_tn",
    "period": "year",
    "period_from": "2023-01-01",
    "value": "2248",
    "unit": "people",
    "basis": "Quyết định giao chỉ tiêu năm 2023",
}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


class TestCreateTarget:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=TARGET)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        assert (
            await client.post(LIST, json=TARGET, headers=getattr(scenario, role).headers)
        ).status_code == 403

    async def test_of_a_union_itself(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        target = await create_row(client, LIST, scenario.officer, TARGET)
        for name, value in TARGET.items():
            assert target[name] == value
        assert (target["period_to"], target["qualifier"], target["set_by_network"]) == (
            "2023-12-31",
            "exact",
            "womens_union",
        )
        assert (target["network"], target["province_code"]) == ("womens_union", world.province)

    async def test_not_printed_keeps_the_words(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {"value": None, "text": "vượt mức chỉ tiêu"}
        target = await create_row(client, LIST, scenario.officer, body)
        assert (target["value"], target["qualifier"], target["text"]) == (
            None,
            "unspecified",
            "vượt mức chỉ tiêu",
        )

    async def test_decimals_stay(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {"metric": "coverage_bhyt", "product": None, "unit": "percent", "value": "95.20"}
        target = await create_row(client, LIST, scenario.officer, body)
        assert target["value"] == "95.20"
        assert (await get_json(client, f"{LIST}/{target['id']}", scenario.officer))["value"] == "95.20"

    @pytest.mark.parametrize(
        ("period", "begins", "ends"),
        [
            ("year", "2024-01-01", "2024-12-31"),
            ("quarter", "2024-10-01", "2024-12-31"),
            ("month", "2024-02-01", "2024-02-29"),
            ("week", "2024-12-30", "2025-01-05"),
            ("other", "2024-05-13", "2024-11-13"),
        ],
    )
    async def test_periods(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, period: str, begins: str, ends: str
    ):
        given = {"period_to": ends} if period == "other" else {}
        body = TARGET | {"period": period, "period_from": begins} | given
        assert (await create_row(client, LIST, scenario.officer, body))["period_to"] == ends
        assert (await create_row(client, LIST, scenario.officer, body | {"period_to": ends}))[
            "period_to"
        ] == ends

    async def test_of_a_collector_a_group_and_an_organisation(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        group = await world.group(scenario.unit, commune=world.commune)
        for field, value, place in (
            ("for_user_id", str(scenario.collector.id), (world.province, None)),
            ("for_group_id", str(group.id), (world.province, world.commune)),
            ("for_organisation_id", str(scenario.commune_unit.id), (world.province, world.sibling_commune)),
        ):
            target = await create_row(client, LIST, scenario.officer, TARGET | {field: value})
            assert target[field] == value
            assert (target["province_code"], target["commune_code"]) == place
            assert await list_ids(client, LIST, scenario.officer, **{field: value}) == [target["id"]]
        assert len(await list_ids(client, LIST, scenario.officer, for_group_code=group.code)) == 1
        assert (
            len(
                await list_ids(
                    client, LIST, scenario.officer, for_organisation_code=scenario.commune_unit.code
                )
            )
            == 1
        )
        coded = await create_row(client, LIST, scenario.officer, TARGET | {"for_group_code": group.code})
        assert coded["for_group_id"] == str(group.id)

    async def test_of_the_state_for_a_union(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {"for_organisation_code": scenario.commune_unit.code}
        target = await create_row(client, LIST, scenario.bhxh, body)
        assert (target["network"], target["set_by_network"]) == ("womens_union", "bhxh")
        path = f"{LIST}/{target['id']}"
        assert await get_json(client, path, scenario.commune_officer) == target
        assert (await client.get(path, headers=scenario.other_union.headers)).status_code == 404
        assert (await patch(client, path, scenario.officer, 1, {"value": "1"})).status_code == 403
        assert (await patch(client, path, scenario.bhxh, 1, {"value": "2300"})).status_code == 200

    async def test_of_the_state_for_itself_is_not_the_unions_to_read(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        target = await create_row(client, LIST, scenario.bhxh, TARGET)
        assert target["network"] == "bhxh"
        assert (
            await client.get(f"{LIST}/{target['id']}", headers=scenario.officer.headers)
        ).status_code == 404

    async def test_same_id_again_sets_nothing(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {"id": str(uuid7())}
        first = await create_row(client, LIST, scenario.officer, body)
        assert await create_row(client, LIST, scenario.officer, body) == first
        other = await client.post(LIST, json=body | {"value": "1"}, headers=scenario.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"metric": "happiness"}, "/metric"),
            ({"unit": "dong"}, "/unit"),
            ({"value": 2248.5}, "/value"),
            ({"value": "2.248"}, "/value"),
            ({"value": "2,248"}, "/value"),
            ({"value": "1e3"}, "/value"),
            ({"value": "NaN"}, "/value"),
            ({"value": True}, "/value"),
            ({"value": "9" * 16}, "/value"),
            ({"value": None}, "/value"),
            ({"period_from": "2023-01-02"}, "/period_from"),
            ({"period_to": "2023-12-30"}, "/period_to"),
            ({"period": "other"}, "/period_to"),
            ({"period": "week"}, "/period_from"),
            ({"period": "other", "period_to": "2022-12-31"}, "/period_to"),
            ({"set_by_network": "bhxh"}, "/set_by_network"),
            ({"place_code": "khong-co"}, "/place_code"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json=TARGET | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text

    async def test_last_year_of_all(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {"period_from": "2200-01-01"}
        assert (await create_row(client, LIST, scenario.officer, body))["period_to"] == "2200-12-31"

    async def test_one_addressee(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = TARGET | {
            "for_user_id": str(scenario.collector.id),
            "for_organisation_id": str(scenario.unit.id),
        }
        response = await client.post(LIST, json=body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/for_user_id"])

    async def test_addressee_that_is_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        for field, value in (
            ("for_user_id", str(scenario.other_union.id)),
            ("for_organisation_id", str(scenario.other_union.organisation_id)),
            ("for_group_id", str((await world.group(await world.unit("farmers_association"))).id)),
            ("campaign_id", str(uuid4())),
            ("model_code", "khong-co"),
        ):
            response = await client.post(LIST, json=TARGET | {field: value}, headers=scenario.officer.headers)
            assert (response.status_code, error_pointers(response)) == (404, [f"/{field}"])

    async def test_outside_ones_places_is_403(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        body = TARGET | {"place_code": world.commune}
        response = await client.post(LIST, json=body, headers=scenario.commune_officer.headers)
        assert (response.status_code, error_pointers(response)) == (403, ["/place_code"])


class TestReadTargets:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        for path in (LIST, f"{LIST}/{uuid4()}", f"{LIST}/{uuid4()}/versions"):
            assert (await client.get(path)).status_code == 401

    async def test_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        target = await create_row(client, LIST, scenario.officer, TARGET | {"place_code": world.commune})
        path = f"{LIST}/{target['id']}"
        for login in (scenario.other_union, scenario.commune_officer):
            for one in (path, f"{path}/versions"):
                assert (await client.get(one, headers=login.headers)).status_code == 404
            assert target["id"] not in await list_ids(client, LIST, login, limit=500)
            assert (await patch(client, path, login, 1, {"value": "1"})).status_code == 404
        assert (await client.get(path, headers=scenario.treasurer.headers)).status_code == 404

    async def test_viewer_reads_all_but_those_of_one_person(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        whole = await create_row(client, LIST, scenario.officer, TARGET)
        personal = await create_row(
            client, LIST, scenario.officer, TARGET | {"for_user_id": str(scenario.collector.id)}
        )
        assert await list_ids(client, LIST, scenario.viewer) == [whole["id"]]
        for path in (f"{LIST}/{personal['id']}", f"{LIST}/{personal['id']}/versions"):
            assert (await client.get(path, headers=scenario.viewer.headers)).status_code == 404
        assert await list_ids(client, LIST, scenario.officer) == [whole["id"], personal["id"]]

    async def test_partner_with_aggregates_reads(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        whole = await create_row(client, LIST, scenario.officer, TARGET)
        partner = await world.partner(scenario.unit, "stats:read")
        assert await list_ids(client, LIST, partner) == [whole["id"]]

    async def test_filters(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        async def target(**more: Any) -> str:
            body: str = (await create_row(client, LIST, scenario.officer, TARGET | more))["id"]
            return body

        year = await target()
        month = await target(period="month", period_from="2024-03-01", place_code=world.commune)
        saved = await target(metric="saved", unit="dong", value="1000000000", product=None)
        for params, expected in (
            ({}, [year, month, saved]),
            ({"metric": "saved"}, [saved]),
            ({"product": "bhxh_tn"}, [year, month]),
            ({"period": "month"}, [month]),
            ({"on": "2023-06-30"}, [year, saved]),
            ({"place_code": world.commune}, [month]),
        ):
            assert await list_ids(client, LIST, scenario.officer, **params) == expected, params
        response = await client.get(LIST, params={"metric": "x"}, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/query/metric"])


class TestChangeTarget:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid4()}", json={})).status_code == 401

    async def test_what_it_said_is_kept(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        path = f"{LIST}/{(await create_row(client, LIST, scenario.officer, TARGET))['id']}"
        response = await patch(client, path, scenario.officer, 1, {"value": "2300", "basis": "Giao lại"})
        assert (response.status_code, response.headers["ETag"], response.json()["value"]) == (
            200,
            '"2"',
            "2300",
        )
        assert (await patch(client, path, scenario.officer, 1, {"value": "1"})).status_code == 412
        words = {"value": None, "text": "cao hơn năm trước"}
        changed = (await patch(client, path, scenario.officer, 2, words)).json()
        assert (changed["value"], changed["qualifier"], changed["version"]) == (None, "unspecified", 3)
        versions = (await get_json(client, f"{path}/versions", scenario.viewer))["items"]
        kept = [(one["version"], one["value"], one["qualifier"], one["basis"]) for one in versions]
        assert kept == [(1, "2248", "exact", TARGET["basis"]), (2, "2300", "exact", "Giao lại")]
        assert {one["replaced_by"] for one in versions} == {str(scenario.officer.id)}
        page = await get_json(client, f"{path}/versions", scenario.officer, limit=1)
        rest = await get_json(
            client, f"{path}/versions", scenario.officer, limit=1, cursor=page["next_cursor"]
        )
        assert [one["version"] for one in page["items"] + rest["items"]] == [1, 2]

    async def test_versions_cannot_be_changed(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        target = await create_row(client, LIST, scenario.officer, TARGET)
        assert (
            await patch(client, f"{LIST}/{target['id']}", scenario.officer, 1, {"value": "1"})
        ).status_code == 200
        with pytest.raises(asyncpg.PostgresError) as exc_info:
            await world.owner.execute("delete from target_version where target_id = $1", target["id"])
        assert exc_info.value.sqlstate == "AS409"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"value": None}, "/value"),
            ({"metric": "saved"}, "/metric"),
            ({"qualifier": None}, "/qualifier"),
            ({"value": "x"}, "/value"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        target = await create_row(client, LIST, scenario.officer, TARGET)
        response = await patch(client, f"{LIST}/{target['id']}", scenario.officer, 1, body)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])


class TestCollector:
    """A collector sees the targets set for them, and no others."""

    async def test_sees_their_own_alone(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        colleague = await world.user(scenario.unit, "collector")
        bodies = [TARGET | {"for_user_id": str(login.id)} for login in (scenario.collector, colleague)]
        own, other, of_place = [
            await create_row(client, LIST, scenario.officer, body) for body in [*bodies, TARGET]
        ]
        assert await list_ids(client, LIST, scenario.collector) == [own["id"]]
        assert await get_json(client, f"{LIST}/{own['id']}", scenario.collector) == own
        for row in (other, of_place):
            for path in (f"{LIST}/{row['id']}", f"{LIST}/{row['id']}/versions"):
                assert (await client.get(path, headers=scenario.collector.headers)).status_code == 404

    async def test_what_bhxh_sets_for_them_is_theirs(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        body = TARGET | {"for_user_id": str(scenario.collector.id)}
        row = await create_row(client, LIST, scenario.bhxh, body)
        assert await list_ids(client, LIST, scenario.collector) == [row["id"]]
        path = f"{LIST}/{row['id']}"
        assert (await patch(client, path, scenario.collector, 1, {"value": "1"})).status_code == 403

    async def test_neither_figures_nor_awards(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        for path in ("/v1/observations", "/v1/awards", "/v1/payouts", "/v1/campaigns"):
            assert (await client.get(path, headers=scenario.collector.headers)).status_code == 403


class TestTreasurer:
    async def test_sees_campaigns_of_their_place_and_not_what_persons_got(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        body = {"kind": "emulation", "name": "Thi đua nuôi heo đất"}
        campaign = await create_row(client, "/v1/campaigns", scenario.officer, body)
        await create_row(client, "/v1/campaigns", scenario.other_union, body)
        assert await list_ids(client, "/v1/campaigns", scenario.treasurer) == [campaign["id"]]
        path = f"/v1/campaigns/{campaign['id']}"
        assert (await client.get(path, headers=scenario.treasurer.headers)).status_code == 200
        assert (await patch(client, path, scenario.treasurer, 1, {"goal": "x"})).status_code == 403
        for other in ("/v1/awards", "/v1/payouts", "/v1/observations"):
            assert (await client.get(other, headers=scenario.treasurer.headers)).status_code == 403
