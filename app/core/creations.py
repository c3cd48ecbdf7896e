"""Creations that are sent twice: the id that the client made lets the second send do nothing."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import IdTaken

Row = TypeVar("Row", bound=SQLModel)

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:id, 0))")


async def made_before(db: AsyncSession, row: Row, given: Iterable[str]) -> Row | None:
    """The stored record of *row*'s id, or None when *row* is new; a concurrent send of the id is waited for.

    row: what the request would make, not yet added to the session; given: the columns that it gave itself.
    Raises: IdTaken when the stored record differs in one of them.
    """
    row_id: UUID = row.id  # type: ignore[attr-defined]
    await (await db.connection()).execute(_LOCK, {"id": str(row_id)})
    found = await db.get(type(row), row_id)
    if found is not None and any(getattr(found, name) != getattr(row, name) for name in given):
        raise IdTaken
    return found
