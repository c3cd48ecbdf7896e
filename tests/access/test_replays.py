"""A replayed idempotency key answers only those who see what the first request created."""

import pytest

from app.auth.permissions import Permission
from tests.access.cases.base import AccessCase
from tests.access.matrix import CASES
from tests.access.scenario.actors import SUBJECT, VALID_ACTORS, Cell, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario

KEYED_CASES = [
    case for case in CASES if case.path in ("/v1/contributions", "/v1/meetings") and case.method == "POST"
]
RECORDERS = [kind for kind in VALID_ACTORS if Permission.CONTRIBUTION_RECORD in kind.permissions]


@pytest.mark.parametrize("case", [case for case in KEYED_CASES if not case.about], ids=lambda case: case.name)
async def test_first_answer_is_for_its_own(
    case: AccessCase, scenario: AccessScenario, shared_data: dict[Cell, CellData]
):
    """Colleagues of one organisation share its keys, not one another's groups."""
    request = await case.build_request(shared_data[SUBJECT])
    sender = next(kind for kind in RECORDERS if kind.name == "union_officer:womens_union@C1")
    headers = {"Idempotency-Key": f"used before on {case.path}"}
    first = await scenario.client.post(
        case.path, json=request.body, headers=scenario.logins[sender].headers | headers
    )
    assert first.status_code == 201
    same_unit = [
        kind
        for kind in RECORDERS
        if (kind.network, kind.organisation_place or kind.place) == (sender.network, sender.place)
    ]
    assert {kind.can_see(SUBJECT, Visibility.GROUPED) for kind in same_unit} == {True, False}
    for kind in same_unit:
        again = await scenario.client.post(
            case.path, json=request.body, headers=scenario.logins[kind].headers | headers
        )
        if kind.can_see(SUBJECT, Visibility.GROUPED):
            assert (again.status_code, again.json()) == (201, first.json())
        else:
            assert again.status_code == 404
            assert str(first.json()["id"]) not in again.text
