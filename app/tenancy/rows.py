"""Rows by reference and under lock: the small steps that every service here takes."""

from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import IdTaken, InvalidInput, NotFound
from app.models.organisation import Organisation
from app.tenancy import organisation_queries
from app.tenancy.errors import unknown_reference

Row = TypeVar("Row", bound=SQLModel)


async def lock(db: AsyncSession, row: SQLModel) -> None:
    """Read a row that was found before again, and keep others from changing it until the transaction ends.

    Raises: NotFound when row-level security lets the actor read it but not write it.
    """
    table: Any = type(row)
    same: Any = row
    stmt = select(table).where(table.id == same.id).with_for_update(key_share=True)
    if (await db.exec(stmt.execution_options(populate_existing=True))).one_or_none() is None:
        raise NotFound


def require_one(first: object, second: object, pointer: str) -> None:
    """Refuse a body that refers to a thing by its id and its code, or by neither. Raises: InvalidInput."""
    if (first is None) == (second is None):
        raise InvalidInput.at(
            pointer,
            "exactly_one",
            vi="Cần đúng một trong hai: id hoặc mã (code).",
            en="Exactly one of the id and the code is needed.",
        )


async def organisation_for(
    db: AsyncSession, actor: Actor, id_: UUID | None, code: str | None, name: str = "organisation"
) -> Organisation:
    """The organisation that a body's `<name>_id` or `<name>_code` means; without both, the actor's own.

    Raises: InvalidInput when both are given; NotFound with the pointer.
    """
    if id_ is not None and code is not None:
        require_one(id_, code, f"/{name}_id")
    given = actor.organisation_id if id_ is None and code is None else id_
    found = await organisation_queries.find_organisation(db, actor, id_=given, code=code)
    if found is None:
        raise unknown_reference(f"/{name}_code" if given is None else f"/{name}_id")
    return found


def same_or_taken(row: Row, content: dict[str, Any]) -> Row:
    """The row that an earlier send of the same content made. Raises: IdTaken when the content differs."""
    if any(getattr(row, name) != value for name, value in content.items()):
        raise IdTaken
    return row
