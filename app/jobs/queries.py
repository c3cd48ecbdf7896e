"""Selects over jobs, each within what the actor may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.core.values.paging import PageRequest, fetch_page
from app.jobs.kinds import JOB_KINDS
from app.jobs.schemas import UNFINISHED, JobFilter
from app.models.jobs.job import Job


def visible_job_condition(actor: Actor, table: type[Job]) -> ColumnElement[bool]:
    """Build the condition for the jobs of the actor's organisation; who works for some groups only sees their own."""
    jobs: Any = table
    own = true() if actor.groups is None else jobs.asked_by == actor.id
    return and_(jobs.organisation_id == actor.organisation_id, own)


def select_visible_jobs(actor: Actor) -> SelectOfScalar[Job]:
    """Select the actor's own jobs, and the organisation's jobs of the kinds that the actor may request."""
    allowed = [kind.name for kind in JOB_KINDS.values() if actor.has_permission(kind.permission)]
    of_kind = or_(col(Job.asked_by) == actor.id, col(Job.kind).in_(allowed))
    return select(Job).where(visible_job_condition(actor, Job), of_kind)


async def find_job(db: AsyncSession, actor: Actor, job_id: UUID, *, lock: bool = False) -> Job | None:
    """Find one job; `lock` to change it."""
    stmt = select_visible_jobs(actor).where(Job.id == job_id)
    return (await db.exec(stmt.with_for_update(key_share=True) if lock else stmt)).first()


async def count_unfinished_jobs(db: AsyncSession, actor: Actor) -> int:
    """Count the jobs of the actor's organisation that have not ended; of who works for some groups only, their own."""
    stmt = select(func.count()).where(visible_job_condition(actor, Job), col(Job.status).in_(UNFINISHED))
    return (await db.exec(stmt)).one()


async def read_jobs(
    db: AsyncSession, actor: Actor, filters: JobFilter, page: PageRequest
) -> tuple[list[Job], str | None]:
    """Read one page of the jobs, the newest first."""
    stmt = select_visible_jobs(actor)
    if filters.status is not None:
        stmt = stmt.where(Job.status == filters.status.value)
    if filters.kind is not None:
        stmt = stmt.where(Job.kind == filters.kind)
    return await fetch_page(db, stmt, columns=[col(Job.id)], page=page, descending=True)
