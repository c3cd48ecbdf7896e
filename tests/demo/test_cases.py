"""Every case is there: as a savings model or a campaign, with its place as it stood then, and the first steps work."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.demo.logins import DEMO_CLIENT, DEMO_LOGINS, DEMO_PASSWORD
from app.savings.kinds import Mechanism
from tests.demo.conftest import JsonReader

WITHOUT_A_MODEL = {3, 4, 5, 20, 21, 23, 26, 28, 29}
"""Cases that raise no money: campaigns, initiatives, emulation."""


class TestModels:
    async def test_every_case_that_raises_money_is_a_model(self, demo_owner: Any):
        codes = {row["code"] for row in await demo_owner.fetch("select code from savings_model")}
        assert codes == {f"MH-A{number:02}" for number in range(1, 30) if number not in WITHOUT_A_MODEL}

    async def test_every_mechanism_is_shown(self, demo_owner: Any):
        rows = await demo_owner.fetch("select distinct mechanism from savings_model")
        assert {row["mechanism"] for row in rows} == {mechanism.value for mechanism in Mechanism}

    @pytest.mark.parametrize(
        ("code", "place", "province", "commune"),
        [
            ("MH-A01", "445", "42", None),
            ("MH-A02", "808", "80", None),
            ("MH-A06", "18847", "42", "18847"),
            ("MH-A07", "18322", "42", "18322"),
            ("MH-A16", "83", "83", None),
            ("MH-A18", "89", "89", None),
            ("MH-A19", "29455", "84", "29455"),
            ("MH-A27", "903", "91", None),
            ("MH-A12", None, None, None),
        ],
    )
    async def test_places_are_those_of_then(
        self, demo_owner: Any, code: str, place: str | None, province: str | None, commune: str | None
    ):
        row = await demo_owner.fetchrow(
            "select place_code, province_code, commune_code from savings_model where code = $1", code
        )
        assert tuple(row) == (place, province, commune)

    async def test_models_without_data_have_no_groups(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select distinct m.code from savings_model m join savings_group g on g.model_id = m.id"
        )
        assert {row["code"] for row in rows} == {"MH-A02", "MH-A06", "MH-A07", "MH-A09", "MH-A16"}

    async def test_heo_finds_lon(self, get_json: JsonReader):
        items = (await get_json("bhxh.vn", "/v1/savings-models", q="nuôi lợn đất"))["items"]
        assert {"MH-A02", "MH-A08", "MH-A09", "MH-A16"} <= {one["code"] for one in items}


class TestCampaigns:
    async def test_kinds(self, demo_owner: Any):
        rows = await demo_owner.fetch("select kind, count(*) from campaign group by 1 order by 1")
        assert {row["kind"]: row["count"] for row in rows} == {
            "communication": 4, "coverage_drive": 2, "emulation": 2, "initiative": 2, "recruitment_drive": 3,
        }  # fmt: skip

    async def test_shows_have_their_crowds(self, get_json: JsonReader):
        (shows,) = (await get_json("bhxh.vn", "/v1/campaigns", place_code="49"))["items"]
        reach = (await get_json("bhxh.vn", f"/v1/campaigns/{shows['id']}"))["reach"]
        assert (reach["events"], reach["smallest"], reach["largest"]) == (2, 300, 1000)

    async def test_books_are_handed_over_in_duc_linh(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select m.code, e.place_code, e.held_on, e.period_from::text, e.period_to::text"
            " from campaign_event e join campaign c on c.id = e.campaign_id join savings_model m on m.id = c.model_id"
            " where e.kind = 'handover'"
        )
        assert [tuple(row) for row in rows] == [("MH-A07", "18322", None, "2024-05-01", "2024-05-31")]

    async def test_awards_and_payouts_of_nga_bay(self, get_json: JsonReader):
        items = (await get_json("bhxh.vn", "/v1/campaigns", place_code="931", kind="emulation"))["items"]
        (campaign,) = [one for one in items if one["organiser_name"] == "UBND thành phố Ngã Bảy"]
        detail = await get_json("bhxh.vn", f"/v1/campaigns/{campaign['id']}")
        assert [one["count"] for one in detail["awards"]] == [9]
        assert (detail["payouts"]["amount"], detail["payouts"]["qualifier"]) == (48_000_000, "more_than")


class TestLogins:
    @pytest.mark.parametrize("username", DEMO_LOGINS)
    async def test_each_logs_in(
        self,
        demo_client: httpx.AsyncClient,
        user_headers: Callable[[str], Awaitable[dict[str, str]]],
        username: str,
    ):
        response = await demo_client.get("/v1/auth/me", headers=await user_headers(username))
        assert response.json()["name"] == username

    async def test_no_other_login_has_the_public_password(
        self, demo_client: httpx.AsyncClient, demo_owner: Any
    ):
        others = [row[0] for row in await demo_owner.fetch("select username from app_user")]
        for username in set(others) - set(DEMO_LOGINS):
            body = {"username": username, "password": DEMO_PASSWORD}
            assert (await demo_client.post("/v1/auth/login", json=body)).status_code == 401

    async def test_treasurer_sees_one_group(self, get_json: JsonReader):
        groups = (await get_json("totruong.demo", "/v1/groups"))["items"]
        assert [(one["code"], one["commune_code"]) for one in groups] == [("HT-HD-0001", "18628")]
        assert groups[0]["leader_id"] != groups[0]["treasurer_id"]

    async def test_unions_do_not_see_each_other(self, get_json: JsonReader):
        farmers = (await get_json("nongdan.hatinh", "/v1/groups"))["items"]
        assert [one["code"] for one in farmers] == ["HT-MAI-0001"]
        women = (await get_json("phunu.hatinh", "/v1/groups"))["items"]
        assert [one["code"] for one in women] == ["HT-HD-0001"]

    async def test_partner_checks_the_documented_batch(self, demo_client: httpx.AsyncClient):
        grant = {"grant_type": "client_credentials", "client_id": DEMO_CLIENT, "client_secret": DEMO_PASSWORD}
        token = (await demo_client.post("/v1/oauth/token", data=grant)).json()["access_token"]
        item = {
            "external_ref": "HPN-HT-2026-000123", "group_code": "HT-HD-0001", "commune_code": "18628",
            "full_name": "Nguyễn Thị Đào", "birth_date": "1984-03-02", "sex": "female", "national_id": "042184000123",
            "phone": "0912000111", "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
            "from_month": "2026-12", "support_group": "near_poor",
        }  # fmt: skip
        response = await demo_client.post(
            "/v1/enrolments/batches",
            json={"mode": "validate", "items": [item]},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "documented"},
        )
        assert response.json()["counts"] == {
            "created": 1,
            "updated": 0,
            "duplicate": 0,
            "unchanged": 0,
            "rejected": 0,
        }


class TestThachLac:
    async def test_group_shows_every_kind_of_entry(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select t.kind, count(*) from ledger_txn t join savings_group g on g.id = t.group_id"
            " where g.code = 'HT-HD-0001' and t.kind <> 'sheet' group by 1 order by 1"
        )
        assert {row["kind"]: row["count"] for row in rows} == {
            "donation": 2, "reversal": 1, "sale": 14, "saving": 336, "withdrawal": 2,
        }  # fmt: skip

    async def test_enrolments_stand_at_every_step(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select e.status, count(*) from enrolment e join savings_group g on g.id = e.group_id"
            " where g.code = 'HT-HD-0001' group by 1"
        )
        assert {row["status"]: row["count"] for row in rows} == {
            "accepted": 20,
            "returned": 1,
            "submitted": 1,
            "draft": 1,
        }
