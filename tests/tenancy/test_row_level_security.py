"""Row-level security of organisations, their dates and their users, without any filter of a service."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import begin_actor
from app.core.errors import NotFound
from app.core.postgres.database_errors import error_for_database
from app.core.values.ids import uuid7
from tests.world import Login, Unit, World

SELECTS = {
    "organisation": "select count(*) from organisation where id = :unit",
    "organisation_parent": "select count(*) from organisation_parent where organisation_id = :unit",
    "organisation_place": "select count(*) from organisation_place where organisation_id = :unit",
    "app_user": "select count(*) from app_user where organisation_id = :unit",
    "user_group": "select count(*) from user_group g where exists (select from app_user u where u.id = g.user_id"
    " and u.organisation_id = :unit)",
    "api_client": "select count(*) from api_client where organisation_id = :unit",
    "audit_event": "select count(*) from audit_event where organisation_id = :unit",
}
UPDATES = {
    "organisation": "update organisation set name = name where id = :unit",
    "organisation_parent": "update organisation_parent set valid_to = valid_to where organisation_id = :unit",
    "organisation_place": "update organisation_place set nationwide = nationwide where organisation_id = :unit",
    "organisation_place gone": "delete from organisation_place where organisation_id = :unit",
    "app_user": "update app_user set roles = roles where organisation_id = :unit",
    "api_client": "update api_client set scopes = scopes where organisation_id = :unit",
}
COVER_SQL = (
    "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)"
    " select :unit, cast(:place as text), current_date, provinces, communes, nationwide from expand_place(:place)"
)
SET_PARENT_SQL = (
    "insert into organisation_parent (organisation_id, parent_id, valid_from)"
    " values (:unit, :parent, current_date + 1)"
)


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def actor_session(app: FastAPI, admin: Login) -> AsyncIterator[AsyncSession]:
    """A transaction of the application's role in which the union's administrator acts."""
    async with app.state.database.begin() as db:
        await begin_actor(db, admin.session_id)
        yield db


async def create_populated_unit(world: World, unit: Unit, above: Unit) -> Unit:
    """Create a unit with rows in every table that refers to one."""
    group = await world.group(unit, commune=unit.commune)
    user = await world.user(unit, "treasurer", groups=[group.id])
    await world.partner(unit, "stats:read")
    await world.owner.execute(
        "insert into organisation_parent (organisation_id, parent_id, valid_from) values ($1, $2, '2000-01-01')",
        unit.id, above.id,
    )  # fmt: skip
    await world.owner.execute(
        "insert into audit_event (id, event, network, province_code, commune_code, actor_id, actor_kind,"
        " organisation_id, subject_kind, fields) values ($1, 'x.y', $2, $3, $4, $5, 'user', $6, 'x', '{}')",
        uuid7(), unit.network, unit.province, unit.commune, user.id, unit.id,
    )  # fmt: skip
    return unit


async def count_rows(db: AsyncSession, sql: str, **values: Any) -> Any:
    return (await (await db.connection()).execute(text(sql), values)).scalar_one()


async def count_changed(db: AsyncSession, sql: str, **values: Any) -> int:
    return (await (await db.connection()).execute(text(sql), values)).rowcount


async def test_own_rows_are_seen_and_changed(world: World, union: Unit, actor_session: AsyncSession):
    here = await create_populated_unit(
        world, await world.unit("womens_union", world.commune, level="commune"), union
    )
    assert {
        name: await count_rows(actor_session, sql, unit=here.id) for name, sql in SELECTS.items()
    } == dict.fromkeys(SELECTS, 1)
    assert {
        name: await count_changed(actor_session, sql, unit=here.id) for name, sql in UPDATES.items()
    } == dict.fromkeys(UPDATES, 1)


@pytest.mark.parametrize("case", ["other union", "other place"])
async def test_rows_of_others_are_neither_seen_nor_changed(
    world: World, union: Unit, actor_session: AsyncSession, case: str
):
    if case == "other union":
        above = await world.unit("farmers_association")
        there = await world.unit("farmers_association", world.commune, level="commune")
    else:
        above = await world.unit("womens_union", world.sibling_province)
        commune = await world.place("commune", world.sibling_province)
        there = await world.unit("womens_union", commune, level="commune")
    there = await create_populated_unit(world, there, above)
    assert {
        name: await count_rows(actor_session, sql, unit=there.id) for name, sql in SELECTS.items()
    } == dict.fromkeys(SELECTS, 0)
    assert {
        name: await count_changed(actor_session, sql, unit=there.id) for name, sql in UPDATES.items()
    } == dict.fromkeys(UPDATES, 0)


async def test_dates_of_a_unit_of_the_whole_network_are_read_only(world: World, actor_session: AsyncSession):
    national = await world.national("womens_union")
    assert await count_rows(actor_session, SELECTS["organisation_place"], unit=national.id) == 1
    assert await count_changed(actor_session, UPDATES["organisation_place"], unit=national.id) == 0
    assert await count_rows(actor_session, SELECTS["app_user"], unit=national.id) == 0


async def expect_policy_violation(db: AsyncSession, sql: str, **values: Any) -> None:
    """Assert that row-level security rejects the statement."""
    with pytest.raises(DBAPIError) as raised:
        async with db.begin_nested():
            await count_changed(db, sql, **values)
    assert isinstance(error_for_database(raised.value), NotFound), raised.value


async def test_coverage_beyond_the_actor_is_refused(world: World, union: Unit, actor_session: AsyncSession):
    here = await world.unit("womens_union", world.commune, level="commune")
    far = await world.place("commune", world.sibling_province)
    for place in (world.sibling_province, far, "VN"):
        await expect_policy_violation(actor_session, COVER_SQL, unit=here.id, place=place)
    assert await count_changed(actor_session, COVER_SQL, unit=here.id, place=world.sibling_commune) == 1
    national = await world.national("womens_union")
    await expect_policy_violation(actor_session, COVER_SQL, unit=national.id, place=world.commune)
    other = await world.unit("farmers_association", world.commune, level="commune")
    await expect_policy_violation(actor_session, COVER_SQL, unit=other.id, place=world.commune)


async def test_parents_of_others_are_refused(world: World, union: Unit, actor_session: AsyncSession):
    here = await world.unit("womens_union", world.commune, level="commune")
    other = await world.unit("farmers_association")
    await expect_policy_violation(actor_session, SET_PARENT_SQL, unit=here.id, parent=other.id)
    await expect_policy_violation(actor_session, SET_PARENT_SQL, unit=other.id, parent=union.id)
    assert await count_changed(actor_session, SET_PARENT_SQL, unit=here.id, parent=union.id) == 1


async def test_without_an_actor_there_is_nothing(app: FastAPI, world: World, union: Unit):
    await create_populated_unit(world, union, await world.national("womens_union"))
    async with app.state.database.begin() as db:
        assert {
            name: await count_rows(db, sql, unit=union.id) for name, sql in SELECTS.items()
        } == dict.fromkeys(SELECTS, 0)
