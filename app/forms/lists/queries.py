"""Selects over lists, each within what the actor may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.paging import PageRequest, fetch_page
from app.forms.lists.schemas import ExportFilter
from app.models.jobs.export_list import ExportList
from app.models.jobs.job import Job


def select_visible_lists(actor: Actor) -> SelectOfScalar[ExportList]:
    """Select the lists of the actor's own organisation, and those of the organisations in the actor's places.

    A list names people of all groups, so an actor who works for some groups only sees none.
    """
    table: Any = ExportList
    network: ColumnElement[bool] = true() if actor.all_networks else table.network == actor.network
    in_scope = or_(table.organisation_id == actor.organisation_id, visible_condition(actor, ExportList))
    return select(ExportList).where(network, in_scope, true() if actor.groups is None else false())


async def find_list(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportList | None:
    """Find one list."""
    return (await db.exec(select_visible_lists(actor).where(ExportList.id == list_id))).first()


async def find_list_by_key(db: AsyncSession, actor: Actor, key: str) -> ExportList | None:
    """Find the list that the actor's organisation created with this key."""
    stmt = select_visible_lists(actor).where(
        ExportList.organisation_id == actor.organisation_id, ExportList.client_key == key
    )
    return (await db.exec(stmt)).first()


async def read_last_number(db: AsyncSession, actor: Actor, form: str, year: int) -> int:
    """Read the number of the organisation's latest list on a form in a year; 0 before the first."""
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


async def read_lists(
    db: AsyncSession, actor: Actor, filters: ExportFilter, page: PageRequest
) -> tuple[list[ExportList], str | None]:
    """Read one page of the lists, the newest first."""
    stmt = select_visible_lists(actor)
    if filters.form is not None:
        stmt = stmt.where(ExportList.form == filters.form)
    if filters.year is not None:
        stmt = stmt.where(ExportList.year == filters.year)
    return await fetch_page(db, stmt, columns=[col(ExportList.id)], page=page, descending=True)


async def find_list_job(db: AsyncSession, job_id: UUID) -> Job | None:
    """Find the job that builds the file of a list; None if the actor may not see it."""
    return await db.get(Job, job_id)
