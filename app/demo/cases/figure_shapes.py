"""How the figures of the cases are written down."""

from typing import Any, Final, NamedTuple

from app.demo.stage import BodyColumns


class Figure(NamedTuple):
    """One figure or target of a case: its name, by whom it is entered, and what it says."""

    name: str
    by: str
    columns: BodyColumns


def amount(value: str, unit: str = "people", qualifier: str = "exact") -> dict[str, Any]:
    """Build a number with its unit and qualifier."""
    return {"value": value, "unit": unit, "qualifier": qualifier}


IN_WORDS: Final = "Bài báo có in con số; bộ dữ liệu thử này không có."
"""What stands for a number that was printed and is not known here."""
