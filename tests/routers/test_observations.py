"""Observations over HTTP: figures of `cases.md` kept as printed, flagged, and computed with."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.ids import uuid7
from tests.campaigns.cast import Cast, ids, made, pointers, read
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
async def cast(world: World) -> Cast:
    return await Cast.create(world)


def derived(observation: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in observation["derived"]}


def number(value: str, unit: str, qualifier: str = "exact") -> dict[str, str]:
    return {"value": value, "unit": unit, "qualifier": qualifier}


class TestCreateObservation:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=PIGGY_BANKS)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, cast: Cast, role: str):
        answer = await client.post(LIST, json=PIGGY_BANKS, headers=getattr(cast, role).headers)
        assert answer.status_code == 403

    async def test_parts_that_differ_are_kept_and_flagged(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        made_ = await made(client, LIST, cast.officer, PIGGY_BANKS)
        assert made_["flags"] == [
            {"code": "parts_differ_from_total", "printed": "1352", "computed": "1342", "difference": "10"}
        ]
        assert (made_["value"], [part["value"] for part in made_["parts"]]) == ("1352", ["548", "794"])
        assert derived(made_) == {"parts_sum": "1342"}
        assert (made_["province_code"], made_["decimals"]) == (world.province, 0)
        assert await read(client, f"{LIST}/{made_['id']}", cast.officer) == made_
        assert await ids(client, LIST, cast.officer, flag="parts_differ_from_total") == [made_["id"]]

    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            (
                {"metric": "participation_bhxh_tn", "value": "57", "unit": "percent",
                 "numerator": number("47", "people"), "denominator": number("82", "people")},
                {"rate": "57.3"},
            ),
            (
                {"metric": "individual_share", "value": "30", "unit": "percent", "nature": "flow",
                 "numerator": number("104", "people"), "denominator": number("341", "people")},
                {"rate": "30.5"},
            ),
            (
                {"metric": "target_completion", "value": "87.1", "unit": "percent",
                 "numerator": number("1958", "people")},
                {"implied_target": "2248"},
            ),
            (
                {"metric": "multiple_of_goal", "value": "3.6", "unit": "multiple", "numerator": number("9.1", "percent"),
                 "comparison": {"base": "goal", "on": "2018-05-23", "text": "NQ 28-NQ/TW"}},
                {"implied_goal": "2.5"},
            ),
            (
                {"metric": "conversion", "numerator": number("1679", "people"),
                 "denominator": number("4300", "people", "nearly")},
                {"rate": "39.0"},
            ),
            (
                {"metric": "average_group_size", "value": "10.7", "unit": "people",
                 "numerator": number("4300", "people"), "denominator": number("403", "groups")},
                {"average": "10.7"},
            ),
            (
                {"metric": "saved", "value": "1000000000", "unit": "dong", "qualifier": "more_than",
                 "text": "hơn 1 tỷ đồng", "denominator": number("1352", "people")},
                {"average": "739645"},
            ),
            (
                {"metric": "participants_bhxh_tn", "value": "7000", "unit": "people", "qualifier": "nearly",
                 "comparison": {"base": "base_year", "on": "2020-12-31", "difference": "3597",
                                "difference_kind": "count"}},
                {"implied_base": "3403"},
            ),
            (
                {"metric": "members", "parts": [{"label": "ra mắt", **number("9", "households")},
                                                {"label": "thêm", **number("3", "households")}]},
                {"parts_sum": "12"},
            ),
            (
                {"metric": "unit_reach", "value": "13", "unit": "places", "numerator": number("13", "places"),
                 "denominator": number("13", "places")},
                {"rate": "100.0"},
            ),
        ],
    )  # fmt: skip
    async def test_what_follows(
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], shown: dict[str, str]
    ):
        figure = {"nature": "stock", "observed_on": "2022-12-31", "source": SOURCE} | body
        found = await made(client, LIST, cast.officer, figure)
        assert (derived(found), found["flags"]) == (shown, [])
        assert all(
            found[name] == value
            for name, value in body.items()
            if name in ("value", "unit", "text", "qualifier")
        )

    async def test_points_or_relative(self, client: httpx.AsyncClient, cast: Cast):
        figure = {
            "metric": "labour_in_bhxh", "nature": "stock", "value": "31.5", "unit": "percent",
            "text": "31,5 %, vượt 8 % chỉ tiêu HĐND tỉnh", "observed_on": "2024-11-30", "source": SOURCE,
            "comparison": {"base": "target", "text": "chỉ tiêu HĐND tỉnh", "difference": "8",
                           "difference_kind": "ambiguous"},
        }  # fmt: skip
        found = await made(client, LIST, cast.officer, figure)
        assert [flag["code"] for flag in found["flags"]] == ["ambiguous_points_or_relative"]
        assert derived(found) == {"implied_base_if_points": "23.5", "implied_base_if_relative": "29.2"}
        precise = await read(client, f"{LIST}/{found['id']}", cast.officer, decimals=2)
        assert derived(precise) == {"implied_base_if_points": "23.50", "implied_base_if_relative": "29.17"}
        assert precise["comparison"] == {
            "base": "target", "on": None, "value": None, "text": "chỉ tiêu HĐND tỉnh", "difference": "8",
            "difference_kind": "ambiguous",
        }  # fmt: skip

    async def test_words_alone(self, client: httpx.AsyncClient, cast: Cast):
        figure = {
            "metric": "saved",
            "nature": "flow",
            "unit": "dong",
            "text": "hàng tỷ đồng",
            "source": SOURCE,
        }
        found = await made(client, LIST, cast.officer, figure)
        assert (found["value"], found["qualifier"], found["text"]) == (None, "unspecified", "hàng tỷ đồng")
        assert [flag["code"] for flag in found["flags"]] == ["no_number"]
        assert (found["observed_on"], found["derived"], found["comparison"]) == (None, [], None)

    async def test_count_and_rank_are_two_figures(self, client: httpx.AsyncClient, cast: Cast):
        figure = {"nature": "stock", "period_from": "2023-05-01", "period_to": "2023-05-31", "source": SOURCE}
        count = {"metric": "lookups", "value": "219443", "unit": "times"}
        rank = {"metric": "rank", "value": "4", "unit": "rank", "cautions": ["rank_by_other_measure"]}
        found = await made(client, LIST, cast.officer, figure | count)
        assert (found["value"], found["unit"], found["cautions"]) == ("219443", "times", [])
        found = await made(client, LIST, cast.officer, figure | rank)
        assert (found["value"], found["cautions"], found["flags"]) == ("4", ["rank_by_other_measure"], [])

    async def test_of_a_group_and_a_campaign(self, client: httpx.AsyncClient, cast: Cast, world: World):
        group = await world.group(cast.unit, commune=world.commune)
        campaign = await made(
            client, "/v1/campaigns", cast.officer, {"kind": "communication", "name": "Bài chòi"}
        )
        body = PIGGY_BANKS | {
            "group_code": group.code,
            "campaign_id": campaign["id"],
            "place_code": world.commune,
        }
        found = await made(client, LIST, cast.officer, body)
        assert (found["group_id"], found["campaign_id"]) == (str(group.id), campaign["id"])
        for wanted in ({"group_id": str(group.id)}, {"group_code": group.code}):
            assert await ids(client, LIST, cast.officer, **wanted) == [found["id"]]
        assert await ids(client, LIST, cast.officer, model_code="khong-co") == []

    async def test_same_id_again_records_nothing(self, client: httpx.AsyncClient, cast: Cast):
        body = PIGGY_BANKS | {"id": str(uuid7())}
        first = await made(client, LIST, cast.officer, body)
        assert await made(client, LIST, cast.officer, body) == first
        other = await client.post(LIST, json=body | {"value": "1342"}, headers=cast.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"value": 1352.0}, "/value"),
            ({"value": "1.352,0"}, "/value"),
            ({"value": "1.352"}, "/value"),
            ({"denominator": number("4.3", "people")}, "/denominator/value"),
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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        answer = await client.post(LIST, json=PIGGY_BANKS | body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), answer.text

    async def test_divided_by_nothing(self, client: httpx.AsyncClient, cast: Cast):
        for value, upper, lower in (("0", "5", "0"), ("0", "0", "0"), ("100", "5", "0")):
            body = {
                "metric": "coverage_bhyt", "nature": "stock", "observed_on": "2024-01-01", "source": SOURCE,
                "value": value, "unit": "percent", "numerator": number(upper, "people"),
                "denominator": number(lower, "people"),
                "comparison": {"base": "target", "value": "0", "difference": "-100", "difference_kind": "relative"},
            }  # fmt: skip
            assert derived(await made(client, LIST, cast.officer, body)) == {}

    async def test_not_yours_is_404_and_beyond_is_403(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        for body, pointer in (
            ({"model_id": str(uuid4())}, "/model_id"),
            ({"campaign_id": str(uuid4())}, "/campaign_id"),
            ({"group_code": "khong-co"}, "/group_code"),
            ({"corrects_id": str(uuid4()), "correction_reason": "Đọc nhầm"}, "/corrects_id"),
        ):
            answer = await client.post(LIST, json=PIGGY_BANKS | body, headers=cast.officer.headers)
            assert (answer.status_code, pointers(answer)) == (404, [pointer])
        body = PIGGY_BANKS | {"place_code": world.commune}
        answer = await client.post(LIST, json=body, headers=cast.commune_officer.headers)
        assert (answer.status_code, pointers(answer)) == (403, ["/place_code"])


class TestCorrectObservation:
    async def test_takes_the_place_of_the_first(self, client: httpx.AsyncClient, cast: Cast):
        first = await made(client, LIST, cast.officer, PIGGY_BANKS)
        fixed = PIGGY_BANKS | {
            "value": "1342",
            "corrects_id": first["id"],
            "correction_reason": "Báo đính chính",
        }
        body = fixed | {"id": str(uuid7())}
        second = await made(client, LIST, cast.officer, body)
        assert (second["corrects_id"], second["flags"]) == (first["id"], [])
        assert await ids(client, LIST, cast.officer) == [second["id"]]
        assert await ids(client, LIST, cast.officer, corrected="true") == [first["id"], second["id"]]
        kept = await read(client, f"{LIST}/{first['id']}", cast.officer)
        assert kept == first | {"corrected_by_id": second["id"]}
        assert await made(client, LIST, cast.officer, body) == second
        again = await client.post(LIST, json=fixed, headers=cast.officer.headers)
        assert (again.status_code, again.json()["code"]) == (409, "already_corrected")

    async def test_takes_a_figure_back(self, client: httpx.AsyncClient, cast: Cast):
        first = await made(client, LIST, cast.officer, PIGGY_BANKS)
        body = {
            "metric": "members", "nature": "stock", "source": SOURCE, "corrects_id": first["id"],
            "correction_reason": "Số liệu của huyện khác",
        }  # fmt: skip
        second = await made(client, LIST, cast.officer, body)
        assert (second["value"], second["parts"]) == (None, [])

    async def test_of_another_network(self, client: httpx.AsyncClient, cast: Cast):
        first = await made(client, LIST, cast.officer, PIGGY_BANKS)
        body = PIGGY_BANKS | {"corrects_id": first["id"], "correction_reason": "Sai"}
        for login, status in ((cast.bhxh, 403), (cast.other_union, 404)):
            assert (await client.post(LIST, json=body, headers=login.headers)).status_code == status

    async def test_the_database_refuses_to_change_one(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        first = await made(client, LIST, cast.officer, PIGGY_BANKS)
        with pytest.raises(asyncpg.PostgresError) as refused:
            await world.owner.execute("update observation set value = 1342 where id = $1", first["id"])
        assert refused.value.sqlstate == "AS409"
        answer = await client.patch(f"{LIST}/{first['id']}", json={}, headers=cast.officer.headers)
        assert answer.status_code == 405


class TestReadObservations:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(self, client: httpx.AsyncClient, cast: Cast, world: World):
        found = await made(client, LIST, cast.officer, PIGGY_BANKS | {"place_code": world.commune})
        for login in (cast.other_union, cast.commune_officer):
            assert (await client.get(f"{LIST}/{found['id']}", headers=login.headers)).status_code == 404
            assert found["id"] not in await ids(client, LIST, login, limit=500)
        assert (await client.get(LIST, headers=cast.treasurer.headers)).status_code == 403
        assert await read(client, f"{LIST}/{found['id']}", cast.bhxh) == found

    async def test_viewer_is_not_told_of_fewer_than_five(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        family = {
            "metric": "family_coverage", "nature": "stock", "observed_on": "2024-08-31", "source": SOURCE,
            "numerator": number("4", "people"), "denominator": number("4", "people"),
        }  # fmt: skip
        small = await made(client, LIST, cast.commune_officer, family)
        large = await made(client, LIST, cast.commune_officer, PIGGY_BANKS)
        assert await ids(client, LIST, cast.viewer) == [large["id"]]
        assert (await client.get(f"{LIST}/{small['id']}", headers=cast.viewer.headers)).status_code == 404
        own = await world.user(cast.commune_unit, "viewer")
        assert await ids(client, LIST, own) == [small["id"], large["id"]]
        assert await ids(client, LIST, cast.officer) == [small["id"], large["id"]]

    async def test_filters(self, client: httpx.AsyncClient, cast: Cast, world: World):
        async def figure(**more: Any) -> str:
            found: str = (await made(client, LIST, cast.officer, PIGGY_BANKS | more))["id"]
            return found

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
            assert await ids(client, LIST, cast.officer, **params) == expected, params

    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"flag": "x"}, "/query/flag"),
            ({"decimals": "7"}, "/query/decimals"),
            ({"sort": "x"}, "/query/sort"),
        ],
    )
    async def test_wrong_parameter_is_422(
        self, client: httpx.AsyncClient, cast: Cast, params: dict[str, str], pointer: str
    ):
        answer = await client.get(LIST, params=params, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer])
