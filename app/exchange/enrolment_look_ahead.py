"""Beginning with the next chunk of a file while one is written, so that neither waits for the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.db import driver_of
from app.exchange.import_run import Ready
from app.exchange.job_run import JobRun
from app.insurance.enrolment_batch import Prepared
from app.insurance.enrolment_intake import Intake

Coming = asyncio.Task[Ready | None]


class _Spoilt(Exception):
    """Takes a transaction back."""


class LookAhead:
    """At most one chunk ahead: in the transaction that will be its own its rows are looked at, and its people entered.

    It is committed in its turn, after all before it. What the chunk before brings in is told to it in advance; where
    that comes out otherwise all is taken back, and the chunk begins anew in its turn.
    """

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.spoilt: Ready | None = None
        """A chunk whose rows were written on in vain: they are to be prepared anew."""
        self._task: asyncio.Task[tuple[AsyncSession, Actor] | None] | None = None
        self._before: Intake | None = None
        self._transaction = AsyncExitStack()

    def begin(self, coming: Coming, before: Intake) -> None:
        """Begin with the chunk that is coming. before: the one that is now written."""
        if self._task is not None:  # it is taken in a second time: nobody relies on the first
            self._before = None
        else:
            self._before, self._transaction = before, AsyncExitStack()
            self._task = asyncio.create_task(self._begin(coming, before))

    async def _begin(self, coming: Coming, before: Intake) -> tuple[AsyncSession, Actor] | None:
        chunk = await asyncio.shield(coming)
        if chunk is None:
            return None
        prepared: Prepared = chunk.more
        db, actor = await self._transaction.enter_async_context(self.run.begin())
        intake = prepared.open(await driver_of(db), actor)
        if not intake.follow(before):
            return None
        self.spoilt = chunk
        await intake.look()
        await intake.enter()
        return db, actor

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """The transaction in which a chunk is taken in: the one in which it was begun, or a new one."""
        begun = await self._begun()
        if begun is None:
            async with self.run.begin() as fresh:
                yield fresh
            return
        self.spoilt = None
        async with self._transaction:
            yield begun

    async def _begun(self) -> tuple[AsyncSession, Actor] | None:
        task, self._task = self._task, None
        if task is None:
            return None
        await asyncio.wait([task])
        # (Whatever went wrong is met again in the chunk's turn.)
        begun = None if task.cancelled() or task.exception() is not None else task.result()
        if begun is not None and self._before is not None and self._before.is_written:
            return begun
        await self._take_back()
        return None

    async def _take_back(self) -> None:
        await self._transaction.__aexit__(_Spoilt, _Spoilt(), None)

    async def stop(self) -> None:
        """Go no further."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            await self._take_back()
