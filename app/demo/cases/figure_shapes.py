"""Shapes in which the figures of the cases are written down."""

from typing import Any, Final, NamedTuple

from app.demo.context import BodyColumns


class Figure(NamedTuple):
    """One figure or target of a case: its name, the user who enters it, and the fields of its request body."""

    name: str
    entered_by: str
    columns: BodyColumns


def amount(value: str, unit: str = "people", qualifier: str = "exact") -> dict[str, Any]:
    """Build a number with its unit and qualifier."""
    return {"value": value, "unit": unit, "qualifier": qualifier}


IN_WORDS: Final = "Bài báo có in con số; bộ dữ liệu thử này không có."
"""The fields of a number that was printed but is not known here."""
