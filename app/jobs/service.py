"""Jobs: start them in the transaction of a request, read, list and cancel them. A worker runs them (`execution`)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor, begin_actor
from app.auth.permissions import SANDBOX_PREFIX
from app.core.errors import Forbidden, NotFound
from app.core.postgres.database import Database
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.time import now
from app.jobs import files, queries
from app.jobs.errors import FileExpired, JobFinished, NoFile, TooManyJobs
from app.jobs.kinds import JOB_KINDS
from app.jobs.queue import line_up
from app.jobs.schemas import UNFINISHED, JobFilter, JobOut, JobStatus
from app.models.jobs.job import Job
from app.models.tenancy.auth import AuthSession
from app.models.tenancy.organisation import Organisation
from app.tenancy.logins.queries import start_session

SESSION_LIFETIME = timedelta(days=7)
"""A job that has not ended by then may no longer continue."""

MAX_UNFINISHED_JOBS = 100
"""Of one organisation."""
_BUSY_SECONDS = 30


async def start_job(
    db: AsyncSession,
    actor: Actor,
    kind: str,
    params: Mapping[str, Any],
    *,
    rows_total: int | None = None,
) -> Job:
    """Start a job: it runs as *actor* once the transaction commits, with rights checked at each step.

    params: JSON values, no data of persons. Returns: the job, flushed, so that files for it to read can be written in
    the same transaction (`files.put_part`).
    Raises: Forbidden when the actor may not do such work; TooManyJobs; KeyError for a kind that is not registered.
    """
    if not actor.has_permission(JOB_KINDS[kind].permission):
        raise Forbidden
    unfinished = await queries.count_unfinished_jobs(db, actor)
    if unfinished >= MAX_UNFINISHED_JOBS:
        raise TooManyJobs(retry_after=_BUSY_SECONDS)
    session = _build_session(actor)
    job = _build_job(actor, await db.get(Organisation, actor.organisation_id), session)
    job.kind, job.params, job.rows_total = kind, dict(params), rows_total
    await start_session(db, session)
    db.add(job)
    await record_event(db, actor, Event.JOB_ASKED, job, {"kind": kind})
    await db.flush()
    await line_up(db, job, is_whole=JOB_KINDS[kind].is_whole(job.params), is_first=not unfinished)
    return job


def _build_session(actor: Actor) -> AuthSession:
    """Build a session of its own for the job.

    So the requester may log out, and their rights are still checked at every step."""
    is_client = actor.kind == "client"
    return AuthSession(
        id=uuid7(),
        user_id=None if is_client else actor.id,
        client_id=actor.id if is_client else None,
        scopes=[scope.removeprefix(SANDBOX_PREFIX) for scope in actor.scopes] if is_client else None,
        expires_at=now() + SESSION_LIFETIME,
    )


def _build_job(actor: Actor, organisation: Organisation | None, session: AuthSession) -> Job:
    """Build a job of the actor's organisation, without its kind and params."""
    return Job(
        id=uuid7(),
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=organisation.province_code if organisation else None,
        commune_code=organisation.commune_code if organisation else None,
        status=JobStatus.QUEUED.value,
        session_id=session.id,
        asked_by=actor.id,
    )


async def read_job(db: AsyncSession, actor: Actor, job_id: UUID) -> Job:
    """Read one job. Raises: NotFound."""
    job = await queries.find_job(db, actor, job_id)
    if job is None:
        raise NotFound
    return job


async def list_jobs(
    db: AsyncSession, actor: Actor, filters: JobFilter, page: PageRequest, retention: timedelta
) -> Page[JobOut]:
    """List one page of the jobs, the newest first. retention: how long files are kept after a job's end."""
    jobs, cursor = await queries.read_jobs(db, actor, filters, page)
    return Page(items=[JobOut.from_record(job, retention) for job in jobs], next_cursor=cursor)


async def cancel_job(db: AsyncSession, actor: Actor, job_id: UUID) -> Job:
    """Cancel a job: at once when no worker runs it yet, else after the rows that are being written.

    Raises: NotFound, JobFinished.
    """
    job = await queries.find_job(db, actor, job_id, lock=True)
    if job is None:
        raise NotFound
    if job.status not in (*UNFINISHED, JobStatus.CANCELLED):
        raise JobFinished
    if job.cancel_asked_at is None:
        job.cancel_asked_at = now()
        await record_event(db, actor, Event.JOB_CANCELLED, job, {"kind": job.kind})
    if job.status == JobStatus.QUEUED:
        job.status, job.finished_at = JobStatus.CANCELLED.value, now()
        await files.delete_parts(db, job.id, files.INPUT_NAME)
    await db.flush()
    return job


@dataclass(frozen=True, slots=True)
class OpenJobFile:
    """The open file of a job. size: bytes."""

    name: str
    media_type: str
    size: int
    parts: AsyncIterator[bytes]


async def open_job_file(
    db: AsyncSession, actor: Actor, job_id: UUID, database: Database, name: str | None = None
) -> OpenJobFile:
    """Open a file of a job: the one of this name, or the one that it offers.

    Each part is read in a transaction of its own, in which the actor begins again.

    Raises: NotFound, NoFile, FileExpired.
    """
    job = await read_job(db, actor, job_id)
    if job.file_name is None or name == files.INPUT_NAME:
        raise NoFile
    if job.files_removed_at is not None:
        raise FileExpired
    name = name or job.file_name
    size = await files.read_size(db, job.id, name)
    if name != job.file_name and not size:
        raise NoFile
    kind = job.file_type if name == job.file_name else guess_type(name, strict=False)[0]

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        async with database.begin() as part_db:
            await begin_actor(part_db, actor.session_id)
            yield part_db

    return OpenJobFile(
        name, kind or "application/octet-stream", size, files.stream_parts(begin, job.id, name)
    )
