"""Pure rules of a model's summary: which numbers are hidden, and how they are rounded."""

from decimal import ROUND_HALF_UP, Decimal

from app.core.values.small_counts import is_small_count

_TENTH = Decimal("0.1")


def format_ratio(count: int, total: int) -> str | None:
    """Format `count / total` to one decimal, half up; None when *total* is 0."""
    return str((Decimal(count) / total).quantize(_TENTH, ROUND_HALF_UP)) if total else None


def format_percent(count: int, total: int) -> str:
    """Format a share in percent to one decimal; "0.0" when *total* is 0."""
    return format_ratio(100 * count, total) or "0.0"


def hide_small_cells(cells: dict[str, int]) -> dict[str, int | None]:
    """Hide all parts of a total when one is small, since it could be computed from the others."""
    hide = any(is_small_count(count) for count in cells.values())
    return {name: None if hide else count for name, count in cells.items()}
