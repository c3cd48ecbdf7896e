"""Jobs: asked for in the transaction of the request, seen, cancelled. `job_run` is what a worker does with them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.guards import begin_actor
from app.auth.permissions import SANDBOX
from app.core.db import Database
from app.core.errors import Forbidden, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import now
from app.exchange import job_files as files
from app.exchange import job_queries as queries
from app.exchange.job_errors import FileExpired, JobFinished, NoFile
from app.exchange.job_kinds import KINDS
from app.exchange.job_schemas import UNFINISHED, JobFilter, JobOut, JobStatus
from app.models.auth import AuthSession
from app.models.job import Job
from app.models.organisation import Organisation

QUEUE, TASK = "jobs", "run_job"
LIFE = timedelta(days=7)
"""A job that has not ended by then has lost its right to go on."""

# procrastinate's own way to put a task into its queue, on our connection: job and task are there together or not.
_DEFER = text(f"""
select queue.procrastinate_defer_jobs_v1(array[row('{QUEUE}', '{TASK}', cast(:priority as integer), null, null,
       cast(:args as jsonb), null)::queue.procrastinate_job_to_defer_v1])
""")


async def start(
    db: AsyncSession,
    actor: Actor,
    kind: str,
    params: Mapping[str, Any],
    *,
    rows_total: int | None = None,
    priority: int = 0,
) -> Job:
    """Ask for a job: it begins once the transaction is committed, and runs as *actor*, whose rights it keeps asking.

    params: JSON values, no data of persons. priority: greater ones go first. Returns: the job, flushed, so that files
    for it to read can be written in the same transaction (`job_files.put_part`).
    Raises: Forbidden when the actor may not do such work; KeyError for a kind that is not registered.
    """
    if not actor.may(KINDS[kind].permission):
        raise Forbidden
    session = _session_for(actor)
    place = await db.get(Organisation, actor.organisation_id)
    job = Job(
        id=uuid7(),
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=place.province_code if place else None,
        commune_code=place.commune_code if place else None,
        kind=kind,
        status=JobStatus.QUEUED.value,
        rows_total=rows_total,
        params=dict(params),
        session_id=session.id,
        asked_by=actor.id,
    )
    db.add_all([session, job])
    await record(db, actor, Event.JOB_ASKED, job, {"kind": kind})
    await db.flush()
    args = {"job_id": str(job.id), "session_id": str(session.id)}
    await (await db.connection()).execute(_DEFER, {"priority": priority, "args": json.dumps(args)})
    return job


def _session_for(actor: Actor) -> AuthSession:
    """A session for the work alone: whoever asked may log out, and their rights are still asked at every step."""
    is_client = actor.kind == "client"
    return AuthSession(
        id=uuid7(),
        user_id=None if is_client else actor.id,
        client_id=actor.id if is_client else None,
        scopes=[scope.removeprefix(SANDBOX) for scope in actor.scopes] if is_client else None,
        expires_at=now() + LIFE,
    )


async def read_job(db: AsyncSession, actor: Actor, job_id: UUID) -> Job:
    """One job. Raises: NotFound."""
    job = await queries.read_job(db, actor, job_id)
    if job is None:
        raise NotFound
    return job


async def list_jobs(
    db: AsyncSession, actor: Actor, wanted: JobFilter, page: PageRequest, kept: timedelta
) -> Page[JobOut]:
    """One page of the jobs, the newest first. kept: how long files are kept after a job's end."""
    jobs, cursor = await queries.list_jobs(db, actor, wanted, page)
    return Page(items=[JobOut.of(job, kept) for job in jobs], next_cursor=cursor)


async def cancel(db: AsyncSession, actor: Actor, job_id: UUID) -> Job:
    """Ask a job to stop: at once when no worker has it yet, else after the rows that are being written.

    Raises: NotFound, JobFinished.
    """
    job = await queries.read_job(db, actor, job_id, lock=True)
    if job is None:
        raise NotFound
    if job.status not in (*UNFINISHED, JobStatus.CANCELLED):
        raise JobFinished
    if job.cancel_asked_at is None:
        job.cancel_asked_at = now()
        await record(db, actor, Event.JOB_CANCELLED, job, {"kind": job.kind})
    if job.status == JobStatus.QUEUED:
        job.status, job.finished_at = JobStatus.CANCELLED.value, now()
        await files.cut(db, job.id, files.INPUT)
    await db.flush()
    return job


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file on its way out. size: bytes."""

    name: str
    media_type: str
    size: int
    parts: AsyncIterator[bytes]


async def open_file(
    db: AsyncSession, actor: Actor, job_id: UUID, database: Database, name: str | None = None
) -> OpenFile:
    """A file that a job made: the one of this name, or the one that it offers. Each part is read in a transaction of
    its own, in which the actor begins again.

    Raises: NotFound, NoFile, FileExpired.
    """
    job = await read_job(db, actor, job_id)
    if job.file_name is None or name == files.INPUT:
        raise NoFile
    if job.files_removed_at is not None:
        raise FileExpired
    name = name or job.file_name
    size = await files.size_of(db, job.id, name)
    if name != job.file_name and not size:
        raise NoFile
    kind = job.file_type if name == job.file_name else guess_type(name, strict=False)[0]

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        async with database.begin() as own:
            await begin_actor(own, actor.session_id)
            yield own

    return OpenFile(name, kind or "application/octet-stream", size, files.stream(begin, job.id, name))
