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
from tests.insurance.enrolment_scenario import BATCHES, ENROLMENTS, REASON, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


def row_statuses(body: Any) -> list[str]:
    return [item["status"] for item in body["items"]]


def error_codes(item: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in item["errors"]]


def warning_codes(item: Any) -> list[str]:
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
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        expect_problem(await scenario.send(scenario.row(), login=getattr(scenario, who)), 403, "forbidden")

    async def test_partner_without_the_scope_is_403(self, scenario: EnrolmentScenario):
        reading = await scenario.world.partner(scenario.unit, "enrolments:read")
        expect_problem(await scenario.send(scenario.row(), login=reading), 403, "forbidden")

    async def test_without_key_is_400(self, scenario: EnrolmentScenario):
        body = {"mode": "partial", "items": [scenario.row()]}
        response = await scenario.client.post(BATCHES, json=body, headers=scenario.partner.headers)
        expect_problem(response, 400, "idempotency_key_missing")

    @pytest.mark.parametrize("key", ["", "k" * 201, "khóa"])
    async def test_bad_key_is_422(self, scenario: EnrolmentScenario, key: str):
        headers = [*scenario.partner.headers.items(), ("Idempotency-Key", key)]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        response = await scenario.client.post(
            BATCHES, json={"mode": "partial", "items": [{}]}, headers=encoded
        )
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"

    async def test_new_people_are_entered_and_submitted(self, scenario: EnrolmentScenario, owner: Any):
        rows = [
            scenario.row(group_code=scenario.group.code),
            scenario.row(product="bhyt_hgd", monthly_income=None),
        ]
        body = await scenario.send_ok(*rows)
        assert body["counts"] == {"created": 2, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 0}
        for index, (sent, item) in enumerate(zip(rows, body["items"], strict=True)):
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
            created = expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}"))
            assert (
                created["status"],
                created["submitted_by"],
                created["batch_id"],
                created["client_id"],
            ) == (
                "submitted",
                str(scenario.partner.id),
                body["batch_id"],
                str(scenario.partner.id),
            )
        joined = "select count(*) from membership where group_id = $1 and member_id = $2 and left_on is null"
        assert await owner.fetchval(joined, scenario.group.id, body["items"][0]["member_id"]) == 1
        account = "select count(*) from account where group_id = $1 and member_id = $2"
        assert await owner.fetchval(account, scenario.group.id, body["items"][0]["member_id"]) == 1
        noted = await owner.fetch("select event from audit_event where actor_id = $1", scenario.partner.id)
        assert Counter(row["event"] for row in noted) == {
            "member.created": 2,
            "enrolment.created": 2,
            "membership.started": 1,
            "enrolment_batch.received": 1,
        }

    @pytest.mark.parametrize(("pointer", "code", "spoil"), BAD)
    async def test_each_bad_row_is_named(
        self, scenario: EnrolmentScenario, pointer: str, code: str, spoil: Any
    ):
        body = await scenario.send_ok(scenario.row(), spoil(scenario.row()), scenario.row())
        assert row_statuses(body) == ["created", "rejected", "created"]
        assert (f"/items/1{pointer}", code) in error_codes(body["items"][1])
        assert (body["items"][1]["enrolment_id"], body["items"][1]["member_id"]) == (None, None)

    async def test_a_thousand_rows_of_which_fifty_are_bad(self, scenario: EnrolmentScenario, owner: Any):
        rows: list[Any] = [scenario.row(group_code=scenario.group.code) for _ in range(1000)]
        expected = {}
        for nth in range(50):
            index, (pointer, code, spoil) = nth * 20 + 7, BAD[nth % len(BAD)]
            rows[index] = spoil(rows[index])
            expected[index] = (f"/items/{index}{pointer}", code)
        body = await scenario.send_ok(*rows, key="once")
        assert body["counts"] == {
            "created": 950,
            "updated": 0,
            "duplicate": 0,
            "unchanged": 0,
            "rejected": 50,
        }
        for index, item in enumerate(body["items"]):
            assert item["index"] == index
            if index in expected:
                assert item["status"] == "rejected"
                assert expected[index] in error_codes(item)
                assert all(error["detail"] for error in item["errors"])
            else:
                assert (item["status"], item["errors"], item["warnings"]) == ("created", [], [])
        again = await scenario.send_ok(*rows, key="again")
        assert again["counts"] == {
            "created": 0,
            "updated": 0,
            "duplicate": 0,
            "unchanged": 950,
            "rejected": 50,
        }
        ids = [item["enrolment_id"] for item in body["items"]]
        assert [item["enrolment_id"] for item in again["items"]] == ids
        counted = (
            "select count(*), max(version), count(distinct member_id) from enrolment where client_id = $1"
        )
        assert tuple(await owner.fetchrow(counted, scenario.partner.id)) == (950, 1, 950)
        assert expect_json(await scenario.get(BATCHES, scenario.farmers))["items"] == []
        assert expect_json(await scenario.get(ENROLMENTS, scenario.farmers))["items"] == []
        first = expect_json(await scenario.get(f"{ENROLMENTS}/{ids[0]}", scenario.bhxh))
        for who in (scenario.treasurer, scenario.officer):
            expect_problem(await scenario.transition(first, "accept", who), 403, "forbidden")
        assert expect_json(await scenario.transition(first, "accept", scenario.bhxh))["status"] == "accepted"
        assert row_statuses(await scenario.send_ok(rows[0])) == ["unchanged"]

    async def test_words_follow_the_language(self, scenario: EnrolmentScenario):
        bad = scenario.row(group_code="nope")
        vietnamese = await scenario.send_ok(bad)
        english = await scenario.send_ok(bad, **{"Accept-Language": "en"})
        assert vietnamese["items"][0]["errors"][0]["detail"] == "Không tìm thấy dữ liệu được yêu cầu."
        assert english["items"][0]["errors"][0]["detail"] == "What was asked for does not exist."

    async def test_place_and_group_of_somebody_else(self, scenario: EnrolmentScenario):
        body = await scenario.send_ok(scenario.row(), login=scenario.sibling_officer)
        assert error_codes(body["items"][0]) == [("/items/0/commune_code", "outside_scope")]
        body = await scenario.send_ok(scenario.row(group_code=scenario.group.code), login=scenario.farmers)
        assert error_codes(body["items"][0]) == [("/items/0/group_code", "not_found")]

    async def test_a_commune_that_became_one_is_taken_as_that_one(self, scenario: EnrolmentScenario):
        [item] = (await scenario.send_ok(scenario.row(commune_code=await scenario.create_old_commune())))[
            "items"
        ]
        assert item["status"] == "created"
        [told] = [warning for warning in item["warnings"] if warning["code"] == "place_succeeded"]
        assert told["pointer"] == "/items/0/commune_code"
        assert scenario.world.commune in told["detail"]
        enrolment = expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}"))
        assert enrolment["commune_code"] == scenario.world.commune

    async def test_a_commune_that_was_divided_names_what_it_became(
        self, scenario: EnrolmentScenario, owner: Any
    ):
        old, world = await scenario.create_old_commune(), scenario.world
        await owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default)"
            " values ($1, $2, '2025-07-01', 0.4, false)",
            old, world.sibling_commune,
        )  # fmt: skip
        [item] = (await scenario.send_ok(scenario.row(commune_code=old)))["items"]
        assert error_codes(item) == [("/items/0/commune_code", "place_ended")]
        assert all(code in item["errors"][0]["detail"] for code in (world.commune, world.sibling_commune))

    async def test_a_commune_is_named_by_its_code_of_the_first_month(self, scenario: EnrolmentScenario):
        """In one batch with a row of a later month, which is told."""
        old = await scenario.create_old_commune()
        rows = [scenario.row(commune_code=old, from_month=month) for month in ("2025-06", "2026-12")]
        items = (await scenario.send_ok(*rows, mode="validate"))["items"]
        told = [[warning["code"] for warning in item["warnings"]].count("place_succeeded") for item in items]
        assert told == [0, 1]

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
    async def test_wrong_envelope_is_422(self, scenario: EnrolmentScenario, body: Any, pointer: str):
        headers = scenario.partner.headers | {"Idempotency-Key": "k"}
        response = await scenario.client.post(BATCHES, json=body, headers=headers)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer

    async def test_more_than_a_thousand_become_a_job(self, scenario: EnrolmentScenario):
        response = await scenario.send(*[{}] * 1001)
        assert response.status_code == 202
        assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"


