"""Pure rules of a summary: what is hidden, how a share and an average are rounded."""

from decimal import ROUND_HALF_UP, Decimal

MIN_SHOWN_PEOPLE = 5
"""Fewer people than this are not told to somebody who sees aggregates only."""

_TENTH = Decimal("0.1")


def format_ratio(count: int, total: int) -> str | None:
    """Format `count / total` to one decimal, half up; None for a share of nothing."""
    return str((Decimal(count) / total).quantize(_TENTH, ROUND_HALF_UP)) if total else None


def format_percent(count: int, total: int) -> str:
    """Format a share in percent to one decimal; "0.0" of nothing."""
    return format_ratio(100 * count, total) or "0.0"


def is_small_count(count: int) -> bool:
    """Whether so few people are counted that they could be recognised."""
    return 0 < count < MIN_SHOWN_PEOPLE


def hide_small_cells(cells: dict[str, int]) -> dict[str, int | None]:
    """Hide all parts of a total when one is small, or it could be computed from the rest."""
    hide = any(is_small_count(count) for count in cells.values())
    return {name: None if hide else count for name, count in cells.items()}
