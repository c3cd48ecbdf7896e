"""The matrix again with the services' own filters switched off: row-level security alone lets nothing through.

Also when the settings of each transaction are forged, as whoever runs SQL as the application's role could.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import pytest
from fastapi import FastAPI

from tests.access.attempts import attempt_case, changed_tables, compute_table_digests
from tests.access.cases.base import AccessCase, ScopeCheck
from tests.access.disabled_filters import disable_filters
from tests.access.matrix import CASES
from tests.access.scenario.actors import VALID_ACTORS, ActorKind, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario
from tests.access.wall.forged_settings import forge_everywhere

UNSCOPED_ROUTES = {"POST /v1/places": "places are the same for everybody: no network, no policies"}
"""Routes whose rows belong to no tenant, each with the reason."""

OWN_SCOPE_ROUTES = {
    "GET /v1/data-requests/{request_id}/copy": "copy_of_person asks for the scope itself, beside the rows' protection",
    "GET /v1/data-requests/{request_id}/obstacles": "erase_member asks for the scope itself",
}
"""Routes whose SQL function has a filter of its own that these tests do not switch off, each with the reason."""

TESTED_CASES = [
    case for case in CASES if case.scope_check is not ScopeCheck.OWN and case.name not in UNSCOPED_ROUTES
]


def actors_without_access(case: AccessCase) -> list[tuple[ActorKind, Cell]]:
    """Actors with the permission, at the cells that are not theirs."""
    return [
        (kind, cell)
        for kind in VALID_ACTORS
        if case.permission in kind.permissions
        for cell in case.tested_cells
        if not (
            kind.covers(cell.place)
            if case.scope_check is ScopeCheck.PLACE
            else kind.can_see(cell, case.sight)
        )
    ]


@pytest.mark.parametrize("scope", ["as begun", "forged"])
@pytest.mark.parametrize("case", TESTED_CASES, ids=lambda case: case.label)
async def test_nothing_foreign(
    case: AccessCase,
    scope: str,
    scenario: AccessScenario,
    shared_data: dict[Cell, CellData],
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
):
    tried = actors_without_access(case)
    assert tried
    for cell in case.tested_cells:
        await case.build_request(shared_data[cell])
    before = await compute_table_digests(scenario)
    faults: list[str] = []
    forged = forge_everywhere(monkeypatch) if scope == "forged" else nullcontext()
    with disable_filters(app.state.database, monkeypatch), forged:
        for kind, cell in tried:
            attempt = await attempt_case(case, kind, shared_data[cell])
            through = attempt.response.is_success and case.scope_check is not ScopeCheck.LIST
            # Forged, not even one's own organisation is seen, for which no service has words.
            failed = attempt.response.is_server_error and scope == "as begun"
            faults += [attempt.description] if through or failed else []
            faults += attempt.find_leaks(scenario)
    assert faults == []
    assert changed_tables(before, await compute_table_digests(scenario)) == []


@asynccontextmanager
async def disable_row_security(scenario: AccessScenario) -> AsyncIterator[None]:
    """Disable row-level security on every table while the block runs; what is read then is not kept in the read audit."""
    await scenario.owner.execute("select fold_reads()")
    noted = await scenario.owner.fetchval("select coalesce(max(seq), 0) from read_audit")
    tables = await scenario.owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity"
    )
    try:
        for table in tables:
            await scenario.owner.execute(f"alter table {table['relname']} disable row level security")
        yield
    finally:
        for table in tables:
            await scenario.owner.execute(f"alter table {table['relname']} enable row level security")
        async with scenario.owner.transaction():
            await scenario.owner.execute("select fold_reads()")
            await scenario.owner.execute("alter table read_audit disable trigger append_only")
            await scenario.owner.execute("delete from read_audit where seq > $1", noted)
            await scenario.owner.execute("alter table read_audit enable trigger append_only")


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in TESTED_CASES
        if case.method == "GET" and case.scope_check is ScopeCheck.ROW and case.name not in OWN_SCOPE_ROUTES
    ],
    ids=lambda case: case.label,
)
async def test_the_filters_are_off(
    case: AccessCase,
    scenario: AccessScenario,
    shared_data: dict[Cell, CellData],
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
):
    """Without the rows' own protection foreign rows do come through: no other filter is left that could have stopped them above."""
    through = 0
    for cell in case.tested_cells:
        await case.build_request(shared_data[cell])
    async with disable_row_security(scenario):
        with disable_filters(app.state.database, monkeypatch):
            for kind, cell in actors_without_access(case)[::5]:
                through += (await attempt_case(case, kind, shared_data[cell])).response.is_success
    assert through