class TestKey:
    async def test_same_again_is_the_first_answer(self, scenario: EnrolmentScenario):
        rows = [scenario.row(), scenario.row(commune_code="nope")]
        first = await scenario.send(*rows, key="K-1")
        again = await scenario.send(*rows, key="K-1")
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers

    async def test_other_body_is_422(self, scenario: EnrolmentScenario):
        await scenario.send_ok(scenario.row(), key="K-1")
        expect_problem(await scenario.send(scenario.row(), key="K-1"), 422, IdempotencyKeyReused.code)

    async def test_keys_belong_to_an_organisation(self, scenario: EnrolmentScenario):
        await scenario.send_ok(scenario.row(), key="K-1")
        assert row_statuses(await scenario.send_ok(scenario.row(), key="K-1", login=scenario.farmers)) == [
            "created"
        ]
        expect_problem(
            await scenario.send(scenario.row(), key="K-1", login=scenario.officer),
            422,
            IdempotencyKeyReused.code,
        )

    async def test_many_at_once_make_one_batch(self, scenario: EnrolmentScenario, owner: Any):
        rows = [scenario.row(group_code=scenario.group.code) for _ in range(20)]
        responses = await asyncio.gather(*(scenario.send(*rows, key="K-1") for _ in range(10)))
        assert [response.status_code for response in responses] == [200] * 10
        assert len({response.text for response in responses}) == 1
        assert Counter(response.headers.get("idempotency-replayed") for response in responses) == {
            None: 1,
            "true": 9,
        }
        counted = "select count(*) from enrolment_batch where organisation_id = $1"
        assert await owner.fetchval(counted, scenario.unit.id) == 1

    async def test_an_organisation_of_some_communes_reads_its_own(self, scenario: EnrolmentScenario):
        unit = await scenario.world.unit("womens_union", scenario.world.commune, level="district")
        first_officer, second_officer = [await scenario.world.user(unit, "union_officer") for _ in range(2)]
        rows = [scenario.row()]
        first = await scenario.send_ok(*rows, key="K-1", login=first_officer)
        again = await scenario.send(*rows, key="K-1", login=second_officer)
        assert (expect_json(again), again.headers["idempotency-replayed"]) == (first, "true")


