"""A key that was used before answers again only to whoever sees what it made."""

import pytest

from app.auth.permissions import Permission
from tests.access.actors import LIVING, SUBJECT, Cell, Sight
from tests.access.lines import Line
from tests.access.matrix import LINES
from tests.access.spots import Spot
from tests.access.stage import Stage

KEYED = [
    line for line in LINES if line.path in ("/v1/contributions", "/v1/meetings") and line.method == "POST"
]
RECORDERS = [kind for kind in LIVING if Permission.CONTRIBUTION_RECORD in kind.permissions]


@pytest.mark.parametrize("line", [line for line in KEYED if not line.about], ids=lambda line: line.name)
async def test_first_answer_is_for_its_own(line: Line, stage: Stage, standing: dict[Cell, Spot]):
    """Colleagues of one organisation share its keys, not one another's groups."""
    sent = await line.make(standing[SUBJECT])
    sender = next(kind for kind in RECORDERS if kind.name == "union_officer:womens_union@C1")
    headers = {"Idempotency-Key": f"used before on {line.path}"}
    first = await stage.client.post(line.path, json=sent.body, headers=stage.logins[sender].headers | headers)
    assert first.status_code == 201
    same_unit = [
        kind
        for kind in RECORDERS
        if (kind.network, kind.seat or kind.place) == (sender.network, sender.place)
    ]
    assert {kind.sees(SUBJECT, Sight.GROUPED) for kind in same_unit} == {True, False}
    for kind in same_unit:
        again = await stage.client.post(
            line.path, json=sent.body, headers=stage.logins[kind].headers | headers
        )
        if kind.sees(SUBJECT, Sight.GROUPED):
            assert (again.status_code, again.json()) == (201, first.json())
        else:
            assert again.status_code == 404
            assert str(first.json()["id"]) not in again.text
