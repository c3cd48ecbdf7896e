"""Eligibility checks of enrolments over HTTP: read on request, and enforced on submitting and accepting."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World, national_id


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def run_checks(
    scenario: EnrolmentScenario, enrolment: Any, who: Any = None
) -> list[tuple[str, str, str]]:
    body = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}/checks", who))
    return [(item["severity"], item["pointer"], item["code"]) for item in body["items"]]


async def record_other_insurance(scenario: EnrolmentScenario, member_id: Any, /, **values: Any) -> None:
    body = {"kind": "compulsory", "valid_from": "2020-01-01"} | values
    expect_json(await scenario.post(f"/v1/members/{member_id}/other-insurance", scenario.bhxh, **body), 201)


UNDER_AGE = ("error", "/birth_date", "under_age")
COMPULSORY = ("error", "/product", "in_compulsory_insurance")
METHOD_STILL_RUNNING = ("error", "/from_month", "method_still_running")
AFTER_DEADLINE = ("warning", "/from_month", "after_deadline")
CHILD = {"birth_date": "2013-05-01", "national_id": None}


class TestReadChecks:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(f"{ENROLMENTS}/{uuid4()}/checks")).status_code == 401

    async def test_who_reads_them(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(group_id=str(scenario.group.id))
        for who in (scenario.officer, scenario.bhxh, scenario.treasurer, scenario.partner):
            assert await run_checks(scenario, created, who) == []
        for who in (scenario.farmers, scenario.sibling_officer):
            expect_problem(await scenario.get(f"{ENROLMENTS}/{created['id']}/checks", who), 404, "not_found")
        viewer = await scenario.world.user(scenario.unit, "viewer")
        expect_problem(await scenario.get(f"{ENROLMENTS}/{created['id']}/checks", viewer), 403, "forbidden")

    async def test_in_both_languages(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(**CHILD)
        path = f"{ENROLMENTS}/{created['id']}/checks"
        details = [
            expect_json(
                await scenario.client.get(
                    path, headers=scenario.officer.headers | {"Accept-Language": language}
                )
            )
            for language in ("vi", "en")
        ]
        assert [body["items"][0]["detail"][:3] for body in details] == ["Chư", "Not"]

    async def test_age_in_the_first_month(self, scenario: EnrolmentScenario):
        grown = {"birth_date": "2011-12-31", "national_id": None}
        assert await run_checks(scenario, await scenario.create_draft(**grown)) == []
        assert await run_checks(scenario, await scenario.create_draft(**grown, from_month="2026-11")) == [
            UNDER_AGE
        ]
        card = {"product": "bhyt_hgd", "monthly_income": None}
        assert await run_checks(scenario, await scenario.create_draft(**CHILD, **card)) == []

    async def test_who_may_have_a_card_free_is_looked_at(self, scenario: EnrolmentScenario):
        card = {"product": "bhyt_hgd", "monthly_income": None, "national_id": None}
        for birth_date, code in (
            ("2022-05-01", "card_free_for_child"),
            ("1950-05-01", "card_free_with_social_pension"),
        ):
            draft = await scenario.create_draft(**card, birth_date=birth_date)
            assert ("warning", "/birth_date", code) in await run_checks(scenario, draft)
            assert expect_json(await scenario.post(f"{ENROLMENTS}/{draft['id']}/submit", scenario.officer))

    async def test_support_that_nobody_asked_for(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(support_group="other")
        assert await run_checks(scenario, draft) == []
        forgotten = await scenario.create_draft(support_group=None, from_month="2027-06")
        assert await run_checks(scenario, forgotten) == [("warning", "/support_group", "no_support_asked")]
        card = await scenario.create_draft(support_group=None, product="bhyt_hgd", monthly_income=None)
        assert await run_checks(scenario, card) == []

    async def test_number_against_birth_date_and_sex(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(birth_date="1990-01-01", sex="male")
        assert await run_checks(scenario, created) == [
            ("warning", "/national_id", "national_id_birth_year"),
            ("warning", "/national_id", "national_id_sex"),
        ]

    async def test_register_without_a_birth_date(self, scenario: EnrolmentScenario):
        member = await scenario.world.member(scenario.unit)
        terms = {
            "product": "bhxh_tn",
            "method": "months_3",
            "monthly_income": 1_500_000,
            "from_month": "2027-01",
            "support_group": "other",
            "consented_on": "2026-11-01",
        }
        created = expect_json(await scenario.post(ENROLMENTS, member_id=str(member), **terms), 201)
        assert await run_checks(scenario, created) == [("warning", "/birth_date", "birth_date_unknown")]
        assert expect_json(await scenario.transition(created, "submit"))["status"] == "submitted"

    async def test_died(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_draft()
        await owner.execute("update member set died_on = '2026-05-01' where id = $1", created["member_id"])
        assert await run_checks(scenario, created) == [("error", "/member_id", "member_died")]

    async def test_running(self, scenario: EnrolmentScenario):
        paid = await scenario.create_paid(from_month="2026-06", method="months_12")
        terms = {"product": "bhxh_tn", "monthly_income": 1_500_000, "support_group": "other"}
        terms |= {"member_id": paid["member_id"], "consented_on": "2026-11-01"}
        before = {"method": "months_6", "from_month": "2025-12"}
        for expected_checks, expected in (
            ({"method": "months_1", "from_month": "2027-05"}, [METHOD_STILL_RUNNING]),
            ({"method": "months_1", "from_month": "2027-06"}, []),
            (before, [AFTER_DEADLINE]),
            (before | {"from_month": "2026-01"}, [METHOD_STILL_RUNNING, AFTER_DEADLINE]),
        ):
            assert (
                await run_checks(
                    scenario, expect_json(await scenario.post(ENROLMENTS, **terms, **expected_checks), 201)
                )
                == expected
            )
        assert await run_checks(scenario, paid) == []
        card = {
            "product": "bhyt_hgd",
            "method": "months_3",
            "from_month": "2026-07",
            "consented_on": "2026-06-01",
        }
        created = expect_json(await scenario.post(ENROLMENTS, member_id=paid["member_id"], **card), 201)
        assert await run_checks(scenario, created) == [AFTER_DEADLINE]
        end = {"reason": "stopped", "date": "2026-08-31"}
        expect_json(await scenario.post(f"{ENROLMENTS}/{paid['id']}/end", scenario.bhxh, **end))
        last = {"method": "months_1", "from_month": "2026-12"}
        assert (
            await run_checks(scenario, expect_json(await scenario.post(ENROLMENTS, **terms, **last), 201))
            == []
        )

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
        self, scenario: EnrolmentScenario, days: dict[str, str], refuses: bool
    ):
        created = await scenario.create_draft()
        await record_other_insurance(scenario, created["member_id"], **days)
        assert await run_checks(scenario, created) == ([COMPULSORY] if refuses else [])

    async def test_what_bhxh_knows_holds_in_every_register(self, scenario: EnrolmentScenario):
        number = national_id()
        ours = await scenario.create_draft(national_id=number)
        other = expect_json(await scenario.create_enrolment(scenario.farmers, national_id=number), 201)
        await record_other_insurance(scenario, other["member_id"], kind="pension")
        assert await run_checks(scenario, ours) == []  # a union is not told of another register
        sent = expect_json(await scenario.transition(ours, "submit"))
        assert await run_checks(scenario, ours, scenario.bhxh) == [("error", "/product", "has_pension")]
        response = await scenario.transition(sent, "accept", scenario.bhxh)
        expect_problem(response, 422, "has_pension", "/product")
        assert await run_checks(scenario, await scenario.create_draft()) == []


class TestSubmitAndAccept:
    async def test_submit_names_each_error(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(**CHILD)
        await record_other_insurance(scenario, created["member_id"])
        response = await scenario.transition(created, "submit")
        expect_problem(response, 422, "not_eligible")
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
            UNDER_AGE[1:],
            COMPULSORY[1:],
        ]
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}"))["status"] == "draft"
        assert expect_json(await scenario.transition(created, "withdraw"))["status"] == "withdrawn"

    async def test_a_wrong_step_is_told_first(self, scenario: EnrolmentScenario):
        expect_problem(
            await scenario.transition(await scenario.create_draft(**CHILD), "accept", scenario.bhxh),
            409,
            "enrolment_status",
        )

    async def test_what_bhxh_learnt_since_stops_acceptance(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        await record_other_insurance(scenario, sent["member_id"])
        expect_problem(
            await scenario.transition(sent, "accept", scenario.bhxh), 422, COMPULSORY[2], COMPULSORY[1]
        )
        reason = {"pointer": "/product", "code": "in_compulsory_insurance", "text": "Đang tham gia bắt buộc."}
        assert (
            expect_json(await scenario.transition(sent, "reject", scenario.bhxh, reasons=[reason]))["status"]
            == "rejected"
        )

    async def test_warnings_stop_nothing(self, scenario: EnrolmentScenario):
        assert (await scenario.create_accepted(birth_date="1990-01-01"))["status"] == "accepted"


class TestBatches:
    async def test_rows_for_people_who_may_not_are_rejected(self, scenario: EnrolmentScenario):
        batch = await scenario.send_ok(scenario.row(**CHILD), scenario.row())
        child, grown = batch["items"]
        assert (child["status"], child["enrolment_id"]) == ("rejected", None)
        assert [(error["pointer"], error["code"]) for error in child["errors"]] == [
            ("/items/0/birth_date", "under_age")
        ]
        assert grown["status"] == "created"

    async def test_known_members(self, scenario: EnrolmentScenario):
        number = national_id()
        created = await scenario.create_draft(national_id=number, from_month="2026-01")
        await record_other_insurance(scenario, created["member_id"], kind="pension")
        item = (await scenario.send_ok(scenario.row(national_id=number)))["items"][0]
        assert (item["status"], item["errors"][0]["code"]) == ("rejected", "has_pension")

    async def test_repeat_of_what_was_paid_is_a_duplicate(self, scenario: EnrolmentScenario):
        number = national_id()
        paid = await scenario.create_paid(national_id=number)
        again, later = (await scenario.send_ok(
            scenario.row(national_id=number), scenario.row(national_id=number, from_month="2027-02")
        ))["items"]  # fmt: skip
        assert (again["status"], again["enrolment_id"]) == ("duplicate", paid["id"])
        assert (later["status"], later["errors"][0]["code"]) == ("rejected", "method_still_running")
