"""One job in a worker: what its work does chunk by chunk, as the actor who requested it, until it has ended."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.outbox import Announcement, announce_all
from app.auth.actor import Actor, begin_actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, Forbidden
from app.core.postgres.database import Database, get_driver
from app.jobs import files
from app.jobs.errors import JobLost, JobPaused
from app.jobs.queue import WHOLE_QUEUE, Turns, makes_room
from app.jobs.schemas import JobStatus
from app.models.jobs.job import Job
from app.tenancy.logins.queries import revoke_sessions

_MAX_ERRORS = 100

_UPDATE_PROGRESS = text("""
update job set rows_done = coalesce(:rows_done, rows_done), rows_total = coalesce(:rows_total, rows_total),
       counts = coalesce(cast(:counts as jsonb), counts), checkpoint = coalesce(cast(:checkpoint as jsonb), checkpoint),
       file_name = coalesce(:file_name, file_name), file_type = coalesce(:file_type, file_type),
       file_size = coalesce(:file_size, file_size), touched_at = now()
 where id = :id and taken = :taken and status = 'running' returning cancel_asked_at is not null
""")
_FINISH = text("""
update job set status = :status, error = :error, errors = cast(:errors as jsonb), finished_at = now()
 where id = :id and taken = :taken and status = 'running' returning id
""")
_SUBJECT_FIELDS = {"id", "network", "organisation_id", "province_code", "commune_code"}
_UNCHANGED = dict.fromkeys(
    ("rows_done", "rows_total", "counts", "checkpoint", "file_name", "file_type", "file_size")
)


class JobRun:
    """One job claimed by one worker.

    permission: that the requester needs to go on; job: as it was when it was claimed, with its params and
    checkpoint; turns: how it takes turns with others; clock: seconds, and never goes back.
    """

    def __init__(
        self,
        database: Database,
        permission: Permission,
        job: Job,
        turns: Turns | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.database, self.permission, self.job = database, permission, job
        self._turns, self._clock, self._claimed_at = turns or Turns(), clock, clock()
        self._turn_ends_at: float | None = None

    async def take_turns(self) -> None:
        """Give others their turn, between two transactions, once this one is over. Raises: JobPaused.

        What is done in one piece has no other turn. A turn begins with the first call and lasts twice as long as what
        was needed to go on from the checkpoint, and `Turns.seconds` at least.
        """
        now = self._clock()
        if self._turns.queue == WHOLE_QUEUE:
            return
        if self._turn_ends_at is None:
            self._turn_ends_at = now + max(self._turns.seconds, 2 * (now - self._claimed_at))
        elif now >= self._turn_ends_at and await makes_room(self.database, self.job, self._turns.queue):
            raise JobPaused

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """Begin a transaction as the actor who requested the job, committed at the end of the block.

        Raises: Unauthenticated, Forbidden when they may not do this any more.
        """
        async with self.database.begin() as db:
            actor = await begin_actor(db, self.job.session_id)
            if not actor.has_permission(self.permission):
                raise Forbidden
            yield db, actor

    async def record_progress(
        self,
        db: AsyncSession,
        rows_done: int | None = None,
        counts: Mapping[str, int] | None = None,
        *,
        rows_total: int | None = None,
        checkpoint: Mapping[str, Any] | None = None,
    ) -> bool:
        """Record the job's progress, last in the transaction of the work itself; omitted values stay.

        Returns: whether the job is to stop. Raises: JobLost, after which the transaction must not be committed.
        """
        counts_json = None if counts is None else _to_json(counts)
        checkpoint_json = None if checkpoint is None else _to_json(checkpoint)
        values = {
            "rows_done": rows_done,
            "rows_total": rows_total,
            "counts": counts_json,
            "checkpoint": checkpoint_json,
        }
        return await self._update(db, values)

    async def write_file(self, name: str, media_type: str, chunks: AsyncIterator[bytes]) -> int:
        """Write the job's file chunk by chunk, replacing an earlier attempt's, and offer it; return its size.

        Each part is a transaction of its own. Raises: JobLost.
        """
        size = part = 0
        async for data in files.split_into_parts(chunks):
            async with self.begin() as (db, _):
                await files.put_part(db, self.job.id, name, part, data)
                await self._update(db, {})
            size, part = size + len(data), part + 1
        async with self.begin() as (db, _):
            await files.delete_parts(db, self.job.id, name, part)
            await self.offer_file(db, name, media_type)
        return size

    async def offer_file(self, db: AsyncSession, name: str, media_type: str) -> None:
        """Offer the parts of this name as the file that can be downloaded. Raises: JobLost."""
        size = await files.read_size(db, self.job.id, name)
        await self._update(db, {"file_name": name, "file_type": media_type, "file_size": size})

    def read_file(self, name: str, part: int = 0) -> AsyncIterator[bytes]:
        """Read the parts of the job's input file, or of one that it wrote, starting with *part*."""
        return files.stream_parts(self._session, self.job.id, name, part)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self.begin() as (db, _):
            yield db

    async def _update(self, db: AsyncSession, values: Mapping[str, Any]) -> bool:
        parameters = {**_UNCHANGED, **values, "id": self.job.id, "taken": self.job.taken}
        row = (await (await db.connection()).execute(_UPDATE_PROGRESS, parameters)).first()
        if row is None:
            raise JobLost
        return bool(row[0])

    async def finish(
        self, status: JobStatus, error: str | None = None, errors: Sequence[FieldError] = ()
    ) -> None:
        """Record how the job ended, announce it, and end its session. Raises: JobLost."""
        errors_json = json.dumps(
            [
                [field_error.pointer, field_error.code, field_error.vi, field_error.en]
                for field_error in errors[:_MAX_ERRORS]
            ]
        )
        async with self.database.begin() as db:
            actor = await begin_actor(db, self.job.session_id)
            claimed = {"id": self.job.id, "taken": self.job.taken}
            values = claimed | {"status": status.value, "error": error, "errors": errors_json}
            if (await (await db.connection()).execute(_FINISH, values)).first() is None:
                raise JobLost
            data = {"kind": self.job.kind, "status": status.value, "error": error}
            subject = self.job.model_dump(include=_SUBJECT_FIELDS)
            subject["client_id"] = actor.id if actor.kind == "client" else None
            await announce_all(await get_driver(db), Announcement.JOB_FINISHED, [(subject, data)])
            await files.delete_parts(db, self.job.id, files.INPUT_NAME)  # the input file is no longer needed
            await revoke_sessions(db, "job ended", session_id=self.job.session_id)


def _to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=str)
