"""Enrolments over HTTP, one by one: entering, reading, editing, and each step of their life."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.insurance.rows import ENROLMENTS, REASON, Cast
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def events(owner: Any, subject: str) -> list[str]:
    rows = await owner.fetch("select event from audit_event where subject_id = $1 order by id", subject)
    return [row["event"] for row in rows]


class TestCreateEnrolment:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.post(ENROLMENTS, json={})).status_code == 401

    @pytest.mark.parametrize("who", ["bhxh", "treasurer"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        refused(await cast.create_one(getattr(cast, who)), 403, "forbidden")

    async def test_person_is_entered_and_joins_the_group(self, cast: Cast, owner: Any):
        answer = await cast.create_one(group_code=cast.group.code, relation_to_head="con")
        made = got(answer, 201)
        assert answer.headers["location"] == f"{ENROLMENTS}/{made['id']}"
        assert answer.headers["etag"] == '"1"'
        assert (made["status"], made["months"], made["from_month"]) == ("draft", 12, "2026-12")
        assert (made["network"], made["province_code"], made["commune_code"]) == (
            "womens_union",
            cast.world.province,
            cast.world.commune,
        )
        assert (made["group_id"], made["relation_to_head"]) == (str(cast.group.id), "con")
        assert got(await cast.get(f"{ENROLMENTS}/{made['id']}")) == made
        member = await owner.fetchrow("select * from member where id = $1", made["member_id"])
        assert (member["search_name"][:10], member["created_by"]) == ("nguyen thi", cast.officer.id)
        account = "select kind from account where group_id = $1 and member_id = $2"
        assert await owner.fetchval(account, cast.group.id, member["id"]) == "member"
        assert await events(owner, made["id"]) == ["enrolment.created"]
        assert await events(owner, made["member_id"]) == ["member.created"]

    async def test_known_member_by_id(self, cast: Cast):
        member = await cast.world.member(cast.unit)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        made = got(await cast.client.post(ENROLMENTS, json=body, headers=cast.officer.headers), 201)
        assert (made["member_id"], made["commune_code"]) == (str(member), cast.world.commune)
        assert (made["monthly_income"], made["months"], made["support_group"]) == (None, 6, None)

    async def test_member_of_a_commune_that_ended_is_enrolled_in_its_successor(self, cast: Cast, owner: Any):
        member = await cast.world.member(cast.unit)
        old = await cast.old_commune()
        await owner.execute("update member set commune_code = $2 where id = $1", member, old)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        made = got(await cast.client.post(ENROLMENTS, json=body, headers=cast.officer.headers), 201)
        assert (made["commune_code"], made["province_code"]) == (cast.world.commune, cast.world.province)

    async def test_member_not_yours_is_404(self, cast: Cast):
        member = await cast.world.member(cast.unit)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        for who in (cast.farmers, cast.sibling_officer):
            answer = await cast.client.post(ENROLMENTS, json=body, headers=who.headers)
            refused(answer, 404, "not_found", "/member_id")

    async def test_same_again_is_200_with_the_first(self, cast: Cast):
        body = cast.row(id=str(uuid4()))
        first = got(await cast.client.post(ENROLMENTS, json=body, headers=cast.officer.headers), 201)
        again = await cast.client.post(ENROLMENTS, json=body, headers=cast.officer.headers)
        assert got(again, 200) == first
        assert first["id"] == body["id"]

    async def test_same_id_with_other_content_is_409(self, cast: Cast):
        taken = str(uuid4())
        await cast.draft(id=taken)
        refused(await cast.create_one(id=taken), 409, "id_taken", "/id")
        refused(await cast.create_one(cast.farmers, id=taken), 409, "id_taken", "/id")

    async def test_same_reference_with_other_content_is_409(self, cast: Cast):
        first = await cast.draft()
        answer = await cast.create_one(external_ref=first["external_ref"])
        refused(answer, 409, "conflicts_with_existing", "/external_ref")

    async def test_second_of_the_same_month_is_409_until_the_first_is_withdrawn(self, cast: Cast):
        person = cast.row()
        first = await cast.draft(**person)
        person["external_ref"] = None
        refused(await cast.create_one(**person), 409, "enrolment_exists")
        got(await cast.create_one(**person | {"from_month": "2027-12"}), 201)
        got(await cast.step(first, "withdraw"))
        got(await cast.create_one(**person), 201)

    async def test_one_network_learns_nothing_of_another(self, cast: Cast):
        person = cast.row()
        await cast.draft(**person)
        got(await cast.create_one(cast.farmers, **person), 201)

    @pytest.mark.parametrize(
        ("changed", "status", "code", "pointer"),
        [
            ({"commune_code": "nope"}, 422, "place_unknown", "/commune_code"),
            ({"group_code": "nope"}, 404, "not_found", "/group_code"),
            ({"group_id": str(uuid4())}, 404, "not_found", "/group_id"),
            ({"group_id": str(uuid4()), "group_code": "x"}, 422, "one_of_two", "/group_code"),
            ({"monthly_income": None}, 422, "missing", "/monthly_income"),
            ({"monthly_income": 1.5}, 422, "int_type", "/monthly_income"),
            ({"monthly_income": 10**30}, 422, "integer_range", "/monthly_income"),
            ({"product": "bhyt_hgd"}, 422, "not_for_product", "/monthly_income"),
            ({"method": "months_2"}, 422, "enum", "/method"),
            ({"from_month": "2026-13"}, 422, "month", "/from_month"),
            ({"birth_date": "1984-02-30"}, 422, "day", "/birth_date"),
            ({"birth_date": "2190-01-01"}, 422, "birth_date_future", "/birth_date"),
            ({"national_id": "042184"}, 422, "national_id", "/national_id"),
            ({"national_id": "999184000001"}, 422, "national_id_province", "/national_id"),
            ({"phone": "123"}, 422, "phone", "/phone"),
            ({"full_name": "a\u0000b"}, 422, "nul", "/full_name"),
            ({"full_name": None}, 422, "missing", "/full_name"),
            ({"external_ref": " "}, 422, "empty", "/external_ref"),
            ({"member_id": str(uuid4())}, 422, "beside_member_id", "/full_name"),
            ({"nope": 1}, 422, "extra_forbidden", "/nope"),
        ],
    )
    async def test_wrong_field_is_named(
        self, cast: Cast, changed: dict[str, Any], status: int, code: str, pointer: str
    ):
        refused(await cast.create_one(**changed), status, code, pointer)

    async def test_place_of_somebody_else_is_403(self, cast: Cast):
        refused(await cast.create_one(cast.sibling_officer), 403, "outside_scope", "/commune_code")

    async def test_group_of_another_union_is_404(self, cast: Cast):
        answer = await cast.create_one(cast.farmers, group_code=cast.group.code)
        refused(answer, 404, "not_found", "/group_code")

    async def test_ended_group_is_422(self, cast: Cast, owner: Any):
        await owner.execute("update savings_group set ended_on = '2026-01-01' where id = $1", cast.group.id)
        refused(await cast.create_one(group_code=cast.group.code), 422, "group_ended", "/group_code")

    async def test_refused_leaves_nothing(self, cast: Cast, owner: Any):
        person = cast.row(group_code="nope")
        await cast.create_one(**person)
        found = "select count(*) from member where national_id = $1"
        assert await owner.fetchval(found, person["national_id"]) == 0

    async def test_many_at_once_enter_one(self, cast: Cast):
        person = cast.row(external_ref=None, national_id=None, group_code=cast.group.code)
        answers = await asyncio.gather(*(cast.create_one(**person) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
        assert len({answer.json()["member_id"] for answer in answers}) == 1


class TestListEnrolments:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.get(ENROLMENTS)).status_code == 401

    async def test_who_sees_what(self, cast: Cast):
        grouped = await cast.draft(group_code=cast.group.code)
        single = await cast.draft()
        both = [single["id"], grouped["id"]]
        for who, seen in {
            cast.officer: both,
            cast.commune_officer: both,
            cast.bhxh: both,
            cast.partner: both,
            cast.treasurer: [grouped["id"]],
            cast.farmers: [],
            cast.sibling_officer: [],
        }.items():
            assert [one["id"] for one in got(await cast.get(ENROLMENTS, who))["items"]] == seen
            for one in both:
                status = 200 if one in seen else 404
                assert (await cast.get(f"{ENROLMENTS}/{one}", who)).status_code == status

    async def test_bhxh_sees_every_network(self, cast: Cast):
        await cast.draft()
        theirs = got(await cast.create_one(cast.farmers), 201)
        assert len(got(await cast.get(ENROLMENTS, cast.bhxh))["items"]) == 2
        chosen = got(await cast.get(ENROLMENTS, cast.bhxh, network="farmers_association"))["items"]
        assert [one["id"] for one in chosen] == [theirs["id"]]

    async def test_filters(self, cast: Cast):
        one = await cast.draft(group_code=cast.group.code)
        two = await cast.draft(product="bhyt_hgd", monthly_income=None, from_month="2027-01")
        got(await cast.step(two, "submit"))
        for name, value in {
            "status": "draft",
            "product": "bhxh_tn",
            "group_id": one["group_id"],
            "group_code": cast.group.code,
            "member_id": one["member_id"],
            "from_month": "2026-12",
            "external_ref": one["external_ref"],
        }.items():
            found = got(await cast.get(ENROLMENTS, None, **{name: value}))["items"]
            assert [item["id"] for item in found] == [one["id"]], name
        for name, value in {
            "commune_code": cast.world.sibling_commune,
            "batch_id": str(uuid4()),
            "network": "farmers_association",
            "group_code": "nope",
        }.items():
            assert got(await cast.get(ENROLMENTS, None, **{name: value}))["items"] == [], name

    async def test_pages(self, cast: Cast):
        made = [(await cast.draft())["id"] for _ in range(3)]
        first = got(await cast.get(ENROLMENTS, limit=2))
        rest = got(await cast.get(ENROLMENTS, limit=2, cursor=first["next_cursor"]))
        assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
        assert rest["next_cursor"] is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [("nope", "1"), ("status", "lost"), ("from_month", "2026"), ("member_id", "x"), ("national_id", "1")],
    )
    async def test_wrong_filter_is_422(self, cast: Cast, name: str, value: str):
        answer = await cast.get(ENROLMENTS, None, **{name: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/query/{name}"

    async def test_support_group_is_for_those_who_enter_or_decide(self, cast: Cast):
        made = await cast.draft(group_code=cast.group.code, support_group="ethnic_minority")
        path = f"{ENROLMENTS}/{made['id']}"
        assert got(await cast.get(path, cast.bhxh))["support_group"] == "ethnic_minority"
        assert got(await cast.get(path, cast.treasurer))["support_group"] is None


class TestEditEnrolment:
    async def test_only_what_is_sent_changes(self, cast: Cast, owner: Any):
        made = await cast.draft(group_code=cast.group.code)
        answer = await cast.edit(made, method="missing_months", months=30, support_group=None)
        changed = got(answer)
        expected = made | {"method": "missing_months", "months": 30, "support_group": None, "version": 2}
        assert changed | {"updated_at": None} == expected | {"updated_at": None}
        assert answer.headers["etag"] == '"2"'
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'enrolment.changed'",
            made["id"],
        )
        assert "missing_months" in fields
        assert "support" not in fields

    async def test_months_follow_the_method(self, cast: Cast):
        made = await cast.draft(method="missing_months", months=30)
        kept = got(await cast.edit(made, monthly_income=2_000_000))
        assert (kept["months"], kept["monthly_income"]) == (30, 2_000_000)
        assert got(await cast.edit(kept, method="years_2"))["months"] == 24

    async def test_group_and_place(self, cast: Cast):
        made = await cast.draft()
        other = await cast.world.group(cast.unit, commune=cast.world.sibling_commune)
        moved = got(await cast.edit(made, group_code=other.code, commune_code=cast.world.sibling_commune))
        assert (moved["group_id"], moved["commune_code"]) == (str(other.id), cast.world.sibling_commune)
        assert got(await cast.edit(moved, group_id=None))["group_id"] is None

    @pytest.mark.parametrize(
        ("body", "status", "code", "pointer"),
        [
            ({"months": 6}, 422, "months_mismatch", "/months"),
            ({"method": "missing_months"}, 422, "missing", "/months"),
            ({"monthly_income": None}, 422, "missing", "/monthly_income"),
            ({"method": None}, 422, "enum", "/method"),
            ({"from_month": None}, 422, "string_type", "/from_month"),
            ({"commune_code": None}, 422, "string_type", "/commune_code"),
            ({"commune_code": "nope"}, 422, "place_unknown", "/commune_code"),
            ({"group_code": "nope"}, 404, "not_found", "/group_code"),
            ({"group_code": "x", "group_id": str(uuid4())}, 422, "one_of_two", "/group_code"),
            ({"member_id": str(uuid4())}, 422, "extra_forbidden", "/member_id"),
            ({"status": "accepted"}, 422, "extra_forbidden", "/status"),
        ],
    )
    async def test_wrong_field_is_named(
        self, cast: Cast, body: dict[str, Any], status: int, code: str, pointer: str
    ):
        refused(await cast.edit(await cast.draft(), **body), status, code, pointer)

    async def test_place_of_somebody_else_is_403(self, cast: Cast):
        made = await cast.draft()
        answer = await cast.edit(made, cast.commune_officer, commune_code=cast.world.sibling_commune)
        refused(answer, 403, "outside_scope", "/commune_code")

    async def test_month_of_another_enrolment_is_409(self, cast: Cast):
        person = cast.row()
        await cast.draft(**person)
        later = await cast.draft(**person | {"external_ref": None, "from_month": "2027-12"})
        refused(await cast.edit(later, from_month="2026-12"), 409, "enrolment_exists")

    async def test_stale_version_is_412_and_none_is_428(self, cast: Cast):
        made = await cast.draft()
        got(await cast.edit(made, months=12))
        refused(await cast.edit(made, months=12), 412, "stale_version")
        path = f"{ENROLMENTS}/{made['id']}"
        refused(
            await cast.client.patch(path, json={}, headers=cast.officer.headers), 428, "precondition_required"
        )

    async def test_submitted_is_409(self, cast: Cast):
        made = got(await cast.step(await cast.draft(), "submit"))
        refused(await cast.edit(made, months=12), 409, "enrolment_status")

    @pytest.mark.parametrize(
        ("who", "status"),
        [("farmers", 404), ("sibling_officer", 404), ("bhxh", 403), ("treasurer", 403)],
    )
    async def test_others_may_not(self, cast: Cast, who: str, status: int):
        made = await cast.draft(group_code=cast.group.code)
        assert (await cast.edit(made, getattr(cast, who), months=12)).status_code == status


class TestSteps:
    async def test_returned_corrected_and_accepted(self, cast: Cast, owner: Any):
        made = await cast.draft()
        sent = got(await cast.step(made, "submit"))
        assert (sent["status"], sent["submitted_by"], sent["version"]) == (
            "submitted",
            str(cast.officer.id),
            2,
        )
        back = got(await cast.step(sent, "return", cast.bhxh, reasons=[REASON]))
        assert (back["status"], back["reasons"], back["decided_by"]) == (
            "returned",
            [REASON],
            str(cast.bhxh.id),
        )
        again = got(await cast.step(got(await cast.edit(back, monthly_income=2_000_000)), "submit"))
        assert (again["status"], again["reasons"], again["decided_by"]) == ("submitted", [], None)
        accepted = got(await cast.step(again, "accept", cast.bhxh))
        assert (accepted["status"], accepted["decided_by"]) == ("accepted", str(cast.bhxh.id))
        assert await events(owner, made["id"]) == [
            "enrolment.created",
            "enrolment.submitted",
            "enrolment.returned",
            "enrolment.changed",
            "enrolment.submitted",
            "enrolment.accepted",
        ]

    async def test_rejected_for_good(self, cast: Cast, owner: Any):
        sent = got(await cast.step(await cast.draft(), "submit"))
        rejected = got(await cast.step(sent, "reject", cast.bhxh, reasons=[REASON]))
        assert (rejected["status"], rejected["reasons"]) == ("rejected", [REASON])
        refused(await cast.step(rejected, "submit"), 409, "enrolment_status")
        noted = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'enrolment.rejected'",
            sent["id"],
        )
        assert "not_readable" in noted
        assert REASON["text"] not in noted

    @pytest.mark.parametrize("action", ["accept", "return", "reject"])
    async def test_only_bhxh_decides(self, cast: Cast, action: str):
        sent = got(await cast.step(await cast.draft(group_code=cast.group.code), "submit"))
        reasons = None if action == "accept" else [REASON]
        for who in (cast.officer, cast.partner, cast.treasurer, cast.farmers):
            refused(await cast.step(sent, action, who, reasons=reasons), 403, "forbidden")

    async def test_bhxh_does_not_decide_on_a_draft_or_elsewhere(self, cast: Cast):
        made = await cast.draft()
        refused(await cast.step(made, "accept", cast.bhxh), 409, "enrolment_status")
        beyond = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        refused(await cast.step(made, "accept", beyond), 404, "not_found")

    @pytest.mark.parametrize("action", ["submit", "withdraw"])
    @pytest.mark.parametrize(
        ("who", "status"), [("farmers", 404), ("sibling_officer", 404), ("bhxh", 403), ("treasurer", 403)]
    )
    async def test_only_the_union_sends(self, cast: Cast, action: str, who: str, status: int):
        made = await cast.draft(group_code=cast.group.code)
        assert (await cast.step(made, action, getattr(cast, who))).status_code == status

    @pytest.mark.parametrize("action", ["submit", "withdraw", "accept", "return", "reject"])
    async def test_anonymous_is_401(self, cast: Cast, action: str):
        answer = await cast.client.post(f"{ENROLMENTS}/{uuid4()}/{action}", json={"reasons": [REASON]})
        assert answer.status_code == 401

    async def test_stale_version_is_412_and_none_is_any(self, cast: Cast):
        made = await cast.draft()
        refused(await cast.step(made, "submit", version=2), 412, "stale_version")
        answer = await cast.client.post(f"{ENROLMENTS}/{made['id']}/submit", headers=cast.officer.headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "submitted")

    async def test_two_deciding_at_once_decide_once(self, cast: Cast):
        sent = got(await cast.step(await cast.draft(), "submit"))
        answers = await asyncio.gather(
            cast.step(sent, "accept", cast.bhxh), cast.step(sent, "reject", cast.bhxh, reasons=[REASON])
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]

    @pytest.mark.parametrize(
        ("reasons", "pointer"),
        [
            ([], "/reasons"),
            ([REASON | {"pointer": "national_id"}], "/reasons/0/pointer"),
            ([REASON | {"text": " "}], "/reasons/0/text"),
            ([REASON | {"code": "có dấu"}], "/reasons/0/code"),
            ([REASON | {"more": 1}], "/reasons/0/more"),
            ("why", "/reasons"),
        ],
    )
    async def test_reasons_are_needed_and_well_formed(self, cast: Cast, reasons: Any, pointer: str):
        sent = got(await cast.step(await cast.draft(), "submit"))
        for action in ("return", "reject"):
            answer = await cast.step(sent, action, cast.bhxh, reasons=reasons)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == pointer
