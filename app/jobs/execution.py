"""Run a job in a worker: claim it, let its kind's function work, and record how it ended."""

import logging
from uuid import UUID

from sqlalchemy import text

from app.auth.actor import begin_actor
from app.core.errors import DomainError, Forbidden, Unauthenticated, Unavailable
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database
from app.core.process.logs import log_fields
from app.jobs.errors import JobCancelled, JobLost
from app.jobs.kinds import JOB_KINDS
from app.jobs.run import JobRun
from app.jobs.schemas import JobStatus
from app.models.jobs.job import Job

_logger = logging.getLogger("ansinh.job")
INTERNAL_ERROR = "internal"

_CLAIM = text("""
update job set status = 'running', started_at = coalesce(started_at, now()), taken = taken + 1,
       touched_at = now()
 where id = :id and status in ('queued', 'running') returning id
""")
_SESSION = text("select session_of_job(:process_key, :id)")
_END_JOB = text("select end_job(:process_key, :id, :error)")


async def run_job(database: Database, job_id: UUID) -> None:
    """Run a job, or continue it from its checkpoint.

    Whatever is not the job's own fault (a lost connection, a stop of the worker) is raised, so that it is tried again.
    """
    try:
        run = await claim_job(database, job_id)
        if run is not None:
            await _execute(run)
    except (Unauthenticated, Forbidden) as refusal:
        async with database.begin() as db:
            values = {"process_key": database.process_key, "id": job_id, "error": refusal.code}
            await (await db.connection()).execute(_END_JOB, values)
    except JobLost:
        _logger.warning("another worker has the job", extra=log_fields(job_id=job_id))


async def claim_job(database: Database, job_id: UUID) -> JobRun | None:
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
    return JobRun(database, JOB_KINDS[job.kind].permission, job)


async def _execute(run: JobRun) -> None:
    if run.job.cancel_asked_at is not None:
        await run.finish(JobStatus.CANCELLED)
        return
    try:
        await JOB_KINDS[run.job.kind].function(run)
    except JobCancelled:
        await run.finish(JobStatus.CANCELLED)
    except (Unauthenticated, Forbidden, JobLost):
        raise
    except Unavailable:
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
