"""The access scenario, and the shared rows of its cells."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from tests.access.matrix import CASES
from tests.access.scenario.actors import GROUP_CELLS, PLACE_CELLS, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario


@pytest.fixture(scope="session")
async def scenario(owner: Any, app: FastAPI, client: httpx.AsyncClient, settings: Settings) -> AccessScenario:
    """The access scenario, created once for all attempts of a worker."""
    return await AccessScenario.create(owner, app, client, settings)


@pytest.fixture(scope="session")
async def shared_data(scenario: AccessScenario) -> dict[Cell, CellData]:
    """The rows of each cell that no attempt may change or see without right."""
    cells = dict.fromkeys([*GROUP_CELLS, *PLACE_CELLS, *(cell for case in CASES for cell in case.cells)])
    return {cell: CellData(scenario, cell, shared=True) for cell in cells}
