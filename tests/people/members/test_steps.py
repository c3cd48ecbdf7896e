"""The statements that enter people take the same steps for numbers that somebody out of sight has and for free ones.

Not the clock is read but the plan, as it was carried out: whatever is asked for one is asked for the other, the policies
that cost more than a row among them. `python -m benchmarks.existence` reads the clock.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.auth.actor import Actor
from app.core.values.ids import uuid7
from app.models.people.member import Member
from app.people.members.bulk import NewMember, insert_members
from app.people.members.numbers import build_insert
from tests.databases import DatabaseUrls
from tests.routers.people.member_scenario import MemberScenario
from tests.world import World, national_id

_EXPLAIN = "explain (analyze, costs off, timing off, summary off, buffers off, format json) "
Steps = set[tuple[str, bool]]


class ExplainingConnection:
    """A connection that carries a statement out, and keeps its steps in place of its answer."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.steps: Steps = set()

    async def fetchrow(self, sql: str, *args: Any) -> tuple[int, list[UUID]]:
        plan = json.loads(await self._connection.fetchval(_EXPLAIN + sql, *args))[0]["Plan"]
        self.steps = set(walk(plan, ""))
        return 10**6, []


def walk(node: dict[str, Any], above: str) -> Iterator[tuple[str, bool]]:
    """Every step of a plan, and whether it was taken at all."""
    name = " ".join(str(node.get(key, "")) for key in ("Subplan Name", "Node Type", "Relation Name", "Alias"))
    yield f"{above}/{name}", node["Actual Loops"] > 0
    for number, part in enumerate(node.get("Plans", ())):
        yield from walk(part, f"{above}/{name}.{number}")


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


@pytest.fixture
async def connection(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A connection in the application's role; nothing of it is kept."""
    connection = await asyncpg.connect(database_urls.app)
    try:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()


async def hide(scenario: MemberScenario, number: str) -> None:
    """A member of the next commune has the number."""
    there = scenario.world.sibling_commune
    await scenario.create_member(scenario.sibling_commune_officer, commune_code=there, national_id=number)


def new_member(scenario: MemberScenario, number: str) -> dict[str, Any]:
    return {
        "id": uuid7(), "province_code": scenario.world.province, "commune_code": scenario.world.commune,
        "full_name": "Trần Thị Mới", "search_name": "tran thi moi", "birth_date": None, "sex": None,
        "national_id": number, "social_insurance_no": None, "phone": None,
    }  # fmt: skip


async def find_steps_of_many(
    scenario: MemberScenario, connection: asyncpg.Connection, numbers: list[str]
) -> Steps:
    login = scenario.commune_officer
    await connection.execute("select begin_actor($1)", login.session_id)
    actor = Actor(
        session_id=login.session_id, kind="user", id=login.id, name="", organisation_id=scenario.unit.id,
        network=scenario.unit.network, all_networks=False, roles=(), scopes=(), nationwide=False, provinces=(),
        communes=(scenario.world.commune,), groups=None, device_id=None, permissions=frozenset(),
    )  # fmt: skip
    explaining: Any = ExplainingConnection(connection)
    members = [NewMember(**new_member(scenario, number)) for number in numbers]
    await insert_members(explaining, actor, members, keep_pending=True)
    steps: Steps = explaining.steps
    return steps


@pytest.mark.parametrize(("rows", "hidden"), [(1, 1), (5, 1), (5, 5)])
async def test_of_many(scenario: MemberScenario, connection: asyncpg.Connection, rows: int, hidden: int):
    unknown, known = ([national_id() for _ in range(rows)] for _ in range(2))
    for number in known[:hidden]:
        await hide(scenario, number)
    expected = await find_steps_of_many(scenario, connection, unknown)
    assert sum(taken for _, taken in expected) > 10
    assert await find_steps_of_many(scenario, connection, known) == expected


async def test_of_one(scenario: MemberScenario, connection: asyncpg.Connection):
    known, steps = national_id(), []
    await hide(scenario, known)
    await connection.execute("select begin_actor($1)", scenario.commune_officer.session_id)
    sql, names = build_insert()
    for number in (national_id(), known):
        row = Member(
            **new_member(scenario, number),
            network=scenario.unit.network,
            organisation_id=scenario.unit.id,
            created_by=scenario.commune_officer.id,
        )
        explaining = ExplainingConnection(connection)
        await explaining.fetchrow(sql, *(getattr(row, name) for name in names))
        steps.append(explaining.steps)
    assert sum(taken for _, taken in steps[0]) > 5
    assert steps[0] == steps[1]
