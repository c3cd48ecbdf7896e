"""Import a file of rows of any size, chunk by chunk, in a worker.

`partial`: every chunk is a transaction of its own with its checkpoint, so that after a crash at most one is done again.
`validate` and `atomic`: all chunks are one transaction, so that a row knows of all before it as it will in the end; it
is committed when nothing was rejected (`atomic`), and else taken back. A crash begins it again.
"""

import asyncio
import gzip
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from threading import Event
from typing import IO, Any, ClassVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import DomainError, Forbidden, Unauthenticated, Unavailable
from app.imports.chunks import Chunk, ChunkOvertaken, ImportProgress, RowOutcomes
from app.imports.files.bounds import NOTHING_SKIPPED, FileBounds, ReadWatch, SkippedRows
from app.imports.files.columns import TableSchema
from app.imports.files.sources import Format, ReadOptions, read_file_rows
from app.imports.files.tables import RawRow
from app.imports.rows import (
    ERROR_HEADING,
    REJECTED_STATUS,
    ROW_HEADING,
    ImportOutcome,
    annotate_outcome,
    choose_report_headings,
    format_outcomes,
    format_report_head,
    format_report_rows,
)
from app.insurance.enrolments.errors import BatchRefused
from app.insurance.enrolments.intake.schemas import Mode
from app.jobs import files
from app.jobs.errors import JobCancelled
from app.jobs.run import JobRun

REPORT_NAME, REPORT_TYPE = "dong-loi.csv", "text/csv; charset=utf-8"
OUTCOMES_NAME = "ket-qua.ndjson.gz"
CHUNK_ROWS = 2_000


class _RollbackImport(Exception):
    """Rolls back the transaction of a batch that is not to be kept."""


