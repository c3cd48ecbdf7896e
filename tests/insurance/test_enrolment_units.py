"""An enrolment is counted in the unit of its first month, and names that unit by its code of then or of today."""

import httpx
import pytest

from tests.insurance.rows import ENROLMENTS, Cast
from tests.routers.answers import got, refused
from tests.world import World

THEN, NOW = "2023-03", "2026-12"


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


class TestEnrolInUnitOfTheMonth:
    async def test_past_month_keeps_the_old_unit_while_the_person_lives_in_the_new_one(self, cast: Cast):
        old = await cast.world.old_commune()
        made = await cast.draft(commune_code=old, from_month=THEN)
        assert (made["commune_code"], made["province_code"]) == (old, cast.world.province)
        lives_in = await cast.world.owner.fetchval(
            "select commune_code from member where id::text = $1", made["member_id"]
        )
        assert lives_in == cast.world.commune

    async def test_member_of_an_old_unit_is_enrolled_there_for_a_past_month(self, cast: Cast):
        old = await cast.world.old_commune()
        member = await cast.world.member(cast.unit)
        await cast.world.owner.execute("update member set commune_code = $2 where id = $1", member, old)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": THEN,
        }
        made = got(await cast.client.post(ENROLMENTS, json=body, headers=cast.officer.headers), 201)
        assert made["commune_code"] == old

    async def test_old_unit_is_unknown_for_a_month_after_its_end(self, cast: Cast):
        answer = await cast.create_one(commune_code=await cast.world.old_commune(), from_month=NOW)
        refused(answer, 422, "place_unknown", "/commune_code")

    async def test_edit_of_the_month_moves_it_to_the_unit_of_that_month(self, cast: Cast):
        old = await cast.world.old_commune()
        made = await cast.draft(commune_code=old, from_month=THEN)
        moved = got(await cast.edit(made, from_month=NOW))
        assert moved["commune_code"] == cast.world.commune

    async def test_edit_may_name_an_old_unit_for_a_past_month(self, cast: Cast):
        old = await cast.world.old_commune()
        made = await cast.draft(from_month=THEN)
        moved = got(await cast.edit(made, commune_code=old))
        assert moved["commune_code"] == old
        refused(
            await cast.edit(moved, commune_code=old, from_month=NOW), 422, "place_unknown", "/commune_code"
        )
