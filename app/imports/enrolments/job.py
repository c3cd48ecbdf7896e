"""Job: import a file of enrolments of any size (`imports.run`)."""

from collections.abc import Sequence
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.postgres.database import get_driver
from app.core.values.time import today
from app.imports.files.columns import ENROLMENT_TABLE
from app.imports.files.tables import RawRow
from app.imports.rows import ImportOutcome, parse_enrolment_row
from app.imports.run import Chunk, FileImport, ImportProgress, import_file
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.context import IntakeOptions
from app.insurance.enrolments.intake.judging import judge_rows
from app.insurance.enrolments.intake.pipeline import process_judged_rows
from app.insurance.enrolments.intake.row import JudgedRow
from app.insurance.enrolments.intake.schemas import Mode, OnConflict, Verdict
from app.insurance.kinds import EnrolmentStatus
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
        self.options = IntakeOptions(
            EnrolmentStatus.SUBMITTED,
            self.batch_id,
            OnConflict(self.params["on_conflict"]),
            show_new_ids=self.mode is not Mode.VALIDATE,
        )

    def parse_rows(self, raw_rows: Sequence[RawRow]) -> Sequence[JudgedRow]:
        """Parse the enrolments of rows, and judge each by itself."""
        return judge_rows([parse_enrolment_row(raw) for raw in raw_rows], today())

    async def write_chunk(self, db: AsyncSession, actor: Actor, chunk: Chunk, /) -> Sequence[ImportOutcome]:
        """Write a chunk with a few set-based statements. Raises: SandboxOnly, MemberInsertConflict."""
        batches.check_enrolment_batch_mode(actor, self.mode)
        return await process_judged_rows(await get_driver(db), actor, chunk.rows, self.options)

    async def record_counts(self, db: AsyncSession, actor: Actor, progress: ImportProgress) -> None:
        """Record the counts in the batch's row and in the audit."""
        batch = await batches.read_enrolment_batch(db, actor, self.batch_id)
        batch.rows = progress.rows or batch.rows
        for name, rows in progress.counts.items():
            setattr(batch, name, rows)
        await batches.record_enrolment_batch(db, actor, batch)
