"""Aggregates name nobody, so here the numbers themselves must be those of the rows that the actor sees."""

import pytest

from app.auth.permissions import Permission
from tests.access.actors import BHXH, COMMUNAL, LIVING, Cell, Kind, Sight
from tests.access.rows import contribution
from tests.access.spots import Spot
from tests.access.stage import Stage

ASKING = [kind for kind in LIVING if Permission.STATS_READ in kind.permissions]


async def counted(stage: Stage, kind: Kind) -> tuple[int, int]:
    """The groups at C1 that are the actor's to see, and what their members have saved."""
    networks = {cell.network for cell in COMMUNAL if kind.network in (BHXH, cell.network)}
    if not kind.covers("C1"):
        return 0, 0
    own = [stage.groups[cell].id for cell in kind.groups] if kind.limited else None
    row = await stage.owner.fetchrow(
        "select (select count(*) from savings_group g where g.commune_code = $1 and g.network = any ($2)"
        " and ($3::uuid[] is null or g.id = any ($3))) as groups,"
        " (select coalesce(sum(t.amount * case t.kind when 'saving' then 1 else -1 end), 0) from ledger_txn t"
        " where t.commune_code = $1 and t.network = any ($2)"
        " and (t.kind = 'saving' or t.kind = 'reversal' and t.reversed_kind = 'saving')) as saved",
        stage.places["C1"], list(networks), own,
    )  # fmt: skip
    return row["groups"], int(row["saved"])


@pytest.mark.parametrize("kind", ASKING, ids=lambda kind: kind.name)
async def test_they_are_of_what_is_seen(kind: Kind, stage: Stage, standing: dict[Cell, Spot]):
    for cell in COMMUNAL:
        await contribution(standing[cell])
    groups, saved = await counted(stage, kind)
    answer = await stage.client.get(
        "/v1/stats/summary", params={"place": stage.places["C1"]}, headers=stage.logins[kind].headers
    )
    assert answer.status_code == 200, answer.text
    figures = answer.json()
    assert figures["groups"] == groups
    assert (groups > 0) == any(kind.sees(cell, Sight.GROUPED) for cell in COMMUNAL if cell.place == "C1")
    if figures["money"]["savings"] is not None:
        assert figures["money"]["savings"] == saved
    if not kind.covers("C1"):
        assert (figures["by_model"], figures["members"] or 0) == ([], 0)
