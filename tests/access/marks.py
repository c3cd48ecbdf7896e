"""Words in the names of rows by which an answer gives away whose rows it shows."""

import re
from dataclasses import dataclass

from tests.access.actors import COMMUNAL, PLACED, Cell, Sight

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Mark:
    """Whose rows they are, and who sees them."""

    cell: Cell
    sight: Sight

    @property
    def text(self) -> str:
        cell = self.cell
        return f"zq{cell.network[0]}{cell.place}{cell.group}{self.sight.value}qz".lower()


MARKS = [Mark(cell, sight) for cell in dict.fromkeys(COMMUNAL + PLACED) for sight in Sight]


def marks_in(answer: str, rows: dict[str, Mark], said: str) -> set[Mark]:
    """Whose rows an answer shows: by the words in it, and by the ids that the request did not say itself.

    rows: the owner of each id. said: the request, as text.
    """
    lower = answer.lower()
    found = {mark for mark in MARKS if mark.text in lower and mark.text not in said}
    return found | {rows[id_] for id_ in set(_UUID.findall(lower)) if id_ in rows and id_ not in said}
