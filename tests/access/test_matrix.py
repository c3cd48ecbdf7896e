"""Every route × every kind of actor × own, sibling, upper and lower place, other union, nobody: no leak.

What is expected follows from the table of rights and the rule of position (`ActorKind.can_see`), never from a cell
of the matrix written by hand.
"""

from dataclasses import replace

import pytest

from tests.access.attempts import Attempt, attempt_case, changed_tables, compute_table_digests, send_request
from tests.access.cases.base import AccessCase, ScopeCheck
from tests.access.matrix import CASES
from tests.access.scenario.actors import INVALID_ACTORS, VALID_ACTORS, ActorKind, Cell
from tests.access.scenario.cell_data import CellData, MissingCellData
from tests.access.scenario.scenario import AccessScenario

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)

SharedData = dict[Cell, CellData]


def expected_statuses(case: AccessCase) -> list[tuple[ActorKind, Cell, int]]:
    """Every actor at every cell of the case, with the expected status."""
    return [
        (kind, cell, case.expected_status(kind, cell))
        for kind in VALID_ACTORS + INVALID_ACTORS
        for cell in case.tested_cells
    ]


def refusal_faults(attempted: Attempt, expected: int) -> list[str]:
    """The faults of a response that should be a refusal."""
    status = attempted.response.status_code
    problem = attempted.response.headers.get("content-type") == "application/problem+json"
    if status == expected and problem and attempted.response.json()["status"] == expected:
        return []
    return [f"{attempted.description}, expected {expected}"]


class TestRefused:
    """Whoever has no right gets the right no, learns nothing from it and changes nothing."""

    @each_case
    async def test_it(self, case: AccessCase, scenario: AccessScenario, shared_data: SharedData):
        for cell in case.cells:
            await case.build_request(shared_data[cell])
        before = await compute_table_digests(scenario)
        faults: list[str] = []
        for kind, cell, expected in expected_statuses(case):
            if expected != 200:
                attempt = await attempt_case(case, kind, shared_data[cell])
                faults += refusal_faults(attempt, expected) + attempt.find_leaks(scenario)
        assert faults == []
        assert changed_tables(before, await compute_table_digests(scenario)) == []

    @pytest.mark.parametrize(
        "case", [case for case in CASES if case.scope_check is ScopeCheck.ROW], ids=lambda case: case.label
    )
    async def test_not_yours_looks_absent(
        self, case: AccessCase, scenario: AccessScenario, shared_data: SharedData
    ):
        """Word for word, so that nobody can tell a foreign id from one that was made up."""
        kinds = [
            (kind, cell)
            for kind, cell, expected in expected_statuses(case)
            if expected == case.foreign and not kind.invalid_reason
        ]
        assert kinds
        for kind, cell in kinds[::5]:
            foreign = await attempt_case(case, kind, shared_data[cell])
            absent = await attempt_case(case, kind, MissingCellData(scenario, cell))
            assert foreign.response.json() | {"request_id": ""} == absent.response.json() | {
                "request_id": ""
            }, foreign.description


class TestOrder:
    """Who calls is asked before what is wrong with the call: a stranger does not learn what a route takes."""

    @each_case
    async def test_it(self, case: AccessCase, scenario: AccessScenario, shared_data: SharedData):
        faulty = replace(
            await case.build_request(shared_data[case.cells[0]]),
            query={"nope": "1"},
            body={"nope": 1},
            version=None,
            keyed=False,
        )
        unable = [kind for kind in VALID_ACTORS if case.permission not in kind.permissions]
        able = [kind for kind in VALID_ACTORS if case.permission in kind.permissions]
        for kind, expected in [
            *((kind, {401}) for kind in INVALID_ACTORS[::3]),
            *((kind, {403}) for kind in unable[::20]),
            (able[0], {422, 428}),
        ]:
            response = await send_request(scenario.client, case, faulty, scenario.logins[kind].token)
            assert response.status_code in expected, f"{case.label} by {kind.name}: {response.text}"


class TestAllowed:
    """Whoever has the right succeeds, so that the refusals do not come from refusing everybody."""

    @pytest.mark.parametrize(
        "case",
        [case for case in CASES if case.scope_check is not ScopeCheck.LIST],
        ids=lambda case: case.label,
    )
    async def test_it(self, case: AccessCase, scenario: AccessScenario, shared_data: SharedData):
        faults: list[str] = []
        succeeded = 0
        for kind, cell, expected in expected_statuses(case):
            if expected != 200:
                continue
            data = shared_data[cell] if case.method == "GET" else CellData(scenario, cell)
            attempt = await attempt_case(
                case, kind, data, await scenario.new_session(kind) if case.spends else None
            )
            faults += [] if attempt.response.is_success else [f"{attempt.description}, expected success"]
            faults += attempt.find_leaks(scenario)
            succeeded += 1
        assert faults == []
        assert succeeded or case.but

    @pytest.mark.parametrize(
        "case", [case for case in CASES if case.scope_check is ScopeCheck.LIST], ids=lambda case: case.label
    )
    async def test_a_list_shows_what_is_theirs(
        self, case: AccessCase, scenario: AccessScenario, shared_data: SharedData
    ):
        """An empty list would leak nothing either."""
        faults: list[str] = []
        listed_ids = {cell: (await case.build_request(shared_data[cell])).listed_id for cell in case.cells}
        for kind, _, expected in expected_statuses(case):
            if expected != 200:
                continue
            attempt = await attempt_case(case, kind, shared_data[case.cells[0]])
            faults += [] if attempt.response.is_success else [f"{attempt.description}, expected success"]
            faults += attempt.find_leaks(scenario)
            faults += [
                f"{case.label} by {kind.name}: {cell.name} should {'be' if theirs else 'not be'} there"
                for cell, id_ in listed_ids.items()
                if (str(id_) in attempt.pages) != (theirs := kind.can_see(cell, case.sight))
            ]
        assert faults == []


class TestReading:
    async def test_a_get_writes_nothing_but_who_looked(
        self, scenario: AccessScenario, shared_data: SharedData
    ):
        """So a link, an image or a prefetch in some browser can never be an act."""
        requests = [
            (case, *next((kind, cell) for kind, cell, expected in expected_statuses(case) if expected == 200))
            for case in CASES
            if case.method == "GET" and any(expected == 200 for *_, expected in expected_statuses(case))
        ]
        assert len(requests) > 50
        for case, _, cell in requests:
            await case.build_request(shared_data[cell])  # makes the rows that it asks for
        before = await compute_table_digests(scenario)
        for case, kind, cell in requests:
            attempt = await attempt_case(case, kind, shared_data[cell])
            assert attempt.response.is_success, attempt.description
        assert set(changed_tables(before, await compute_table_digests(scenario))) <= {"audit_event"}
