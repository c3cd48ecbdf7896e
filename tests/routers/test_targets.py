"""Targets over HTTP."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.ids import uuid7
from tests.campaigns.cast import Cast, ids, made, patched, pointers, read
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
async def cast(world: World) -> Cast:
    return await Cast.create(world)


class TestCreateTarget:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=TARGET)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, cast: Cast, role: str):
        assert (await client.post(LIST, json=TARGET, headers=getattr(cast, role).headers)).status_code == 403

    async def test_of_a_union_itself(self, client: httpx.AsyncClient, cast: Cast, world: World):
        target = await made(client, LIST, cast.officer, TARGET)
        for name, value in TARGET.items():
            assert target[name] == value
        assert (target["period_to"], target["qualifier"], target["set_by_network"]) == (
            "2023-12-31",
            "exact",
            "womens_union",
        )
        assert (target["network"], target["province_code"]) == ("womens_union", world.province)

    async def test_not_printed_keeps_the_words(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"value": None, "text": "vượt mức chỉ tiêu"}
        target = await made(client, LIST, cast.officer, body)
        assert (target["value"], target["qualifier"], target["text"]) == (
            None,
            "unspecified",
            "vượt mức chỉ tiêu",
        )

    async def test_decimals_stay(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"metric": "coverage_bhyt", "product": None, "unit": "percent", "value": "95.20"}
        target = await made(client, LIST, cast.officer, body)
        assert target["value"] == "95.20"
        assert (await read(client, f"{LIST}/{target['id']}", cast.officer))["value"] == "95.20"

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
    async def test_periods(self, client: httpx.AsyncClient, cast: Cast, period: str, begins: str, ends: str):
        given = {"period_to": ends} if period == "other" else {}
        body = TARGET | {"period": period, "period_from": begins} | given
        assert (await made(client, LIST, cast.officer, body))["period_to"] == ends
        assert (await made(client, LIST, cast.officer, body | {"period_to": ends}))["period_to"] == ends

    async def test_of_a_collector_a_group_and_an_organisation(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        group = await world.group(cast.unit, commune=world.commune)
        for field, value, place in (
            ("for_user_id", str(cast.collector.id), (world.province, None)),
            ("for_group_id", str(group.id), (world.province, world.commune)),
            ("for_organisation_id", str(cast.commune_unit.id), (world.province, world.sibling_commune)),
        ):
            target = await made(client, LIST, cast.officer, TARGET | {field: value})
            assert target[field] == value
            assert (target["province_code"], target["commune_code"]) == place
            assert await ids(client, LIST, cast.officer, **{field: value}) == [target["id"]]
        assert len(await ids(client, LIST, cast.officer, for_group_code=group.code)) == 1
        assert len(await ids(client, LIST, cast.officer, for_organisation_code=cast.commune_unit.code)) == 1
        coded = await made(client, LIST, cast.officer, TARGET | {"for_group_code": group.code})
        assert coded["for_group_id"] == str(group.id)

    async def test_of_the_state_for_a_union(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"for_organisation_code": cast.commune_unit.code}
        target = await made(client, LIST, cast.bhxh, body)
        assert (target["network"], target["set_by_network"]) == ("womens_union", "bhxh")
        path = f"{LIST}/{target['id']}"
        assert await read(client, path, cast.commune_officer) == target
        assert (await client.get(path, headers=cast.other_union.headers)).status_code == 404
        assert (await patched(client, path, cast.officer, 1, {"value": "1"})).status_code == 403
        assert (await patched(client, path, cast.bhxh, 1, {"value": "2300"})).status_code == 200

    async def test_of_the_state_for_itself_is_not_the_unions_to_read(
        self, client: httpx.AsyncClient, cast: Cast
    ):
        target = await made(client, LIST, cast.bhxh, TARGET)
        assert target["network"] == "bhxh"
        assert (await client.get(f"{LIST}/{target['id']}", headers=cast.officer.headers)).status_code == 404

    async def test_same_id_again_sets_nothing(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"id": str(uuid7())}
        first = await made(client, LIST, cast.officer, body)
        assert await made(client, LIST, cast.officer, body) == first
        other = await client.post(LIST, json=body | {"value": "1"}, headers=cast.officer.headers)
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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        answer = await client.post(LIST, json=TARGET | body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), answer.text

    async def test_last_year_of_all(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"period_from": "2200-01-01"}
        assert (await made(client, LIST, cast.officer, body))["period_to"] == "2200-12-31"

    async def test_one_addressee(self, client: httpx.AsyncClient, cast: Cast):
        body = TARGET | {"for_user_id": str(cast.collector.id), "for_organisation_id": str(cast.unit.id)}
        answer = await client.post(LIST, json=body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, ["/for_user_id"])

    async def test_addressee_that_is_not_yours_is_404(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        for field, value in (
            ("for_user_id", str(cast.other_union.id)),
            ("for_organisation_id", str(cast.other_union.organisation_id)),
            ("for_group_id", str((await world.group(await world.unit("farmers_association"))).id)),
            ("campaign_id", str(uuid4())),
            ("model_code", "khong-co"),
        ):
            answer = await client.post(LIST, json=TARGET | {field: value}, headers=cast.officer.headers)
            assert (answer.status_code, pointers(answer)) == (404, [f"/{field}"])

    async def test_outside_ones_places_is_403(self, client: httpx.AsyncClient, cast: Cast, world: World):
        body = TARGET | {"place_code": world.commune}
        answer = await client.post(LIST, json=body, headers=cast.commune_officer.headers)
        assert (answer.status_code, pointers(answer)) == (403, ["/place_code"])


class TestReadTargets:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        for path in (LIST, f"{LIST}/{uuid4()}", f"{LIST}/{uuid4()}/versions"):
            assert (await client.get(path)).status_code == 401

    async def test_not_yours_is_404(self, client: httpx.AsyncClient, cast: Cast, world: World):
        target = await made(client, LIST, cast.officer, TARGET | {"place_code": world.commune})
        path = f"{LIST}/{target['id']}"
        for login in (cast.other_union, cast.commune_officer):
            for one in (path, f"{path}/versions"):
                assert (await client.get(one, headers=login.headers)).status_code == 404
            assert target["id"] not in await ids(client, LIST, login, limit=500)
            assert (await patched(client, path, login, 1, {"value": "1"})).status_code == 404
        assert (await client.get(path, headers=cast.treasurer.headers)).status_code == 403

    async def test_viewer_reads_all_but_those_of_one_person(self, client: httpx.AsyncClient, cast: Cast):
        whole = await made(client, LIST, cast.officer, TARGET)
        personal = await made(client, LIST, cast.officer, TARGET | {"for_user_id": str(cast.collector.id)})
        assert await ids(client, LIST, cast.viewer) == [whole["id"]]
        for path in (f"{LIST}/{personal['id']}", f"{LIST}/{personal['id']}/versions"):
            assert (await client.get(path, headers=cast.viewer.headers)).status_code == 404
        assert await ids(client, LIST, cast.officer) == [whole["id"], personal["id"]]

    async def test_partner_with_aggregates_reads(self, client: httpx.AsyncClient, cast: Cast, world: World):
        whole = await made(client, LIST, cast.officer, TARGET)
        partner = await world.partner(cast.unit, "stats:read")
        assert await ids(client, LIST, partner) == [whole["id"]]

    async def test_filters(self, client: httpx.AsyncClient, cast: Cast, world: World):
        async def target(**more: Any) -> str:
            found: str = (await made(client, LIST, cast.officer, TARGET | more))["id"]
            return found

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
            assert await ids(client, LIST, cast.officer, **params) == expected, params
        answer = await client.get(LIST, params={"metric": "x"}, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, ["/query/metric"])


class TestChangeTarget:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid4()}", json={})).status_code == 401

    async def test_what_it_said_is_kept(self, client: httpx.AsyncClient, cast: Cast):
        path = f"{LIST}/{(await made(client, LIST, cast.officer, TARGET))['id']}"
        answer = await patched(client, path, cast.officer, 1, {"value": "2300", "basis": "Giao lại"})
        assert (answer.status_code, answer.headers["ETag"], answer.json()["value"]) == (200, '"2"', "2300")
        assert (await patched(client, path, cast.officer, 1, {"value": "1"})).status_code == 412
        words = {"value": None, "text": "cao hơn năm trước"}
        changed = (await patched(client, path, cast.officer, 2, words)).json()
        assert (changed["value"], changed["qualifier"], changed["version"]) == (None, "unspecified", 3)
        versions = (await read(client, f"{path}/versions", cast.viewer))["items"]
        kept = [(one["version"], one["value"], one["qualifier"], one["basis"]) for one in versions]
        assert kept == [(1, "2248", "exact", TARGET["basis"]), (2, "2300", "exact", "Giao lại")]
        assert {one["replaced_by"] for one in versions} == {str(cast.officer.id)}
        page = await read(client, f"{path}/versions", cast.officer, limit=1)
        rest = await read(client, f"{path}/versions", cast.officer, limit=1, cursor=page["next_cursor"])
        assert [one["version"] for one in page["items"] + rest["items"]] == [1, 2]

    async def test_versions_cannot_be_changed(self, client: httpx.AsyncClient, cast: Cast, world: World):
        target = await made(client, LIST, cast.officer, TARGET)
        assert (
            await patched(client, f"{LIST}/{target['id']}", cast.officer, 1, {"value": "1"})
        ).status_code == 200
        with pytest.raises(asyncpg.PostgresError) as refused:
            await world.owner.execute("delete from target_version where target_id = $1", target["id"])
        assert refused.value.sqlstate == "AS409"

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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        target = await made(client, LIST, cast.officer, TARGET)
        answer = await patched(client, f"{LIST}/{target['id']}", cast.officer, 1, body)
        assert (answer.status_code, pointers(answer)) == (422, [pointer])
