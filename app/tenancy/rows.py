"""Shared steps of the tenancy services: check a reference, lock a row, recognise a repeated create."""

from typing import Any, TypeVar

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import IdTaken, InvalidInput, NotFound

_Row = TypeVar("_Row", bound=SQLModel)


async def lock_row(db: AsyncSession, row: SQLModel) -> None:
    """Read a row again and lock it until the transaction ends.

    Raises: NotFound when row-level security lets the actor read it but not write it.
    """
    table: Any = type(row)
    instance: Any = row
    stmt = select(table).where(table.id == instance.id).with_for_update(key_share=True)
    if (await db.exec(stmt.execution_options(populate_existing=True))).one_or_none() is None:
        raise NotFound


def check_exactly_one(first: object, second: object, pointer: str) -> None:
    """Refuse a body that names a record by both its id and its code, or by neither. Raises: InvalidInput."""
    if (first is None) == (second is None):
        raise InvalidInput.at(
            pointer,
            "exactly_one",
            vi="Cần đúng một trong hai: mã định danh (UUID) hoặc mã số.",
            en="Exactly one of the id and the code is needed.",
        )


def require_same_content(row: _Row, content: dict[str, Any]) -> _Row:
    """Return the row of an earlier request with the same content. Raises: IdTaken when the content differs."""
    if any(getattr(row, name) != value for name, value in content.items()):
        raise IdTaken
    return row
