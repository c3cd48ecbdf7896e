"""The workers of one process: which queues they serve, how many jobs at a time, and over how many connections."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import procrastinate
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from app.core.postgres.database import Database
from app.core.postgres.server_steps import QUEUE_SCHEMA
from app.core.postgres.urls import asyncpg_dsn
from app.jobs.execution import run_job
from app.jobs.queue import FIRST_QUEUE, TASK_NAME, TURN_SECONDS, TURNS_QUEUE, WHOLE_QUEUE, Turns

PLACES: Final = {FIRST_QUEUE: 2, TURNS_QUEUE: 2, WHOLE_QUEUE: 4}
"""Jobs of one worker at a time, by their queue."""
SESSIONS: Final = 2 * sum(PLACES.values())
"""A job has two transactions open at most: that of its work, and that of its progress or of its next chunk. Fewer
connections than that, and jobs that have one each would wait for another's second one."""
DRIVER_CONNECTIONS: Final = 5
"""For the watch over dead workers, which keeps its own, for what is pruned, announced and searched for, and two for
single statements, which wait for each other: heartbeats, and whether a job makes room."""
QUEUE_POOL_SIZE: Final = 3
"""For the queue's own statements, each of which takes a moment: they wait for each other."""
QUEUE_CONNECTIONS: Final = QUEUE_POOL_SIZE + len(PLACES)
"""The pool, and one with which each queue's worker listens."""
SHUTDOWN_SECONDS: Final = 5.0
"""Seconds that a job may go on after the worker was asked to stop."""
_POLL_SECONDS: Final = 1.0
"""A job that is tried again after a lost connection is announced by nobody: it is looked for."""
_FIRST_RETRY_MS, _MAX_RETRY_MS = 250, 60_000
"""The first time soon: PostgreSQL that was killed is back within a second or two, and each time twice as long."""


class _RetryStrategy(BaseRetryStrategy):
    """Retries what `run_job` lets through and is no fault of the job: a lost connection, a stopped worker."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision:
        stopped = isinstance(exception, asyncio.CancelledError)
        wait = 0 if stopped else min(_FIRST_RETRY_MS * 2 ** min(job.attempts, 10), _MAX_RETRY_MS)
        return RetryDecision(retry_in={"milliseconds": wait})


@asynccontextmanager
async def open_queue(
    app_url: str, database: Database, turn_seconds: float = TURN_SECONDS
) -> AsyncIterator[procrastinate.App]:
    """Open the queue with its one task, connected as the application's role."""
    connector = procrastinate.PsycopgConnector(
        conninfo=asyncpg_dsn(app_url),
        kwargs={"options": f"-c search_path={QUEUE_SCHEMA}"},
        min_size=1,
        max_size=QUEUE_POOL_SIZE,
    )
    queue = procrastinate.App(connector=connector)

    @queue.task(name=TASK_NAME, queue=TURNS_QUEUE, retry=_RetryStrategy(), pass_context=True)
    async def run(context: JobContext, /, job_id: str, **_of_before: str) -> None:
        # A task of the release before names its session as well.
        await run_job(database, UUID(job_id), Turns(context.job.queue, turn_seconds))

    async with queue.open_async():
        yield queue


def build_worker(
    queue: procrastinate.App,
    stalled_seconds: float,
    *,
    queues: Sequence[str] = tuple(PLACES),
    places: int = 4,
    wait: bool = True,
) -> Worker:
    """Build a worker of some queues. places: jobs at a time; wait: False to end when nothing is left to do."""
    return Worker(
        queue,
        queues=list(queues),
        concurrency=places,
        wait=wait,
        fetch_job_polling_interval=min(stalled_seconds / 4, _POLL_SECONDS),
        shutdown_graceful_timeout=SHUTDOWN_SECONDS if wait else None,
        delete_jobs="always",
        install_signal_handlers=False,
        update_heartbeat_interval=stalled_seconds / 4,
        stalled_worker_timeout=stalled_seconds,
    )
