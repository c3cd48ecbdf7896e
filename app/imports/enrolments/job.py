"""Job: import a file of enrolments of any size (`import_run`)."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.postgres.database import get_driver
from app.imports.enrolments.look_ahead import LookAhead
from app.imports.files.columns import ENROLMENT_TABLE
from app.imports.files.tables import RawRow
from app.imports.rows import EnrolmentItem, ImportOutcome, RowChunk, parse_enrolment_row
from app.imports.run import FileImport, ImportProgress, PreparedChunk, import_file
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.intake import Intake
from app.insurance.enrolments.intake.schemas import Mode, OnConflict, Verdict
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun

ENROLMENT_IMPORT_KIND = "enrolments.import"


@job_kind(ENROLMENT_IMPORT_KIND, Permission.ENROLMENT_VALIDATE)
async def import_enrolments(run: JobRun) -> None:
    """Import enrolments from a job's file. Raises: as `FileImport.process`; SandboxOnly to who may only validate."""
    await import_file(run, _EnrolmentImport)


class _EnrolmentImport(FileImport):
    schema, statuses = ENROLMENT_TABLE, Verdict

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        super().__init__(run, file)
        self.request = batches.BatchRequest("", b"", self.mode, OnConflict(self.params["on_conflict"]))
        self.look_ahead = LookAhead(run)

    def parse_row(self, raw: RawRow) -> EnrolmentItem:
        """Parse the enrolment of a row."""
        return parse_enrolment_row(raw)

    def prepare(self, rows: RowChunk) -> batches.PreparedRows:
        """Compute the rows' hashes and the errors of their terms."""
        return batches.PreparedRows([item for _, item in rows], self.request, self.batch_id)

    async def write_chunk(
        self, db: AsyncSession, actor: Actor, chunk: PreparedChunk, _first: int, /
    ) -> Sequence[ImportOutcome]:
        """Write a chunk with a few set-based statements, while the next one is prepared."""
        items = [item for _, item in chunk.rows]
        prepared = None if self.look_ahead.invalidated is chunk else chunk.prepared
        on_resolved = self._start_look_ahead if self.mode is Mode.PARTIAL else None
        return await batches.process_enrolment_rows(
            await get_driver(db),
            actor,
            self.request,
            items,
            self.batch_id,
            keep=True,
            prepared_rows=prepared,
            on_resolved=on_resolved,
        )

    def begin_chunk(self) -> AbstractAsyncContextManager[tuple[AsyncSession, Actor]]:
        """Begin the chunk's transaction: the one that the look-ahead opened, or a new one."""
        return self.look_ahead.begin_chunk()

    def _start_look_ahead(self, intake: Intake) -> None:
        if self.next_chunk is not None:
            self.look_ahead.start(self.next_chunk, intake)

    async def stop(self) -> None:
        """Stop the look-ahead."""
        await self.look_ahead.stop()

    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the counts in the batch's row and in the audit."""
        batch = await batches.read_enrolment_batch(db, actor, self.batch_id)
        batch.rows = progress.rows or batch.rows
        for name, rows in progress.counts.items():
            setattr(batch, name, rows)
        await batches.record_enrolment_batch(db, actor, batch)
