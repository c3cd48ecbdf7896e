"""Selects over jobs, each within what the actor may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.core.paging import PageRequest, paged
from app.exchange.job_kinds import KINDS
from app.exchange.job_schemas import JobFilter
from app.models.job import Job


def visible(actor: Actor, table: type[Job]) -> ColumnElement[bool]:
    """Jobs are their organisation's; of those who work for some groups only, their own."""
    jobs: Any = table
    own = true() if actor.groups is None else jobs.asked_by == actor.id
    return and_(jobs.organisation_id == actor.organisation_id, own)


def visible_jobs(actor: Actor) -> SelectOfScalar[Job]:
    """The actor's own jobs, and the organisation's of such kinds as the actor might ask for."""
    allowed = [kind.name for kind in KINDS.values() if actor.may(kind.permission)]
    of_kind = or_(col(Job.asked_by) == actor.id, col(Job.kind).in_(allowed))
    return select(Job).where(visible(actor, Job), of_kind)


async def read_job(db: AsyncSession, actor: Actor, job_id: UUID, *, lock: bool = False) -> Job | None:
    """One job; `lock` for a change of it."""
    stmt = visible_jobs(actor).where(Job.id == job_id)
    return (await db.exec(stmt.with_for_update(key_share=True) if lock else stmt)).first()


async def list_jobs(
    db: AsyncSession, actor: Actor, wanted: JobFilter, page: PageRequest
) -> tuple[list[Job], str | None]:
    """One page of the jobs, the newest first."""
    stmt = visible_jobs(actor)
    if wanted.status is not None:
        stmt = stmt.where(Job.status == wanted.status.value)
    if wanted.kind is not None:
        stmt = stmt.where(Job.kind == wanted.kind)
    return await paged(db, stmt, columns=[col(Job.id)], page=page, descending=True)
