"""The header `If-Match`: which version of a record the caller read before the edit."""

import re
from typing import Annotated

from fastapi import Depends, Request

from app.core.errors import InvalidInput, VersionMissing

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


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
