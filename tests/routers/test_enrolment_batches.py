"""Batches of enrolments over HTTP."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import IdempotencyKeyReused
from tests.insurance.rows import BATCHES, ENROLMENTS, REASON, Cast
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


def verdicts(answer: Any) -> list[str]:
    return [item["status"] for item in answer["items"]]


def codes(item: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in item["errors"]]


def warned(item: Any) -> list[str]:
    return [warning["code"] for warning in item["warnings"]]


BAD: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("/national_id", "national_id", lambda row: row | {"national_id": "04218400012"}),
    ("/national_id", "national_id_province", lambda row: row | {"national_id": "999184000123"}),
    ("/commune_code", "place_unknown", lambda row: row | {"commune_code": "00000"}),
    ("/commune_code", "code", lambda row: row | {"commune_code": "có dấu"}),
    ("/full_name", "missing", lambda row: row | {"full_name": None}),
    ("/birth_date", "day", lambda row: row | {"birth_date": "02/03/1984"}),
    ("/birth_date", "birth_date_future", lambda row: row | {"birth_date": "2190-01-01"}),
    ("/product", "enum", lambda row: row | {"product": "bhtn"}),
    ("/method", "missing", lambda row: {name: row[name] for name in row if name != "method"}),
    ("/months", "missing", lambda row: row | {"method": "missing_months"}),
    ("/monthly_income", "greater_than_equal", lambda row: row | {"monthly_income": -1}),
    ("/monthly_income", "missing", lambda row: row | {"monthly_income": None}),
    ("/monthly_income", "int_type", lambda row: row | {"monthly_income": "1500000"}),
    ("/monthly_income", "not_for_product", lambda row: row | {"product": "bhyt_hgd"}),
    ("/from_month", "month", lambda row: row | {"from_month": "2026-12-01"}),
    ("/group_code", "not_found", lambda row: row | {"group_code": "HT-HD-9999"}),
    ("/member_id", "uuid", lambda row: row | {"member_id": "1"}),
    ("/phone", "phone", lambda row: row | {"phone": "02393856789"}),
    ("/support_group", "enum", lambda row: row | {"support_group": "rich"}),
    ("/sex", "literal_error", lambda row: row | {"sex": "nữ"}),
    ("/external_ref", "string_type", lambda row: row | {"external_ref": 7}),
    ("/ghi_chu", "extra_forbidden", lambda row: row | {"ghi_chu": "x"}),
    ("", "model_type", lambda row: [row]),
    ("", "model_type", lambda row: None),
    ("/social_insurance_no", "social_insurance_no", lambda row: row | {"social_insurance_no": "12"}),
]
"""Ways to be wrong: the field, the code, and what makes a good row bad."""


class TestReceiveBatch:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.post(BATCHES, json={})).status_code == 401

    @pytest.mark.parametrize("who", ["bhxh", "treasurer"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        refused(await cast.send(cast.row(), who=getattr(cast, who)), 403, "forbidden")

    async def test_partner_without_the_scope_is_403(self, cast: Cast):
        reading = await cast.world.partner(cast.unit, "enrolments:read")
        refused(await cast.send(cast.row(), who=reading), 403, "forbidden")

    async def test_without_key_is_400(self, cast: Cast):
        body = {"mode": "partial", "items": [cast.row()]}
        answer = await cast.client.post(BATCHES, json=body, headers=cast.partner.headers)
        refused(answer, 400, "idempotency_key_missing")

    @pytest.mark.parametrize("key", ["", "k" * 201, "khóa"])
    async def test_bad_key_is_422(self, cast: Cast, key: str):
        headers = [*cast.partner.headers.items(), ("Idempotency-Key", key)]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        answer = await cast.client.post(BATCHES, json={"mode": "partial", "items": [{}]}, headers=encoded)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"

    async def test_new_people_are_entered_and_submitted(self, cast: Cast, owner: Any):
        rows = [cast.row(group_code=cast.group.code), cast.row(product="bhyt_hgd", monthly_income=None)]
        answer = await cast.sent(*rows)
        assert answer["counts"] == {"created": 2, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 0}
        for index, (sent, item) in enumerate(zip(rows, answer["items"], strict=True)):
            assert item == {
                "index": index,
                "external_ref": sent["external_ref"],
                "status": "created",
                "enrolment_id": item["enrolment_id"],
                "member_id": item["member_id"],
                "warnings": [],
                "errors": [],
                "candidates": [],
            }
            made = got(await cast.get(f"{ENROLMENTS}/{item['enrolment_id']}"))
            assert (made["status"], made["submitted_by"], made["batch_id"], made["client_id"]) == (
                "submitted",
                str(cast.partner.id),
                answer["batch_id"],
                str(cast.partner.id),
            )
        joined = "select count(*) from membership where group_id = $1 and member_id = $2 and left_on is null"
        assert await owner.fetchval(joined, cast.group.id, answer["items"][0]["member_id"]) == 1
        account = "select count(*) from account where group_id = $1 and member_id = $2"
        assert await owner.fetchval(account, cast.group.id, answer["items"][0]["member_id"]) == 1
        noted = await owner.fetch("select event from audit_event where actor_id = $1", cast.partner.id)
        assert Counter(row["event"] for row in noted) == {
            "member.created": 2,
            "enrolment.created": 2,
            "membership.started": 1,
            "enrolment_batch.received": 1,
        }

    @pytest.mark.parametrize(("pointer", "code", "spoil"), BAD)
    async def test_each_bad_row_is_named(self, cast: Cast, pointer: str, code: str, spoil: Any):
        answer = await cast.sent(cast.row(), spoil(cast.row()), cast.row())
        assert verdicts(answer) == ["created", "rejected", "created"]
        assert (f"/items/1{pointer}", code) in codes(answer["items"][1])
        assert (answer["items"][1]["enrolment_id"], answer["items"][1]["member_id"]) == (None, None)

    async def test_a_thousand_rows_of_which_fifty_are_bad(self, cast: Cast, owner: Any):
        rows: list[Any] = [cast.row(group_code=cast.group.code) for _ in range(1000)]
        expected = {}
        for nth in range(50):
            index, (pointer, code, spoil) = nth * 20 + 7, BAD[nth % len(BAD)]
            rows[index] = spoil(rows[index])
            expected[index] = (f"/items/{index}{pointer}", code)
        answer = await cast.sent(*rows, key="once")
        assert answer["counts"] == {
            "created": 950,
            "updated": 0,
            "duplicate": 0,
            "unchanged": 0,
            "rejected": 50,
        }
        for index, item in enumerate(answer["items"]):
            assert item["index"] == index
            if index in expected:
                assert item["status"] == "rejected"
                assert expected[index] in codes(item)
                assert all(error["detail"] for error in item["errors"])
            else:
                assert (item["status"], item["errors"], item["warnings"]) == ("created", [], [])
        again = await cast.sent(*rows, key="again")
        assert again["counts"] == {
            "created": 0,
            "updated": 0,
            "duplicate": 0,
            "unchanged": 950,
            "rejected": 50,
        }
        ids = [item["enrolment_id"] for item in answer["items"]]
        assert [item["enrolment_id"] for item in again["items"]] == ids
        counted = (
            "select count(*), max(version), count(distinct member_id) from enrolment where client_id = $1"
        )
        assert tuple(await owner.fetchrow(counted, cast.partner.id)) == (950, 1, 950)
        assert got(await cast.get(BATCHES, cast.farmers))["items"] == []
        assert got(await cast.get(ENROLMENTS, cast.farmers))["items"] == []
        first = got(await cast.get(f"{ENROLMENTS}/{ids[0]}", cast.bhxh))
        for who in (cast.treasurer, cast.officer):
            refused(await cast.step(first, "accept", who), 403, "forbidden")
        assert got(await cast.step(first, "accept", cast.bhxh))["status"] == "accepted"
        assert verdicts(await cast.sent(rows[0])) == ["unchanged"]

    async def test_words_follow_the_language(self, cast: Cast):
        bad = cast.row(group_code="nope")
        vietnamese = await cast.sent(bad)
        english = await cast.sent(bad, **{"Accept-Language": "en"})
        assert vietnamese["items"][0]["errors"][0]["detail"] == "Không tìm thấy dữ liệu được yêu cầu."
        assert english["items"][0]["errors"][0]["detail"] == "What was asked for does not exist."

    async def test_place_and_group_of_somebody_else(self, cast: Cast):
        answer = await cast.sent(cast.row(), who=cast.sibling_officer)
        assert codes(answer["items"][0]) == [("/items/0/commune_code", "outside_scope")]
        answer = await cast.sent(cast.row(group_code=cast.group.code), who=cast.farmers)
        assert codes(answer["items"][0]) == [("/items/0/group_code", "not_found")]

    async def test_a_commune_that_ended_is_not_in_force(self, cast: Cast):
        answer = await cast.sent(cast.row(commune_code=await cast.old_commune()))
        assert codes(answer["items"][0]) == [("/items/0/commune_code", "place_unknown")]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"mode": "partial", "items": []}, "/items"),
            ({"mode": "all", "items": [{}] * 1001}, "/mode"),
            ({"mode": "partial", "items": {}}, "/items"),
            ({"mode": "partial"}, "/items"),
            ({"mode": "all", "items": [{}]}, "/mode"),
            ({"items": [{}]}, "/mode"),
            ({"mode": "partial", "items": [{}], "more": 1}, "/more"),
        ],
    )
    async def test_wrong_envelope_is_422(self, cast: Cast, body: Any, pointer: str):
        headers = cast.partner.headers | {"Idempotency-Key": "k"}
        answer = await cast.client.post(BATCHES, json=body, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_more_than_a_thousand_become_a_job(self, cast: Cast):
        answer = await cast.send(*[{}] * 1001)
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"


class TestKey:
    async def test_same_again_is_the_first_answer(self, cast: Cast):
        rows = [cast.row(), cast.row(commune_code="nope")]
        first = await cast.send(*rows, key="K-1")
        again = await cast.send(*rows, key="K-1")
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers

    async def test_other_body_is_422(self, cast: Cast):
        await cast.sent(cast.row(), key="K-1")
        refused(await cast.send(cast.row(), key="K-1"), 422, IdempotencyKeyReused.code)

    async def test_keys_belong_to_an_organisation(self, cast: Cast):
        await cast.sent(cast.row(), key="K-1")
        assert verdicts(await cast.sent(cast.row(), key="K-1", who=cast.farmers)) == ["created"]
        refused(await cast.send(cast.row(), key="K-1", who=cast.officer), 422, IdempotencyKeyReused.code)

    async def test_many_at_once_make_one_batch(self, cast: Cast, owner: Any):
        rows = [cast.row(group_code=cast.group.code) for _ in range(20)]
        answers = await asyncio.gather(*(cast.send(*rows, key="K-1") for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert len({answer.text for answer in answers}) == 1
        assert Counter(answer.headers.get("idempotency-replayed") for answer in answers) == {
            None: 1,
            "true": 9,
        }
        counted = "select count(*) from enrolment_batch where organisation_id = $1"
        assert await owner.fetchval(counted, cast.unit.id) == 1

    async def test_an_organisation_of_some_communes_reads_its_own(self, cast: Cast):
        unit = await cast.world.unit("womens_union", cast.world.commune, level="district")
        clerk, colleague = [await cast.world.user(unit, "union_officer") for _ in range(2)]
        rows = [cast.row()]
        first = await cast.sent(*rows, key="K-1", who=clerk)
        again = await cast.send(*rows, key="K-1", who=colleague)
        assert (got(again), again.headers["idempotency-replayed"]) == (first, "true")


class TestModes:
    async def test_validate_writes_nothing(self, cast: Cast, owner: Any):
        known = (await cast.sent(row := cast.row()))["items"][0]
        new, repeated = cast.row(group_code=cast.group.code), cast.row()
        twin = new | {"external_ref": "twin"}
        answer = await cast.sent(row, new, twin, cast.row(full_name=""), repeated, mode="validate")
        assert verdicts(answer) == ["unchanged", "created", "duplicate", "rejected", "created"]
        ids = [(item["enrolment_id"], item["member_id"]) for item in answer["items"]]
        assert ids == [(known["enrolment_id"], known["member_id"])] + [(None, None)] * 4
        counted = "select count(*) from member where national_id = any($1)"
        assert await owner.fetchval(counted, [new["national_id"], repeated["national_id"]]) == 0
        assert verdicts(await cast.sent(new, repeated)) == ["created", "created"]

    async def test_atomic_takes_all(self, cast: Cast):
        rows = [cast.row(), cast.row()]
        assert verdicts(await cast.sent(*rows, mode="atomic")) == ["created", "created"]
        assert verdicts(await cast.sent(*rows, cast.row(), mode="atomic")) == [
            "unchanged",
            "unchanged",
            "created",
        ]

    async def test_atomic_takes_none_and_its_key_stays_free(self, cast: Cast, owner: Any):
        rows = [cast.row(group_code=cast.group.code), cast.row(national_id="1"), cast.row(group_code="nope")]
        answer = await cast.send(*rows, mode="atomic", key="K-1")
        refused(answer, 422, "batch_refused")
        refused(answer, 422, "national_id", "/items/1/national_id")
        refused(answer, 422, "not_found", "/items/2/group_code")
        assert (
            await owner.fetchval("select count(*) from enrolment where client_id = $1", cast.partner.id) == 0
        )
        found = "select count(*) from member where national_id = $1"
        assert await owner.fetchval(found, rows[0]["national_id"]) == 0
        assert verdicts(await cast.sent(rows[0], mode="atomic", key="K-1")) == ["created"]


class TestRepeats:
    async def test_reference_stands_once_in_a_batch(self, cast: Cast):
        one = cast.row()
        answer = await cast.sent(one, cast.row(external_ref=one["external_ref"]), one)
        assert verdicts(answer) == ["created", "rejected", "duplicate"]
        assert codes(answer["items"][1]) == [("/items/1/external_ref", "external_ref_repeated")]
        assert answer["items"][2]["enrolment_id"] == answer["items"][0]["enrolment_id"]
        assert (await cast.sent(one, one))["counts"]["unchanged"] == 2

    async def test_exact_repeat_of_a_bad_row_is_bad(self, cast: Cast, owner: Any):
        one = cast.row()
        await cast.sent(one)
        await owner.execute(
            "update member set died_on = '2026-01-01' where national_id = $1", one["national_id"]
        )
        dead = one | {"external_ref": "dead", "from_month": "2027-12"}
        answer = await cast.sent(dead, dead)
        assert [codes(item)[0][1] for item in answer["items"]] == ["member_died"] * 2

    async def test_nothing_is_overwritten(self, cast: Cast):
        one = cast.row()
        made = (await cast.sent(one))["items"][0]["enrolment_id"]
        answer = await cast.sent(one | {"monthly_income": 9_000_000})
        assert codes(answer["items"][0]) == [("/items/0/external_ref", "conflicts_with_existing")]
        assert got(await cast.get(f"{ENROLMENTS}/{made}"))["monthly_income"] == 1_500_000

    async def test_reference_is_kept_for_ever(self, cast: Cast):
        one = cast.row()
        made = (await cast.sent(one))["items"][0]["enrolment_id"]
        got(
            await cast.step(
                got(await cast.get(f"{ENROLMENTS}/{made}")), "reject", cast.bhxh, reasons=[REASON]
            )
        )
        assert verdicts(await cast.sent(one)) == ["unchanged"]
        assert verdicts(await cast.sent(one | {"from_month": "2027-01"})) == ["rejected"]
        assert verdicts(await cast.sent(one | {"external_ref": "second try"})) == ["created"]

    async def test_references_belong_to_their_sender(self, cast: Cast):
        one, other = cast.row(), await cast.world.partner(cast.unit, "enrolments:write")
        await cast.sent(one)
        assert verdicts(await cast.sent(one, who=other)) == ["unchanged"]
        assert verdicts(await cast.sent(cast.row(external_ref=one["external_ref"]), who=other)) == ["created"]
        assert verdicts(await cast.sent(cast.row(external_ref=one["external_ref"]), who=cast.officer)) == [
            "created"
        ]

    async def test_same_person_product_and_month_is_a_duplicate(self, cast: Cast):
        one = cast.row()
        answer = await cast.sent(
            one,
            one | {"external_ref": "b"},
            one | {"external_ref": "c", "from_month": "2027-12"},
            one | {"external_ref": "d", "product": "bhyt_hgd", "monthly_income": None},
        )
        assert verdicts(answer) == ["created", "duplicate", "created", "created"]
        ids = [item["enrolment_id"] for item in answer["items"]]
        assert (ids[1], len(set(ids))) == (ids[0], 3)
        assert len({item["member_id"] for item in answer["items"]}) == 1
        assert verdicts(await cast.sent(one | {"external_ref": "e"})) == ["duplicate"]

    async def test_without_reference_too(self, cast: Cast):
        rows = [cast.row(external_ref=None) for _ in range(3)]
        await cast.sent(*rows)
        assert verdicts(await cast.sent(*rows)) == ["unchanged"] * 3
        assert verdicts(await cast.sent(rows[0] | {"monthly_income": 2_000_000})) == ["duplicate"]

    async def test_own_ids(self, cast: Cast):
        one = cast.row(id=str(uuid4()), external_ref=None)
        assert (await cast.sent(one))["items"][0]["enrolment_id"] == one["id"]
        assert verdicts(await cast.sent(one)) == ["unchanged"]
        for who in (cast.partner, cast.farmers):
            answer = await cast.sent(cast.row(id=one["id"]), who=who)
            assert codes(answer["items"][0]) == [("/items/0/id", "id_taken")]
        two = str(uuid4())
        answer = await cast.sent(cast.row(id=two), cast.row(id=two))
        assert verdicts(answer) == ["created", "rejected"]
        assert codes(answer["items"][1]) == [("/items/1/id", "id_taken")]


class TestPeople:
    async def test_found_by_either_number(self, cast: Cast, owner: Any):
        one = cast.row(social_insurance_no="4200000001")
        member = (await cast.sent(one))["items"][0]["member_id"]
        by_social_no = one | {"external_ref": None, "from_month": "2027-01", "national_id": None}
        by_national_id = one | {"external_ref": None, "from_month": "2027-02", "social_insurance_no": None}
        answer = await cast.sent(by_social_no, by_national_id)
        assert [(item["status"], item["member_id"]) for item in answer["items"]] == [("created", member)] * 2

    async def test_one_batch_with_all_ways_to_name_a_new_person(self, cast: Cast):
        one = cast.row(social_insurance_no="4200000002")
        rows = [
            one | {"external_ref": f"way {nth}", "from_month": f"2027-0{nth}"} | left_out
            for nth, left_out in enumerate(
                [
                    {"national_id": None, "social_insurance_no": None},
                    {"national_id": None},
                    {},
                    {"social_insurance_no": None},
                ],
                start=1,
            )
        ]
        answer = await cast.sent(*rows)
        assert verdicts(answer) == ["created"] * 4
        assert len({item["member_id"] for item in answer["items"]}) == 1
        assert [warned(item) for item in answer["items"]] == [["member_found_by_name"], [], [], []]

    async def test_register_stays_as_it_is(self, cast: Cast, owner: Any):
        one = cast.row()
        await cast.sent(one)
        answer = await cast.sent(
            one | {"external_ref": "x", "from_month": "2027-01", "full_name": "Lê Thị Mai"}
        )
        assert (verdicts(answer), warned(answer["items"][0])) == (["created"], ["full_name_differs"])
        name = await owner.fetchval("select full_name from member where national_id = $1", one["national_id"])
        assert name == one["full_name"]

    async def test_somebody_else_s_number(self, cast: Cast):
        one = cast.row()
        await cast.sent(one)
        answer = await cast.sent(cast.row(national_id=one["national_id"], birth_date="1990-01-01"))
        assert codes(answer["items"][0]) == [("/items/0/national_id", "different_person")]

    async def test_cross_checks_are_warnings(self, cast: Cast):
        answer = await cast.sent(cast.row(birth_date="1990-01-01", sex="male"))
        assert verdicts(answer) == ["created"]
        assert [(one["pointer"], one["code"]) for one in answer["items"][0]["warnings"]] == [
            ("/items/0/national_id", "national_id_birth_year"),
            ("/items/0/national_id", "national_id_sex"),
        ]

    async def test_without_number_by_name(self, cast: Cast):
        nameless = cast.row(national_id=None)
        first = (await cast.sent(nameless))["items"][0]
        assert (first["status"], warned(first)) == ("created", [])
        later = nameless | {"external_ref": "later", "from_month": "2027-01"}
        found = (await cast.sent(later))["items"][0]
        assert (found["member_id"], warned(found)) == (first["member_id"], ["member_found_by_name"])
        numbered = cast.row(full_name=nameless["full_name"])
        twin = (await cast.sent(numbered))["items"][0]
        assert (twin["status"], warned(twin)) == ("created", ["possible_same_person"])
        assert twin["member_id"] != first["member_id"]
        answer = await cast.sent(nameless | {"external_ref": "third", "from_month": "2027-02"})
        assert codes(answer["items"][0]) == [("/items/0/full_name", "ambiguous_member")]

    async def test_member_elsewhere_tells_no_more(self, cast: Cast):
        one = cast.row(social_insurance_no="4200000003")
        await cast.sent(one, who=cast.officer)
        there = {"commune_code": cast.world.sibling_commune, "external_ref": None}
        answer = await cast.sent(
            one | there, one | there | {"national_id": None}, who=cast.sibling_officer, key="partial"
        )
        for mode in ("partial", "validate"):
            answer = await cast.sent(
                one | there, one | there | {"national_id": None}, who=cast.sibling_officer, mode=mode
            )
            assert [codes(item) for item in answer["items"]] == [
                [("/items/0/national_id", "member_elsewhere")],
                [("/items/1/social_insurance_no", "member_elsewhere")],
            ]
            assert [item["member_id"] for item in answer["items"]] == [None, None]

    async def test_one_network_learns_nothing_of_another(self, cast: Cast):
        one = cast.row()
        mine = (await cast.sent(one))["items"][0]
        theirs = (await cast.sent(one, who=cast.farmers))["items"][0]
        assert (theirs["status"], theirs["warnings"]) == ("created", [])
        assert theirs["member_id"] != mine["member_id"]

    async def test_known_members(self, cast: Cast):
        members = [str(await cast.world.member(cast.unit)) for _ in range(2)]
        rows = [
            {"member_id": member, "product": "bhyt_hgd", "method": "months_12", "from_month": "2027-01"}
            for member in (*members, str(uuid4()))
        ]
        answer = await cast.sent(*rows)
        assert [item["member_id"] for item in answer["items"]] == [*members, None]
        assert codes(answer["items"][2]) == [("/items/2/member_id", "not_found")]

    async def test_joined_once(self, cast: Cast, owner: Any):
        one = cast.row(group_code=cast.group.code)
        rows = [one, one | {"external_ref": "again", "from_month": "2027-01"}]
        member = (await cast.sent(*rows))["items"][0]["member_id"]
        await cast.sent(one | {"external_ref": "once more", "from_month": "2027-02"})
        joined = "select count(*) from membership where member_id = $1"
        assert await owner.fetchval(joined, member) == 1


class TestTogether:
    async def test_same_people_from_several_senders_at_once(self, cast: Cast, owner: Any):
        people = [cast.row(group_code=cast.group.code, external_ref=None) for _ in range(60)]
        people += [
            cast.row(group_code=cast.group.code, external_ref=None, national_id=None) for _ in range(20)
        ]
        senders = [cast.partner, cast.officer, await cast.world.partner(cast.unit, "enrolments:write")]
        batches = [people[nth * 7 :] + people[: nth * 7] for nth in range(6)]
        answers = await asyncio.gather(
            *(cast.send(*rows, who=senders[nth % 3]) for nth, rows in enumerate(batches))
        )
        assert [answer.status_code for answer in answers] == [200] * 6
        counts = [answer.json()["counts"] for answer in answers]
        assert sum(count["created"] for count in counts) == 80
        assert sum(count["unchanged"] for count in counts) == 400
        counted = "select count(*), count(distinct member_id) from enrolment where organisation_id = $1"
        assert tuple(await owner.fetchrow(counted, cast.unit.id)) == (80, 80)
        joined = "select count(*) from membership where group_id = $1"
        assert await owner.fetchval(joined, cast.group.id) == 80

    async def test_order_of_rows_does_not_matter(self, cast: Cast):
        known, nameless = cast.row(), cast.row(national_id=None, social_insurance_no=None)
        await cast.sent(known)
        new = cast.row(social_insurance_no="4200000004")
        pool = [
            known,
            known | {"external_ref": "k2"},
            known | {"external_ref": "k3", "from_month": "2028-01"},
            nameless,
            nameless | {"external_ref": "n2", "from_month": "2028-01"},
            new,
            new | {"external_ref": "w2", "national_id": None, "from_month": "2028-01"},
            new
            | {
                "external_ref": "w3",
                "national_id": None,
                "social_insurance_no": None,
                "from_month": "2028-02",
            },
            cast.row(commune_code="nope"),
            cast.row(full_name=""),
            cast.row(group_code=cast.group.code),
        ]
        first = await cast.sent(*pool, mode="validate")
        expected = {item["external_ref"]: outcome(item) for item in first["items"]}
        loop = asyncio.get_running_loop()

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.permutations(pool))
        def permuted(rows: list[Any]) -> None:
            sending = asyncio.run_coroutine_threadsafe(cast.sent(*rows, mode="validate"), loop)
            items = sending.result(timeout=60)["items"]
            assert {item["external_ref"]: outcome(item) for item in items} == expected

        await asyncio.to_thread(permuted)


def outcome(item: Any) -> tuple[str, Any, list[str], set[str]]:
    """What is told of a row but for its place in the batch."""
    return item["status"], item["member_id"], [code for _, code in codes(item)], set(warned(item))


class TestReadBatches:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        for path in (BATCHES, f"{BATCHES}/{uuid4()}"):
            assert (await client.get(path)).status_code == 401

    async def test_who_reads_what(self, cast: Cast):
        sent = await cast.sent(cast.row(), cast.row(national_id="1"))
        path = f"{BATCHES}/{sent['batch_id']}"
        for who in (cast.partner, cast.officer, cast.bhxh):
            assert got(await cast.get(path, who)) == sent
            (listed,) = got(await cast.get(BATCHES, who))["items"]
            assert listed == {name: sent[name] for name in sent if name != "items"}
        for who in (cast.farmers, cast.sibling_officer, cast.commune_officer):
            assert (await cast.get(path, who)).status_code == 404
            assert got(await cast.get(BATCHES, who))["items"] == []

    async def test_a_province_reads_those_of_its_communes(self, cast: Cast):
        sent = await cast.sent(cast.row(), who=cast.commune_officer)
        assert got(await cast.get(f"{BATCHES}/{sent['batch_id']}", cast.officer)) == sent

    async def test_read_in_english(self, cast: Cast):
        sent = await cast.sent(cast.row(group_code="nope"))
        headers = cast.officer.headers | {"Accept-Language": "en"}
        read = got(await cast.client.get(f"{BATCHES}/{sent['batch_id']}", headers=headers))
        assert read["items"][0]["errors"][0]["detail"] == "What was asked for does not exist."

    async def test_enrolments_of_a_batch(self, cast: Cast):
        await cast.sent(cast.row())
        sent = await cast.sent(cast.row(), cast.row())
        listed = got(await cast.get(ENROLMENTS, batch_id=sent["batch_id"]))["items"]
        assert {one["id"] for one in listed} == {item["enrolment_id"] for item in sent["items"]}

    async def test_pages(self, cast: Cast):
        made = [(await cast.sent(cast.row()))["batch_id"] for _ in range(3)]
        first = got(await cast.get(BATCHES, limit=2))
        rest = got(await cast.get(BATCHES, limit=2, cursor=first["next_cursor"]))
        assert [one["batch_id"] for one in first["items"] + rest["items"]] == made[::-1]
