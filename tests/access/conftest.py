"""The stage, and the standing rows of its cells."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from tests.access.actors import COMMUNAL, PLACED, Cell
from tests.access.matrix import LINES
from tests.access.spots import Spot
from tests.access.stage import Stage


@pytest.fixture(scope="session")
async def stage(owner: Any, app: FastAPI, client: httpx.AsyncClient, settings: Settings) -> Stage:
    """One stage for all attempts of a worker."""
    return await Stage.create(owner, app, client, settings)


@pytest.fixture(scope="session")
async def standing(stage: Stage) -> dict[Cell, Spot]:
    """The rows of each cell that no attempt may change or see without right."""
    cells = dict.fromkeys([*COMMUNAL, *PLACED, *(cell for line in LINES for cell in line.cells)])
    return {cell: Spot(stage, cell, standing=True) for cell in cells}
