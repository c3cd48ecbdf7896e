"""A function that looks past the policies on behalf of a member answers alike of one out of sight and of none."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.access.existence.senders import HIDDEN_FROM
from tests.access.scenario.actors import ActorKind
from tests.access.scenario.scenario import AccessScenario
from tests.access.wall.forged_settings import Stage
from tests.world import World

CALLS = {
    "keep_distinct": "select keep_distinct($1, '042184999001', null)",
    "confirm_distinct": "select confirm_distinct($1)",
}
each_call = pytest.mark.parametrize("call", CALLS)
each_sender = pytest.mark.parametrize("sender", HIDDEN_FROM, ids=lambda kind: kind.name)


async def ask(connection: Any, session_id: UUID, call: str, member: UUID) -> Any:
    """Call a function as the application's role, in a session. Returns: what it refuses, if it does."""
    async with connection.transaction():
        await connection.execute("select begin_actor($1)", session_id)
        try:
            async with connection.transaction():
                await connection.execute(CALLS[call], member)
        except asyncpg.PostgresError as refusal:
            return refusal.sqlstate, refusal.message, refusal.detail
    return None


@each_call
@each_sender
async def test_a_member_out_of_sight_is_like_none(
    scenario: AccessScenario, intruder: Any, sender: ActorKind, call: str
):
    cell, settled = HIDDEN_FROM[sender], [str(uuid4())]
    hidden = await scenario.world.member(scenario.units[cell], commune=scenario.places[cell.place])
    await scenario.world.join(scenario.groups[cell], hidden)
    await scenario.owner.execute(
        "update member set number_status = 'pending', number_claim = id, number_distinct_from = $2 where id = $1",
        hidden, settled,
    )  # fmt: skip
    session = scenario.logins[sender].session_id
    answers = [await ask(intruder, session, call, member) for member in (hidden, uuid4())]
    assert answers == [("AS404", "not_found", "{}")] * 2
    row = await scenario.owner.fetchrow(
        "select number_status, number_distinct_from from member where id = $1", hidden
    )
    assert tuple(row) == ("pending", settled)


@each_call
async def test_whoever_sees_a_member_is_not_refused(
    world: World, stage: Stage, owner: Any, intruder: Any, call: str
):
    of_group, entered = stage.group.members[0], await world.member(stage.group.unit)
    await owner.execute("update member set created_by = $2 where id = $1", entered, stage.treasurer.id)
    for login, member in (
        (stage.officer, of_group),
        (stage.treasurer, of_group),
        (stage.treasurer, entered),
    ):
        assert await ask(intruder, login.session_id, call, member) is None
