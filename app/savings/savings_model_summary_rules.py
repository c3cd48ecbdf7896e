"""Pure rules of a summary: what is hidden, how a share and an average are rounded."""

from decimal import ROUND_HALF_UP, Decimal

SMALLEST_CELL = 5
"""Fewer people than this are not told to somebody who sees aggregates only."""

_TENTH = Decimal("0.1")


def ratio(count: int, of: int) -> str | None:
    """`count / of` to one decimal, half up; None for a share of nothing."""
    return str((Decimal(count) / of).quantize(_TENTH, ROUND_HALF_UP)) if of else None


def percent(count: int, of: int) -> str:
    """A share in percent to one decimal; "0.0" of nothing."""
    return ratio(100 * count, of) or "0.0"


def is_small(count: int) -> bool:
    """Whether so few people are counted that they could be told apart."""
    return 0 < count < SMALLEST_CELL


def hidden_cells(cells: dict[str, int]) -> dict[str, int | None]:
    """The parts of a total: when one of them is small, none is told, or it could be worked out from the rest."""
    hide = any(is_small(count) for count in cells.values())
    return {name: None if hide else count for name, count in cells.items()}
