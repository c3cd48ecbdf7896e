"""A treasurer drafts the enrolments of their own group over HTTP; an officer of the union submits them."""

from typing import Any

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def draft(scenario: EnrolmentScenario, **changed: Any) -> Any:
    """Draft an enrolment as the treasurer, of their own group unless said otherwise."""
    body = {"group_code": scenario.group.code} | changed
    return expect_json(await scenario.create_enrolment(scenario.treasurer, **body), 201)


class TestCreate:
    async def test_of_the_own_group_with_a_new_person(self, scenario: EnrolmentScenario):
        row = {"group_code": scenario.group.code, **scenario.row()}
        created = expect_json(await scenario.create_enrolment(scenario.treasurer, **row), 201)
        assert (created["status"], created["group_id"]) == ("draft", str(scenario.group.id))
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}", scenario.treasurer)) == created
        again = expect_json(await scenario.create_enrolment(scenario.treasurer, **row))
        assert again == created
        shown = expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}"))
        assert shown["support_group"] == "near_poor"  # entered by the treasurer, seen by the officer

    async def test_of_a_member_of_the_group(self, scenario: EnrolmentScenario):
        member = await scenario.world.member(scenario.unit)
        await scenario.world.join(scenario.group, member)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        body |= {"group_id": str(scenario.group.id)}
        response = await scenario.client.post(ENROLMENTS, json=body, headers=scenario.treasurer.headers)
        assert expect_json(response, 201)["member_id"] == str(member)

    async def test_the_group_must_be_named(self, scenario: EnrolmentScenario):
        response = await scenario.create_enrolment(scenario.treasurer)
        expect_problem(response, 422, "own_group_needed", "/group_id")

    @pytest.mark.parametrize("whose", ["another group of the same union", "another union"])
    async def test_other_groups_look_absent(self, scenario: EnrolmentScenario, whose: str):
        unit = await scenario.world.unit("farmers_association") if whose == "another union" else scenario.unit
        other = await scenario.world.group(unit)
        for named in ({"group_code": other.code}, {"group_id": str(other.id)}):
            response = await scenario.create_enrolment(scenario.treasurer, **named)
            expect_problem(response, 404, "not_found", f"/{next(iter(named))}")

    async def test_somebody_of_another_group_looks_absent(self, scenario: EnrolmentScenario):
        member = await scenario.world.member(scenario.unit)
        await scenario.world.join(await scenario.world.group(scenario.unit), member)
        body = {
            "member_id": str(member),
            "product": "bhyt_hgd",
            "method": "months_6",
            "from_month": "2027-01",
        }
        body |= {"group_id": str(scenario.group.id)}
        response = await scenario.client.post(ENROLMENTS, json=body, headers=scenario.treasurer.headers)
        expect_problem(response, 404, "not_found", "/member_id")

    async def test_somebody_whom_another_group_enrolled_is_entered_anew(self, scenario: EnrolmentScenario):
        """The treasurer learns nothing of the other group; the number waits to be settled by who sees both."""
        person = scenario.row()
        other = await scenario.world.group(scenario.unit)
        theirs = await scenario.create_draft(**person, group_code=other.code)
        again = person | {"external_ref": None, "group_code": scenario.group.code}
        mine = expect_json(await scenario.create_enrolment(scenario.treasurer, **again), 201)
        assert mine["member_id"] != theirs["member_id"]

    async def test_collectors_draft_none(self, scenario: EnrolmentScenario):
        collector = await scenario.world.user(scenario.unit, "collector", groups=[scenario.group.id])
        response = await scenario.create_enrolment(collector, group_code=scenario.group.code)
        expect_problem(response, 403, "forbidden")


class TestEdit:
    async def test_terms_of_the_own_draft(self, scenario: EnrolmentScenario):
        edited = await scenario.edit(await draft(scenario), scenario.treasurer, monthly_income=2_000_000)
        assert expect_json(edited)["monthly_income"] == 2_000_000

    async def test_it_stays_in_a_group_of_theirs(self, scenario: EnrolmentScenario):
        created, other = await draft(scenario), await scenario.world.group(scenario.unit)
        response = await scenario.edit(created, scenario.treasurer, group_id=None)
        expect_problem(response, 422, "own_group_needed", "/group_id")
        response = await scenario.edit(created, scenario.treasurer, group_id=str(other.id))
        expect_problem(response, 404, "not_found", "/group_id")

    async def test_drafts_of_other_groups_look_absent(self, scenario: EnrolmentScenario):
        other = await scenario.world.group(scenario.unit)
        for created in (await scenario.create_draft(group_code=other.code), await scenario.create_draft()):
            response = await scenario.edit(created, scenario.treasurer, monthly_income=2_000_000)
            expect_problem(response, 404, "not_found")


class TestSubmit:
    @pytest.mark.parametrize("action", ["submit", "withdraw"])
    async def test_it_is_the_officers(self, scenario: EnrolmentScenario, action: str):
        created = await draft(scenario)
        expect_problem(await scenario.transition(created, action, scenario.treasurer), 403, "forbidden")
        expect_json(await scenario.transition(created, action))

    async def test_nor_is_a_batch_theirs(self, scenario: EnrolmentScenario):
        row = scenario.row(group_code=scenario.group.code)
        expect_problem(await scenario.send(row, login=scenario.treasurer), 403, "forbidden")
