"""Observations over HTTP: figures of `cases.md` kept as printed, flagged, and computed with."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, get_json, list_ids
from tests.world import World

LIST = "/v1/observations"
SOURCE = {"kind": "newspaper", "title": "Báo tỉnh", "date": "2023-06-15"}
PIGGY_BANKS: dict[str, Any] = {
    "metric": "members",
    "nature": "stock",
    "observed_on": "2023-05-31",
    "value": "1352",
    "unit": "people",
    "text": "1.352 thành viên, trong đó 548 BHXH tự nguyện, 794 BHYT hộ gia đình",
    "parts": [
        {"label": "BHXH tự nguyện", "value": "548", "unit": "people"},
        {"label": "BHYT hộ gia đình", "value": 794, "unit": "people"},
    ],
    "source": SOURCE,
}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


def derived_values(observation: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in observation["derived"]}


def number_body(value: str, unit: str, qualifier: str = "exact") -> dict[str, str]:
    return {"value": value, "unit": unit, "qualifier": qualifier}


class TestCreateObservation:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=PIGGY_BANKS)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        response = await client.post(LIST, json=PIGGY_BANKS, headers=getattr(scenario, role).headers)
        assert response.status_code == 403

    async def test_parts_that_differ_are_kept_and_flagged(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        created = await create_row(client, LIST, scenario.officer, PIGGY_BANKS)
        assert created["flags"] == [
            {"code": "parts_differ_from_total", "printed": "1352", "computed": "1342", "difference": "10"}
        ]
        assert (created["value"], [part["value"] for part in created["parts"]]) == ("1352", ["548", "794"])
        assert derived_values(created) == {"parts_sum": "1342"}
        assert (created["province_code"], created["decimals"]) == (world.province, 0)
        assert await get_json(client, f"{LIST}/{created['id']}", scenario.officer) == created
        assert await list_ids(client, LIST, scenario.officer, flag="parts_differ_from_total") == [
            created["id"]
        ]

    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            (
                {"metric": "participation_bhxh_tn", "value": "57", "unit": "percent",
                 "numerator": number_body("47", "people"), "denominator": number_body("82", "people")},
                {"rate": "57.3"},
            ),
            (
                {"metric": "individual_share", "value": "30", "unit": "percent", "nature": "flow",
                 "numerator": number_body("104", "people"), "denominator": number_body("341", "people")},
                {"rate": "30.5"},
            ),
            (
                {"metric": "target_completion", "value": "87.1", "unit": "percent",
                 "numerator": number_body("1958", "people")},
                {"implied_target": "2248"},
            ),
            (
                {"metric": "multiple_of_goal", "value": "3.6", "unit": "multiple", "numerator": number_body("9.1", "percent"),
                 "comparison": {"base": "goal", "on": "2018-05-23", "text": "NQ 28-NQ/TW"}},
                {"implied_goal": "2.5"},
            ),
            (
                {"metric": "conversion", "numerator": number_body("1679", "people"),
                 "denominator": number_body("4300", "people", "nearly")},
                {"rate": "39.0"},
            ),
            (
                {"metric": "average_group_size", "value": "10.7", "unit": "people",
                 "numerator": number_body("4300", "people"), "denominator": number_body("403", "groups")},
                {"average": "10.7"},
            ),
            (
                {"metric": "saved", "value": "1000000000", "unit": "dong", "qualifier": "more_than",
                 "text": "hơn 1 tỷ đồng", "denominator": number_body("1352", "people")},
                {"average": "739645"},
            ),
            (
                {"metric": "participants_bhxh_tn", "value": "7000", "unit": "people", "qualifier": "nearly",
                 "comparison": {"base": "base_year", "on": "2020-12-31", "difference": "3597",
                                "difference_kind": "count"}},
                {"implied_base": "3403"},
            ),
            (
                {"metric": "members", "parts": [{"label": "ra mắt", **number_body("9", "households")},
                                                {"label": "thêm", **number_body("3", "households")}]},
                {"parts_sum": "12"},
            ),
            (
                {"metric": "unit_reach", "value": "13", "unit": "places", "numerator": number_body("13", "places"),
                 "denominator": number_body("13", "places")},
                {"rate": "100.0"},
            ),
        ],
    )  # fmt: skip
    async def test_what_follows(
        self,
        client: httpx.AsyncClient,
        scenario: CampaignScenario,
        body: dict[str, Any],
        shown: dict[str, str],
    ):
        figure = {"nature": "stock", "observed_on": "2022-12-31", "source": SOURCE} | body
        observation = await create_row(client, LIST, scenario.officer, figure)
        assert (derived_values(observation), observation["flags"]) == (shown, [])
        assert all(
            observation[name] == value
            for name, value in body.items()
            if name in ("value", "unit", "text", "qualifier")
        )

    async def test_points_or_relative(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        figure = {
            "metric": "labour_in_bhxh", "nature": "stock", "value": "31.5", "unit": "percent",
            "text": "31,5 %, vượt 8 % chỉ tiêu HĐND tỉnh", "observed_on": "2024-11-30", "source": SOURCE,
            "comparison": {"base": "target", "text": "chỉ tiêu HĐND tỉnh", "difference": "8",
                           "difference_kind": "ambiguous"},
        }  # fmt: skip
        body = await create_row(client, LIST, scenario.officer, figure)
        assert [flag["code"] for flag in body["flags"]] == ["ambiguous_points_or_relative"]
        assert derived_values(body) == {"implied_base_if_points": "23.5", "implied_base_if_relative": "29.2"}
        precise = await get_json(client, f"{LIST}/{body['id']}", scenario.officer, decimals=2)
        assert derived_values(precise) == {
            "implied_base_if_points": "23.50",
            "implied_base_if_relative": "29.17",
        }
        assert precise["comparison"] == {
            "base": "target", "on": None, "value": None, "text": "chỉ tiêu HĐND tỉnh", "difference": "8",
            "difference_kind": "ambiguous",
        }  # fmt: skip

    async def test_words_alone(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        figure = {
            "metric": "saved",
            "nature": "flow",
            "unit": "dong",
            "text": "hàng tỷ đồng",
            "source": SOURCE,
        }
        body = await create_row(client, LIST, scenario.officer, figure)
        assert (body["value"], body["qualifier"], body["text"]) == (None, "unspecified", "hàng tỷ đồng")
        assert [flag["code"] for flag in body["flags"]] == ["no_number"]
        assert (body["observed_on"], body["derived"], body["comparison"]) == (None, [], None)

    async def test_count_and_rank_are_two_figures(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        figure = {"nature": "stock", "period_from": "2023-05-01", "period_to": "2023-05-31", "source": SOURCE}
        count = {"metric": "lookups", "value": "219443", "unit": "times"}
        rank = {"metric": "rank", "value": "4", "unit": "rank", "cautions": ["rank_by_other_measure"]}
        body = await create_row(client, LIST, scenario.officer, figure | count)
        assert (body["value"], body["unit"], body["cautions"]) == ("219443", "times", [])
        body = await create_row(client, LIST, scenario.officer, figure | rank)
        assert (body["value"], body["cautions"], body["flags"]) == ("4", ["rank_by_other_measure"], [])

    async def test_of_a_group_and_a_campaign(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        group = await world.group(scenario.unit, commune=world.commune)
        campaign = await create_row(
            client, "/v1/campaigns", scenario.officer, {"kind": "communication", "name": "Bài chòi"}
        )
        body = PIGGY_BANKS | {
            "group_code": group.code,
            "campaign_id": campaign["id"],
            "place_code": world.commune,
        }
        observation = await create_row(client, LIST, scenario.officer, body)
        assert (observation["group_id"], observation["campaign_id"]) == (str(group.id), campaign["id"])
        for subject in ({"group_id": str(group.id)}, {"group_code": group.code}):
            assert await list_ids(client, LIST, scenario.officer, **subject) == [observation["id"]]
        assert await list_ids(client, LIST, scenario.officer, model_code="khong-co") == []

    async def test_same_id_again_records_nothing(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        body = PIGGY_BANKS | {"id": str(uuid7())}
        first = await create_row(client, LIST, scenario.officer, body)
        assert await create_row(client, LIST, scenario.officer, body) == first
        other = await client.post(LIST, json=body | {"value": "1342"}, headers=scenario.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"value": 1352.0}, "/value"),
            ({"value": "1.352,0"}, "/value"),
            ({"value": "1.352"}, "/value"),
            ({"denominator": number_body("4.3", "people")}, "/denominator/value"),
            ({"parts": [{"label": "x", "value": "0.5", "unit": "people"}]}, "/parts/0/value"),
            ({"unit": None}, "/unit"),
            ({"unit": "dong"}, "/unit"),
            ({"observed_on": None, "period_from": "2023-01-01"}, "/period_to"),
            ({"period_from": "2023-01-01", "period_to": "2023-05-31"}, "/observed_on"),
            ({"observed_on": None, "source": {"kind": "report"}}, "/observed_on"),
            ({"source": {"kind": "rumour"}}, "/source/kind"),
            ({"parts": [{"label": "x", "value": "1"}]}, "/parts/0/unit"),
            ({"parts": [{"label": "x", "value": "-", "unit": "people"}]}, "/parts/0/value"),
            ({"numerator": {"value": "1", "unit": "people", "of": 2}}, "/numerator/of"),
            ({"value": None, "text": None, "parts": []}, "/value"),
            ({"comparison": {"base": "target", "difference": "8"}}, "/comparison/difference_kind"),
            ({"comparison": {"base": "target", "difference_kind": "count"}}, "/comparison/difference"),
            ({"cautions": ["parts_differ_from_total"]}, "/cautions/0"),
            ({"flags": []}, "/flags"),
            ({"corrects_id": str(uuid4())}, "/correction_reason"),
            (
                {"text": "a\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\u0000"},
                "/text",
            ),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json=PIGGY_BANKS | body, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text

    async def test_divided_by_nothing(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        for value, upper, lower in (("0", "5", "0"), ("0", "0", "0"), ("100", "5", "0")):
            body = {
                "metric": "coverage_bhyt", "nature": "stock", "observed_on": "2024-01-01", "source": SOURCE,
                "value": value, "unit": "percent", "numerator": number_body(upper, "people"),
                "denominator": number_body(lower, "people"),
                "comparison": {"base": "target", "value": "0", "difference": "-100", "difference_kind": "relative"},
            }  # fmt: skip
            assert derived_values(await create_row(client, LIST, scenario.officer, body)) == {}

    async def test_not_yours_is_404_and_beyond_is_403(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        for body, pointer in (
            ({"model_id": str(uuid4())}, "/model_id"),
            ({"campaign_id": str(uuid4())}, "/campaign_id"),
            ({"group_code": "khong-co"}, "/group_code"),
            ({"corrects_id": str(uuid4()), "correction_reason": "Đọc nhầm"}, "/corrects_id"),
        ):
            response = await client.post(LIST, json=PIGGY_BANKS | body, headers=scenario.officer.headers)
            assert (response.status_code, error_pointers(response)) == (404, [pointer])
        body = PIGGY_BANKS | {"place_code": world.commune}
        response = await client.post(LIST, json=body, headers=scenario.commune_officer.headers)
        assert (response.status_code, error_pointers(response)) == (403, ["/place_code"])


class TestCorrectObservation:
    async def test_takes_the_place_of_the_first(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        first = await create_row(client, LIST, scenario.officer, PIGGY_BANKS)
        fixed = PIGGY_BANKS | {
            "value": "1342",
            "corrects_id": first["id"],
            "correction_reason": "Báo đính chính",
        }
        body = fixed | {"id": str(uuid7())}
        second = await create_row(client, LIST, scenario.officer, body)
        assert (second["corrects_id"], second["flags"]) == (first["id"], [])
        assert await list_ids(client, LIST, scenario.officer) == [second["id"]]
        assert await list_ids(client, LIST, scenario.officer, corrected="true") == [first["id"], second["id"]]
        kept = await get_json(client, f"{LIST}/{first['id']}", scenario.officer)
        assert kept == first | {"corrected_by_id": second["id"]}
        assert await create_row(client, LIST, scenario.officer, body) == second
        again = await client.post(LIST, json=fixed, headers=scenario.officer.headers)
        assert (again.status_code, again.json()["code"]) == (409, "already_corrected")

    async def test_takes_a_figure_back(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        first = await create_row(client, LIST, scenario.officer, PIGGY_BANKS)
        body = {
            "metric": "members", "nature": "stock", "source": SOURCE, "corrects_id": first["id"],
            "correction_reason": "Số liệu của huyện khác",
        }  # fmt: skip
        second = await create_row(client, LIST, scenario.officer, body)
        assert (second["value"], second["parts"]) == (None, [])

    async def test_of_another_network(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        first = await create_row(client, LIST, scenario.officer, PIGGY_BANKS)
        body = PIGGY_BANKS | {"corrects_id": first["id"], "correction_reason": "Sai"}
        for login, status in ((scenario.bhxh, 403), (scenario.other_union, 404)):
            assert (await client.post(LIST, json=body, headers=login.headers)).status_code == status

    async def test_the_database_refuses_to_change_one(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        first = await create_row(client, LIST, scenario.officer, PIGGY_BANKS)
        with pytest.raises(asyncpg.PostgresError) as exc_info:
            await world.owner.execute("update observation set value = 1342 where id = $1", first["id"])
        assert exc_info.value.sqlstate == "AS409"
        response = await client.patch(f"{LIST}/{first['id']}", json={}, headers=scenario.officer.headers)
        assert response.status_code == 405


class TestReadObservations:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        body = await create_row(client, LIST, scenario.officer, PIGGY_BANKS | {"place_code": world.commune})
        for login in (scenario.other_union, scenario.commune_officer):
            assert (await client.get(f"{LIST}/{body['id']}", headers=login.headers)).status_code == 404
            assert body["id"] not in await list_ids(client, LIST, login, limit=500)
        assert (await client.get(LIST, headers=scenario.treasurer.headers)).status_code == 403
        assert await get_json(client, f"{LIST}/{body['id']}", scenario.bhxh) == body

    async def test_viewer_is_not_told_of_fewer_than_five(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        family = {
            "metric": "family_coverage", "nature": "stock", "observed_on": "2024-08-31", "source": SOURCE,
            "numerator": number_body("4", "people"), "denominator": number_body("4", "people"),
        }  # fmt: skip
        small = await create_row(client, LIST, scenario.commune_officer, family)
        large = await create_row(client, LIST, scenario.commune_officer, PIGGY_BANKS)
        assert await list_ids(client, LIST, scenario.viewer) == [large["id"]]
        assert (await client.get(f"{LIST}/{small['id']}", headers=scenario.viewer.headers)).status_code == 404
        own = await world.user(scenario.commune_unit, "viewer")
        assert await list_ids(client, LIST, own) == [small["id"], large["id"]]
        assert await list_ids(client, LIST, scenario.officer) == [small["id"], large["id"]]

    async def test_filters(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        async def figure(**more: Any) -> str:
            body: str = (await create_row(client, LIST, scenario.officer, PIGGY_BANKS | more))["id"]
            return body

        may = await figure()
        year = await figure(
            nature="flow", observed_on=None, period_from="2022-01-01", period_to="2022-12-31", parts=[]
        )
        undated = await figure(observed_on=None, product="bhxh_tn", place_code=world.commune)
        for params, expected in (
            ({}, [may, year, undated]),
            ({"metric": "groups"}, []),
            ({"nature": "flow"}, [year]),
            ({"product": "bhxh_tn"}, [undated]),
            ({"from": "2023-06-01"}, [undated]),
            ({"to": "2022-06-30"}, [year]),
            ({"flag": "no_number"}, []),
            ({"place_code": world.commune}, [undated]),
            ({"decimals": 3, "nature": "flow"}, [year]),
        ):
            assert await list_ids(client, LIST, scenario.officer, **params) == expected, params

    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"flag": "x"}, "/query/flag"),
            ({"decimals": "7"}, "/query/decimals"),
            ({"sort": "x"}, "/query/sort"),
        ],
    )
    async def test_wrong_parameter_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, params: dict[str, str], pointer: str
    ):
        response = await client.get(LIST, params=params, headers=scenario.officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])
