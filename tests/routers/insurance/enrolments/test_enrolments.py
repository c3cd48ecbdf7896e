"""Enrolments over HTTP, one by one: entering, reading, editing, and each step of their life."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, REASON, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def list_outbox_events(owner: Any, subject: str) -> list[str]:
    rows = await owner.fetch("select event from audit_event where subject_id = $1 order by id", subject)
    return [row["event"] for row in rows]


class TestCreateEnrolment:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.post(ENROLMENTS, json={})).status_code == 401

    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario):
        expect_problem(await scenario.create_enrolment(scenario.bhxh), 403, "forbidden")

    async def test_person_is_entered_and_joins_the_group(self, scenario: EnrolmentScenario, owner: Any):
        response = await scenario.create_enrolment(group_code=scenario.group.code, relation_to_head="con")
        created = expect_json(response, 201)
        assert response.headers["location"] == f"{ENROLMENTS}/{created['id']}"
        assert response.headers["etag"] == '"1"'
        assert (created["status"], created["months"], created["from_month"]) == ("draft", 12, "2026-12")
        assert (created["network"], created["province_code"], created["commune_code"]) == (
            "womens_union",
            scenario.world.province,
            scenario.world.commune,
        )
        assert (created["group_id"], created["relation_to_head"]) == (str(scenario.group.id), "con")
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}")) == created
        member = await owner.fetchrow("select * from member where id = $1", created["member_id"])
        assert (member["search_name"][:10], member["created_by"]) == ("nguyen thi", scenario.officer.id)
        account = "select kind from account where group_id = $1 and member_id = $2"
        assert await owner.fetchval(account, scenario.group.id, member["id"]) == "member"
        assert await list_outbox_events(owner, created["id"]) == ["enrolment.created"]
        assert await list_outbox_events(owner, created["member_id"]) == ["member.created"]

    async def test_known_member_by_id(self, scenario: EnrolmentScenario):
        member = await scenario.world.member(scenario.unit)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        created = expect_json(
            await scenario.client.post(ENROLMENTS, json=body, headers=scenario.officer.headers), 201
        )
        assert (created["member_id"], created["commune_code"]) == (str(member), scenario.world.commune)
        assert (created["monthly_income"], created["months"], created["support_group"]) == (None, 6, None)

    async def test_member_of_a_commune_that_ended_is_enrolled_in_its_successor(
        self, scenario: EnrolmentScenario, owner: Any
    ):
        member = await scenario.world.member(scenario.unit)
        old = await scenario.create_old_commune()
        await owner.execute("update member set commune_code = $2 where id = $1", member, old)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        created = expect_json(
            await scenario.client.post(ENROLMENTS, json=body, headers=scenario.officer.headers), 201
        )
        assert (created["commune_code"], created["province_code"]) == (
            scenario.world.commune,
            scenario.world.province,
        )

    async def test_member_not_yours_is_404(self, scenario: EnrolmentScenario):
        member = await scenario.world.member(scenario.unit)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        for who in (scenario.farmers, scenario.sibling_officer):
            response = await scenario.client.post(ENROLMENTS, json=body, headers=who.headers)
            expect_problem(response, 404, "not_found", "/member_id")

    async def test_same_again_is_200_with_the_first(self, scenario: EnrolmentScenario):
        body = scenario.row(id=str(uuid4()))
        first = expect_json(
            await scenario.client.post(ENROLMENTS, json=body, headers=scenario.officer.headers), 201
        )
        again = await scenario.client.post(ENROLMENTS, json=body, headers=scenario.officer.headers)
        assert expect_json(again, 200) == first
        assert first["id"] == body["id"]

    async def test_same_id_with_other_content_is_409(self, scenario: EnrolmentScenario):
        taken = str(uuid4())
        await scenario.create_draft(id=taken)
        expect_problem(await scenario.create_enrolment(id=taken), 409, "id_taken", "/id")
        expect_problem(await scenario.create_enrolment(scenario.farmers, id=taken), 409, "id_taken", "/id")

    async def test_same_reference_with_other_content_is_409(self, scenario: EnrolmentScenario):
        first = await scenario.create_draft()
        response = await scenario.create_enrolment(external_ref=first["external_ref"])
        expect_problem(response, 409, "conflicts_with_existing", "/external_ref")

    async def test_second_of_the_same_month_is_409_until_the_first_is_withdrawn(
        self, scenario: EnrolmentScenario
    ):
        person = scenario.row()
        first = await scenario.create_draft(**person)
        person["external_ref"] = None
        expect_problem(await scenario.create_enrolment(**person), 409, "enrolment_exists")
        expect_json(await scenario.create_enrolment(**person | {"from_month": "2027-12"}), 201)
        expect_json(await scenario.transition(first, "withdraw"))
        expect_json(await scenario.create_enrolment(**person), 201)

    async def test_one_network_learns_nothing_of_another(self, scenario: EnrolmentScenario):
        person = scenario.row()
        await scenario.create_draft(**person)
        expect_json(await scenario.create_enrolment(scenario.farmers, **person), 201)

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
        self, scenario: EnrolmentScenario, changed: dict[str, Any], status: int, code: str, pointer: str
    ):
        expect_problem(await scenario.create_enrolment(**changed), status, code, pointer)

    async def test_place_of_somebody_else_is_403(self, scenario: EnrolmentScenario):
        expect_problem(
            await scenario.create_enrolment(scenario.sibling_officer), 403, "outside_scope", "/commune_code"
        )

    async def test_group_of_another_union_is_404(self, scenario: EnrolmentScenario):
        response = await scenario.create_enrolment(scenario.farmers, group_code=scenario.group.code)
        expect_problem(response, 404, "not_found", "/group_code")

    async def test_ended_group_is_422(self, scenario: EnrolmentScenario, owner: Any):
        await owner.execute(
            "update savings_group set ended_on = '2026-01-01' where id = $1", scenario.group.id
        )
        expect_problem(
            await scenario.create_enrolment(group_code=scenario.group.code), 422, "group_ended", "/group_code"
        )

    async def test_refused_leaves_nothing(self, scenario: EnrolmentScenario, owner: Any):
        person = scenario.row(group_code="nope")
        await scenario.create_enrolment(**person)
        count_sql = "select count(*) from member where national_id = $1"
        assert await owner.fetchval(count_sql, person["national_id"]) == 0

    async def test_many_at_once_enter_one(self, scenario: EnrolmentScenario):
        person = scenario.row(external_ref=None, national_id=None, group_code=scenario.group.code)
        responses = await asyncio.gather(*(scenario.create_enrolment(**person) for _ in range(6)))
        assert sorted(response.status_code for response in responses) == [200] * 5 + [201]
        assert len({response.json()["member_id"] for response in responses}) == 1


class TestListEnrolments:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(ENROLMENTS)).status_code == 401

    async def test_who_sees_what(self, scenario: EnrolmentScenario):
        grouped = await scenario.create_draft(group_code=scenario.group.code)
        single = await scenario.create_draft()
        both = [single["id"], grouped["id"]]
        for who, expected_ids in {
            scenario.officer: both,
            scenario.commune_officer: both,
            scenario.bhxh: both,
            scenario.partner: both,
            scenario.treasurer: [grouped["id"]],
            scenario.farmers: [],
            scenario.sibling_officer: [],
        }.items():
            assert [
                one["id"] for one in expect_json(await scenario.get(ENROLMENTS, who))["items"]
            ] == expected_ids
            for one in both:
                status = 200 if one in expected_ids else 404
                assert (await scenario.get(f"{ENROLMENTS}/{one}", who)).status_code == status

    async def test_bhxh_sees_every_network(self, scenario: EnrolmentScenario):
        await scenario.create_draft()
        theirs = expect_json(await scenario.create_enrolment(scenario.farmers), 201)
        assert len(expect_json(await scenario.get(ENROLMENTS, scenario.bhxh))["items"]) == 2
        farmers_items = expect_json(
            await scenario.get(ENROLMENTS, scenario.bhxh, network="farmers_association")
        )["items"]
        assert [one["id"] for one in farmers_items] == [theirs["id"]]

    async def test_filters(self, scenario: EnrolmentScenario):
        one = await scenario.create_draft(group_code=scenario.group.code)
        two = await scenario.create_draft(product="bhyt_hgd", monthly_income=None, from_month="2027-01")
        expect_json(await scenario.transition(two, "submit"))
        for name, value in {
            "status": "draft",
            "product": "bhxh_tn",
            "group_id": one["group_id"],
            "group_code": scenario.group.code,
            "member_id": one["member_id"],
            "from_month": "2026-12",
            "external_ref": one["external_ref"],
        }.items():
            items = expect_json(await scenario.get(ENROLMENTS, None, **{name: value}))["items"]
            assert [item["id"] for item in items] == [one["id"]], name
        for name, value in {
            "commune_code": scenario.world.sibling_commune,
            "batch_id": str(uuid4()),
            "network": "farmers_association",
            "group_code": "nope",
        }.items():
            assert expect_json(await scenario.get(ENROLMENTS, None, **{name: value}))["items"] == [], name

    async def test_pages(self, scenario: EnrolmentScenario):
        created = [(await scenario.create_draft())["id"] for _ in range(3)]
        first = expect_json(await scenario.get(ENROLMENTS, limit=2))
        rest = expect_json(await scenario.get(ENROLMENTS, limit=2, cursor=first["next_cursor"]))
        assert [one["id"] for one in first["items"] + rest["items"]] == created[::-1]
        assert rest["next_cursor"] is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [("nope", "1"), ("status", "lost"), ("from_month", "2026"), ("member_id", "x"), ("national_id", "1")],
    )
    async def test_wrong_filter_is_422(self, scenario: EnrolmentScenario, name: str, value: str):
        response = await scenario.get(ENROLMENTS, None, **{name: value})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/query/{name}"

    async def test_support_group_is_for_those_who_enter_or_decide(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(group_code=scenario.group.code, support_group="ethnic_minority")
        path = f"{ENROLMENTS}/{created['id']}"
        assert expect_json(await scenario.get(path, scenario.bhxh))["support_group"] == "ethnic_minority"
        assert expect_json(await scenario.get(path, scenario.treasurer))["support_group"] is None


class TestEditEnrolment:
    async def test_only_what_is_sent_changes(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_draft(group_code=scenario.group.code)
        response = await scenario.edit(created, method="missing_months", months=30, support_group=None)
        changed = expect_json(response)
        expected = created | {"method": "missing_months", "months": 30, "support_group": None, "version": 2}
        assert changed | {"updated_at": None} == expected | {"updated_at": None}
        assert response.headers["etag"] == '"2"'
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'enrolment.changed'",
            created["id"],
        )
        assert "missing_months" in fields
        assert "support" not in fields

    async def test_months_follow_the_method(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(method="missing_months", months=30)
        kept = expect_json(await scenario.edit(created, monthly_income=2_000_000))
        assert (kept["months"], kept["monthly_income"]) == (30, 2_000_000)
        assert expect_json(await scenario.edit(kept, method="years_2"))["months"] == 24

    async def test_group_and_place(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        other = await scenario.world.group(scenario.unit, commune=scenario.world.sibling_commune)
        moved = expect_json(
            await scenario.edit(created, group_code=other.code, commune_code=scenario.world.sibling_commune)
        )
        assert (moved["group_id"], moved["commune_code"]) == (str(other.id), scenario.world.sibling_commune)
        assert expect_json(await scenario.edit(moved, group_id=None))["group_id"] is None

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
        self, scenario: EnrolmentScenario, body: dict[str, Any], status: int, code: str, pointer: str
    ):
        expect_problem(await scenario.edit(await scenario.create_draft(), **body), status, code, pointer)

    async def test_place_of_somebody_else_is_403(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        response = await scenario.edit(
            created, scenario.commune_officer, commune_code=scenario.world.sibling_commune
        )
        expect_problem(response, 403, "outside_scope", "/commune_code")

    async def test_month_of_another_enrolment_is_409(self, scenario: EnrolmentScenario):
        person = scenario.row()
        await scenario.create_draft(**person)
        later = await scenario.create_draft(**person | {"external_ref": None, "from_month": "2027-12"})
        expect_problem(await scenario.edit(later, from_month="2026-12"), 409, "enrolment_exists")

    async def test_stale_version_is_412_and_none_is_428(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_json(await scenario.edit(created, months=12))
        expect_problem(await scenario.edit(created, months=12), 412, "stale_version")
        path = f"{ENROLMENTS}/{created['id']}"
        expect_problem(
            await scenario.client.patch(path, json={}, headers=scenario.officer.headers),
            428,
            "precondition_required",
        )

    async def test_submitted_is_409(self, scenario: EnrolmentScenario):
        created = expect_json(await scenario.transition(await scenario.create_draft(), "submit"))
        expect_problem(await scenario.edit(created, months=12), 409, "enrolment_status")

    @pytest.mark.parametrize(
        ("who", "status"),
        [("farmers", 404), ("sibling_officer", 404), ("bhxh", 403)],
    )
    async def test_others_may_not(self, scenario: EnrolmentScenario, who: str, status: int):
        created = await scenario.create_draft(group_code=scenario.group.code)
        assert (await scenario.edit(created, getattr(scenario, who), months=12)).status_code == status


class TestSteps:
    async def test_returned_corrected_and_accepted(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_draft()
        submitted = expect_json(await scenario.transition(created, "submit"))
        assert (submitted["status"], submitted["submitted_by"], submitted["version"]) == (
            "submitted",
            str(scenario.officer.id),
            2,
        )
        back = expect_json(await scenario.transition(submitted, "return", scenario.bhxh, reasons=[REASON]))
        assert (back["status"], back["reasons"], back["decided_by"]) == (
            "returned",
            [REASON],
            str(scenario.bhxh.id),
        )
        again = expect_json(
            await scenario.transition(
                expect_json(await scenario.edit(back, monthly_income=2_000_000)), "submit"
            )
        )
        assert (again["status"], again["reasons"], again["decided_by"]) == ("submitted", [], None)
        accepted = expect_json(await scenario.transition(again, "accept", scenario.bhxh))
        assert (accepted["status"], accepted["decided_by"]) == ("accepted", str(scenario.bhxh.id))
        assert await list_outbox_events(owner, created["id"]) == [
            "enrolment.created",
            "enrolment.submitted",
            "enrolment.returned",
            "enrolment.changed",
            "enrolment.submitted",
            "enrolment.accepted",
        ]

    async def test_rejected_for_good(self, scenario: EnrolmentScenario, owner: Any):
        submitted = expect_json(await scenario.transition(await scenario.create_draft(), "submit"))
        rejected = expect_json(
            await scenario.transition(submitted, "reject", scenario.bhxh, reasons=[REASON])
        )
        assert (rejected["status"], rejected["reasons"]) == ("rejected", [REASON])
        expect_problem(await scenario.transition(rejected, "submit"), 409, "enrolment_status")
        noted = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1 and event = 'enrolment.rejected'",
            submitted["id"],
        )
        assert "not_readable" in noted
        assert REASON["text"] not in noted

    @pytest.mark.parametrize("action", ["accept", "return", "reject"])
    async def test_only_bhxh_decides(self, scenario: EnrolmentScenario, action: str):
        submitted = expect_json(
            await scenario.transition(await scenario.create_draft(group_code=scenario.group.code), "submit")
        )
        reasons = None if action == "accept" else [REASON]
        for who in (scenario.officer, scenario.partner, scenario.treasurer, scenario.farmers):
            expect_problem(
                await scenario.transition(submitted, action, who, reasons=reasons), 403, "forbidden"
            )

    async def test_bhxh_does_not_decide_on_a_draft_or_elsewhere(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_problem(await scenario.transition(created, "accept", scenario.bhxh), 409, "enrolment_status")
        beyond = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        expect_problem(await scenario.transition(created, "accept", beyond), 404, "not_found")

    @pytest.mark.parametrize("action", ["submit", "withdraw"])
    @pytest.mark.parametrize(
        ("who", "status"), [("farmers", 404), ("sibling_officer", 404), ("bhxh", 403), ("treasurer", 403)]
    )
    async def test_only_the_union_sends(
        self, scenario: EnrolmentScenario, action: str, who: str, status: int
    ):
        created = await scenario.create_draft(group_code=scenario.group.code)
        assert (await scenario.transition(created, action, getattr(scenario, who))).status_code == status

    @pytest.mark.parametrize("action", ["submit", "withdraw", "accept", "return", "reject"])
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario, action: str):
        response = await scenario.client.post(f"{ENROLMENTS}/{uuid4()}/{action}", json={"reasons": [REASON]})
        assert response.status_code == 401

    async def test_stale_version_is_412_and_none_is_any(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_problem(await scenario.transition(created, "submit", version=2), 412, "stale_version")
        response = await scenario.client.post(
            f"{ENROLMENTS}/{created['id']}/submit", headers=scenario.officer.headers
        )
        assert (response.status_code, response.json()["status"]) == (200, "submitted")

    async def test_two_deciding_at_once_decide_once(self, scenario: EnrolmentScenario):
        submitted = expect_json(await scenario.transition(await scenario.create_draft(), "submit"))
        responses = await asyncio.gather(
            scenario.transition(submitted, "accept", scenario.bhxh),
            scenario.transition(submitted, "reject", scenario.bhxh, reasons=[REASON]),
        )
        assert sorted(response.status_code for response in responses) == [200, 412]

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
    async def test_reasons_are_needed_and_well_formed(
        self, scenario: EnrolmentScenario, reasons: Any, pointer: str
    ):
        submitted = expect_json(await scenario.transition(await scenario.create_draft(), "submit"))
        for action in ("return", "reject"):
            response = await scenario.transition(submitted, action, scenario.bhxh, reasons=reasons)
            assert response.status_code == 422
            assert response.json()["errors"][0]["pointer"] == pointer
