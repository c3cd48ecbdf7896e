"""A file of rows of any size, taken in chunk by chunk by a worker.

`partial`: every chunk is a transaction of its own with its checkpoint, so that after a crash at most one is done again.
`validate` and `atomic`: all chunks are one transaction, so that a row knows of all before it as it will in the end; it
is committed when nothing was rejected (`atomic`), and else taken back. A crash begins it again.
"""

import asyncio
import gzip
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import IO, Any, ClassVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import DomainError, Forbidden, Unauthenticated, Unavailable
from app.exchange import job_files as files
from app.exchange.import_columns import Words
from app.exchange.import_rows import (
    REJECTED,
    Chunk,
    Told,
    chunks_of,
    outcomes_of,
    report_head,
    report_headings,
    report_of,
    tell,
)
from app.exchange.import_sources import Format, Reading, rows_of
from app.exchange.import_tables import RawRow
from app.exchange.job_errors import JobCancelled
from app.exchange.job_run import JobRun
from app.insurance.enrolment_batch_schemas import Mode
from app.insurance.enrolment_errors import BatchRefused

REPORT, REPORT_TYPE = "dong-loi.csv", "text/csv; charset=utf-8"
OUTCOMES = "ket-qua.ndjson.gz"
CHUNK = 2_000

Rows = list[tuple[RawRow, Told]]


class _TakenBack(Exception):
    """Ends the transaction of a batch that is not to be kept."""


@dataclass
class Reached:
    """How far an import is. rows, chunks: done; headings: of the report, once a row was rejected."""

    rows: int = 0
    chunks: int = 0
    headings: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, rows: Rows) -> None:
        """Count a chunk."""
        self.rows, self.chunks = self.rows + len(rows), self.chunks + 1
        for _, said in rows:
            self.counts[said["status"]] += 1

    def checkpoint(self, **more: Any) -> dict[str, Any]:
        """As it is kept with the job."""
        return {"rows": self.rows, "chunks": self.chunks, "headings": self.headings, **more}


@dataclass(frozen=True, slots=True)
class Ready:
    """A chunk, and what was made ready of it while the one before was written."""

    rows: Chunk
    more: Any


