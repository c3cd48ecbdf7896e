"""Row-level security keeps the campaign tables apart, without any filter of the services."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row, patch
from tests.world import Login, World

TABLES = ("campaign", "campaign_event", "award", "payout", "target", "target_version", "observation")
SOURCE = {"kind": "report", "date": "2024-01-31"}


@pytest.fixture
async def scenario(client: httpx.AsyncClient, world: World) -> CampaignScenario:
    """The campaign scenario, after its officer wrote a row into each table, all in the first commune."""
    scenario = await CampaignScenario.create(world)
    here = {"place_code": world.commune}
    campaign = await create_row(
        client, "/v1/campaigns", scenario.officer, here | {"kind": "emulation", "name": "Thi đua"}
    )
    event = {"kind": "launch", "held_on": "2024-01-01"}
    await create_row(client, f"/v1/campaigns/{campaign['id']}/events", scenario.officer, here | event)
    award = {"level": "commune", "title": "Giấy khen", "recipient_kind": "group", "awarded_on": "2024-01-01"}
    await create_row(client, "/v1/awards", scenario.officer, here | award)
    paid = {"kind": "reward", "amount": 1, "paid_on": "2024-01-01", "purpose": "Thưởng", "id": str(uuid7())}
    await create_row(client, "/v1/payouts", scenario.officer, here | paid)
    target = {
        "metric": "groups",
        "unit": "groups",
        "value": "3",
        "period": "year",
        "period_from": "2024-01-01",
    }
    made_target = await create_row(client, "/v1/targets", scenario.officer, here | target)
    await patch(client, f"/v1/targets/{made_target['id']}", scenario.officer, 1, {"value": "4"})
    figure = {"metric": "groups", "unit": "groups", "value": "3", "nature": "stock", "source": SOURCE}
    await create_row(client, "/v1/observations", scenario.officer, here | figure)
    return scenario


async def begin_transaction(db: AsyncSession, login: Login) -> None:
    await (await db.connection()).execute(text("select begin_actor(:id)"), {"id": login.session_id})


async def count_visible_rows(app: FastAPI, login: Login | None, world: World) -> dict[str, int]:
    """How many rows of the world's first commune each table shows to somebody, without a filter of ours."""
    counts = {}
    async with app.state.database.begin() as db:
        if login is not None:
            await begin_transaction(db, login)
        connection = await db.connection()
        for table in TABLES:
            stmt = text(f"select count(*) from {table} where commune_code = :commune")
            counts[table] = int((await connection.execute(stmt, {"commune": world.commune})).scalar_one())
    return counts


async def try_insert(app: FastAPI, login: Login, statement: Any, values: dict[str, Any]) -> None:
    async with app.state.database.begin() as db:
        await begin_transaction(db, login)
        await (await db.connection()).execute(statement, values)


async def test_own_network_and_bhxh_see_every_table(app: FastAPI, scenario: CampaignScenario, world: World):
    for login in (scenario.officer, scenario.viewer, scenario.bhxh):
        assert await count_visible_rows(app, login, world) == dict.fromkeys(TABLES, 1)


async def test_nobody_else_sees_any(app: FastAPI, scenario: CampaignScenario, world: World):
    sibling = await world.user(await world.unit("womens_union", world.sibling_province), "union_admin")
    for login in (scenario.other_union, scenario.commune_officer, sibling, None):
        assert await count_visible_rows(app, login, world) == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("table", ["campaign", "campaign_event", "award", "target"])
async def test_nobody_else_changes_any(app: FastAPI, scenario: CampaignScenario, table: str):
    async with app.state.database.begin() as db:
        await begin_transaction(db, scenario.other_union)
        changed = await (await db.connection()).execute(text(f"update {table} set note = 'x'"))
        assert changed.rowcount == 0


@pytest.mark.parametrize(
    ("network", "province"), [("farmers_association", None), ("womens_union", "sibling")]
)
async def test_nothing_is_written_for_others(
    app: FastAPI, scenario: CampaignScenario, world: World, network: str, province: str | None
):
    values = {
        "id": uuid7(),
        "network": network,
        "organisation_id": scenario.unit.id,
        "province_code": world.sibling_province if province else world.province,
        "created_by": scenario.officer.id,
    }
    names = ", ".join(values)
    statement = text(
        f"insert into campaign ({names}, kind, name) values ({', '.join(':' + name for name in values)}, 'emulation', 'x')"
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        await try_insert(app, scenario.officer, statement, values)
    await try_insert(app, scenario.bhxh, statement, values | {"province_code": world.province})
