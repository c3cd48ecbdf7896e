"""Job: import a file of contributions of any size (`imports.run`)."""

from collections.abc import Sequence
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.imports.chunks import Chunk, ImportProgress
from app.imports.contributions.batch import (
    check_contribution_mode,
    read_contribution_batch,
    record_contribution_counts,
)
from app.imports.contributions.recording import clear_new_ids, record_contributions
from app.imports.contributions.rows import CONTRIBUTION_TABLE, Booked, ContributionRow, parse_contribution_row
from app.imports.contributions.sheets import SheetCounts
from app.imports.files.tables import RawRow
from app.imports.rows import ImportOutcome
from app.imports.run import FileImport, import_file, is_whole_import
from app.insurance.enrolments.intake.schemas import Mode
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun

CONTRIBUTION_IMPORT_KIND = "contributions.import"


@job_kind(CONTRIBUTION_IMPORT_KIND, Permission.CONTRIBUTION_VALIDATE, is_whole_import)
async def import_contributions(run: JobRun) -> None:
    """Import contributions from a job's file; who may only validate does no more.

    Raises: as `FileImport.process`, SandboxOnly.
    """
    await import_file(run, _ContributionImport)


class _ContributionImport(FileImport):
    schema, statuses = CONTRIBUTION_TABLE, Booked

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        super().__init__(run, file)
        self.whole_file = None if self.mode is Mode.PARTIAL else SheetCounts()

    def parse_rows(self, raw_rows: Sequence[RawRow]) -> Sequence[ContributionRow]:
        """Parse the contributions of rows."""
        return [parse_contribution_row(raw) for raw in raw_rows]

    async def write_chunk(self, db: AsyncSession, actor: Actor, chunk: Chunk, /) -> Sequence[ImportOutcome]:
        """Record a chunk: one call of the ledger's writer for each group and day."""
        check_contribution_mode(actor, self.mode)
        outcomes = await record_contributions(
            db, actor, chunk.rows, self.mode, self.batch_id, chunk.first, self.whole_file
        )
        return clear_new_ids(outcomes) if self.mode is Mode.VALIDATE else outcomes

    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the counts in the batch's row and in the audit."""
        batch = await read_contribution_batch(db, actor, self.batch_id)
        batch.rows = progress.rows or batch.rows
        self.skipped.record_in(batch)
        await record_contribution_counts(db, actor, batch, progress.counts)