class TestModes:
    async def test_validate_writes_nothing(self, scenario: EnrolmentScenario, owner: Any):
        known = (await scenario.send_ok(row := scenario.row()))["items"][0]
        new, repeated = scenario.row(group_code=scenario.group.code), scenario.row()
        twin = new | {"external_ref": "twin"}
        body = await scenario.send_ok(row, new, twin, scenario.row(full_name=""), repeated, mode="validate")
        assert row_statuses(body) == ["unchanged", "created", "duplicate", "rejected", "created"]
        ids = [(item["enrolment_id"], item["member_id"]) for item in body["items"]]
        assert ids == [(known["enrolment_id"], known["member_id"])] + [(None, None)] * 4
        counted = "select count(*) from member where national_id = any($1)"
        assert await owner.fetchval(counted, [new["national_id"], repeated["national_id"]]) == 0
        assert row_statuses(await scenario.send_ok(new, repeated)) == ["created", "created"]

    async def test_atomic_takes_all(self, scenario: EnrolmentScenario):
        rows = [scenario.row(), scenario.row()]
        assert row_statuses(await scenario.send_ok(*rows, mode="atomic")) == ["created", "created"]
        assert row_statuses(await scenario.send_ok(*rows, scenario.row(), mode="atomic")) == [
            "unchanged",
            "unchanged",
            "created",
        ]

    async def test_atomic_takes_none_and_its_key_stays_free(self, scenario: EnrolmentScenario, owner: Any):
        rows = [
            scenario.row(group_code=scenario.group.code),
            scenario.row(national_id="1"),
            scenario.row(group_code="nope"),
        ]
        response = await scenario.send(*rows, mode="atomic", key="K-1")
        expect_problem(response, 422, "batch_refused")
        expect_problem(response, 422, "national_id", "/items/1/national_id")
        expect_problem(response, 422, "not_found", "/items/2/group_code")
        assert (
            await owner.fetchval("select count(*) from enrolment where client_id = $1", scenario.partner.id)
            == 0
        )
        count_sql = "select count(*) from member where national_id = $1"
        assert await owner.fetchval(count_sql, rows[0]["national_id"]) == 0
        assert row_statuses(await scenario.send_ok(rows[0], mode="atomic", key="K-1")) == ["created"]


