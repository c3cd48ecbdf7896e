"""Whether the database serves this process, for the health check."""

import asyncio

import asyncpg

from app.core.postgres.database import Database
from app.core.postgres.urls import asyncpg_dsn

ANSWER_SECONDS = 1.0
"""Within this time the database must answer; an answer counts for as long, however many ask."""
_GIVE_UP_SECONDS = 5.0
_LITTLE_MEMORY = {"work_mem": "64kB"}
_WRITE_TO_DISK = "select count(*) from generate_series(1, 20000)"
"""More rows than that memory holds: the server writes them to a file for a moment, which a full disk refuses."""


class Readiness:
    """Asks with a connection of the pool, which requests need, and with a new one, which the pool may need next; the
    server needs room on its disk for the answer.

    One question is under way at a time, so that whoever asks often opens no more connections than one who asks rarely.
    """

    def __init__(self, database: Database, app_url: str) -> None:
        self._database = database
        self._dsn = asyncpg_dsn(app_url)
        self._question: asyncio.Task[bool] | None = None
        self._asked_at = float("-inf")

    async def check(self) -> bool:
        """Whether both connections answer within ANSWER_SECONDS."""
        question = self._current_question()
        remaining = self._asked_at + ANSWER_SECONDS - asyncio.get_running_loop().time()
        await asyncio.wait({question}, timeout=max(0.0, remaining))
        return question.done() and not question.cancelled() and question.result()

    def _current_question(self) -> asyncio.Task[bool]:
        """The question under way or just answered, else a new one.

        The driver waits for its server also to cancel a question, so one without an answer is left alone for a while.
        """
        question, now = self._question, asyncio.get_running_loop().time()
        age = now - self._asked_at
        if question is not None and age < (ANSWER_SECONDS if question.done() else _GIVE_UP_SECONDS):
            return question
        if question is not None:
            question.cancel()
        self._question, self._asked_at = asyncio.create_task(self._ask(), name="readiness"), now
        return self._question

    async def _ask(self) -> bool:
        try:
            await self._database.driver.fetchval("select 1")
            connection = await asyncpg.connect(
                self._dsn, timeout=_GIVE_UP_SECONDS, server_settings=_LITTLE_MEMORY
            )
            try:
                await connection.fetchval(_WRITE_TO_DISK)
            finally:
                await connection.close(timeout=ANSWER_SECONDS)
        except Exception:
            return False
        return True

    async def close(self) -> None:
        """End the question under way."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait({self._question}, timeout=ANSWER_SECONDS)
