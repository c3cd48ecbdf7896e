"""Payouts outside commission over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, error_pointers, get_json, list_ids
from tests.world import Login, World

LIST = "/v1/payouts"
PAYOUT: dict[str, Any] = {
    "kind": "mobiliser_support",
    "amount": 48_000_000,
    "qualifier": "more_than",
    "text": "hơn 48 triệu đồng",
    "period_from": "2024-01-01",
    "period_to": "2024-08-31",
    "purpose": "Hỗ trợ người vận động ở ấp, khu vực",
    "payer_name": "UBND thành phố",
}


@pytest.fixture
async def scenario(world: World) -> CampaignScenario:
    return await CampaignScenario.create(world)


async def create_payout(
    client: httpx.AsyncClient, login: Login, key: str | None, **body: Any
) -> httpx.Response:
    header = {} if key is None else {"Idempotency-Key": key}
    return await client.post(LIST, json=PAYOUT | body, headers=login.headers | header)


class TestCreatePayout:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=PAYOUT)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, scenario: CampaignScenario, role: str):
        assert (await create_payout(client, getattr(scenario, role), "k")).status_code == 403

    async def test_once(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        first = await create_payout(client, scenario.officer, "key 1")
        assert first.status_code == 201, first.text
        payout = first.json()
        for name, value in PAYOUT.items():
            assert payout[name] == value
        assert (payout["province_code"], payout["payer_id"], payout["recipients"]) == (
            world.province,
            None,
            None,
        )
        assert "Idempotency-Replayed" not in first.headers
        again = await create_payout(client, scenario.officer, "key 1")
        assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (
            201,
            payout,
            "true",
        )
        assert await list_ids(client, LIST, scenario.officer) == [payout["id"]]

    async def test_own_organisation_pays_unless_another_is_named(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        payout = (await create_payout(client, scenario.officer, "k", payer_name=None)).json()
        assert payout["payer_id"] == str(scenario.unit.id)
        named = (
            await create_payout(
                client, scenario.officer, "l", payer_name=None, payer_code=scenario.commune_unit.code
            )
        ).json()
        assert named["payer_id"] == str(scenario.commune_unit.id)

    async def test_without_a_key_is_400(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        response = await create_payout(client, scenario.officer, None)
        assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")

    async def test_id_stands_for_the_key(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        id_ = str(uuid7())
        first = await create_payout(client, scenario.officer, None, id=id_)
        assert (first.status_code, first.json()["id"]) == (201, id_)
        again = await create_payout(client, scenario.officer, None, id=id_)
        assert again.headers["Idempotency-Replayed"] == "true"
        taken = await create_payout(client, scenario.officer, "other", id=id_)
        assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")

    async def test_same_key_with_another_body_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        assert (await create_payout(client, scenario.officer, "k")).status_code == 201
        response = await create_payout(client, scenario.officer, "k", amount=1)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")

    async def test_key_belongs_to_its_organisation(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        assert (await create_payout(client, scenario.officer, "k")).status_code == 201
        other = await create_payout(client, scenario.other_union, "k", amount=1)
        assert (other.status_code, other.json()["amount"]) == (201, 1)

    async def test_many_at_once_pay_once(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        responses = await asyncio.gather(*(create_payout(client, scenario.officer, "k") for _ in range(8)))
        assert {response.status_code for response in responses} == {201}
        assert len({response.json()["id"] for response in responses}) == 1
        assert sum("Idempotency-Replayed" in response.headers for response in responses) == 7

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"kind": "thu_lao"}, "/kind"),
            ({"amount": 0}, "/amount"),
            ({"amount": -1}, "/amount"),
            ({"amount": 1.5}, "/amount"),
            ({"amount": "48000000"}, "/amount"),
            ({"amount": 10**13}, "/amount"),
            ({"qualifier": "hơn"}, "/qualifier"),
            ({"purpose": " "}, "/purpose"),
            ({"paid_on": "2024-01-01"}, "/paid_on"),
            ({"period_from": None}, "/period_from"),
            ({"recipients": 0}, "/recipients"),
            ({"correction_reason": "Ghi nhầm"}, "/corrects_id"),
            ({"corrects_id": str(uuid4())}, "/correction_reason"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, body: dict[str, Any], pointer: str
    ):
        response = await create_payout(client, scenario.officer, "k", **body)
        assert (response.status_code, error_pointers(response)) == (422, [pointer]), response.text

    @pytest.mark.parametrize("key", ["", " ", "x" * 201, "khóa"])
    async def test_wrong_key_is_422(self, client: httpx.AsyncClient, scenario: CampaignScenario, key: str):
        header = {"Idempotency-Key": key.encode()}
        response = await client.post(LIST, json=PAYOUT, headers=scenario.officer.headers | header)  # type: ignore[arg-type]
        assert (response.status_code, error_pointers(response)) == (422, ["/header/Idempotency-Key"]), (
            response.text
        )

    async def test_absent_reference_is_404(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        for body, pointer in (
            ({"campaign_id": str(uuid4())}, "/campaign_id"),
            ({"payer_code": "khong-co"}, "/payer_code"),
            ({"corrects_id": str(uuid4()), "correction_reason": "Ghi nhầm"}, "/corrects_id"),
        ):
            response = await create_payout(client, scenario.officer, "k", **body)
            assert (response.status_code, error_pointers(response)) == (404, [pointer])

    async def test_outside_ones_places_is_403(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        response = await create_payout(client, scenario.commune_officer, "k", place_code=world.commune)
        assert (response.status_code, error_pointers(response)) == (403, ["/place_code"])


class TestCorrectPayout:
    async def test_takes_the_place_of_the_first(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        first = (await create_payout(client, scenario.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Đọc nhầm số"}
        second = (await create_payout(client, scenario.officer, "b", amount=47_000_000, **fixed)).json()
        assert (second["corrects_id"], second["corrected_by_id"]) == (first["id"], None)
        assert await list_ids(client, LIST, scenario.officer) == [second["id"]]
        assert await list_ids(client, LIST, scenario.officer, corrected="true") == [first["id"], second["id"]]
        kept = await get_json(client, f"{LIST}/{first['id']}", scenario.officer)
        assert kept == first | {"corrected_by_id": second["id"]}
        again = await create_payout(client, scenario.officer, "c", **fixed)
        assert (again.status_code, again.json()["code"]) == (409, "already_corrected")
        replayed = await create_payout(client, scenario.officer, "b", amount=47_000_000, **fixed)
        assert replayed.headers["Idempotency-Replayed"] == "true"

    async def test_many_at_once_correct_once(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        first = (await create_payout(client, scenario.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Thu hồi", "amount": 0}
        responses = await asyncio.gather(
            *(create_payout(client, scenario.officer, f"b{n}", **fixed) for n in range(6))
        )
        assert sorted(response.status_code for response in responses) == [201] + [409] * 5

    async def test_of_another_network_is_403_or_404(
        self, client: httpx.AsyncClient, scenario: CampaignScenario
    ):
        first = (await create_payout(client, scenario.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Ghi nhầm"}
        assert (await create_payout(client, scenario.bhxh, "b", **fixed)).status_code == 403
        assert (await create_payout(client, scenario.other_union, "b", **fixed)).status_code == 404

    async def test_the_database_refuses_to_change_one(
        self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World
    ):
        first = (await create_payout(client, scenario.officer, "a")).json()
        for act in ("update payout set amount = 1 where id = $1", "delete from payout where id = $1"):
            with pytest.raises(asyncpg.PostgresError) as exc_info:
                await world.owner.execute(act, first["id"])
            assert exc_info.value.sqlstate == "AS409"
        response = await client.patch(f"{LIST}/{first['id']}", json={}, headers=scenario.officer.headers)
        assert response.status_code == 405


class TestReadPayouts:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(self, client: httpx.AsyncClient, scenario: CampaignScenario):
        payout = (await create_payout(client, scenario.officer, "a")).json()
        for login in (scenario.other_union, scenario.commune_officer):
            assert (await client.get(f"{LIST}/{payout['id']}", headers=login.headers)).status_code == 404
            assert payout["id"] not in await list_ids(client, LIST, login, limit=500)
        assert (await client.get(LIST, headers=scenario.viewer.headers)).status_code == 403
        assert await get_json(client, f"{LIST}/{payout['id']}", scenario.bhxh) == payout

    async def test_filters(self, client: httpx.AsyncClient, scenario: CampaignScenario, world: World):
        campaign = await create_row(
            client, "/v1/campaigns", scenario.officer, {"kind": "emulation", "name": "Thi đua"}
        )
        early = (await create_payout(client, scenario.officer, "a", campaign_id=campaign["id"])).json()["id"]
        day = {"period_from": None, "period_to": None, "paid_on": "2024-10-20"}
        late = (
            await create_payout(client, scenario.officer, "b", **day, kind="reward", place_code=world.commune)
        ).json()["id"]
        for params, expected in (
            ({}, [early, late]),
            ({"kind": "reward"}, [late]),
            ({"campaign_id": campaign["id"]}, [early]),
            ({"from": "2024-09-01"}, [late]),
            ({"to": "2024-09-01"}, [early]),
            ({"place_code": world.commune}, [late]),
        ):
            assert await list_ids(client, LIST, scenario.officer, **params) == expected, params