class FileImport(ABC):
    """One file on its way in. A kind of rows says how one is read, taken in, and written down at the end."""

    words: ClassVar[Words]
    verdicts: ClassVar[type[StrEnum]]

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        self.run, self.file, self.params = run, file, run.job.params
        self.batch_id = UUID(self.params["subject_id"])
        self.mode = Mode(self.params["mode"])
        self.coming: asyncio.Task[Ready | None] | None = None
        """The chunk after the one that is taken in, on its way; None at its end."""

    @abstractmethod
    def read(self, raw: RawRow) -> Any:
        """What a row asks for, or a BadRow."""

    @abstractmethod
    def make_ready(self, rows: Chunk) -> Any:
        """Whatever can be worked out of a chunk without the database, in a thread of its own."""

    @abstractmethod
    async def take_in(self, db: AsyncSession, actor: Actor, chunk: Ready, first: int, /) -> Sequence[Told]:
        """Write a chunk; what became of each row. first: the place of its first row in the file, from 0."""

    @abstractmethod
    async def note_received(self, db: AsyncSession, actor: Actor, reached: Reached) -> None:
        """Write the batch's counts down."""

    def turn(self) -> AbstractAsyncContextManager[tuple[AsyncSession, Actor]]:
        """The transaction in which a chunk is taken in, and which its checkpoint belongs to."""
        return self.run.begin()

    async def stop(self) -> None:  # noqa: B027 - nothing, for most kinds
        """Leave off whatever was begun for chunks that may not come."""

    async def go(self) -> None:
        """Take the file in, or go on with it. Raises: BatchRefused for an `atomic` one with bad rows; what its reading
        raises."""
        try:
            await (self.by_chunks() if self.mode is Mode.PARTIAL else self.as_one())
        finally:
            await self.stop()

    def _begun(self) -> Reached:
        return Reached(counts={verdict.value: 0 for verdict in self.verdicts})

    async def by_chunks(self) -> None:
        """Each chunk a transaction, from the checkpoint on."""
        kept = {name: self.run.job.checkpoint.get(name) for name in ("rows", "chunks", "headings")}
        reached = replace(self._begun(), **{name: value for name, value in kept.items() if value})
        reached.counts |= self.run.job.counts
        try:
            await self._chunk_by_chunk(reached)
        except (DomainError, JobCancelled) as end:
            if not isinstance(end, Unavailable | Unauthenticated | Forbidden):
                async with self.run.begin() as (db, actor):
                    await self._finish(db, actor, reached)  # what is in stays in, and is told
            raise
        async with self.run.begin() as (db, actor):
            await self._finish(db, actor, reached)

    async def _chunk_by_chunk(self, reached: Reached) -> None:
        async for chunk in self._chunks(reached.rows):
            async with self.turn() as (db, actor):
                rows = await self._take_in(db, actor, chunk, reached.rows)
                stop = await self._note(db, reached, rows)
            if stop:
                raise JobCancelled

    async def as_one(self) -> None:
        """All chunks one transaction; how far it is can be seen all the while. Raises: BatchRefused."""
        reached = self._begun()
        async with self.run.begin() as (db, _):
            for name in (REPORT, OUTCOMES):  # of an attempt that a crash ended
                await files.cut(db, self.run.job.id, name)
        try:
            async with self.run.begin() as (db, actor):
                await self._whole(db, actor, reached)
                await self._finish(db, actor, reached)
        except _TakenBack:
            async with self.run.begin() as (db, actor):
                await self._finish(db, actor, reached)
            if self.mode is Mode.ATOMIC:
                raise BatchRefused(rejected=reached.counts[REJECTED]) from None

    async def _whole(self, db: AsyncSession, actor: Actor, reached: Reached) -> None:
        """Raises: _TakenBack unless it is to be kept."""
        async for chunk in self._chunks(0):
            rows = await self._take_in(db, actor, chunk, reached.rows)
            async with self.run.begin() as (beside, _):
                stop = await self._note(beside, reached, rows)
            if stop:
                raise JobCancelled
        if self.mode is Mode.VALIDATE or reached.counts[REJECTED]:
            raise _TakenBack

    async def _chunks(self, skip: int) -> AsyncIterator[Ready]:
        """The chunks of the file; the next is read while one is written."""
        params = self.params
        reading = Reading(Format(params["format"]), params["defaults"], params["limit"], self.words)
        flow = chunks_of(rows_of(self.file, reading, skip), CHUNK, self.read)
        coming = asyncio.create_task(asyncio.to_thread(self._next, flow))
        try:
            while (chunk := await coming) is not None:
                coming = self.coming = asyncio.create_task(asyncio.to_thread(self._next, flow))
                yield chunk
        finally:
            self.coming = None
            await asyncio.wait([coming])
            coming.cancelled() or coming.exception()

    def _next(self, flow: Iterator[Chunk]) -> Ready | None:
        rows = next(flow, None)
        return None if rows is None else Ready(rows, self.make_ready(rows))

    async def _take_in(self, db: AsyncSession, actor: Actor, chunk: Ready, first: int) -> Rows:
        said = await self.take_in(db, actor, chunk, first)
        rows = [(raw, one) for (raw, _), one in zip(chunk.rows, said, strict=True)]
        for raw, one in rows:
            tell(raw, one)
        return rows

    async def _note(self, db: AsyncSession, reached: Reached, rows: Rows) -> bool:
        """Write down what became of a chunk, last in its transaction; whether the job is to stop."""
        job_id, part, first = self.run.job.id, reached.chunks + 1, reached.rows
        bad = next((raw for raw, said in rows if said["status"] == REJECTED), None)
        if bad is not None:
            if not reached.headings:
                reached.headings = report_headings(bad, self.words)
                await files.put_part(db, job_id, REPORT, 0, report_head(reached.headings))
            await files.put_part(db, job_id, REPORT, part, report_of(reached.headings, rows))
        packed = await asyncio.to_thread(_packed, first, rows)
        await files.put_part(db, job_id, OUTCOMES, part, packed)
        reached.add(rows)
        return await self.run.progress(
            db,
            reached.rows,
            reached.counts,
            rows_total=self._total(reached.rows),
            checkpoint=reached.checkpoint(),
        )

    def _total(self, rows: int) -> int | None:
        """The rows that were counted when the file came, or as many as there turn out to be."""
        counted: int | None = self.run.job.rows_total
        return None if counted is None else max(counted, rows)

    async def _finish(self, db: AsyncSession, actor: Actor, reached: Reached) -> None:
        """Write the batch's counts down, offer the report, and let the file go."""
        await self.note_received(db, actor, reached)
        job_id = self.run.job.id
        if not reached.headings:
            await files.put_part(db, job_id, REPORT, 0, report_head(_NONE))
        await self.run.offer_file(db, REPORT, REPORT_TYPE)
        await files.cut(db, job_id, files.INPUT)
        done = reached.checkpoint(finished=True)
        await self.run.progress(db, reached.rows, reached.counts, rows_total=reached.rows, checkpoint=done)


_NONE: Sequence[str] = ("Dòng", "Lỗi")


def _packed(first: int, rows: Rows) -> bytes:
    return gzip.compress(outcomes_of(first, rows), 1)


async def import_file(run: JobRun, kind: type[FileImport]) -> None:
    """Take in the file that a job was given, whose rows are of this kind. Raises: as `FileImport.go`."""
    if run.job.checkpoint.get("finished"):
        return
    with tempfile.TemporaryFile() as file:
        async for part in run.read_file(files.INPUT):
            await asyncio.to_thread(file.write, part)
        await kind(run, file).go()
