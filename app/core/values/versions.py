"""Optimistic locking of edits: `If-Match` in, `ETag` out."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from app.core.errors import InvalidInput, StaleVersion, VersionMissing
from app.core.values.time import now

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


class Versioned(Protocol):
    """A row that is edited."""

    version: int


async def if_match(request: Request) -> int:
    """Parse the version that the caller read: `If-Match: "3"` (quotes optional).

    Raises: VersionMissing without the header; InvalidInput when it is not a version.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise VersionMissing
    match = _VERSION.fullmatch(header.strip())
    if match is None:
        raise InvalidInput.at(
            "/header/If-Match",
            "not_a_version",
            vi="If-Match phải là số phiên bản của bản ghi.",
            en="If-Match must be the record's version, a number.",
        )
    return int(match[1])


async def optional_if_match(request: Request) -> int | None:
    """Parse `If-Match` where it may be left out, because the step itself says what it starts from.

    Raises: InvalidInput when it is not a version.
    """
    return await if_match(request) if "if-match" in request.headers else None


IfMatch = Annotated[int, Depends(if_match)]
"""Edits need it: 428 without."""

OptionalIfMatch = Annotated[int | None, Depends(optional_if_match)]
"""Steps of a record's life heed it when it is given."""


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
