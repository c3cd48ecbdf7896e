"""An enrolment is counted in the unit of its first month, and names that unit by its code of then or of today."""

from typing import Any

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

THEN, NOW = "2023-03", "2026-12"


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


class TestEnrolInUnitOfTheMonth:
    async def test_past_month_keeps_the_old_unit_while_the_person_lives_in_the_new_one(
        self, scenario: EnrolmentScenario
    ):
        old = await scenario.world.old_commune()
        created = await scenario.create_draft(commune_code=old, from_month=THEN)
        assert (created["commune_code"], created["province_code"]) == (old, scenario.world.province)
        lives_in = await scenario.world.owner.fetchval(
            "select commune_code from member where id::text = $1", created["member_id"]
        )
        assert lives_in == scenario.world.commune

    async def test_member_of_an_old_unit_is_enrolled_there_for_a_past_month(
        self, scenario: EnrolmentScenario
    ):
        old = await scenario.world.old_commune()
        member = await scenario.world.member(scenario.unit)
        await scenario.world.owner.execute("update member set commune_code = $2 where id = $1", member, old)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": THEN,
        }
        created = expect_json(
            await scenario.client.post(ENROLMENTS, json=body, headers=scenario.officer.headers), 201
        )
        assert created["commune_code"] == old

    async def test_old_unit_is_what_it_became_in_a_month_after_its_end(self, scenario: EnrolmentScenario):
        response = await scenario.create_enrolment(
            commune_code=await scenario.world.old_commune(), from_month=NOW
        )
        assert expect_json(response, 201)["commune_code"] == scenario.world.commune

    async def test_old_unit_that_was_divided_is_named_with_what_it_became(
        self, scenario: EnrolmentScenario, owner: Any
    ):
        old = await scenario.world.old_commune()
        await owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default)"
            " select old_code, $2, on_date, 0.4, false from place_succession where old_code = $1",
            old, scenario.world.sibling_commune,
        )  # fmt: skip
        response = await scenario.create_enrolment(commune_code=old, from_month=NOW)
        expect_problem(response, 422, "place_ended", "/commune_code")
        created = await scenario.create_draft(from_month=NOW)
        expect_problem(await scenario.edit(created, commune_code=old), 422, "place_ended", "/commune_code")

    async def test_edit_of_the_month_moves_it_to_the_unit_of_that_month(self, scenario: EnrolmentScenario):
        old = await scenario.world.old_commune()
        created = await scenario.create_draft(commune_code=old, from_month=THEN)
        moved = expect_json(await scenario.edit(created, from_month=NOW))
        assert moved["commune_code"] == scenario.world.commune

    async def test_edit_may_name_an_old_unit_for_a_past_month(self, scenario: EnrolmentScenario):
        old = await scenario.world.old_commune()
        created = await scenario.create_draft(from_month=THEN)
        moved = expect_json(await scenario.edit(created, commune_code=old))
        assert moved["commune_code"] == old
        again = expect_json(await scenario.edit(moved, commune_code=old, from_month=NOW))
        assert again["commune_code"] == scenario.world.commune