class FileImport(ABC):
    """The import of one file. A subclass says how rows are parsed and written, and how counts are recorded."""

    schema: ClassVar[TableSchema]
    statuses: ClassVar[type[StrEnum]]

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        self.run, self.file, self.params = run, file, run.job.params
        self.batch_id = UUID(self.params["subject_id"])
        self.mode = Mode(self.params["mode"])
        self._watch: ReadWatch | None = None

    @property
    def skipped(self) -> SkippedRows:
        """What of the file was read and is none of the table: from its beginning, also where an import goes on."""
        return self._watch.get_skipped() if self._watch else NOTHING_SKIPPED

    @abstractmethod
    def parse_rows(self, raw_rows: Sequence[RawRow]) -> Sequence[Any]:
        """Parse rows, and compute whatever of them needs no database; runs in a thread of its own."""

    @abstractmethod
    async def write_chunk(self, db: AsyncSession, actor: Actor, chunk: Chunk, /) -> Sequence[ImportOutcome]:
        """Write a chunk; return the outcome of each row."""

    @abstractmethod
    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the batch's counts."""

    async def process(self) -> None:
        """Import the file, or continue its import. Raises: BatchRefused for an `atomic` one with bad rows; what its
        reading raises."""
        await (self._import_by_chunks() if self.mode is Mode.PARTIAL else self._import_as_one())

    async def _import_by_chunks(self) -> None:
        """Import each chunk in a transaction of its own, from the checkpoint on."""
        saved = {name: self.run.job.checkpoint.get(name) for name in ("rows", "chunks", "headings")}
        progress = replace(self._new_progress(), **{name: value for name, value in saved.items() if value})
        progress.counts |= self.run.job.counts
        try:
            await self._write_in_turn(progress)
        except (DomainError, JobCancelled) as ended:
            if not isinstance(ended, Unavailable | Unauthenticated | Forbidden):
                async with self.run.begin() as (db, actor):
                    await self._finish(db, actor, progress)  # what is in stays in, and is reported
            raise
        async with self.run.begin() as (db, actor):
            await self._finish(db, actor, progress)

    async def _write_in_turn(self, progress: ImportProgress) -> None:
        """Write each chunk with its checkpoint. Raises: JobCancelled, JobPaused."""
        async with aclosing(self.prepare_chunks(progress.rows)) as chunks:
            async for chunk in chunks:
                try:
                    stop = await self._commit_chunk(progress, chunk)
                except ChunkOvertaken:
                    stop = await self._commit_chunk(progress, await self.give_up_preparation(chunk))
                if stop:
                    raise JobCancelled
                await self.run.take_turns()

    async def _commit_chunk(self, progress: ImportProgress, chunk: Chunk) -> bool:
        """Write a chunk with its checkpoint, and commit it; return whether the job is to stop."""
        async with self.begin_chunk(chunk) as (db, actor):
            rows = await self._write_and_annotate(db, actor, chunk)
            return await self._record_chunk(db, progress, rows)

    async def _import_as_one(self) -> None:
        """Import all chunks in one transaction; its progress can be seen all the while. Raises: BatchRefused."""
        progress = self._new_progress()
        async with self.run.begin() as (db, _):
            for name in (REPORT_NAME, OUTCOMES_NAME):  # of an attempt that a crash ended
                await files.delete_parts(db, self.run.job.id, name)
        try:
            async with self.run.begin() as (db, actor):
                await self._write_all(db, actor, progress)
                await self._finish(db, actor, progress)
        except _RollbackImport:
            async with self.run.begin() as (db, actor):
                await self._finish(db, actor, progress)
            if self.mode is Mode.ATOMIC:
                raise BatchRefused(rejected=progress.counts[REJECTED_STATUS]) from None

    async def _write_all(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Write all chunks. Raises: _RollbackImport unless they are to be kept."""
        async with aclosing(self.read_chunks(0)) as chunks:
            async for chunk in chunks:
                rows = await self._write_and_annotate(db, actor, chunk)
                async with self.run.begin() as (progress_db, _):
                    stop = await self._record_chunk(progress_db, progress, rows)
                if stop:
                    raise JobCancelled
        if self.mode is Mode.VALIDATE or progress.counts[REJECTED_STATUS]:
            raise _RollbackImport

    def _new_progress(self) -> ImportProgress:
        return ImportProgress(counts={status.value: 0 for status in self.statuses})

    def prepare_chunks(self, skip: int) -> AsyncGenerator[Chunk, None]:
        """Read the chunks that are written each in a transaction of its own. A subclass may begin the transaction of
        the next one, and do in it what does not depend on what the one before writes."""
        return self.read_chunks(skip)

    def begin_chunk(self, _chunk: Chunk, /) -> AbstractAsyncContextManager[tuple[AsyncSession, Actor]]:
        """Begin the transaction of a chunk, or go on with it if it has begun; committed at the end of the block."""
        return self.run.begin()

    async def give_up_preparation(self, chunk: Chunk, /) -> Chunk:
        """Roll back what was prepared of the chunks after an overtaken one; return that one, to be written in turn."""
        return chunk

    async def read_chunks(self, skip: int) -> AsyncGenerator[Chunk, None]:
        """Read the chunks of the file after its first *skip* rows; the next is read while one is written."""
        params, bounds = self.params, FileBounds.from_params(self.params)
        read_options = ReadOptions(Format(params["format"]), params["defaults"], bounds, self.schema)
        stopped = Event()
        self._watch = watch = ReadWatch(bounds, stopped.is_set)
        chunks = self._parse_chunks(read_file_rows(self.file, read_options, skip, watch), skip, watch)
        next_chunk = asyncio.create_task(asyncio.to_thread(next, chunks, None))
        try:
            while (chunk := await next_chunk) is not None:
                next_chunk = asyncio.create_task(asyncio.to_thread(next, chunks, None))
                yield chunk
        finally:
            stopped.set()  # the thread that reads ends at the next line
            await asyncio.wait([next_chunk])
            next_chunk.cancelled() or next_chunk.exception()

    def _parse_chunks(self, raw_rows: Iterator[RawRow], first: int, watch: ReadWatch) -> Iterator[Chunk]:
        while chunk := list(islice(raw_rows, CHUNK_ROWS)):
            yield Chunk(first, chunk, self.parse_rows(chunk))
            first += len(chunk)
            watch.begin_part()

    async def _write_and_annotate(self, db: AsyncSession, actor: Actor, chunk: Chunk) -> RowOutcomes:
        outcomes = await self.write_chunk(db, actor, chunk)
        rows = list(zip(chunk.raw_rows, outcomes, strict=True))
        for raw, outcome in rows:
            annotate_outcome(raw, outcome)
        return rows

    async def _record_chunk(self, db: AsyncSession, progress: ImportProgress, rows: RowOutcomes) -> bool:
        """Record the outcomes of a chunk, last in its transaction; return whether the job is to stop."""
        job_id, part, first = self.run.job.id, progress.chunks + 1, progress.rows
        first_rejected = next((raw for raw, outcome in rows if outcome["status"] == REJECTED_STATUS), None)
        if first_rejected is not None:
            if not progress.headings:
                progress.headings = choose_report_headings(first_rejected, self.schema)
                await files.put_part(db, job_id, REPORT_NAME, 0, format_report_head(progress.headings))
            await files.put_part(db, job_id, REPORT_NAME, part, format_report_rows(progress.headings, rows))
        compressed = await asyncio.to_thread(_compress_outcomes, first, rows)
        await files.put_part(db, job_id, OUTCOMES_NAME, part, compressed)
        progress.add(rows)
        return await self.run.record_progress(
            db,
            progress.rows,
            progress.counts,
            rows_total=self._total_rows(progress.rows),
            checkpoint=progress.checkpoint(),
        )

    def _total_rows(self, rows: int) -> int | None:
        """Return the rows that were counted when the file came, or as many as there turn out to be."""
        counted: int | None = self.run.job.rows_total
        return None if counted is None else max(counted, rows)

    async def _finish(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the batch's counts, offer the report, and remove the input file."""
        await self.record_counts(db, actor, progress)
        job_id = self.run.job.id
        if not progress.headings:
            await files.put_part(db, job_id, REPORT_NAME, 0, format_report_head(_EMPTY_REPORT_HEADINGS))
        await self.run.offer_file(db, REPORT_NAME, REPORT_TYPE)
        await files.delete_parts(db, job_id, files.INPUT_NAME)
        checkpoint = progress.checkpoint(finished=True)
        await self.run.record_progress(
            db, progress.rows, progress.counts, rows_total=progress.rows, checkpoint=checkpoint
        )


_EMPTY_REPORT_HEADINGS: Sequence[str] = (ROW_HEADING, ERROR_HEADING)


def _compress_outcomes(first: int, rows: RowOutcomes) -> bytes:
    return gzip.compress(format_outcomes(first, rows), 1)


def is_whole_import(params: Mapping[str, Any]) -> bool:
    """Whether an import with these params is one transaction, which cannot go on later."""
    return Mode(params["mode"]) is not Mode.PARTIAL


async def import_file(run: JobRun, kind: type[FileImport]) -> None:
    """Import the file that a job was given, whose rows are of this kind. Raises: as `FileImport.process`."""
    if run.job.checkpoint.get("finished"):
        return
    with tempfile.TemporaryFile() as file:
        async for part in run.read_file(files.INPUT_NAME):
            await asyncio.to_thread(file.write, part)
        await kind(run, file).process()
