"""What a worker does with one job: takes it up, works chunk by chunk as the actor who asked, and ends it."""

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.outbox import Announcement, announce_all
from app.auth.actor import Actor
from app.auth.guards import begin_actor
from app.core.database_errors import error_for_database
from app.core.db import Database, driver_of
from app.core.errors import DomainError, FieldError, Forbidden, Unauthenticated, Unavailable
from app.core.logs import fields
from app.core.time import now
from app.exchange import job_files as files
from app.exchange.job_errors import JobCancelled, JobLost
from app.exchange.job_kinds import KINDS, JobKind
from app.exchange.job_schemas import JobStatus
from app.models.auth import AuthSession
from app.models.job import Job

_logger = logging.getLogger("ansinh.job")
INTERNAL = "internal"
_MOST_FAULTS = 100

_TAKE = text("""
update job set status = 'running', started_at = coalesce(started_at, now()), taken = taken + 1,
       touched_at = now()
 where id = :id and status in ('queued', 'running') returning id
""")
_NOTE = text("""
update job set rows_done = coalesce(:rows_done, rows_done), rows_total = coalesce(:rows_total, rows_total),
       counts = coalesce(cast(:counts as jsonb), counts), checkpoint = coalesce(cast(:checkpoint as jsonb), checkpoint),
       file_name = coalesce(:file_name, file_name), file_type = coalesce(:file_type, file_type),
       file_size = coalesce(:file_size, file_size), touched_at = now()
 where id = :id and taken = :taken and status = 'running' returning cancel_asked_at is not null
""")
_END = text("""
update job set status = :status, error = :error, errors = cast(:errors as jsonb), finished_at = now()
 where id = :id and taken = :taken and status = 'running' returning id
""")
_ENDED_FOR = text("select end_job(:id, :error)")
_OF_SUBJECT = {"id", "network", "organisation_id", "province_code", "commune_code"}
_NOTHING = dict.fromkeys(
    ("rows_done", "rows_total", "counts", "checkpoint", "file_name", "file_type", "file_size")
)


