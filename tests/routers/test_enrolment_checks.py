"""Checks of enrolments over HTTP: who may be insured, asked for, and held against submitting and accepting."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.auth.guards import begin_actor
from app.insurance.enrolment_acceptance import accept_all
from app.insurance.enrolment_errors import NotEligible
from tests.insurance.rows import ENROLMENTS, Cast
from tests.routers.answers import got, refused
from tests.world import World, national_id


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def checks(cast: Cast, enrolment: Any, who: Any = None) -> list[tuple[str, str, str]]:
    answer = got(await cast.get(f"{ENROLMENTS}/{enrolment['id']}/checks", who))
    return [(item["severity"], item["pointer"], item["code"]) for item in answer["items"]]


async def noted(cast: Cast, member_id: Any, /, **values: Any) -> None:
    body = {"kind": "compulsory", "valid_from": "2020-01-01"} | values
    got(await cast.call(f"/v1/members/{member_id}/other-insurance", cast.bhxh, **body), 201)


UNDER_AGE = ("error", "/birth_date", "under_age")
COMPULSORY = ("error", "/product", "in_compulsory_insurance")
RUNNING = ("error", "/from_month", "method_still_running")
CHILD = {"birth_date": "2013-05-01", "national_id": None}


class TestReadChecks:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.get(f"{ENROLMENTS}/{uuid4()}/checks")).status_code == 401

    async def test_who_reads_them(self, cast: Cast):
        made = await cast.draft(group_id=str(cast.group.id))
        for who in (cast.officer, cast.bhxh, cast.treasurer, cast.partner):
            assert await checks(cast, made, who) == []
        for who in (cast.farmers, cast.sibling_officer):
            refused(await cast.get(f"{ENROLMENTS}/{made['id']}/checks", who), 404, "not_found")
        viewer = await cast.world.user(cast.unit, "viewer")
        refused(await cast.get(f"{ENROLMENTS}/{made['id']}/checks", viewer), 403, "forbidden")

    async def test_in_both_languages(self, cast: Cast):
        made = await cast.draft(**CHILD)
        path = f"{ENROLMENTS}/{made['id']}/checks"
        details = [
            got(await cast.client.get(path, headers=cast.officer.headers | {"Accept-Language": language}))
            for language in ("vi", "en")
        ]
        assert [answer["items"][0]["detail"][:3] for answer in details] == ["Chư", "Not"]

    async def test_age_in_the_first_month(self, cast: Cast):
        grown = {"birth_date": "2011-12-31", "national_id": None}
        assert await checks(cast, await cast.draft(**grown)) == []
        assert await checks(cast, await cast.draft(**grown, from_month="2026-11")) == [UNDER_AGE]
        card = {"product": "bhyt_hgd", "monthly_income": None}
        assert await checks(cast, await cast.draft(**CHILD, **card)) == []

    async def test_support_that_nobody_asked_for(self, cast: Cast):
        asked = await cast.draft(support_group="other")
        assert await checks(cast, asked) == []
        forgotten = await cast.draft(support_group=None, from_month="2027-06")
        assert await checks(cast, forgotten) == [("warning", "/support_group", "no_support_asked")]
        card = await cast.draft(support_group=None, product="bhyt_hgd", monthly_income=None)
        assert await checks(cast, card) == []

    async def test_number_against_birth_date_and_sex(self, cast: Cast):
        made = await cast.draft(birth_date="1990-01-01", sex="male")
        assert await checks(cast, made) == [
            ("warning", "/national_id", "national_id_birth_year"),
            ("warning", "/national_id", "national_id_sex"),
        ]

    async def test_register_without_a_birth_date(self, cast: Cast):
        member = await cast.world.member(cast.unit)
        terms = {
            "product": "bhxh_tn",
            "method": "months_3",
            "monthly_income": 1_500_000,
            "from_month": "2027-01",
            "support_group": "other",
        }
        made = got(await cast.call(ENROLMENTS, member_id=str(member), **terms), 201)
        assert await checks(cast, made) == [("warning", "/birth_date", "birth_date_unknown")]
        assert got(await cast.step(made, "submit"))["status"] == "submitted"

    async def test_died(self, cast: Cast, owner: Any):
        made = await cast.draft()
        await owner.execute("update member set died_on = '2026-05-01' where id = $1", made["member_id"])
        assert await checks(cast, made) == [("error", "/member_id", "member_died")]

    async def test_running(self, cast: Cast):
        paid = await cast.paid(from_month="2026-06", method="months_12")
        terms = {"product": "bhxh_tn", "monthly_income": 1_500_000, "support_group": "other"}
        terms |= {"member_id": paid["member_id"]}
        before = {"method": "months_6", "from_month": "2025-12"}
        for said, expected in (
            ({"method": "months_1", "from_month": "2027-05"}, [RUNNING]),
            ({"method": "months_1", "from_month": "2027-06"}, []),
            (before, []),
            (before | {"from_month": "2026-01"}, [RUNNING]),
        ):
            assert await checks(cast, got(await cast.call(ENROLMENTS, **terms, **said), 201)) == expected
        assert await checks(cast, paid) == []
        card = {"product": "bhyt_hgd", "method": "months_3", "from_month": "2026-07"}
        made = got(await cast.call(ENROLMENTS, member_id=paid["member_id"], **card), 201)
        assert await checks(cast, made) == []
        end = {"reason": "stopped", "date": "2026-08-31"}
        got(await cast.call(f"{ENROLMENTS}/{paid['id']}/end", cast.bhxh, **end))
        last = {"method": "months_1", "from_month": "2026-12"}
        assert await checks(cast, got(await cast.call(ENROLMENTS, **terms, **last), 201)) == []

    @pytest.mark.parametrize(
        ("days", "refuses"),
        [
            ({"valid_from": "2020-01-01"}, True),
            ({"valid_from": "2026-12-31"}, True),
            ({"valid_from": "2027-01-01"}, False),
            ({"valid_from": "2020-01-01", "valid_to": "2026-11-30"}, False),
            ({"valid_from": "2020-01-01", "valid_to": "2026-12-01"}, True),
        ],
    )
    async def test_other_insurance_on_some_day_of_the_month(
        self, cast: Cast, days: dict[str, str], refuses: bool
    ):
        made = await cast.draft()
        await noted(cast, made["member_id"], **days)
        assert await checks(cast, made) == ([COMPULSORY] if refuses else [])

    async def test_what_bhxh_knows_holds_in_every_register(self, cast: Cast):
        number = national_id()
        ours = await cast.draft(national_id=number)
        other = got(await cast.create_one(cast.farmers, national_id=number), 201)
        await noted(cast, other["member_id"], kind="pension")
        assert await checks(cast, ours) == [("error", "/product", "has_pension")]
        assert await checks(cast, await cast.draft()) == []


class TestSubmitAndAccept:
    async def test_submit_names_each_error(self, cast: Cast):
        made = await cast.draft(**CHILD)
        await noted(cast, made["member_id"])
        answer = await cast.step(made, "submit")
        refused(answer, 422, "not_eligible")
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            UNDER_AGE[1:],
            COMPULSORY[1:],
        ]
        assert got(await cast.get(f"{ENROLMENTS}/{made['id']}"))["status"] == "draft"
        assert got(await cast.step(made, "withdraw"))["status"] == "withdrawn"

    async def test_a_wrong_step_is_told_first(self, cast: Cast):
        refused(await cast.step(await cast.draft(**CHILD), "accept", cast.bhxh), 409, "enrolment_status")

    async def test_what_bhxh_learnt_since_stops_acceptance(self, cast: Cast):
        sent = await cast.submitted()
        await noted(cast, sent["member_id"])
        refused(await cast.step(sent, "accept", cast.bhxh), 422, COMPULSORY[2], COMPULSORY[1])
        reason = {"pointer": "/product", "code": "in_compulsory_insurance", "text": "Đang tham gia bắt buộc."}
        assert got(await cast.step(sent, "reject", cast.bhxh, reasons=[reason]))["status"] == "rejected"

    async def test_warnings_stop_nothing(self, cast: Cast):
        assert (await cast.accepted(birth_date="1990-01-01"))["status"] == "accepted"

    async def test_list_is_accepted_whole_or_not_at_all(self, cast: Cast, app: FastAPI):
        good, bad = await cast.submitted(), await cast.submitted()
        await noted(cast, bad["member_id"])
        with pytest.raises(NotEligible):
            async with app.state.database.begin() as db:
                await accept_all(db, await begin_actor(db, cast.bhxh.session_id), [good["id"], bad["id"]])
        assert got(await cast.get(f"{ENROLMENTS}/{good['id']}"))["status"] == "submitted"


class TestBatches:
    async def test_rows_for_people_who_may_not_are_rejected(self, cast: Cast):
        batch = await cast.sent(cast.row(**CHILD), cast.row())
        child, grown = batch["items"]
        assert (child["status"], child["enrolment_id"]) == ("rejected", None)
        assert [(error["pointer"], error["code"]) for error in child["errors"]] == [
            ("/items/0/birth_date", "under_age")
        ]
        assert grown["status"] == "created"

    async def test_known_members(self, cast: Cast):
        number = national_id()
        made = await cast.draft(national_id=number, from_month="2026-01")
        await noted(cast, made["member_id"], kind="pension")
        item = (await cast.sent(cast.row(national_id=number)))["items"][0]
        assert (item["status"], item["errors"][0]["code"]) == ("rejected", "has_pension")

    async def test_repeat_of_what_was_paid_is_a_duplicate(self, cast: Cast):
        number = national_id()
        paid = await cast.paid(national_id=number)
        again, later = (await cast.sent(
            cast.row(national_id=number), cast.row(national_id=number, from_month="2027-02")
        ))["items"]  # fmt: skip
        assert (again["status"], again["enrolment_id"]) == ("duplicate", paid["id"])
        assert (later["status"], later["errors"][0]["code"]) == ("rejected", "method_still_running")
