"""Payouts outside commission over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.ids import uuid7
from tests.campaigns.cast import Cast, ids, made, pointers, read
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
async def cast(world: World) -> Cast:
    return await Cast.create(world)


async def paid(client: httpx.AsyncClient, login: Login, key: str | None, **body: Any) -> httpx.Response:
    header = {} if key is None else {"Idempotency-Key": key}
    return await client.post(LIST, json=PAYOUT | body, headers=login.headers | header)


class TestCreatePayout:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(LIST, json=PAYOUT)).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "treasurer", "collector"])
    async def test_others_are_403(self, client: httpx.AsyncClient, cast: Cast, role: str):
        assert (await paid(client, getattr(cast, role), "k")).status_code == 403

    async def test_once(self, client: httpx.AsyncClient, cast: Cast, world: World):
        first = await paid(client, cast.officer, "key 1")
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
        again = await paid(client, cast.officer, "key 1")
        assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (
            201,
            payout,
            "true",
        )
        assert await ids(client, LIST, cast.officer) == [payout["id"]]

    async def test_own_organisation_pays_unless_another_is_named(self, client: httpx.AsyncClient, cast: Cast):
        payout = (await paid(client, cast.officer, "k", payer_name=None)).json()
        assert payout["payer_id"] == str(cast.unit.id)
        named = (
            await paid(client, cast.officer, "l", payer_name=None, payer_code=cast.commune_unit.code)
        ).json()
        assert named["payer_id"] == str(cast.commune_unit.id)

    async def test_without_a_key_is_400(self, client: httpx.AsyncClient, cast: Cast):
        answer = await paid(client, cast.officer, None)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")

    async def test_id_stands_for_the_key(self, client: httpx.AsyncClient, cast: Cast):
        id_ = str(uuid7())
        first = await paid(client, cast.officer, None, id=id_)
        assert (first.status_code, first.json()["id"]) == (201, id_)
        again = await paid(client, cast.officer, None, id=id_)
        assert again.headers["Idempotency-Replayed"] == "true"
        taken = await paid(client, cast.officer, "other", id=id_)
        assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")

    async def test_same_key_with_another_body_is_422(self, client: httpx.AsyncClient, cast: Cast):
        assert (await paid(client, cast.officer, "k")).status_code == 201
        answer = await paid(client, cast.officer, "k", amount=1)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    async def test_key_belongs_to_its_organisation(self, client: httpx.AsyncClient, cast: Cast):
        assert (await paid(client, cast.officer, "k")).status_code == 201
        other = await paid(client, cast.other_union, "k", amount=1)
        assert (other.status_code, other.json()["amount"]) == (201, 1)

    async def test_many_at_once_pay_once(self, client: httpx.AsyncClient, cast: Cast):
        answers = await asyncio.gather(*(paid(client, cast.officer, "k") for _ in range(8)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7

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
        self, client: httpx.AsyncClient, cast: Cast, body: dict[str, Any], pointer: str
    ):
        answer = await paid(client, cast.officer, "k", **body)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), answer.text

    @pytest.mark.parametrize("key", ["", " ", "x" * 201, "khóa"])
    async def test_wrong_key_is_422(self, client: httpx.AsyncClient, cast: Cast, key: str):
        header = {"Idempotency-Key": key.encode()}
        answer = await client.post(LIST, json=PAYOUT, headers=cast.officer.headers | header)  # type: ignore[arg-type]
        assert (answer.status_code, pointers(answer)) == (422, ["/header/Idempotency-Key"]), answer.text

    async def test_absent_reference_is_404(self, client: httpx.AsyncClient, cast: Cast):
        for body, pointer in (
            ({"campaign_id": str(uuid4())}, "/campaign_id"),
            ({"payer_code": "khong-co"}, "/payer_code"),
            ({"corrects_id": str(uuid4()), "correction_reason": "Ghi nhầm"}, "/corrects_id"),
        ):
            answer = await paid(client, cast.officer, "k", **body)
            assert (answer.status_code, pointers(answer)) == (404, [pointer])

    async def test_outside_ones_places_is_403(self, client: httpx.AsyncClient, cast: Cast, world: World):
        answer = await paid(client, cast.commune_officer, "k", place_code=world.commune)
        assert (answer.status_code, pointers(answer)) == (403, ["/place_code"])


class TestCorrectPayout:
    async def test_takes_the_place_of_the_first(self, client: httpx.AsyncClient, cast: Cast):
        first = (await paid(client, cast.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Đọc nhầm số"}
        second = (await paid(client, cast.officer, "b", amount=47_000_000, **fixed)).json()
        assert (second["corrects_id"], second["corrected_by_id"]) == (first["id"], None)
        assert await ids(client, LIST, cast.officer) == [second["id"]]
        assert await ids(client, LIST, cast.officer, corrected="true") == [first["id"], second["id"]]
        kept = await read(client, f"{LIST}/{first['id']}", cast.officer)
        assert kept == first | {"corrected_by_id": second["id"]}
        again = await paid(client, cast.officer, "c", **fixed)
        assert (again.status_code, again.json()["code"]) == (409, "already_corrected")
        replayed = await paid(client, cast.officer, "b", amount=47_000_000, **fixed)
        assert replayed.headers["Idempotency-Replayed"] == "true"

    async def test_many_at_once_correct_once(self, client: httpx.AsyncClient, cast: Cast):
        first = (await paid(client, cast.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Thu hồi", "amount": 0}
        answers = await asyncio.gather(*(paid(client, cast.officer, f"b{n}", **fixed) for n in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5

    async def test_of_another_network_is_403_or_404(self, client: httpx.AsyncClient, cast: Cast):
        first = (await paid(client, cast.officer, "a")).json()
        fixed = {"corrects_id": first["id"], "correction_reason": "Ghi nhầm"}
        assert (await paid(client, cast.bhxh, "b", **fixed)).status_code == 403
        assert (await paid(client, cast.other_union, "b", **fixed)).status_code == 404

    async def test_the_database_refuses_to_change_one(
        self, client: httpx.AsyncClient, cast: Cast, world: World
    ):
        first = (await paid(client, cast.officer, "a")).json()
        for act in ("update payout set amount = 1 where id = $1", "delete from payout where id = $1"):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await world.owner.execute(act, first["id"])
            assert refused.value.sqlstate == "AS409"
        answer = await client.patch(f"{LIST}/{first['id']}", json={}, headers=cast.officer.headers)
        assert answer.status_code == 405


class TestReadPayouts:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401
        assert (await client.get(f"{LIST}/{uuid4()}")).status_code == 401

    async def test_not_yours_is_404(self, client: httpx.AsyncClient, cast: Cast):
        payout = (await paid(client, cast.officer, "a")).json()
        for login in (cast.other_union, cast.commune_officer):
            assert (await client.get(f"{LIST}/{payout['id']}", headers=login.headers)).status_code == 404
            assert payout["id"] not in await ids(client, LIST, login, limit=500)
        assert (await client.get(LIST, headers=cast.viewer.headers)).status_code == 403
        assert await read(client, f"{LIST}/{payout['id']}", cast.bhxh) == payout

    async def test_filters(self, client: httpx.AsyncClient, cast: Cast, world: World):
        campaign = await made(client, "/v1/campaigns", cast.officer, {"kind": "emulation", "name": "Thi đua"})
        early = (await paid(client, cast.officer, "a", campaign_id=campaign["id"])).json()["id"]
        day = {"period_from": None, "period_to": None, "paid_on": "2024-10-20"}
        late = (await paid(client, cast.officer, "b", **day, kind="reward", place_code=world.commune)).json()[
            "id"
        ]
        for params, expected in (
            ({}, [early, late]),
            ({"kind": "reward"}, [late]),
            ({"campaign_id": campaign["id"]}, [early]),
            ({"from": "2024-09-01"}, [late]),
            ({"to": "2024-09-01"}, [early]),
            ({"place_code": world.commune}, [late]),
        ):
            assert await ids(client, LIST, cast.officer, **params) == expected, params
