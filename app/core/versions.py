"""Edits that name the version they edit: `If-Match` in, `ETag` out."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from app.core.errors import InvalidInput, StaleVersion, VersionMissing
from app.core.time import now

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


class Versioned(Protocol):
    """A row that is edited."""

    version: int


async def if_match(request: Request) -> int:
    """The version that the caller read: `If-Match: "3"` (quotes optional).

    Raises: VersionMissing without the header; InvalidInput when it is not a version.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise VersionMissing
    found = _VERSION.fullmatch(header.strip())
    if found is None:
        raise InvalidInput.at(
            "/header/If-Match",
            "not_a_version",
            vi="If-Match phải là số phiên bản của bản ghi.",
            en="If-Match must be the record's version, a number.",
        )
    return int(found[1])


async def if_match_or_any(request: Request) -> int | None:
    """The same where the header may be left out, because the step itself says what it starts from.

    Raises: InvalidInput when it is not a version.
    """
    return await if_match(request) if "if-match" in request.headers else None


IfMatch = Annotated[int, Depends(if_match)]
"""Edits need it: 428 without."""

IfMatchOrAny = Annotated[int | None, Depends(if_match_or_any)]
"""Steps of a record's life heed it when it is given."""


def apply_edit(row: Versioned, version: int, values: Mapping[str, Any]) -> None:
    """Set *values* on a row that was read `FOR NO KEY UPDATE`, and count the version up.

    Raises: StaleVersion when the row is no longer at *version*.
    """
    if row.version != version:
        raise StaleVersion
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    if hasattr(row, "updated_at"):
        row.updated_at = now()
