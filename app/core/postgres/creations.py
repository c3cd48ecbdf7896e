"""Idempotent creation: the id that the client made lets a second send of a record do nothing."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import IdTaken

_RowT = TypeVar("_RowT", bound=SQLModel)

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:id, 0))")


async def find_existing(db: AsyncSession, row: _RowT, compared: Iterable[str]) -> _RowT | None:
    """Find the stored record with *row*'s id, or None when *row* is new; waits for a concurrent send of the id.

    row: what the request would make, not yet added to the session; compared: the columns that it gave itself.
    Raises: IdTaken when the stored record differs in one of them.
    """
    row_id: UUID = row.id  # type: ignore[attr-defined]
    await (await db.connection()).execute(_LOCK, {"id": str(row_id)})
    existing = await db.get(type(row), row_id)
    if existing is not None and any(getattr(existing, name) != getattr(row, name) for name in compared):
        raise IdTaken
    return existing