class JobRun:
    """One job in the hands of one worker. job: as it was when it was taken up, with its params and checkpoint."""

    def __init__(self, database: Database, kind: JobKind, job: Job) -> None:
        self.database, self.kind, self.job = database, kind, job

    @classmethod
    async def take(cls, database: Database, job_id: UUID, session_id: UUID) -> Self | None:
        """Take a job up; None when there is nothing left to do about it.

        Raises: Unauthenticated or Forbidden when its asker may do nothing any more.
        """
        async with database.begin() as db:
            await begin_actor(db, session_id)
            if (await (await db.connection()).execute(_TAKE, {"id": job_id})).first() is None:
                return None
            job = await db.get(Job, job_id)
            assert job is not None  # noqa: S101 - updated above
        return cls(database, KINDS[job.kind], job)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """One transaction as the actor who asked, committed at the end of the block.

        Raises: Unauthenticated, Forbidden when they may not do this any more.
        """
        async with self.database.begin() as db:
            actor = await begin_actor(db, self.job.session_id)
            if not actor.may(self.kind.permission):
                raise Forbidden
            yield db, actor

    async def progress(
        self,
        db: AsyncSession,
        rows_done: int | None = None,
        counts: Mapping[str, int] | None = None,
        *,
        rows_total: int | None = None,
        checkpoint: Mapping[str, Any] | None = None,
    ) -> bool:
        """Note how far the job is, in the transaction of the work itself and at its end; what is left out stays.

        Returns: whether the job is to stop. Raises: JobLost, after which the transaction must not be committed.
        """
        counted = None if counts is None else _json(counts)
        reached = None if checkpoint is None else _json(checkpoint)
        values = {"rows_done": rows_done, "rows_total": rows_total, "counts": counted, "checkpoint": reached}
        return await self._note(db, values)

    async def cancelled(self) -> bool:
        """Whether the job is to stop. Raises: JobLost."""
        async with self.begin() as (db, _):
            return await self._note(db, {})

    async def write_file(self, name: str, media_type: str, chunks: AsyncIterator[bytes]) -> int:
        """Write the job's file as its bytes come, in place of an earlier attempt's, and offer it; returns its size.

        Each part is a transaction of its own. Raises: JobLost.
        """
        size = part = 0
        async for data in files.in_parts(chunks):
            async with self.begin() as (db, _):
                await files.put_part(db, self.job.id, name, part, data)
                await self._note(db, {})
            size, part = size + len(data), part + 1
        async with self.begin() as (db, _):
            await files.cut(db, self.job.id, name, part)
            await self.offer_file(db, name, media_type)
        return size

    async def offer_file(self, db: AsyncSession, name: str, media_type: str) -> None:
        """Let the parts of this name be the file that can be fetched. Raises: JobLost."""
        size = await files.size_of(db, self.job.id, name)
        await self._note(db, {"file_name": name, "file_type": media_type, "file_size": size})

    def read_file(self, name: str, part: int = 0) -> AsyncIterator[bytes]:
        """The parts of a file that the job was given, or made, from one on."""
        return files.stream(self._session, self.job.id, name, part)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self.begin() as (db, _):
            yield db

    async def _note(self, db: AsyncSession, values: Mapping[str, Any]) -> bool:
        given = {**_NOTHING, **values, "id": self.job.id, "taken": self.job.taken}
        row = (await (await db.connection()).execute(_NOTE, given)).first()
        if row is None:
            raise JobLost
        return bool(row[0])

    async def end(
        self, status: JobStatus, error: str | None = None, errors: Sequence[FieldError] = ()
    ) -> None:
        """Write down how the job ended, and end its session. Raises: JobLost."""
        faults = json.dumps([[one.pointer, one.code, one.vi, one.en] for one in errors[:_MOST_FAULTS]])
        async with self.database.begin() as db:
            actor = await begin_actor(db, self.job.session_id)
            of_mine = {"id": self.job.id, "taken": self.job.taken}
            values = of_mine | {"status": status.value, "error": error, "errors": faults}
            if (await (await db.connection()).execute(_END, values)).first() is None:
                raise JobLost
            told = {"kind": self.job.kind, "status": status.value, "error": error}
            subject = self.job.model_dump(include=_OF_SUBJECT)
            subject["client_id"] = actor.id if actor.kind == "client" else None
            await announce_all(await driver_of(db), Announcement.JOB_FINISHED, [(subject, told)])
            await files.cut(db, self.job.id, files.INPUT)  # what it was given to read has been read
            session = await db.get(AuthSession, self.job.session_id)
            if session is not None:
                session.revoked_at, session.revoked_why = now(), "job ended"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=str)


async def run_job(database: Database, job_id: UUID, session_id: UUID) -> None:
    """Do a job, or go on with it from its checkpoint.

    Whatever is not the job's own fault (a lost connection, a stop of the worker) is raised, so that it is tried again.
    """
    try:
        run = await JobRun.take(database, job_id, session_id)
        if run is not None:
            await _done(run)
    except (Unauthenticated, Forbidden) as refusal:
        async with database.begin() as db:
            await (await db.connection()).execute(_ENDED_FOR, {"id": job_id, "error": refusal.code})
    except JobLost:
        _logger.warning("another worker has the job", extra=fields(job_id=job_id))


async def _done(run: JobRun) -> None:
    if run.job.cancel_asked_at is not None:
        await run.end(JobStatus.CANCELLED)
        return
    try:
        await run.kind.work(run)
    except JobCancelled:
        await run.end(JobStatus.CANCELLED)
    except (Unauthenticated, Forbidden, JobLost):
        raise
    except Unavailable:
        raise
    except DomainError as refusal:
        await run.end(JobStatus.FAILED, refusal.code, refusal.errors)
    except Exception as defect:
        if isinstance(error_for_database(defect), Unavailable):
            raise
        _logger.exception("a job failed", extra=fields(job_id=run.job.id))
        await run.end(JobStatus.FAILED, INTERNAL)
    else:
        await run.end(JobStatus.SUCCEEDED)