class TestRepeats:
    async def test_reference_stands_once_in_a_batch(self, scenario: EnrolmentScenario):
        one = scenario.row()
        body = await scenario.send_ok(one, scenario.row(external_ref=one["external_ref"]), one)
        assert row_statuses(body) == ["created", "rejected", "duplicate"]
        assert error_codes(body["items"][1]) == [("/items/1/external_ref", "external_ref_repeated")]
        assert body["items"][2]["enrolment_id"] == body["items"][0]["enrolment_id"]
        assert (await scenario.send_ok(one, one))["counts"]["unchanged"] == 2

    async def test_exact_repeat_of_a_bad_row_is_bad(self, scenario: EnrolmentScenario, owner: Any):
        one = scenario.row()
        await scenario.send_ok(one)
        await owner.execute(
            "update member set died_on = '2026-01-01' where national_id = $1", one["national_id"]
        )
        dead = one | {"external_ref": "dead", "from_month": "2027-12"}
        body = await scenario.send_ok(dead, dead)
        assert [error_codes(item)[0][1] for item in body["items"]] == ["member_died"] * 2

    async def test_nothing_is_overwritten(self, scenario: EnrolmentScenario):
        one = scenario.row()
        created = (await scenario.send_ok(one))["items"][0]["enrolment_id"]
        body = await scenario.send_ok(one | {"monthly_income": 9_000_000})
        assert error_codes(body["items"][0]) == [("/items/0/external_ref", "conflicts_with_existing")]
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{created}"))["monthly_income"] == 1_500_000

    async def test_reference_is_kept_for_ever(self, scenario: EnrolmentScenario):
        one = scenario.row()
        created = (await scenario.send_ok(one))["items"][0]["enrolment_id"]
        expect_json(
            await scenario.transition(
                expect_json(await scenario.get(f"{ENROLMENTS}/{created}")),
                "reject",
                scenario.bhxh,
                reasons=[REASON],
            )
        )
        assert row_statuses(await scenario.send_ok(one)) == ["unchanged"]
        assert row_statuses(await scenario.send_ok(one | {"from_month": "2027-01"})) == ["rejected"]
        assert row_statuses(await scenario.send_ok(one | {"external_ref": "second try"})) == ["created"]

    async def test_references_belong_to_their_sender(self, scenario: EnrolmentScenario):
        one, other = scenario.row(), await scenario.world.partner(scenario.unit, "enrolments:write")
        await scenario.send_ok(one)
        assert row_statuses(await scenario.send_ok(one, login=other)) == ["unchanged"]
        assert row_statuses(
            await scenario.send_ok(scenario.row(external_ref=one["external_ref"]), login=other)
        ) == ["created"]
        assert row_statuses(
            await scenario.send_ok(scenario.row(external_ref=one["external_ref"]), login=scenario.officer)
        ) == ["created"]

    async def test_same_person_product_and_month_is_a_duplicate(self, scenario: EnrolmentScenario):
        one = scenario.row()
        body = await scenario.send_ok(
            one,
            one | {"external_ref": "b"},
            one | {"external_ref": "c", "from_month": "2027-12"},
            one | {"external_ref": "d", "product": "bhyt_hgd", "monthly_income": None},
        )
        assert row_statuses(body) == ["created", "duplicate", "created", "created"]
        ids = [item["enrolment_id"] for item in body["items"]]
        assert (ids[1], len(set(ids))) == (ids[0], 3)
        assert len({item["member_id"] for item in body["items"]}) == 1
        assert row_statuses(await scenario.send_ok(one | {"external_ref": "e"})) == ["duplicate"]

    async def test_without_reference_too(self, scenario: EnrolmentScenario):
        rows = [scenario.row(external_ref=None) for _ in range(3)]
        await scenario.send_ok(*rows)
        assert row_statuses(await scenario.send_ok(*rows)) == ["unchanged"] * 3
        assert row_statuses(await scenario.send_ok(rows[0] | {"monthly_income": 2_000_000})) == ["duplicate"]

    async def test_own_ids(self, scenario: EnrolmentScenario):
        one = scenario.row(id=str(uuid4()), external_ref=None)
        assert (await scenario.send_ok(one))["items"][0]["enrolment_id"] == one["id"]
        assert row_statuses(await scenario.send_ok(one)) == ["unchanged"]
        for who in (scenario.partner, scenario.farmers):
            body = await scenario.send_ok(scenario.row(id=one["id"]), login=who)
            assert error_codes(body["items"][0]) == [("/items/0/id", "id_taken")]
        two = str(uuid4())
        body = await scenario.send_ok(scenario.row(id=two), scenario.row(id=two))
        assert row_statuses(body) == ["created", "rejected"]
        assert error_codes(body["items"][1]) == [("/items/1/id", "id_taken")]


