"""The matrix again with the services' own filters switched off: row-level security alone lets nothing through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from tests.access.actors import LIVING, Cell, Kind
from tests.access.attempts import attempt, changed, digest
from tests.access.lines import Line, Reach
from tests.access.matrix import LINES
from tests.access.spots import Spot
from tests.access.stage import Stage
from tests.access.unfiltered import unfiltered

OF_NOBODY = {"POST /v1/places": "places are the same for everybody: no network, no policies"}
"""Lines whose rows belong to no tenant, each with the reason."""

TRIED = [line for line in LINES if line.reach is not Reach.OWN and line.name not in OF_NOBODY]


def foreigners(line: Line) -> list[tuple[Kind, Cell]]:
    """Who may do this, and where it is not theirs to do."""
    return [
        (kind, cell)
        for kind in LIVING
        if line.permission in kind.permissions
        for cell in line.tried
        if not (kind.covers(cell.place) if line.reach is Reach.PLACE else kind.sees(cell, line.sight))
    ]


@pytest.mark.parametrize("line", TRIED, ids=lambda line: line.label)
async def test_nothing_foreign(
    line: Line, stage: Stage, standing: dict[Cell, Spot], app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    tried = foreigners(line)
    assert tried
    for cell in line.tried:
        await line.make(standing[cell])
    before = await digest(stage)
    faults: list[str] = []
    with unfiltered(app.state.database, monkeypatch):
        for kind, cell in tried:
            made = await attempt(line, kind, standing[cell])
            through = made.answer.is_success and line.reach is not Reach.LIST
            faults += [made.story] if through or made.answer.is_server_error else []
            faults += made.leaks(stage)
    assert faults == []
    assert changed(before, await digest(stage)) == []


@asynccontextmanager
async def rows_unprotected(stage: Stage) -> AsyncIterator[None]:
    """Every table of this worker's database without its policies."""
    tables = await stage.owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity"
    )
    try:
        for table in tables:
            await stage.owner.execute(f"alter table {table['relname']} disable row level security")
        yield
    finally:
        for table in tables:
            await stage.owner.execute(f"alter table {table['relname']} enable row level security")


@pytest.mark.parametrize(
    "line",
    [line for line in TRIED if line.method == "GET" and line.reach is Reach.ROW],
    ids=lambda line: line.label,
)
async def test_the_filters_are_off(
    line: Line, stage: Stage, standing: dict[Cell, Spot], app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    """Without the rows' own protection foreign rows do come through: nothing else stood in the way above."""
    through = 0
    for cell in line.tried:
        await line.make(standing[cell])
    async with rows_unprotected(stage):
        with unfiltered(app.state.database, monkeypatch):
            for kind, cell in foreigners(line)[::5]:
                through += (await attempt(line, kind, standing[cell])).answer.is_success
    assert through
