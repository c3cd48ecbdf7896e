"""Job: import a file of enrolments of any size (`imports.run`)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.postgres.database import get_driver
from app.core.values.time import today
from app.imports.chunks import Chunk, ChunkOvertaken, ImportProgress
from app.imports.files.columns import ENROLMENT_TABLE
from app.imports.files.tables import RawRow
from app.imports.rows import ImportOutcome, parse_enrolment_row
from app.imports.run import FileImport, import_file, is_whole_import
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.context import IntakeContext, IntakeOptions
from app.insurance.enrolments.intake.judging import judge_rows
from app.insurance.enrolments.intake.matching import can_match_ahead, match_rows
from app.insurance.enrolments.intake.pipeline import CONFLICTS, process_judged_rows
from app.insurance.enrolments.intake.reporting import report_rows
from app.insurance.enrolments.intake.row import JudgedRow, MatchedRows, select_valid
from app.insurance.enrolments.intake.schemas import Mode, OnConflict, Verdict
from app.insurance.enrolments.intake.writing import insert_new_members, write_enrolments
from app.insurance.kinds import EnrolmentStatus
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun

ENROLMENT_IMPORT_KIND = "enrolments.import"

_LIMIT_WAITING = "set local lock_timeout = '5s'"
"""A begun chunk waits for the one before, which the database does not know: so none of them waits long for others."""


@job_kind(ENROLMENT_IMPORT_KIND, Permission.ENROLMENT_VALIDATE, is_whole_import)
async def import_enrolments(run: JobRun) -> None:
    """Import enrolments from a job's file. Raises: as `FileImport.process`; SandboxOnly to who may only validate."""
    await import_file(run, _EnrolmentImport)


@dataclass(frozen=True, slots=True)
class _BegunChunk(Chunk):
    """A chunk whose transaction has begun: its rows are matched, and the members whom they bring are inserted."""

    transaction: AsyncExitStack
    db: AsyncSession
    actor: Actor
    matched: MatchedRows

    async def roll_back(self) -> Chunk:
        """Roll back; return the chunk as it was read."""
        await self.db.rollback()
        await self.transaction.aclose()
        return Chunk(self.first, self.raw_rows, self.rows)


class _EnrolmentImport(FileImport):
    schema, statuses = ENROLMENT_TABLE, Verdict

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        super().__init__(run, file)
        self.options = IntakeOptions(
            EnrolmentStatus.SUBMITTED,
            self.batch_id,
            OnConflict(self.params["on_conflict"]),
            show_new_ids=self.mode is not Mode.VALIDATE,
        )
        self._next: asyncio.Task[Chunk | None]

    def parse_rows(self, raw_rows: Sequence[RawRow]) -> Sequence[JudgedRow]:
        """Parse the enrolments of rows, and judge each by itself."""
        return judge_rows([parse_enrolment_row(raw) for raw in raw_rows], today())

    async def prepare_chunks(self, skip: int) -> AsyncGenerator[Chunk, None]:
        """Read the chunks; the next is begun while one is written (decision 0013)."""
        async with aclosing(self.read_chunks(skip)) as chunks:
            self._next = asyncio.create_task(self._begin_next(chunks, None))
            try:
                while (chunk := await self._next) is not None:
                    if not isinstance(chunk, _BegunChunk):
                        chunk = await self._begin(chunk, None)
                    self._next = asyncio.create_task(self._begin_next(chunks, chunk))
                    yield chunk
            finally:
                await asyncio.wait([self._next])
                if not self._next.cancelled() and not self._next.exception():
                    await self._roll_back_next()

    async def _begin_next(self, chunks: AsyncGenerator[Chunk, None], current: Chunk | None) -> Chunk | None:
        """Read the next chunk, and begin it if *current*, which is written meanwhile, is matched already."""
        chunk = await anext(chunks, None)
        if chunk is None or not isinstance(current, _BegunChunk):
            return chunk
        return await self._begin(chunk, current.matched)

    async def _begin(self, chunk: Chunk, before: MatchedRows | None) -> Chunk:
        """Begin the transaction of a chunk if that comes to the same as in its turn; else return the chunk as it is.

        before: the rows that are being written meanwhile; None when all are written. Raises: SandboxOnly.
        """
        rows = select_valid(chunk.rows)
        if not can_match_ahead(rows, before):
            return chunk
        try:
            async with AsyncExitStack() as transaction:
                db, actor = await transaction.enter_async_context(self.run.begin())
                batches.check_enrolment_batch_mode(actor, self.mode)
                context = await self._build_context(db, actor)
                await context.driver.execute(_LIMIT_WAITING)
                matched = await match_rows(context, rows, before.members if before else ())
                await insert_new_members(context, matched)
                parts = (chunk.first, chunk.raw_rows, chunk.rows)
                return _BegunChunk(*parts, transaction.pop_all(), db, actor, matched)
        except CONFLICTS:
            return chunk

    async def _build_context(self, db: AsyncSession, actor: Actor) -> IntakeContext:
        return IntakeContext(await get_driver(db), actor, self.options, today())

    @asynccontextmanager
    async def begin_chunk(self, chunk: Chunk, /) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """Begin the transaction of a chunk, or go on with it if it has begun; committed at the end of the block."""
        if isinstance(chunk, _BegunChunk):
            async with chunk.transaction:
                yield chunk.db, chunk.actor
        else:
            async with self.run.begin() as begun:
                yield begun

    async def write_chunk(self, db: AsyncSession, actor: Actor, chunk: Chunk, /) -> Sequence[ImportOutcome]:
        """Write a chunk with a few set-based statements. Raises: SandboxOnly, MemberInsertConflict, ChunkOvertaken."""
        batches.check_enrolment_batch_mode(actor, self.mode)
        if not isinstance(chunk, _BegunChunk):
            return await process_judged_rows(await get_driver(db), actor, chunk.rows, self.options)
        context = await self._build_context(db, actor)
        try:
            await write_enrolments(context, chunk.matched)
        except CONFLICTS as conflict:
            raise ChunkOvertaken from conflict
        await context.driver.execute("set local lock_timeout to default")  # the rest has no other way out
        return report_rows(chunk.rows, chunk.matched.rows)

    async def give_up_preparation(self, chunk: Chunk, /) -> Chunk:
        """Roll back what was begun of the chunk after an overtaken one, which builds on it; return that one, to be
        written in turn."""
        await self._roll_back_next()
        return Chunk(chunk.first, chunk.raw_rows, chunk.rows)

    async def _roll_back_next(self) -> None:
        """Take the next chunk back to what it was when it was read."""

        async def roll_back(task: asyncio.Task[Chunk | None]) -> Chunk | None:
            chunk = await task
            return await chunk.roll_back() if isinstance(chunk, _BegunChunk) else chunk

        self._next = asyncio.create_task(roll_back(self._next))
        await self._next

    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the counts in the batch's row and in the audit."""
        batch = await batches.read_enrolment_batch(db, actor, self.batch_id)
        batch.rows = progress.rows or batch.rows
        self.skipped.record_in(batch)
        for name, rows in progress.counts.items():
            setattr(batch, name, rows)
        await batches.record_enrolment_batch(db, actor, batch)