class TestPeople:
    async def test_found_by_either_number(self, scenario: EnrolmentScenario, owner: Any):
        one = scenario.row(social_insurance_no="4200000001")
        member = (await scenario.send_ok(one))["items"][0]["member_id"]
        by_social_no = one | {"external_ref": None, "from_month": "2027-12", "national_id": None}
        by_national_id = one | {"external_ref": None, "from_month": "2028-12", "social_insurance_no": None}
        body = await scenario.send_ok(by_social_no, by_national_id)
        assert [(item["status"], item["member_id"]) for item in body["items"]] == [("created", member)] * 2

    async def test_one_batch_with_all_ways_to_name_a_new_person(self, scenario: EnrolmentScenario):
        one = scenario.row(social_insurance_no="4200000002")
        rows = [
            one | {"external_ref": f"way {nth}", "from_month": f"{2026 + nth}-12"} | left_out
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
        body = await scenario.send_ok(*rows)
        assert row_statuses(body) == ["created"] * 4
        assert len({item["member_id"] for item in body["items"]}) == 1
        assert [warning_codes(item) for item in body["items"]] == [["member_found_by_name"], [], [], []]

    async def test_register_stays_as_it_is(self, scenario: EnrolmentScenario, owner: Any):
        one = scenario.row()
        await scenario.send_ok(one)
        body = await scenario.send_ok(
            one | {"external_ref": "x", "from_month": "2027-12", "full_name": "Lê Thị Mai"}
        )
        assert (row_statuses(body), warning_codes(body["items"][0])) == (["created"], ["full_name_differs"])
        name = await owner.fetchval("select full_name from member where national_id = $1", one["national_id"])
        assert name == one["full_name"]

    async def test_somebody_else_s_number(self, scenario: EnrolmentScenario):
        one = scenario.row()
        await scenario.send_ok(one)
        body = await scenario.send_ok(scenario.row(national_id=one["national_id"], birth_date="1990-01-01"))
        assert error_codes(body["items"][0]) == [("/items/0/national_id", "different_person")]

    async def test_cross_checks_are_warnings(self, scenario: EnrolmentScenario):
        body = await scenario.send_ok(scenario.row(birth_date="1990-01-01", sex="male"))
        assert row_statuses(body) == ["created"]
        assert [(one["pointer"], one["code"]) for one in body["items"][0]["warnings"]] == [
            ("/items/0/national_id", "national_id_birth_year"),
            ("/items/0/national_id", "national_id_sex"),
        ]

    async def test_without_number_by_name(self, scenario: EnrolmentScenario):
        nameless = scenario.row(national_id=None)
        first = (await scenario.send_ok(nameless))["items"][0]
        assert (first["status"], warning_codes(first)) == ("created", [])
        later = nameless | {"external_ref": "later", "from_month": "2027-01"}
        item = (await scenario.send_ok(later))["items"][0]
        assert (item["member_id"], warning_codes(item)) == (first["member_id"], ["member_found_by_name"])
        numbered = scenario.row(full_name=nameless["full_name"])
        twin = (await scenario.send_ok(numbered))["items"][0]
        assert (twin["status"], warning_codes(twin)) == ("created", ["possible_same_person"])
        assert twin["member_id"] != first["member_id"]
        body = await scenario.send_ok(nameless | {"external_ref": "third", "from_month": "2027-02"})
        assert error_codes(body["items"][0]) == [("/items/0/full_name", "ambiguous_member")]

    async def test_member_elsewhere_is_not_told(self, scenario: EnrolmentScenario):
        one = scenario.row(social_insurance_no="4200000003")
        mine = (await scenario.send_ok(one, login=scenario.officer))["items"][0]
        there = one | {"commune_code": scenario.world.sibling_commune, "external_ref": None}
        for mode in ("validate", "partial"):
            body = await scenario.send_ok(
                there, there | {"national_id": None}, login=scenario.sibling_officer, mode=mode
            )
            assert [
                (item["status"], item["errors"], item["warnings"], item["candidates"])
                for item in body["items"]
            ] == [("created", [], [], []), ("duplicate", [], [], [])]
        theirs = [item["member_id"] for item in body["items"]]
        assert theirs[0] == theirs[1] != mine["member_id"]
        again = there | {"from_month": "2027-12"}
        body = await scenario.send_ok(again, login=scenario.sibling_officer)
        assert body["items"][0]["member_id"] == theirs[0]
        body = await scenario.send_ok(again | {"from_month": "2028-12"}, login=scenario.officer)
        assert (
            body["items"][0]["member_id"] == mine["member_id"]
        )  # who sees both means the one who had it first

    async def test_one_network_learns_nothing_of_another(self, scenario: EnrolmentScenario):
        one = scenario.row()
        mine = (await scenario.send_ok(one))["items"][0]
        theirs = (await scenario.send_ok(one, login=scenario.farmers))["items"][0]
        assert (theirs["status"], theirs["warnings"]) == ("created", [])
        assert theirs["member_id"] != mine["member_id"]

    async def test_known_members(self, scenario: EnrolmentScenario):
        members = [str(await scenario.world.member(scenario.unit)) for _ in range(2)]
        rows = [
            {"member_id": member, "product": "bhyt_hgd", "method": "months_12", "from_month": "2027-01"}
            for member in (*members, str(uuid4()))
        ]
        body = await scenario.send_ok(*rows)
        assert [item["member_id"] for item in body["items"]] == [*members, None]
        assert error_codes(body["items"][2]) == [("/items/2/member_id", "not_found")]

    async def test_joined_once(self, scenario: EnrolmentScenario, owner: Any):
        one = scenario.row(group_code=scenario.group.code)
        rows = [one, one | {"external_ref": "again", "from_month": "2027-01"}]
        member = (await scenario.send_ok(*rows))["items"][0]["member_id"]
        await scenario.send_ok(one | {"external_ref": "once more", "from_month": "2027-02"})
        joined = "select count(*) from membership where member_id = $1"
        assert await owner.fetchval(joined, member) == 1


class TestTogether:
    async def test_same_people_from_several_senders_at_once(self, scenario: EnrolmentScenario, owner: Any):
        people = [scenario.row(group_code=scenario.group.code, external_ref=None) for _ in range(60)]
        people += [
            scenario.row(group_code=scenario.group.code, external_ref=None, national_id=None)
            for _ in range(20)
        ]
        senders = [
            scenario.partner,
            scenario.officer,
            await scenario.world.partner(scenario.unit, "enrolments:write"),
        ]
        batches = [people[nth * 7 :] + people[: nth * 7] for nth in range(6)]
        responses = await asyncio.gather(
            *(scenario.send(*rows, login=senders[nth % 3]) for nth, rows in enumerate(batches))
        )
        assert [response.status_code for response in responses] == [200] * 6
        counts = [response.json()["counts"] for response in responses]
        assert sum(count["created"] for count in counts) == 80
        assert sum(count["unchanged"] for count in counts) == 400
        counted = "select count(*), count(distinct member_id) from enrolment where organisation_id = $1"
        assert tuple(await owner.fetchrow(counted, scenario.unit.id)) == (80, 80)
        joined = "select count(*) from membership where group_id = $1"
        assert await owner.fetchval(joined, scenario.group.id) == 80

    async def test_order_of_rows_does_not_matter(self, scenario: EnrolmentScenario):
        known, nameless = scenario.row(), scenario.row(national_id=None, social_insurance_no=None)
        await scenario.send_ok(known)
        new = scenario.row(social_insurance_no="4200000004")
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
                "from_month": "2029-02",
            },
            scenario.row(commune_code="nope"),
            scenario.row(full_name=""),
            scenario.row(group_code=scenario.group.code),
        ]
        first = await scenario.send_ok(*pool, mode="validate")
        expected = {item["external_ref"]: comparable_outcome(item) for item in first["items"]}
        loop = asyncio.get_running_loop()

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.permutations(pool))
        def permuted(rows: list[Any]) -> None:
            sending = asyncio.run_coroutine_threadsafe(scenario.send_ok(*rows, mode="validate"), loop)
            items = sending.result(timeout=60)["items"]
            assert {item["external_ref"]: comparable_outcome(item) for item in items} == expected

        await asyncio.to_thread(permuted)


