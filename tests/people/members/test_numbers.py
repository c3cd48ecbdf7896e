"""Whose a number is, in the database: what is unique, and what the release before may go on writing."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.routers.people.member_scenario import MEMBERS, MemberScenario, new_insurance_no
from tests.world import World, national_id

NUMBERS = {"national_id": national_id, "social_insurance_no": new_insurance_no}

each_number = pytest.mark.parametrize("field", NUMBERS)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


@each_number
async def test_a_confirmed_number_is_one_persons(owner: Any, scenario: MemberScenario, field: str):
    """Also when nobody says who claims it, as in the release before."""
    one, other, number = *scenario.group.members[:2], NUMBERS[field]()
    sql = f"update member set {field} = $2 where id = $1"
    await owner.execute(sql, one, number)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await owner.execute(sql, other, number)
    assert refused.value.constraint_name == f"uq_member_{field}"


async def test_who_is_not_confirmed_claims_for_themselves(owner: Any, scenario: MemberScenario):
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await owner.execute(
            "update member set number_status = 'pending' where id = $1", scenario.group.members[0]
        )
    assert refused.value.constraint_name == "ck_member_number_claim"


@each_number
async def test_of_two_who_see_each_other_one_is_refused(scenario: MemberScenario, field: str):
    """At the same moment too: the second waits for the first, and then sees whom it entered."""
    for _ in range(5):
        body = scenario.member_body(**{field: NUMBERS[field]()})
        senders = [scenario.officer, scenario.commune_officer, scenario.partner]
        responses = await asyncio.gather(
            *(scenario.request("POST", MEMBERS, login, body) for login in senders)
        )
        assert sorted(response.status_code for response in responses) == [201, 409, 409]


@each_number
async def test_of_two_who_do_not_both_are_taken(scenario: MemberScenario, owner: Any, field: str):
    number = NUMBERS[field]()
    there = scenario.world.sibling_commune
    responses = await asyncio.gather(
        scenario.request("POST", MEMBERS, scenario.commune_officer, scenario.member_body(**{field: number})),
        scenario.request(
            "POST", MEMBERS, scenario.sibling_commune_officer,
            scenario.member_body(commune_code=there, **{field: number}),
        ),
    )  # fmt: skip
    assert [response.status_code for response in responses] == [201, 201]
    statuses = await owner.fetch(f"select number_status from member where {field} = $1", number)
    assert sorted(row[0] for row in statuses) == ["confirmed", "pending"]


@each_number
@pytest.mark.parametrize("hidden", [False, True], ids=["unknown", "known"])
async def test_entering_takes_no_subtransaction(
    scenario: MemberScenario, owner: Any, field: str, hidden: bool
):
    """The member and its audit event are of one transaction id: nothing was tried and taken back."""
    number = NUMBERS[field]()
    if hidden:
        there = scenario.world.sibling_commune
        await scenario.create_member(scenario.sibling_commune_officer, commune_code=there, **{field: number})
    member = await scenario.create_member(scenario.commune_officer, **{field: number})
    written = await owner.fetchrow(
        "select m.xmin::text = e.xmin::text as together, m.number_status, m.number_claim"
        " from member m join audit_event e on e.subject_id = m.id where m.id = $1",
        UUID(member["id"]),
    )
    assert written["together"]
    assert written["number_status"] == ("pending" if hidden else "confirmed")
    assert written["number_claim"] == (UUID(member["id"]) if hidden else None)


async def test_an_id_that_is_taken_is_so_with_a_free_number(scenario: MemberScenario):
    """Of the two things that keep the first attempt from being written, the id is told."""
    there = await scenario.create_member(scenario.commune_officer)
    body = scenario.member_body(id=there["id"], national_id=national_id())
    response = await scenario.request("POST", MEMBERS, scenario.commune_officer, body)
    assert (response.status_code, response.json()["code"]) == (409, "id_taken")


@each_number
async def test_who_is_pending_in_sight_has_the_number_too(scenario: MemberScenario, owner: Any, field: str):
    """Also where nobody is confirmed any more, so that the index alone would let it through."""
    number, there = NUMBERS[field](), scenario.world.sibling_commune
    first = await scenario.create_member(
        scenario.sibling_commune_officer, commune_code=there, **{field: number}
    )
    await scenario.create_member(scenario.commune_officer, **{field: number})
    await owner.execute(f"update member set {field} = null where id = $1", UUID(first["id"]))
    body = scenario.member_body(**{field: number})
    response = await scenario.request("POST", MEMBERS, scenario.commune_officer, body)
    assert (response.status_code, response.json()["code"]) == (409, f"{field}_taken")
