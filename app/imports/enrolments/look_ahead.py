"""Prepare the next chunk of a file in its own transaction while the current one is written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.postgres.database import get_driver
from app.imports.run import PreparedChunk
from app.insurance.enrolments.intake.batch import PreparedRows
from app.insurance.enrolments.intake.intake import Intake
from app.jobs.run import JobRun

NextChunk = asyncio.Task[PreparedChunk | None]


class _RollbackLookAhead(Exception):
    """Rolls back the transaction of a look-ahead."""


class LookAhead:
    """Prepares at most one chunk ahead, in its own transaction: resolves its rows and inserts its people.

    It is committed in its turn, after all before it. What the chunk before brings in is told to it in advance; where
    that comes out otherwise all is taken back, and the chunk begins anew in its turn.
    """

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.invalidated: PreparedChunk | None = None
        """A chunk whose rows were written on in vain: they are to be prepared anew."""
        self._task: asyncio.Task[tuple[AsyncSession, Actor] | None] | None = None
        self._previous: Intake | None = None
        self._transaction = AsyncExitStack()

    def start(self, next_chunk: NextChunk, previous: Intake) -> None:
        """Start preparing the next chunk. previous: the one that is being written now."""
        if self._task is not None:  # it is taken in a second time: nobody relies on the first
            self._previous = None
        else:
            self._previous, self._transaction = previous, AsyncExitStack()
            self._task = asyncio.create_task(self._prepare_next(next_chunk, previous))

    async def _prepare_next(
        self, next_chunk: NextChunk, previous: Intake
    ) -> tuple[AsyncSession, Actor] | None:
        chunk = await asyncio.shield(next_chunk)
        if chunk is None:
            return None
        prepared: PreparedRows = chunk.prepared
        db, actor = await self._transaction.enter_async_context(self.run.begin())
        intake = prepared.open_intake(await get_driver(db), actor)
        if not intake.adopt_new_members(previous):
            return None
        self.invalidated = chunk
        await intake.resolve()
        await intake.insert_members()
        return db, actor

    @asynccontextmanager
    async def begin_chunk(self) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """Begin the transaction of a chunk: the one in which it was prepared, or a new one."""
        prepared = await self._take_prepared()
        if prepared is None:
            async with self.run.begin() as new:
                yield new
            return
        self.invalidated = None
        async with self._transaction:
            yield prepared

    async def _take_prepared(self) -> tuple[AsyncSession, Actor] | None:
        task, self._task = self._task, None
        if task is None:
            return None
        await asyncio.wait([task])
        # (Whatever went wrong is met again in the chunk's turn.)
        prepared = None if task.cancelled() or task.exception() is not None else task.result()
        if prepared is not None and self._previous is not None and self._previous.is_written:
            return prepared
        await self._roll_back()
        return None

    async def _roll_back(self) -> None:
        await self._transaction.__aexit__(_RollbackLookAhead, _RollbackLookAhead(), None)

    async def stop(self) -> None:
        """Cancel the look-ahead and roll it back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            await self._roll_back()