def comparable_outcome(item: Any) -> tuple[str, Any, list[str], set[str]]:
    """The outcome of a row without its place in the batch."""
    return (
        item["status"],
        item["member_id"],
        [code for _, code in error_codes(item)],
        set(warning_codes(item)),
    )


class TestReadBatches:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        for path in (BATCHES, f"{BATCHES}/{uuid4()}"):
            assert (await client.get(path)).status_code == 401

    async def test_who_reads_what(self, scenario: EnrolmentScenario):
        created = await scenario.send_ok(scenario.row(), scenario.row(national_id="1"))
        path = f"{BATCHES}/{created['batch_id']}"
        for who in (scenario.partner, scenario.officer, scenario.bhxh):
            assert expect_json(await scenario.get(path, who)) == created
            (listed,) = expect_json(await scenario.get(BATCHES, who))["items"]
            assert listed == {
                name: created[name] for name in created if name not in ("items", "skipped_rows")
            }
        for who in (scenario.farmers, scenario.sibling_officer, scenario.commune_officer):
            assert (await scenario.get(path, who)).status_code == 404
            assert expect_json(await scenario.get(BATCHES, who))["items"] == []

    async def test_a_province_reads_those_of_its_communes(self, scenario: EnrolmentScenario):
        created = await scenario.send_ok(scenario.row(), login=scenario.commune_officer)
        assert (
            expect_json(await scenario.get(f"{BATCHES}/{created['batch_id']}", scenario.officer)) == created
        )

    async def test_read_in_english(self, scenario: EnrolmentScenario):
        created = await scenario.send_ok(scenario.row(group_code="nope"))
        headers = scenario.officer.headers | {"Accept-Language": "en"}
        read = expect_json(await scenario.client.get(f"{BATCHES}/{created['batch_id']}", headers=headers))
        assert read["items"][0]["errors"][0]["detail"] == "What was asked for does not exist."

    async def test_enrolments_of_a_batch(self, scenario: EnrolmentScenario):
        await scenario.send_ok(scenario.row())
        created = await scenario.send_ok(scenario.row(), scenario.row())
        listed = expect_json(await scenario.get(ENROLMENTS, batch_id=created["batch_id"]))["items"]
        assert {one["id"] for one in listed} == {item["enrolment_id"] for item in created["items"]}

    async def test_pages(self, scenario: EnrolmentScenario):
        created = [(await scenario.send_ok(scenario.row()))["batch_id"] for _ in range(3)]
        first = expect_json(await scenario.get(BATCHES, limit=2))
        rest = expect_json(await scenario.get(BATCHES, limit=2, cursor=first["next_cursor"]))
        assert [one["batch_id"] for one in first["items"] + rest["items"]] == created[::-1]
