"""Optimistic locking of edits: every row that is edited has a version."""

from collections.abc import Mapping
from typing import Any, Protocol

from app.core.errors import StaleVersion
from app.core.values.time import now


class Versioned(Protocol):
    """A row that is edited."""

    version: int


def apply_edit(row: Versioned, version: int, values: Mapping[str, Any]) -> None:
    """Set *values* on a row that was read `FOR NO KEY UPDATE`, and increment its version.

    Raises: StaleVersion when the row is no longer at *version*.
    """
    if row.version != version:
        raise StaleVersion
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    if hasattr(row, "updated_at"):
        row.updated_at = now()
