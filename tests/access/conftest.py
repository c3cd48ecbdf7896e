"""The access scenario, the shared rows of its cells, and an intruder with a stage of its own."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from tests.access.matrix import CASES
from tests.access.scenario.actors import GROUP_CELLS, PLACE_CELLS, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario
from tests.access.wall.forged_settings import Stage
from tests.databases import DatabaseUrls
from tests.world import World


@pytest.fixture(scope="session")
async def scenario(owner: Any, app: FastAPI, client: httpx.AsyncClient, settings: Settings) -> AccessScenario:
    """The access scenario, created once for all attempts of a worker."""
    return await AccessScenario.create(owner, app, client, settings)


@pytest.fixture(scope="session")
async def shared_data(scenario: AccessScenario) -> dict[Cell, CellData]:
    """The rows of each cell that no attempt may change or see without right."""
    cells = dict.fromkeys([*GROUP_CELLS, *PLACE_CELLS, *(cell for case in CASES for cell in case.cells)])
    return {cell: CellData(scenario, cell, shared=True) for cell in cells}


@pytest.fixture
async def stage(world: World) -> Stage:
    unit = await world.unit("womens_union")
    group = await world.group(unit, members=1)
    officer = await world.user(unit, "union_officer")
    return Stage(officer, await world.user(unit, "treasurer", groups=[group.id]), group)


@pytest.fixture
async def intruder(database_urls: DatabaseUrls) -> AsyncIterator[Any]:
    """A connection of the application's role, used for anything that SQL can do."""
    connection = await asyncpg.connect(database_urls.app)
    try:
        yield connection
    finally:
        await connection.close()
