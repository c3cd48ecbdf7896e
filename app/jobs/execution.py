"""Run a job in a worker: claim it, let its kind's function work, and record how it ended."""

import asyncio
import logging
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm.attributes import set_committed_value

from app.auth.actor import begin_actor
from app.core.errors import DomainError, FieldError, Forbidden, Unauthenticated, Unavailable
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database
from app.core.process.logs import log_fields
from app.jobs.errors import JobCancelled, JobLost, JobPaused, JobTooLong
from app.jobs.kinds import JOB_KINDS, JobKind
from app.jobs.queue import WHOLE_QUEUE, Turns, line_up
from app.jobs.run import JobRun
from app.jobs.schemas import JobStatus
from app.models.jobs.job import Job

_logger = logging.getLogger("ansinh.job")
INTERNAL_ERROR = "internal"
MAX_WHOLE_SECONDS = 3600
"""Of a job that is done in one piece."""

_CLAIM = text("""
update job set status = 'running', started_at = coalesce(started_at, now()), taken = taken + 1,
       touched_at = now()
 where id = :id and status in ('queued', 'running') returning id
""")
_SESSION = text("select session_of_job(:process_key, :id)")
_END_JOB = text("select end_job(:process_key, :id, :error)")


async def run_job(database: Database, job_id: UUID, turns: Turns | None = None) -> None:
    """Run a job, or continue it from its checkpoint; a part of it when others wait for their turn.

    Whatever is not the job's own fault (a lost connection, a stop of the worker) is raised, so that it is tried again.
    """
    try:
        run = await claim_job(database, job_id, turns)
        if run is not None:
            await _execute(run, turns)
    except (Unauthenticated, Forbidden) as refusal:
        async with database.begin() as db:
            values = {"process_key": database.process_key, "id": job_id, "error": refusal.code}
            await (await db.connection()).execute(_END_JOB, values)
    except JobLost:
        _logger.warning("another worker has the job", extra=log_fields(job_id=job_id))


async def claim_job(database: Database, job_id: UUID, turns: Turns | None = None) -> JobRun | None:
    """Claim a job; None when it has ended. A job that is running is taken over.

    Raises: Unauthenticated or Forbidden when its requester may do nothing any more.
    """
    async with database.begin() as db:
        values = {"process_key": database.process_key, "id": job_id}
        session_id = (await (await db.connection()).execute(_SESSION, values)).scalar_one()
        if session_id is None:
            return None
        await begin_actor(db, session_id)
        if (await (await db.connection()).execute(_CLAIM, {"id": job_id})).first() is None:
            return None
        job = await db.get(Job, job_id)
        assert job is not None  # noqa: S101 - updated above
        set_committed_value(job, "session_id", session_id)
    return JobRun(database, JOB_KINDS[job.kind].permission, job, turns)


async def _execute(run: JobRun, turns: Turns | None) -> None:
    if run.job.cancel_asked_at is not None:
        await run.finish(JobStatus.CANCELLED)
        return
    kind = JOB_KINDS[run.job.kind]
    is_whole = kind.is_whole(run.job.params)
    try:
        await (_work_whole(kind, run, turns) if is_whole else kind.function(run))
    except JobPaused:
        async with run.begin() as (db, _):
            await line_up(db, run.job, is_whole=is_whole)
    except JobCancelled:
        await run.finish(JobStatus.CANCELLED)
    except (Unauthenticated, Forbidden, JobLost, Unavailable):
        raise
    except DomainError as refusal:
        await run.finish(JobStatus.FAILED, refusal.code, refusal.errors)
    except Exception as defect:
        if isinstance(error_for_database(defect), Unavailable):
            raise
        _logger.exception("a job failed", extra=log_fields(job_id=run.job.id))
        await run.finish(JobStatus.FAILED, INTERNAL_ERROR)
    else:
        await run.finish(JobStatus.SUCCEEDED)


async def _work_whole(kind: JobKind, run: JobRun, turns: Turns | None) -> None:
    """Do a job in one piece. Raises: JobTooLong; JobPaused when it stands in the line of the others, into which it fell
    when it was lost; as its function."""
    if turns is not None and turns.queue != WHOLE_QUEUE:
        raise JobPaused
    deadline = asyncio.timeout(MAX_WHOLE_SECONDS)
    try:
        async with deadline:
            await kind.function(run)
    except TimeoutError:
        if deadline.expired():
            errors = [FieldError("", JobTooLong.code, JobTooLong.vi, JobTooLong.en)]
            raise JobTooLong(errors=errors) from None
        raise
