"""Enrolments after acceptance over HTTP: activated and ended; and the insurance declared for the time before."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.time import today
from tests.insurance.enrolment_scenario import ENROLMENTS, REASON, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


def activate_path(enrolment: Any) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}/activate"


def end_path(enrolment: Any) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}/end"


def random_digits() -> str:
    return f"{uuid4().int % 10**10:010}"


STOPPED = {"reason": "stopped", "date": "2026-01-31"}


async def list_outbox_events(owner: Any, enrolment: Any) -> list[str]:
    sql = "select kind from outbox_event where subject_id = $1 order by seq"
    return [row["kind"] for row in await owner.fetch(sql, enrolment["id"])]


class TestActivate:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.post(f"{ENROLMENTS}/{uuid4()}/activate")).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        expect_problem(
            await scenario.post(activate_path(await scenario.create_paid()), getattr(scenario, who)),
            403,
            "forbidden",
        )

    async def test_elsewhere_is_404(self, scenario: EnrolmentScenario):
        other_province_unit = await scenario.world.unit("bhxh", scenario.world.sibling_province)
        sibling_unit = await scenario.world.unit("bhxh", scenario.world.sibling_commune, level="commune")
        created = await scenario.create_paid()
        for unit in (other_province_unit, sibling_unit):
            expect_problem(
                await scenario.post(activate_path(created), await scenario.world.user(unit, "bhxh_officer")),
                404,
                "not_found",
            )
        expect_problem(
            await scenario.post(f"{ENROLMENTS}/{uuid4()}/activate", scenario.bhxh), 404, "not_found"
        )

    async def test_paid_becomes_active(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_paid()
        response = await scenario.post(activate_path(created), scenario.bhxh)
        active = expect_json(response)
        assert (active["status"], active["version"]) == ("active", created["version"] + 1)
        assert active["activated_at"] is not None
        assert response.headers["etag"] == f'"{active["version"]}"'
        assert (await list_outbox_events(owner, created))[-1] == "enrolment.active"
        event = await owner.fetchrow(
            "select event, actor_id from audit_event where subject_id = $1 order by id desc limit 1",
            created["id"],
        )
        assert tuple(event) == ("enrolment.active", scenario.bhxh.id)

    async def test_without_a_body(self, scenario: EnrolmentScenario):
        created = await scenario.create_paid()
        assert (
            expect_json(await scenario.client.post(activate_path(created), headers=scenario.bhxh.headers))[
                "status"
            ]
            == "active"
        )

    async def test_repeated_is_409(self, scenario: EnrolmentScenario):
        created = await scenario.create_paid()
        expect_json(await scenario.post(activate_path(created), scenario.bhxh))
        expect_problem(await scenario.post(activate_path(created), scenario.bhxh), 409, "enrolment_status")

    async def test_once_of_several_at_once(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_paid()
        responses = await asyncio.gather(
            *(scenario.post(activate_path(created), scenario.bhxh) for _ in range(4))
        )
        assert sorted(response.status_code for response in responses) == [200, 409, 409, 409]
        assert (await list_outbox_events(owner, created)).count("enrolment.active") == 1

    async def test_not_before_it_is_paid(self, scenario: EnrolmentScenario):
        for created in (await scenario.create_draft(), await scenario.create_accepted()):
            expect_problem(
                await scenario.post(activate_path(created), scenario.bhxh), 409, "enrolment_status"
            )

    async def test_stale_version_is_412(self, scenario: EnrolmentScenario):
        response = await scenario.transition(
            await scenario.create_paid(), "activate", scenario.bhxh, version=1
        )
        expect_problem(response, 412, "stale_version")

    async def test_numbers_are_noted_where_there_are_none(self, scenario: EnrolmentScenario, owner: Any):
        created, number, card = await scenario.create_paid(), random_digits(), f"GD40{random_digits()}1"
        expect_json(
            await scenario.post(
                activate_path(created), scenario.bhxh, social_insurance_no=number, health_card_no=card
            )
        )
        member = await owner.fetchrow("select * from member where id = $1", created["member_id"])
        assert (member["social_insurance_no"], member["health_card_no"]) == (number, card)
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'member.changed'",
            created["member_id"],
        )
        assert "social_insurance_no" in fields
        assert number not in fields

    async def test_same_number_is_no_conflict(self, scenario: EnrolmentScenario):
        number = random_digits()
        created = await scenario.create_paid(social_insurance_no=number)
        assert (
            expect_json(
                await scenario.post(activate_path(created), scenario.bhxh, social_insurance_no=number)
            )["status"]
            == "active"
        )

    async def test_other_number_is_named_and_nothing_changes(self, scenario: EnrolmentScenario, owner: Any):
        number = random_digits()
        created = await scenario.create_paid(social_insurance_no=number)
        body = {"social_insurance_no": random_digits(), "health_card_no": random_digits()}
        expect_problem(
            await scenario.post(activate_path(created), scenario.bhxh, **body),
            409,
            "number_differs",
            "/social_insurance_no",
        )
        member = await owner.fetchrow("select * from member where id = $1", created["member_id"])
        assert (member["social_insurance_no"], member["health_card_no"]) == (number, None)
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}"))["status"] == "paid"

    async def test_number_of_another_member(self, scenario: EnrolmentScenario):
        number = random_digits()
        await scenario.create_draft(social_insurance_no=number)
        response = await scenario.post(
            activate_path(await scenario.create_paid()), scenario.bhxh, social_insurance_no=number
        )
        expect_problem(response, 409, "social_insurance_no_taken", "/social_insurance_no")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"social_insurance_no": "12"}, "/social_insurance_no", "social_insurance_no"),
            ({"health_card_no": "x\u0000"}, "/health_card_no", "nul"),
            ({"status": "active"}, "/status", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(
        self, scenario: EnrolmentScenario, body: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(
            await scenario.post(activate_path(await scenario.create_paid()), scenario.bhxh, **body),
            422,
            code,
            pointer,
        )


class TestEnd:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.post(f"{ENROLMENTS}/{uuid4()}/end", json=STOPPED)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        expect_problem(
            await scenario.post(end_path(await scenario.create_paid()), getattr(scenario, who), **STOPPED),
            403,
            "forbidden",
        )

    async def test_elsewhere_is_404(self, scenario: EnrolmentScenario):
        other_province_unit = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        expect_problem(
            await scenario.post(end_path(await scenario.create_paid()), other_province_unit, **STOPPED),
            404,
            "not_found",
        )

    @pytest.mark.parametrize("reason", ["compulsory", "died", "one_off", "pension", "stopped"])
    async def test_paid_or_active_ends(self, scenario: EnrolmentScenario, owner: Any, reason: str):
        created = await scenario.create_paid()
        if reason in ("died", "stopped"):
            expect_json(await scenario.post(activate_path(created), scenario.bhxh))
        over = expect_json(
            await scenario.post(end_path(created), scenario.bhxh, reason=reason, date="2026-01-31")
        )
        assert (over["status"], over["ended_on"], over["ended_why"]) == ("ended", "2026-01-31", reason)
        event = await owner.fetchrow(
            "select kind, data->>'ended_on' as day, data->>'ended_why' as why from outbox_event"
            " where subject_id = $1 order by seq desc limit 1",
            created["id"],
        )
        assert tuple(event) == ("enrolment.ended", "2026-01-31", reason)

    async def test_repeated_is_409(self, scenario: EnrolmentScenario):
        created = await scenario.create_paid()
        expect_json(await scenario.post(end_path(created), scenario.bhxh, **STOPPED))
        expect_problem(
            await scenario.post(end_path(created), scenario.bhxh, **STOPPED), 409, "enrolment_status"
        )
        expect_problem(await scenario.post(activate_path(created), scenario.bhxh), 409, "enrolment_status")

    async def test_accepted_is_rejected_or_withdrawn_not_ended(self, scenario: EnrolmentScenario):
        expect_problem(
            await scenario.post(end_path(await scenario.create_accepted()), scenario.bhxh, **STOPPED),
            409,
            "enrolment_status",
        )

    async def test_the_same_may_be_entered_anew(self, scenario: EnrolmentScenario):
        created = await scenario.create_paid()
        again = {"external_ref": None, "member_id": created["member_id"]}
        person = ("full_name", "birth_date", "sex", "national_id", "phone", "commune_code")
        body = {name: value for name, value in scenario.row(**again).items() if name not in person}
        expect_problem(await scenario.post(ENROLMENTS, **body), 409, "enrolment_exists")
        expect_json(await scenario.post(end_path(created), scenario.bhxh, **STOPPED))
        assert expect_json(await scenario.post(ENROLMENTS, **body), 201)["status"] == "draft"

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"reason": "tired"}, "/reason", "enum"),
            ({"date": "2026-02-30"}, "/date", "day"),
            ({"date": str(today() + timedelta(days=2))}, "/date", "date_future"),
            ({"date": None}, "/date", "day"),
            ({"note": "x"}, "/note", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(
        self, scenario: EnrolmentScenario, body: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(
            await scenario.post(end_path(await scenario.create_paid()), scenario.bhxh, **STOPPED | body),
            422,
            code,
            pointer,
        )

    async def test_stale_version_is_412(self, scenario: EnrolmentScenario):
        created = await scenario.create_paid()
        headers = scenario.bhxh.headers | {"If-Match": '"1"'}
        expect_problem(
            await scenario.client.post(end_path(created), json=STOPPED, headers=headers), 412, "stale_version"
        )


DECLARED: dict[str, Any] = {
    "covered_until": "2026-12-31",
    "insured_since": "2021-05-01",
    "supported_before": 36,
}
NOTHING_DECLARED: dict[str, Any] = {"covered_until": None, "insured_since": None, "supported_before": 0}


class TestDeclared:
    async def test_kept_and_edited(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(**DECLARED)
        assert {name: created[name] for name in DECLARED} == DECLARED
        edited = expect_json(await scenario.edit(created, covered_until=None, supported_before=37))
        changed = DECLARED | {"covered_until": None, "supported_before": 37}
        assert {name: edited[name] for name in DECLARED} == changed

    async def test_nothing_said(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        assert {name: created[name] for name in NOTHING_DECLARED} == NOTHING_DECLARED

    async def test_of_a_batch(self, scenario: EnrolmentScenario):
        batch = await scenario.send_ok(scenario.row(**DECLARED), scenario.row())
        for item, declared in zip(batch["items"], (DECLARED, NOTHING_DECLARED), strict=True):
            created = expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}"))
            assert {name: created[name] for name in declared} == declared

    async def test_a_row_sent_before_there_was_such_a_field_is_the_same(self, scenario: EnrolmentScenario):
        row = scenario.row()
        await scenario.send_ok(row)
        assert (await scenario.send_ok(row | {"supported_before": None}))["items"][0]["status"] == "unchanged"
        assert (await scenario.send_ok(row | {"supported_before": 5}))["items"][0]["status"] == "rejected"

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            (
                {"covered_until": str(today() + timedelta(days=800))},
                "/covered_until",
                "covered_until_too_late",
            ),
            ({"insured_since": str(today() + timedelta(days=2))}, "/insured_since", "insured_since_future"),
            (
                {"insured_since": "2020-01-02", "covered_until": "2020-01-01"},
                "/covered_until",
                "covered_before_insured",
            ),
            ({"supported_before": 121}, "/supported_before", "less_than_equal"),
            ({"supported_before": -1}, "/supported_before", "greater_than_equal"),
            ({"supported_before": "5"}, "/supported_before", "int_type"),
            ({"covered_until": "31/12/2026"}, "/covered_until", "day"),
        ],
    )
    async def test_what_cannot_be_is_422(
        self, scenario: EnrolmentScenario, body: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(await scenario.create_enrolment(**body), 422, code, pointer)
        expect_problem(await scenario.edit(await scenario.create_draft(), **body), 422, code, pointer)
        item = (await scenario.send_ok(scenario.row(**body)))["items"][0]
        assert (item["status"], item["errors"][0]["code"]) == ("rejected", code)

    async def test_an_edit_is_held_against_what_stays(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(**DECLARED)
        expect_problem(
            await scenario.edit(created, covered_until="2020-01-01"),
            422,
            "covered_before_insured",
            "/covered_until",
        )

    async def test_null_months_are_422(self, scenario: EnrolmentScenario):
        response = await scenario.edit(await scenario.create_draft(), supported_before=None)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/supported_before"


class TestOneStory:
    async def test_returned_corrected_accepted_paid_issued_ended(
        self, scenario: EnrolmentScenario, owner: Any
    ):
        submitted = await scenario.create_submitted()
        back = expect_json(await scenario.transition(submitted, "return", scenario.bhxh, reasons=[REASON]))
        edited = expect_json(await scenario.edit(back, insured_since="2022-01-01"))
        again = expect_json(await scenario.transition(edited, "submit"))
        expect_json(await scenario.transition(again, "accept", scenario.bhxh))
        await owner.execute(
            "update enrolment set status = 'paid', paid_at = now() where id = $1", submitted["id"]
        )
        expect_json(await scenario.post(activate_path(submitted), scenario.bhxh))
        over = expect_json(
            await scenario.post(
                end_path(submitted), scenario.bhxh, reason="pension", date=str(date(2026, 2, 1))
            )
        )
        assert over["status"] == "ended"
        assert await list_outbox_events(owner, submitted) == [
            f"enrolment.{status}"
            for status in ("submitted", "returned", "submitted", "accepted", "active", "ended")
        ]
