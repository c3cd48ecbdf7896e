"""Contributions in bulk: a file of any size, taken in by a worker (`import_run`)."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.exchange.contribution_batch import check_mode, note_received, read_batch
from app.exchange.contribution_books import book, without_ids
from app.exchange.contribution_rows import CONTRIBUTIONS, Booked, Row, row_of
from app.exchange.import_rows import Chunk, Told
from app.exchange.import_run import FileImport, Reached, Ready, import_file
from app.exchange.import_tables import RawRow
from app.exchange.job_kinds import job_kind
from app.exchange.job_run import JobRun
from app.insurance.enrolment_batch_schemas import Mode

KIND = "contributions.import"


@job_kind(KIND, Permission.CONTRIBUTION_VALIDATE)
async def import_contributions(run: JobRun) -> None:
    """Write contributions into the books; who may only validate does no more.

    Raises: as `FileImport.go`, SandboxOnly.
    """
    await import_file(run, _Contributions)


class _Contributions(FileImport):
    words, verdicts = CONTRIBUTIONS, Booked

    def read(self, raw: RawRow) -> Row:
        """The contribution that a row asks for."""
        return row_of(raw)

    def make_ready(self, _rows: Chunk) -> None:
        """The ledger works everything out itself."""

    async def take_in(self, db: AsyncSession, actor: Actor, chunk: Ready, first: int, /) -> Sequence[Told]:
        """One call of the ledger's writer for each group and day."""
        check_mode(actor, self.mode)
        rows = [item for _, item in chunk.rows]
        told = await book(db, actor, rows, self.mode, self.batch_id, first)
        return without_ids(told) if self.mode is Mode.VALIDATE else told

    async def note_received(self, db: AsyncSession, actor: Actor, reached: Reached) -> None:
        """In the batch's record and in the audit."""
        batch = await read_batch(db, actor, self.batch_id)
        batch.rows = reached.rows or batch.rows
        await note_received(db, actor, batch, reached.counts)
