"""Aggregates equal the sums of the rows that the actor may see."""

import pytest

from app.auth.permissions import Permission
from tests.access.scenario.actors import BHXH, GROUP_CELLS, VALID_ACTORS, ActorKind, Cell, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import contribution
from tests.access.scenario.scenario import AccessScenario

STATS_READERS = [kind for kind in VALID_ACTORS if Permission.OWN_STATS_READ in kind.permissions]


async def expected_totals(scenario: AccessScenario, kind: ActorKind) -> tuple[int, int]:
    """The groups at C1 that are the actor's to see, and what their members have saved."""
    networks = {cell.network for cell in GROUP_CELLS if kind.network in (BHXH, cell.network)}
    if not kind.covers("C1"):
        return 0, 0
    own = [scenario.groups[cell].id for cell in kind.groups] if kind.is_group_limited else None
    row = await scenario.owner.fetchrow(
        "select (select count(*) from savings_group g where g.commune_code = $1 and g.network = any ($2)"
        " and ($3::uuid[] is null or g.id = any ($3))) as groups,"
        " (select coalesce(sum(t.amount * case t.kind when 'saving' then 1 else -1 end), 0) from ledger_txn t"
        " where t.commune_code = $1 and t.network = any ($2)"
        " and ($3::uuid[] is null or t.group_id = any ($3))"
        " and (t.kind = 'saving' or t.kind = 'reversal' and t.reversed_kind = 'saving')) as saved",
        scenario.places["C1"], list(networks), own,
    )  # fmt: skip
    return row["groups"], int(row["saved"])


@pytest.mark.parametrize("kind", STATS_READERS, ids=lambda kind: kind.name)
async def test_they_are_of_what_is_seen(
    kind: ActorKind, scenario: AccessScenario, shared_data: dict[Cell, CellData]
):
    for cell in GROUP_CELLS:
        await contribution(shared_data[cell])
    groups, saved = await expected_totals(scenario, kind)
    response = await scenario.client.get(
        "/v1/stats/summary", params={"place": scenario.places["C1"]}, headers=scenario.logins[kind].headers
    )
    assert response.status_code == 200, response.text
    figures = response.json()
    assert figures["groups"] == groups
    assert (groups > 0) == any(
        kind.can_see(cell, Visibility.GROUPED) for cell in GROUP_CELLS if cell.place == "C1"
    )
    if figures["money"]["savings"] is not None:
        assert figures["money"]["savings"] == saved
    if not kind.covers("C1"):
        assert (figures["by_model"], figures["members"] or 0) == ([], 0)
