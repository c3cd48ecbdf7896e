"""Markers in the names of rows that show whose rows a response contains."""

import re
from dataclasses import dataclass
from functools import cached_property

from tests.access.scenario.actors import GROUP_CELLS, PLACE_CELLS, Cell, Visibility

_BEGINNING = "zq"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Marker:
    """Whose rows they are, and who sees them."""

    cell: Cell
    sight: Visibility

    @cached_property
    def text(self) -> str:
        cell = self.cell
        return f"{_BEGINNING}{cell.network[0]}{cell.place}{cell.group}{self.sight.value}qz".lower()


MARKERS = [Marker(cell, sight) for cell in dict.fromkeys(GROUP_CELLS + PLACE_CELLS) for sight in Visibility]


def find_markers(body: str, row_markers: dict[str, Marker], request_text: str) -> set[Marker]:
    """Find whose rows a response shows: by the markers in it, and by the ids that were not in the request.

    row_markers: the marker of each row, by its id. request_text: the request, as text.
    """
    text = body.lower()
    candidates = MARKERS if _BEGINNING in text else []
    markers = {marker for marker in candidates if marker.text in text and marker.text not in request_text}
    return markers | {
        row_markers[id_] for id_ in set(_UUID.findall(text)) if id_ in row_markers and id_ not in request_text
    }
