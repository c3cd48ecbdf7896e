"""One enrolment over HTTP: who may read it, and the same body as the routes that write."""

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


def enrolment_path(enrolment: dict[str, Any]) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}"


class TestReadEnrolment:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_problem(await scenario.client.get(enrolment_path(created)), 401, "unauthenticated")

    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_problem(
            await scenario.get(enrolment_path(created), await scenario.world.user(scenario.unit, "viewer")),
            403,
            "forbidden",
        )
        partner = await scenario.world.partner(scenario.unit, "members:read")
        expect_problem(await scenario.get(enrolment_path(created), partner), 403, "forbidden")

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("officer", 200),
            ("commune_officer", 200),
            ("treasurer", 200),
            ("partner", 200),
            ("bhxh", 200),
            ("farmers", 404),
            ("sibling_officer", 404),
        ],
    )
    async def test_who_sees_an_enrolment(self, scenario: EnrolmentScenario, who: str, status: int):
        created = await scenario.create_draft(group_code=scenario.group.code)
        assert (await scenario.get(enrolment_path(created), getattr(scenario, who))).status_code == status

    async def test_treasurer_sees_only_the_own_groups(self, scenario: EnrolmentScenario):
        other = await scenario.world.group(scenario.unit)
        for group in ({}, {"group_code": other.code}):
            expect_problem(
                await scenario.get(enrolment_path(await scenario.create_draft(**group)), scenario.treasurer),
                404,
                "not_found",
            )

    @pytest.mark.parametrize(
        ("who", "seen"),
        [("officer", "near_poor"), ("partner", "near_poor"), ("bhxh", "near_poor"), ("treasurer", None)],
    )
    async def test_who_sees_the_support_group(self, scenario: EnrolmentScenario, who: str, seen: str | None):
        created = await scenario.create_draft(group_code=scenario.group.code)
        assert (
            expect_json(await scenario.get(enrolment_path(created), getattr(scenario, who)))["support_group"]
            == seen
        )

    async def test_reading_partner_sees_no_support_group(self, scenario: EnrolmentScenario):
        reader = await scenario.world.partner(scenario.unit, "enrolments:read")
        created = await scenario.create_draft()
        assert expect_json(await scenario.get(enrolment_path(created), reader)) == created | {
            "support_group": None
        }

    async def test_same_as_when_written(self, scenario: EnrolmentScenario):
        first = await scenario.create_enrolment(
            group_code=scenario.group.code,
            relation_to_head='con "út" \\',
            covered_until="2026-10-31",
            insured_since="2020-01-01",
            supported_before=7,
        )
        sent = await scenario.transition(expect_json(first, 201), "submit")
        reasons = [REASON, {"pointer": "", "code": "later", "text": 'Xin xem "lại" \\ nhé.'}]
        back = await scenario.transition(expect_json(sent), "return", scenario.bhxh, reasons=reasons)
        assert back.status_code == 200
        read = await scenario.get(enrolment_path(back.json()))
        assert read.json() == back.json()
        assert list(read.json()) == list(back.json())
        assert [list(reason) for reason in read.json()["reasons"]] == [["pointer", "code", "text"]] * 2
        assert (read.headers["etag"], read.headers["content-type"]) == ('"3"', "application/json")

    async def test_paid_and_ended(self, scenario: EnrolmentScenario):
        paid = await scenario.create_paid()
        ended = await scenario.client.post(
            f"{enrolment_path(paid)}/end",
            json={"reason": "died", "date": str(today())},
            headers=scenario.bhxh.headers,
        )
        assert expect_json(await scenario.get(enrolment_path(paid))) == expect_json(ended)

    async def test_whole_seconds_have_no_fraction(self, scenario: EnrolmentScenario, owner: Any):
        created = await scenario.create_draft()
        await owner.execute(
            "update enrolment set created_at = '2026-01-02T03:04:05Z', updated_at = '2026-01-02T03:04:05.06Z'"
            " where id = $1",
            created["id"],
        )
        read = expect_json(await scenario.get(enrolment_path(created)))
        assert (read["created_at"], read["updated_at"], read["submitted_at"]) == (
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.060000Z",
            None,
        )

    async def test_read_again(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        assert len({(await scenario.get(enrolment_path(created))).text for _ in range(3)}) == 1

    async def test_not_yours_is_as_absent(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        theirs, absent = [
            (await scenario.get(f"{ENROLMENTS}/{id_}", scenario.farmers)).json() | {"request_id": ""}
            for id_ in (created["id"], uuid4())
        ]
        assert theirs == absent

    @pytest.mark.parametrize(
        "hostile", ["x", "null", "{enrolment_id}", "%00", "0" * 36, "g" * 8 + "-0000-7000-8000-000000000000"]
    )
    async def test_what_is_no_id_is_404(self, scenario: EnrolmentScenario, hostile: str):
        expect_problem(await scenario.get(f"{ENROLMENTS}/{hostile}"), 404, "not_found")

    async def test_names_beside_ids_are_other_routes(self, scenario: EnrolmentScenario):
        assert "items" in expect_json(await scenario.get(f"{ENROLMENTS}/batches"))

    async def test_unknown_parameter_is_named(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft()
        expect_problem(
            await scenario.get(enrolment_path(created), x="1"), 422, "unknown_parameter", "/query/x"
        )
