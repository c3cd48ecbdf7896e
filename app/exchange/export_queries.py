"""Selects over lists, each within what the actor may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible
from app.core.paging import PageRequest, paged
from app.exchange.export_schemas import ExportFilter
from app.models.export_list import ExportList
from app.models.job import Job


def visible_lists(actor: Actor) -> SelectOfScalar[ExportList]:
    """Lists of the actor's own organisation, and those of the organisations in the actor's places.

    A list names people of all groups: who works for some groups only sees none.
    """
    made: Any = ExportList
    network: ColumnElement[bool] = true() if actor.all_networks else made.network == actor.network
    here = or_(made.organisation_id == actor.organisation_id, visible(actor, ExportList))
    return select(ExportList).where(network, here, true() if actor.groups is None else false())


async def read_list(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportList | None:
    """One list."""
    return (await db.exec(visible_lists(actor).where(ExportList.id == list_id))).first()


async def read_made(db: AsyncSession, actor: Actor, key: str) -> ExportList | None:
    """The list that the actor's organisation made under this key."""
    stmt = visible_lists(actor).where(
        ExportList.organisation_id == actor.organisation_id, ExportList.client_key == key
    )
    return (await db.exec(stmt)).first()


async def last_number(db: AsyncSession, actor: Actor, form: str, year: int) -> int:
    """The number of the organisation's latest list on a form in a year; 0 before the first."""
    stmt = (
        select(ExportList.number)
        .where(
            ExportList.organisation_id == actor.organisation_id,
            ExportList.form == form,
            ExportList.year == year,
        )
        .order_by(col(ExportList.number).desc())
        .limit(1)
    )
    return (await db.exec(stmt)).first() or 0


async def list_lists(
    db: AsyncSession, actor: Actor, wanted: ExportFilter, page: PageRequest
) -> tuple[list[ExportList], str | None]:
    """One page of the lists, the newest first."""
    stmt = visible_lists(actor)
    if wanted.form is not None:
        stmt = stmt.where(ExportList.form == wanted.form)
    if wanted.year is not None:
        stmt = stmt.where(ExportList.year == wanted.year)
    return await paged(db, stmt, columns=[col(ExportList.id)], page=page, descending=True)


async def read_job(db: AsyncSession, job_id: UUID) -> Job | None:
    """The job that makes the file of a list; None for whoever may not see it."""
    return await db.get(Job, job_id)
