"""The page that a list's query string asks for: `limit` and `cursor`."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field, TypeAdapter

from app.core.values.bodies import validate_value
from app.core.values.paging import DEFAULT_LIMIT, MAX_LIMIT, PageRequest, build_page_request


async def _page_query(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Số dòng mỗi trang")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next_cursor` của trang trước")] = None,
) -> PageRequest:
    return _page_from_query(request, limit, cursor)


_LIMIT_ADAPTER: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=1, le=MAX_LIMIT)])


def parse_page_request(request: Request) -> PageRequest:
    """Parse `PageQuery` for a route that reads its query string itself. Raises: InvalidInput."""
    values = request.query_params
    limit = (
        validate_value(values["limit"], _LIMIT_ADAPTER, "/query/limit")
        if "limit" in values
        else DEFAULT_LIMIT
    )
    return _page_from_query(request, limit, values.get("cursor"))


def _page_from_query(request: Request, limit: int, cursor: str | None) -> PageRequest:
    filters = sorted(
        pair for pair in request.query_params.multi_items() if pair[0] not in ("limit", "cursor")
    )
    return build_page_request(
        limit, cursor, name=request.scope["path"], filters=filters, pointer="/query/cursor"
    )


PageQuery = Annotated[PageRequest, Depends(_page_query)]
"""The page that a list's query string asks for: `limit` 1 to 500 (default 50) and `cursor`."""
