"""Keyset paging: a page begins after the last row of the one before, found by index; nothing is counted.

A cursor is opaque and sealed: it holds the last row's key and belongs to one list with one set of filters, so
that a forged, cut or borrowed one is 422.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import Result, Select, bindparam, tuple_
from sqlalchemy.orm import Mapped, QueryableAttribute
from sqlalchemy.sql.elements import ColumnElement

from app.core.bodies import validate_value
from app.core.errors import InvalidInput

T = TypeVar("T")

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
_LONGEST_CURSOR = 1000
_SEAL = 16
_canonical = json.JSONEncoder(sort_keys=True, default=str).encode
_compact = json.JSONEncoder(separators=(",", ":")).encode
_key: list[bytes] = []

Key = str | int | date | datetime | UUID
Column = ColumnElement[Any] | QueryableAttribute[Any] | Mapped[Any]


def use_cursor_secret(secret: str) -> None:
    """Derive the key that seals cursors; every process of one installation needs the same secret."""
    _key[:] = [hmac.digest(secret.encode(), b"ansinh cursors", "sha256")]


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for. limit: rows; after: the last row's key; context: the list and its filters."""

    limit: int
    after: tuple[Key, ...] | None
    context: bytes

    def next_cursor(self, rows: Sequence[T], key: Callable[[T], Sequence[Key]]) -> str | None:
        """The cursor after this page, from up to `limit + 1` rows read; None when there are no more."""
        return self.cursor_after(key(rows[self.limit - 1])) if len(rows) > self.limit else None

    def cursor_after(self, key: Sequence[Key]) -> str:
        """The cursor of a page that begins after the row with this key."""
        return _sealed(self.context, key)


def cursor_values(page: PageRequest, *kinds: type) -> tuple[Key, ...] | None:
    """The key to go on from, for SQL of the driver: one value of each kind, or None on the first page.

    Raises: InvalidInput when the cursor comes from a list with another key.
    """
    if page.after is None:
        return None
    if [type(value) for value in page.after] != list(kinds):
        raise _bad_cursor("/query/cursor")
    return page.after


def page_of(limit: int, cursor: str | None, *, name: str, filters: object, pointer: str) -> PageRequest:
    """A page asked for outside the query string, as in the body of a search.

    name: the list's own name; filters: what chooses its rows, as JSON values; pointer: the cursor's place.
    Raises: InvalidInput for a cursor that is not this list's.
    """
    words = _canonical([name, filters])
    context = hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=32).digest()
    return PageRequest(limit, None if cursor is None else _opened(context, cursor, pointer), context)


async def _page_query(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Số dòng mỗi trang")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next_cursor` của trang trước")] = None,
) -> PageRequest:
    return _asked(request, limit, cursor)


_LIMIT: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=1, le=MAX_LIMIT)])


def page_from(request: Request) -> PageRequest:
    """`PageQuery` for a route that reads its query string itself. Raises: InvalidInput."""
    values = request.query_params
    limit = validate_value(values["limit"], _LIMIT, "/query/limit") if "limit" in values else DEFAULT_LIMIT
    return _asked(request, limit, values.get("cursor"))


def _asked(request: Request, limit: int, cursor: str | None) -> PageRequest:
    filters = sorted(
        pair for pair in request.query_params.multi_items() if pair[0] not in ("limit", "cursor")
    )
    return page_of(limit, cursor, name=request.scope["path"], filters=filters, pointer="/query/cursor")


PageQuery = Annotated[PageRequest, Depends(_page_query)]
"""The page that a list's query string asks for: `limit` 1 to 500 (default 50) and `cursor`."""


class _Executes(Protocol):
    async def execute(self, statement: Any, /) -> Result[Any]: ...


async def paged(
    session: _Executes,
    stmt: Select[T],
    *,
    columns: Sequence[Column],
    page: PageRequest,
    descending: bool = False,
) -> tuple[list[T], str | None]:
    """One page of a select of one entity, and the next cursor.

    columns: the order, unique as a whole, never null and in one direction, such as (created_at, id), under an
    index of the same columns.
    """
    ordered = stmt.add_columns(*columns).order_by(*(c.desc() if descending else c.asc() for c in columns))
    if page.after is not None:
        if len(page.after) != len(columns):
            raise _bad_cursor("/query/cursor")
        pairs = zip(page.after, columns, strict=True)
        last = tuple_(*(bindparam(None, value, type_=cast(Any, column).type) for value, column in pairs))
        here = tuple_(*columns)
        ordered = ordered.where(here < last if descending else here > last)
    rows = (await session.execute(ordered.limit(page.limit + 1))).all()
    cursor = page.next_cursor(rows, lambda row: row[1:])
    return [row[0] for row in rows[: page.limit]], cursor


def _bad_cursor(pointer: str) -> InvalidInput:
    return InvalidInput.at(
        pointer,
        "cursor",
        vi="Con trỏ trang không thuộc danh sách này; hãy đọc lại từ trang đầu.",
        en="This cursor does not belong to this list; begin again at the first page.",
    )


def _seal(context: bytes, payload: bytes) -> bytes:
    if not _key:
        raise RuntimeError("use_cursor_secret() was not called")
    # Keyed BLAKE2 is a MAC of its own, at a tenth of the cost of HMAC with OpenSSL for a text this short.
    return hashlib.blake2b(context + payload, key=_key[0], digest_size=_SEAL).digest()


def _sealed(context: bytes, values: Sequence[Key]) -> str:
    payload = _compact([_packed(value) for value in values]).encode()
    return base64.urlsafe_b64encode(_seal(context, payload) + payload).rstrip(b"=").decode()


def _opened(context: bytes, cursor: str, pointer: str) -> tuple[Key, ...]:
    """The values inside a cursor. Raises: InvalidInput unless we made it for this context."""
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise _bad_cursor(pointer)
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _bad_cursor(pointer) from None
    seal, payload = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(seal, _seal(context, payload)):
        raise _bad_cursor(pointer)
    return tuple(_KINDS[kind](text) for kind, text in json.loads(payload))


_KINDS: dict[str, Callable[[str], Key]] = {
    "i": int,
    "s": str,
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


def _packed(value: Key) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "t", value.isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    kind = {str: "s", int: "i"}.get(type(value), "u")
    return kind, str(value)
