"""Job: import a file of contributions of any size (`import_run`)."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.imports.contributions.batch import (
    check_contribution_mode,
    read_contribution_batch,
    record_contribution_counts,
)
from app.imports.contributions.recording import clear_new_ids, record_contributions
from app.imports.contributions.rows import CONTRIBUTION_TABLE, Booked, ContributionRow, parse_contribution_row
from app.imports.files.tables import RawRow
from app.imports.rows import ImportOutcome, RowChunk
from app.imports.run import FileImport, ImportProgress, PreparedChunk, import_file
from app.insurance.enrolments.intake.schemas import Mode
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun

CONTRIBUTION_IMPORT_KIND = "contributions.import"


@job_kind(CONTRIBUTION_IMPORT_KIND, Permission.CONTRIBUTION_VALIDATE)
async def import_contributions(run: JobRun) -> None:
    """Import contributions from a job's file; who may only validate does no more.

    Raises: as `FileImport.go`, SandboxOnly.
    """
    await import_file(run, _ContributionImport)


class _ContributionImport(FileImport):
    schema, statuses = CONTRIBUTION_TABLE, Booked

    def parse_row(self, raw: RawRow) -> ContributionRow:
        """Parse the contribution of a row."""
        return parse_contribution_row(raw)

    def prepare(self, _rows: RowChunk) -> None:
        """Prepare nothing: the ledger computes everything itself."""

    async def write_chunk(
        self, db: AsyncSession, actor: Actor, chunk: PreparedChunk, first: int, /
    ) -> Sequence[ImportOutcome]:
        """Record a chunk: one call of the ledger's writer for each group and day."""
        check_contribution_mode(actor, self.mode)
        rows = [item for _, item in chunk.rows]
        outcomes = await record_contributions(db, actor, rows, self.mode, self.batch_id, first)
        return clear_new_ids(outcomes) if self.mode is Mode.VALIDATE else outcomes

    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the counts in the batch's row and in the audit."""
        batch = await read_contribution_batch(db, actor, self.batch_id)
        batch.rows = progress.rows or batch.rows
        await record_contribution_counts(db, actor, batch, progress.counts)
