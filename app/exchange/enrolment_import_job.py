"""Enrolments in bulk: a file of any size, taken in by a worker (`import_run`)."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.db import driver_of
from app.exchange.enrolment_look_ahead import LookAhead
from app.exchange.import_columns import ENROLMENTS
from app.exchange.import_rows import Chunk, Item, Told, item_of
from app.exchange.import_run import FileImport, Reached, Ready, import_file
from app.exchange.import_tables import RawRow
from app.exchange.job_kinds import job_kind
from app.exchange.job_run import JobRun
from app.insurance import enrolment_batch as batches
from app.insurance.enrolment_batch_schemas import Mode, OnConflict, Verdict
from app.insurance.enrolment_intake import Intake

KIND = "enrolments.import"


@job_kind(KIND, Permission.ENROLMENT_VALIDATE)
async def import_enrolments(run: JobRun) -> None:
    """Take enrolments in; who may only validate does no more. Raises: as `FileImport.go`, SandboxOnly."""
    await import_file(run, _Enrolments)


class _Enrolments(FileImport):
    words, verdicts = ENROLMENTS, Verdict

    def __init__(self, run: JobRun, file: IO[bytes]) -> None:
        super().__init__(run, file)
        self.sending = batches.Sending("", b"", self.mode, OnConflict(self.params["on_conflict"]))
        self.ahead = LookAhead(run)

    def read(self, raw: RawRow) -> Item:
        """The enrolment that a row applies for."""
        return item_of(raw)

    def make_ready(self, rows: Chunk) -> batches.Prepared:
        """The rows with their hashes and what is wrong with their terms."""
        return batches.Prepared([item for _, item in rows], self.sending, self.batch_id)

    async def take_in(self, db: AsyncSession, actor: Actor, chunk: Ready, _first: int, /) -> Sequence[Told]:
        """Half a dozen statements over the whole chunk, while the next one is looked at."""
        items = [item for _, item in chunk.rows]
        prepared = None if self.ahead.spoilt is chunk else chunk.more
        looked = self._look_ahead if self.mode is Mode.PARTIAL else None
        return await batches.take_in(
            await driver_of(db), actor, self.sending, items, self.batch_id, keep=True, prepared=prepared, looked=looked
        )  # fmt: skip

    def turn(self) -> AbstractAsyncContextManager[tuple[AsyncSession, Actor]]:
        """The transaction in which it was begun, or a new one."""
        return self.ahead.turn()

    def _look_ahead(self, intake: Intake) -> None:
        if self.coming is not None:
            self.ahead.begin(self.coming, intake)

    async def stop(self) -> None:
        """Go no further ahead."""
        await self.ahead.stop()

    async def note_received(self, db: AsyncSession, actor: Actor, reached: Reached) -> None:
        """In the batch's record and in the audit."""
        batch = await batches.read_batch(db, actor, self.batch_id)
        batch.rows = reached.rows or batch.rows
        for name, rows in reached.counts.items():
            setattr(batch, name, rows)
        await batches.note_received(db, actor, batch)
