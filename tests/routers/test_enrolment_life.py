"""What follows the acceptance of an enrolment over HTTP: issued, ended; and what was declared of the time before."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.time import today
from tests.insurance.rows import ENROLMENTS, REASON, Cast
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


def issued(enrolment: Any) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}/activate"


def ended(enrolment: Any) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}/end"


def digits() -> str:
    return f"{uuid4().int % 10**10:010}"


STOPPED = {"reason": "stopped", "date": "2026-01-31"}


async def told(owner: Any, enrolment: Any) -> list[str]:
    sql = "select kind from outbox_event where subject_id = $1 order by seq"
    return [row["kind"] for row in await owner.fetch(sql, enrolment["id"])]


class TestActivate:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.post(f"{ENROLMENTS}/{uuid4()}/activate")).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        refused(await cast.call(issued(await cast.paid()), getattr(cast, who)), 403, "forbidden")

    async def test_elsewhere_is_404(self, cast: Cast):
        far = await cast.world.unit("bhxh", cast.world.sibling_province)
        beside = await cast.world.unit("bhxh", cast.world.sibling_commune, level="commune")
        made = await cast.paid()
        for unit in (far, beside):
            refused(
                await cast.call(issued(made), await cast.world.user(unit, "bhxh_officer")), 404, "not_found"
            )
        refused(await cast.call(f"{ENROLMENTS}/{uuid4()}/activate", cast.bhxh), 404, "not_found")

    async def test_paid_becomes_active(self, cast: Cast, owner: Any):
        made = await cast.paid()
        answer = await cast.call(issued(made), cast.bhxh)
        active = got(answer)
        assert (active["status"], active["version"]) == ("active", made["version"] + 1)
        assert active["activated_at"] is not None
        assert answer.headers["etag"] == f'"{active["version"]}"'
        assert (await told(owner, made))[-1] == "enrolment.active"
        event = await owner.fetchrow(
            "select event, actor_id from audit_event where subject_id = $1 order by id desc limit 1",
            made["id"],
        )
        assert tuple(event) == ("enrolment.active", cast.bhxh.id)

    async def test_without_a_body(self, cast: Cast):
        made = await cast.paid()
        assert got(await cast.client.post(issued(made), headers=cast.bhxh.headers))["status"] == "active"

    async def test_repeated_is_409(self, cast: Cast):
        made = await cast.paid()
        got(await cast.call(issued(made), cast.bhxh))
        refused(await cast.call(issued(made), cast.bhxh), 409, "enrolment_status")

    async def test_once_of_several_at_once(self, cast: Cast, owner: Any):
        made = await cast.paid()
        answers = await asyncio.gather(*(cast.call(issued(made), cast.bhxh) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert (await told(owner, made)).count("enrolment.active") == 1

    async def test_not_before_it_is_paid(self, cast: Cast):
        for made in (await cast.draft(), await cast.accepted()):
            refused(await cast.call(issued(made), cast.bhxh), 409, "enrolment_status")

    async def test_stale_version_is_412(self, cast: Cast):
        answer = await cast.step(await cast.paid(), "activate", cast.bhxh, version=1)
        refused(answer, 412, "stale_version")

    async def test_numbers_are_noted_where_there_are_none(self, cast: Cast, owner: Any):
        made, number, card = await cast.paid(), digits(), f"GD40{digits()}1"
        got(await cast.call(issued(made), cast.bhxh, social_insurance_no=number, health_card_no=card))
        member = await owner.fetchrow("select * from member where id = $1", made["member_id"])
        assert (member["social_insurance_no"], member["health_card_no"]) == (number, card)
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'member.changed'",
            made["member_id"],
        )
        assert "social_insurance_no" in fields
        assert number not in fields

    async def test_same_number_is_no_conflict(self, cast: Cast):
        number = digits()
        made = await cast.paid(social_insurance_no=number)
        assert got(await cast.call(issued(made), cast.bhxh, social_insurance_no=number))["status"] == "active"

    async def test_other_number_is_named_and_nothing_changes(self, cast: Cast, owner: Any):
        number = digits()
        made = await cast.paid(social_insurance_no=number)
        body = {"social_insurance_no": digits(), "health_card_no": digits()}
        refused(
            await cast.call(issued(made), cast.bhxh, **body), 409, "number_differs", "/social_insurance_no"
        )
        member = await owner.fetchrow("select * from member where id = $1", made["member_id"])
        assert (member["social_insurance_no"], member["health_card_no"]) == (number, None)
        assert got(await cast.get(f"{ENROLMENTS}/{made['id']}"))["status"] == "paid"

    async def test_number_of_another_member(self, cast: Cast):
        number = digits()
        await cast.draft(social_insurance_no=number)
        answer = await cast.call(issued(await cast.paid()), cast.bhxh, social_insurance_no=number)
        refused(answer, 409, "social_insurance_no_taken", "/social_insurance_no")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"social_insurance_no": "12"}, "/social_insurance_no", "social_insurance_no"),
            ({"health_card_no": "x\u0000"}, "/health_card_no", "nul"),
            ({"status": "active"}, "/status", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(self, cast: Cast, body: dict[str, Any], pointer: str, code: str):
        refused(await cast.call(issued(await cast.paid()), cast.bhxh, **body), 422, code, pointer)


class TestEnd:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.post(f"{ENROLMENTS}/{uuid4()}/end", json=STOPPED)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        refused(await cast.call(ended(await cast.paid()), getattr(cast, who), **STOPPED), 403, "forbidden")

    async def test_elsewhere_is_404(self, cast: Cast):
        far = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        refused(await cast.call(ended(await cast.paid()), far, **STOPPED), 404, "not_found")

    @pytest.mark.parametrize("reason", ["compulsory", "died", "one_off", "pension", "stopped"])
    async def test_paid_or_active_ends(self, cast: Cast, owner: Any, reason: str):
        made = await cast.paid()
        if reason in ("died", "stopped"):
            got(await cast.call(issued(made), cast.bhxh))
        over = got(await cast.call(ended(made), cast.bhxh, reason=reason, date="2026-01-31"))
        assert (over["status"], over["ended_on"], over["ended_why"]) == ("ended", "2026-01-31", reason)
        event = await owner.fetchrow(
            "select kind, data->>'ended_on' as day, data->>'ended_why' as why from outbox_event"
            " where subject_id = $1 order by seq desc limit 1",
            made["id"],
        )
        assert tuple(event) == ("enrolment.ended", "2026-01-31", reason)

    async def test_repeated_is_409(self, cast: Cast):
        made = await cast.paid()
        got(await cast.call(ended(made), cast.bhxh, **STOPPED))
        refused(await cast.call(ended(made), cast.bhxh, **STOPPED), 409, "enrolment_status")
        refused(await cast.call(issued(made), cast.bhxh), 409, "enrolment_status")

    async def test_accepted_is_rejected_or_withdrawn_not_ended(self, cast: Cast):
        refused(await cast.call(ended(await cast.accepted()), cast.bhxh, **STOPPED), 409, "enrolment_status")

    async def test_the_same_may_be_entered_anew(self, cast: Cast):
        made = await cast.paid()
        again = {"external_ref": None, "member_id": made["member_id"]}
        person = ("full_name", "birth_date", "sex", "national_id", "phone", "commune_code")
        body = {name: value for name, value in cast.row(**again).items() if name not in person}
        refused(await cast.call(ENROLMENTS, **body), 409, "enrolment_exists")
        got(await cast.call(ended(made), cast.bhxh, **STOPPED))
        assert got(await cast.call(ENROLMENTS, **body), 201)["status"] == "draft"

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
    async def test_hostile_input_is_422(self, cast: Cast, body: dict[str, Any], pointer: str, code: str):
        refused(await cast.call(ended(await cast.paid()), cast.bhxh, **STOPPED | body), 422, code, pointer)

    async def test_stale_version_is_412(self, cast: Cast):
        made = await cast.paid()
        headers = cast.bhxh.headers | {"If-Match": '"1"'}
        refused(await cast.client.post(ended(made), json=STOPPED, headers=headers), 412, "stale_version")


DECLARED: dict[str, Any] = {
    "covered_until": "2026-12-31",
    "insured_since": "2021-05-01",
    "supported_before": 36,
}
NOTHING: dict[str, Any] = {"covered_until": None, "insured_since": None, "supported_before": 0}


class TestDeclared:
    async def test_kept_and_edited(self, cast: Cast):
        made = await cast.draft(**DECLARED)
        assert {name: made[name] for name in DECLARED} == DECLARED
        edited = got(await cast.edit(made, covered_until=None, supported_before=37))
        changed = DECLARED | {"covered_until": None, "supported_before": 37}
        assert {name: edited[name] for name in DECLARED} == changed

    async def test_nothing_said(self, cast: Cast):
        made = await cast.draft()
        assert {name: made[name] for name in NOTHING} == NOTHING

    async def test_of_a_batch(self, cast: Cast):
        batch = await cast.sent(cast.row(**DECLARED), cast.row())
        for item, said in zip(batch["items"], (DECLARED, NOTHING), strict=True):
            made = got(await cast.get(f"{ENROLMENTS}/{item['enrolment_id']}"))
            assert {name: made[name] for name in said} == said

    async def test_a_row_sent_before_there_was_such_a_field_is_the_same(self, cast: Cast):
        row = cast.row()
        await cast.sent(row)
        assert (await cast.sent(row | {"supported_before": None}))["items"][0]["status"] == "unchanged"
        assert (await cast.sent(row | {"supported_before": 5}))["items"][0]["status"] == "rejected"

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
    async def test_what_cannot_be_is_422(self, cast: Cast, body: dict[str, Any], pointer: str, code: str):
        refused(await cast.create_one(**body), 422, code, pointer)
        refused(await cast.edit(await cast.draft(), **body), 422, code, pointer)
        item = (await cast.sent(cast.row(**body)))["items"][0]
        assert (item["status"], item["errors"][0]["code"]) == ("rejected", code)

    async def test_an_edit_is_held_against_what_stays(self, cast: Cast):
        made = await cast.draft(**DECLARED)
        refused(
            await cast.edit(made, covered_until="2020-01-01"), 422, "covered_before_insured", "/covered_until"
        )

    async def test_null_months_are_422(self, cast: Cast):
        answer = await cast.edit(await cast.draft(), supported_before=None)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/supported_before"


class TestOneStory:
    async def test_returned_corrected_accepted_paid_issued_ended(self, cast: Cast, owner: Any):
        sent = await cast.submitted()
        back = got(await cast.step(sent, "return", cast.bhxh, reasons=[REASON]))
        edited = got(await cast.edit(back, insured_since="2022-01-01"))
        again = got(await cast.step(edited, "submit"))
        got(await cast.step(again, "accept", cast.bhxh))
        await owner.execute("update enrolment set status = 'paid', paid_at = now() where id = $1", sent["id"])
        got(await cast.call(issued(sent), cast.bhxh))
        over = got(await cast.call(ended(sent), cast.bhxh, reason="pension", date=str(date(2026, 2, 1))))
        assert over["status"] == "ended"
        assert await told(owner, sent) == [
            f"enrolment.{status}"
            for status in ("submitted", "returned", "submitted", "accepted", "active", "ended")
        ]
