"""Every route × every kind of actor × own, sibling, upper and lower place, other union, nobody: no leak.

What is expected follows from the table of rights and the rule of position (`actors.Kind.sees`), never from a cell
of the matrix written by hand.
"""

from dataclasses import replace

import pytest

from tests.access.actors import BROKEN, LIVING, Cell, Kind
from tests.access.attempts import Attempt, attempt, changed, digest, send
from tests.access.lines import Line, Reach
from tests.access.matrix import LINES
from tests.access.spots import Nowhere, Spot
from tests.access.stage import Stage

every_line = pytest.mark.parametrize("line", LINES, ids=lambda line: line.label)

Standing = dict[Cell, Spot]


def attempts_of(line: Line) -> list[tuple[Kind, Cell, int]]:
    """Every actor at every cell of the line, with the expected status."""
    return [(kind, cell, line.expected(kind, cell)) for kind in LIVING + BROKEN for cell in line.tried]


def wrong(tried: Attempt, expected: int) -> list[str]:
    """What is wrong with an answer that should be a refusal."""
    status = tried.answer.status_code
    problem = tried.answer.headers.get("content-type") == "application/problem+json"
    if status == expected and problem and tried.answer.json()["status"] == expected:
        return []
    return [f"{tried.story}, expected {expected}"]


class TestRefused:
    """Whoever has no right gets the right no, learns nothing from it and changes nothing."""

    @every_line
    async def test_it(self, line: Line, stage: Stage, standing: Standing):
        for cell in line.cells:
            await line.make(standing[cell])
        before = await digest(stage)
        faults: list[str] = []
        for kind, cell, expected in attempts_of(line):
            if expected != 200:
                tried = await attempt(line, kind, standing[cell])
                faults += wrong(tried, expected) + tried.leaks(stage)
        assert faults == []
        assert changed(before, await digest(stage)) == []

    @pytest.mark.parametrize(
        "line", [line for line in LINES if line.reach is Reach.ROW], ids=lambda line: line.label
    )
    async def test_not_yours_looks_absent(self, line: Line, stage: Stage, standing: Standing):
        """Word for word, so that nobody can tell a foreign id from one that was made up."""
        kinds = [
            (kind, cell)
            for kind, cell, expected in attempts_of(line)
            if expected == line.foreign and not kind.broken
        ]
        assert kinds
        for kind, cell in kinds[::5]:
            foreign = await attempt(line, kind, standing[cell])
            absent = await attempt(line, kind, Nowhere(stage, cell))
            assert foreign.answer.json() | {"request_id": ""} == absent.answer.json() | {"request_id": ""}, (
                foreign.story
            )


class TestOrder:
    """Who calls is asked before what is wrong with the call: a stranger does not learn what a route takes."""

    @every_line
    async def test_it(self, line: Line, stage: Stage, standing: Standing):
        faulty = replace(
            await line.make(standing[line.cells[0]]),
            query={"nope": "1"},
            body={"nope": 1},
            version=None,
            keyed=False,
        )
        unable = [kind for kind in LIVING if line.permission not in kind.permissions]
        able = [kind for kind in LIVING if line.permission in kind.permissions]
        for kind, expected in [
            *((kind, {401}) for kind in BROKEN[::3]),
            *((kind, {403}) for kind in unable[::20]),
            (able[0], {422, 428}),
        ]:
            answer = await send(stage.client, line, faulty, stage.logins[kind].token)
            assert answer.status_code in expected, f"{line.label} by {kind.name}: {answer.text}"


class TestAllowed:
    """Whoever has the right succeeds, so that no wall stands by standing everywhere."""

    @pytest.mark.parametrize(
        "line", [line for line in LINES if line.reach is not Reach.LIST], ids=lambda line: line.label
    )
    async def test_it(self, line: Line, stage: Stage, standing: Standing):
        faults: list[str] = []
        succeeded = 0
        for kind, cell, expected in attempts_of(line):
            if expected != 200:
                continue
            spot = standing[cell] if line.method == "GET" else Spot(stage, cell)
            tried = await attempt(line, kind, spot, await stage.again(kind) if line.spends else None)
            faults += [] if tried.answer.is_success else [f"{tried.story}, expected success"]
            faults += tried.leaks(stage)
            succeeded += 1
        assert faults == []
        assert succeeded or line.but

    @pytest.mark.parametrize(
        "line", [line for line in LINES if line.reach is Reach.LIST], ids=lambda line: line.label
    )
    async def test_a_list_shows_what_is_theirs(self, line: Line, stage: Stage, standing: Standing):
        """An empty list would leak nothing either."""
        faults: list[str] = []
        shown = {cell: (await line.make(standing[cell])).shown for cell in line.cells}
        for kind, _, expected in attempts_of(line):
            if expected != 200:
                continue
            tried = await attempt(line, kind, standing[line.cells[0]])
            faults += [] if tried.answer.is_success else [f"{tried.story}, expected success"]
            faults += tried.leaks(stage)
            faults += [
                f"{line.label} by {kind.name}: {cell.name} should {'be' if theirs else 'not be'} there"
                for cell, id_ in shown.items()
                if (str(id_) in tried.pages) != (theirs := kind.sees(cell, line.sight))
            ]
        assert faults == []
