"""Campaigns over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.ids import uuid7
from tests.campaigns.cast import Cast, ids, made, patched, pointers, read
from tests.world import World

LIST = "/v1/campaigns"
BAI_CHOI: dict[str, Any] = {
    "kind": "communication",
    "name": "Truyền thông bằng Bài chòi",
    "products": ["bhxh_tn"],
    "details": {"form": "bài chòi"},
}


@pytest.fixture
async def cast(world: World) -> Cast:
    return await Cast.create(world)


class TestCreateCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=BAI_CHOI)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, cast: Cast, role: str):
        answer = await client.post(LIST, json=BAI_CHOI, headers=getattr(cast, role).headers)
        assert answer.status_code == 403

    async def test_of_ones_own_place(self, client: httpx.AsyncClient, cast: Cast, world: World):
        answer = await client.post(LIST, json=BAI_CHOI, headers=cast.officer.headers)
        assert answer.status_code == 201, answer.text
        campaign = answer.json()
        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["Location"] == f"{LIST}/{campaign['id']}"
        assert (campaign["network"], campaign["province_code"], campaign["place_code"]) == (
            "womens_union",
            world.province,
            None,
        )
        assert (campaign["organiser_id"], campaign["organiser_name"]) == (str(cast.unit.id), None)
        assert campaign["details"]["form"] == "bài chòi"

    async def test_of_a_commune_with_an_organiser_in_words(
        self, client: httpx.AsyncClient, cast: Cast, world: World
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
        campaign = await made(client, LIST, cast.officer, body)
        assert (campaign["commune_code"], campaign["organiser_id"]) == (world.commune, None)
        told = {name: value for name, value in campaign["details"].items() if value is not None}
        assert told == body["details"]

    async def test_whole_network_is_for_the_national_level(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        refused = await client.post(LIST, json=BAI_CHOI | {"place_code": "VN"}, headers=cast.officer.headers)
        assert (refused.status_code, pointers(refused)) == (403, ["/place_code"])
        national = await world.user(await world.national("veterans"), "union_officer")
        local = await world.user(await world.unit("veterans"), "union_officer")
        shared = await made(client, LIST, national, BAI_CHOI)
        assert (shared["province_code"], shared["place_code"]) == (None, None)
        assert shared["id"] in await ids(client, LIST, local, limit=500)
        path = f"{LIST}/{shared['id']}"
        assert (await client.get(path, headers=cast.officer.headers)).status_code == 404
        assert (await patched(client, path, local, 1, {"note": "x"})).status_code == 403
        assert (await patched(client, path, national, 1, {"note": "x"})).status_code == 200

    async def test_outside_ones_places_is_403(self, client: httpx.AsyncClient, cast: Cast, world: World):
        body = BAI_CHOI | {"place_code": world.commune}
        answer = await client.post(LIST, json=body, headers=cast.commune_officer.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
        assert pointers(answer) == ["/place_code"]

    async def test_same_id_again_adds_nothing(self, client: httpx.AsyncClient, cast: Cast):
        body = BAI_CHOI | {"id": str(uuid7())}
        first = await made(client, LIST, cast.officer, body)
        assert await made(client, LIST, cast.officer, body) == first
        other = await client.post(LIST, json=body | {"name": "Khác"}, headers=cast.officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")
        stranger = await client.post(LIST, json=body, headers=cast.other_union.headers)
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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        answer = await client.post(LIST, json=BAI_CHOI | body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), answer.text

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"organiser_id": str(uuid4())}, "/organiser_id"),
            ({"organiser_code": "khong-co"}, "/organiser_code"),
            ({"model_id": str(uuid4())}, "/model_id"),
        ],
    )
    async def test_absent_reference_is_404(
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        answer = await client.post(LIST, json=BAI_CHOI | body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (404, [pointer])

    async def test_range_ends_before_it_begins(self, client: httpx.AsyncClient, cast: Cast):
        details = {"recruits_min": 2, "recruits_max": 1}
        body = {"kind": "recruitment_drive", "name": "Một cán bộ", "details": details}
        answer = await client.post(LIST, json=body, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, ["/details/recruits_max"])

    async def test_is_noted_in_the_audit(self, client: httpx.AsyncClient, cast: Cast, world: World):
        campaign = await made(client, LIST, cast.officer, BAI_CHOI)
        events = await world.owner.fetch(
            "select event, fields->>'kind' as kind from audit_event where subject_id = $1", campaign["id"]
        )
        assert [tuple(event) for event in events] == [("campaign.created", "communication")]


class TestReadCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    @pytest.mark.parametrize("who", ["other_union", "commune_officer"])
    async def test_not_yours_is_404(self, client: httpx.AsyncClient, cast: Cast, world: World, who: str):
        campaign = await made(client, LIST, cast.officer, BAI_CHOI | {"place_code": world.commune})
        login = getattr(cast, who)
        assert (await client.get(f"{LIST}/{campaign['id']}", headers=login.headers)).status_code == 404
        assert campaign["id"] not in await ids(client, LIST, login, limit=500)
        answer = await patched(client, f"{LIST}/{campaign['id']}", login, 1, {"note": "x"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("role", ["viewer", "treasurer"])
    async def test_others_are_403(self, client: httpx.AsyncClient, cast: Cast, role: str):
        login = getattr(cast, role)
        assert (await client.get(LIST, headers=login.headers)).status_code == 403
        assert (await client.get(f"{LIST}/{uuid4()}", headers=login.headers)).status_code == 403

    async def test_bhxh_reads_and_does_not_change(self, client: httpx.AsyncClient, cast: Cast):
        campaign = await made(client, LIST, cast.officer, BAI_CHOI)
        assert campaign["id"] in await ids(client, LIST, cast.bhxh, network="womens_union", limit=500)
        answer = await patched(client, f"{LIST}/{campaign['id']}", cast.bhxh, 1, {"note": "x"})
        assert answer.status_code == 403

    async def test_sums_of_what_happened_in_it(self, client: httpx.AsyncClient, cast: Cast):
        path = f"{LIST}/{(await made(client, LIST, cast.officer, BAI_CHOI))['id']}"
        campaign_id = path.rpartition("/")[2]
        found = await read(client, path, cast.officer)
        assert found["reach"] == {
            "events": 0, "counted": 0, "min": 0, "max": 0, "qualifier": "exact", "smallest": None, "largest": None,
        }  # fmt: skip
        assert (found["awards"], found["payouts"]) == ([], {"count": 0, "amount": 0, "qualifier": "exact"})
        for attendance, sessions in (
            ({"min": 300, "max": 500, "of": "each_session"}, 16),
            ({"min": 1000, "qualifier": "nearly"}, None),
            ({"text": "đông đảo người dân"}, None),
        ):
            body = {"kind": "show", "held_on": "2022-10-01", "attendance": attendance, "sessions": sessions}
            await made(client, f"{path}/events", cast.officer, body)
        for level, count in (("commune", 6), ("province", 2), ("commune", 1)):
            award = {
                "level": level, "title": "Giấy khen", "recipient_kind": "person", "count": count,
                "awarded_on": "2024-08-31", "campaign_id": campaign_id,
            }  # fmt: skip
            await made(client, "/v1/awards", cast.officer, award)
        paid = {"kind": "mobiliser_support", "purpose": "Hỗ trợ người vận động", "campaign_id": campaign_id}
        first = await made(
            client,
            "/v1/payouts",
            cast.officer,
            paid | {"id": str(uuid7()), "amount": 8_000_000, "paid_on": "2024-03-01"},
        )
        await made(
            client, "/v1/payouts", cast.officer,
            paid | {"id": str(uuid7()), "amount": 48_000_000, "qualifier": "more_than", "paid_on": "2024-08-31"},
        )  # fmt: skip
        await made(
            client, "/v1/payouts", cast.officer,
            paid | {"id": str(uuid7()), "amount": 0, "paid_on": "2024-03-01", "corrects_id": first["id"],
                    "correction_reason": "Ghi nhầm"},
        )  # fmt: skip
        found = await read(client, path, cast.officer)
        assert found["reach"] == {
            "events": 3, "counted": 2, "min": 5800, "max": 9000, "qualifier": "about", "smallest": 300, "largest": 1000,
        }  # fmt: skip
        assert found["awards"] == [{"level": "commune", "count": 7}, {"level": "province", "count": 2}]
        assert found["payouts"] == {"count": 1, "amount": 48_000_000, "qualifier": "more_than"}


class TestListCampaigns:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401

    async def test_filters(self, client: httpx.AsyncClient, cast: Cast, world: World):
        async def campaign(**more: Any) -> str:
            found: str = (await made(client, LIST, cast.officer, BAI_CHOI | more))["id"]
            return found

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
            ({"organisation_code": cast.unit.code}, [here, there, talk]),
            ({"model_id": str(uuid4())}, []),
        ):
            assert await ids(client, LIST, cast.officer, **params) == expected, params

    async def test_pages_join(self, client: httpx.AsyncClient, cast: Cast):
        whole = [(await made(client, LIST, cast.officer, BAI_CHOI))["id"] for _ in range(3)]
        first = await read(client, LIST, cast.officer, limit=2)
        second = await read(client, LIST, cast.officer, limit=2, cursor=first["next_cursor"])
        assert [item["id"] for item in first["items"] + second["items"]] == whole
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
        self, client: httpx.AsyncClient, cast: Cast, params: dict[str, str], pointer: str
    ):
        answer = await client.get(LIST, params=params, headers=cast.officer.headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer])


class TestChangeCampaign:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.patch(f"{LIST}/{uuid4()}", json={})).status_code == 401

    async def test_viewer_is_403(self, client: httpx.AsyncClient, cast: Cast):
        assert (await patched(client, f"{LIST}/{uuid4()}", cast.viewer, 1, {})).status_code == 403

    async def test_only_what_is_named_changes(self, client: httpx.AsyncClient, cast: Cast):
        campaign = await made(client, LIST, cast.officer, BAI_CHOI | {"goal": "8.000 người"})
        body = {
            "name": "Bài chòi",
            "organiser_name": "Phòng Truyền thông",
            "details": {"form": "hát"},
            "note": None,
        }
        answer = await patched(client, f"{LIST}/{campaign['id']}", cast.officer, 1, body)
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"'), answer.text
        changed = answer.json()
        assert (changed["name"], changed["goal"], changed["version"]) == ("Bài chòi", "8.000 người", 2)
        assert (changed["organiser_id"], changed["organiser_name"]) == (None, "Phòng Truyền thông")
        assert changed["details"]["form"] == "hát"

    async def test_stale_version_is_412(self, client: httpx.AsyncClient, cast: Cast):
        path = f"{LIST}/{(await made(client, LIST, cast.officer, BAI_CHOI))['id']}"
        assert (await patched(client, path, cast.officer, 1, {"note": "a"})).status_code == 200
        assert (await patched(client, path, cast.officer, 1, {"note": "b"})).status_code == 412
        answer = await client.patch(path, json={"note": "b"}, headers=cast.officer.headers)
        assert answer.status_code == 428

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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        campaign = await made(client, LIST, cast.officer, BAI_CHOI | {"starts_on": "2022-01-01"})
        answer = await patched(client, f"{LIST}/{campaign['id']}", cast.officer, 1, body)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), answer.text
