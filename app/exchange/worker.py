"""The worker: takes jobs from the queue (procrastinate, on the same PostgreSQL), takes up those of dead workers,
delivers webhooks, and removes what is kept no longer.

    python -m app.exchange

runs one until SIGTERM or Ctrl-C; `ansinh serve` starts such processes beside the API, `ansinh worker` one apart.
A job that is under way when the worker is stopped goes back into the queue and goes on from its checkpoint.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID

import procrastinate
import uvloop
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from app.core.database_errors import error_for_database
from app.core.db import Database
from app.core.garbage import collect_less
from app.core.logs import configure_logs
from app.core.parent import end_with_parent
from app.core.postgres_needs import QUEUE_SCHEMA
from app.core.settings import Settings
from app.core.urls import asyncpg_dsn
from app.exchange.job_kinds import load
from app.exchange.job_run import run_job
from app.exchange.job_service import QUEUE, TASK
from app.exchange.pruning import keep_pruning
from app.exchange.webhooks.running import serve_webhooks
from app.insurance.renewal_reminders import keep_reminding, remind

AT_ONCE = 2
"""Jobs of one worker at a time, so that a short one need not wait for a long one's end."""
PATIENCE = 5.0
"""Seconds that a job may go on after the worker was asked to stop."""
_POOL = 6
_LONGEST_PAUSE = 60

_logger = logging.getLogger("ansinh.worker")


class _TryAgain(BaseRetryStrategy):
    """Whatever `run_job` lets through was not the job's fault: a lost connection, or the end of the worker."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision:
        stopped = isinstance(exception, asyncio.CancelledError)
        return RetryDecision(retry_in={"seconds": 0 if stopped else min(2**job.attempts, _LONGEST_PAUSE)})


@asynccontextmanager
async def opened_queue(app_url: str, database: Database) -> AsyncIterator[procrastinate.App]:
    """The queue with its one task, connected as the application's role."""
    connector = procrastinate.PsycopgConnector(
        conninfo=asyncpg_dsn(app_url),
        kwargs={"options": f"-c search_path={QUEUE_SCHEMA}"},
        min_size=1,
        max_size=4,
    )
    queue = procrastinate.App(connector=connector)

    @queue.task(name=TASK, queue=QUEUE, retry=_TryAgain())
    async def run(job_id: str, session_id: str) -> None:
        await run_job(database, UUID(job_id), UUID(session_id))

    async with queue.open_async():
        yield queue


def worker_of(queue: procrastinate.App, stalled_seconds: float, *, wait: bool = True) -> Worker:
    """A worker of the queue. wait: False to end when nothing is left to do."""
    return Worker(
        queue,
        queues=[QUEUE],
        concurrency=AT_ONCE,
        wait=wait,
        fetch_job_polling_interval=min(stalled_seconds / 4, 5),
        shutdown_graceful_timeout=PATIENCE if wait else None,
        delete_jobs="always",
        install_signal_handlers=False,
        update_heartbeat_interval=stalled_seconds / 4,
        stalled_worker_timeout=stalled_seconds,
    )


# One statement, so that of two workers that see the same dead one only the first takes its jobs.
_TAKE_BACK = """
update queue.procrastinate_jobs j set status = 'todo', attempts = attempts + 1, worker_id = null, scheduled_at = null
 where j.status = 'doing' and not exists (select from queue.procrastinate_workers w
        where w.id = j.worker_id and w.last_heartbeat > now() - make_interval(secs => $1))
"""
_ALIVE = "update queue.procrastinate_workers set last_heartbeat = now() where id = $1"


async def take_back(database: Database, stalled_seconds: float) -> None:
    """Put back into the queue what dead workers had, and jobs that fell out of it."""
    await database.driver.execute(_TAKE_BACK, stalled_seconds)
    await database.driver.execute("select requeue_jobs($1)", stalled_seconds)


async def _keep_watch(database: Database, worker: Worker, stalled_seconds: float) -> None:
    """Say that this worker is alive, and look after dead ones. One that was taken for dead itself begins anew."""
    while True:
        await asyncio.sleep(stalled_seconds / 4)
        try:
            if worker.worker_id is not None:
                beaten = await database.driver.execute(_ALIVE, worker.worker_id)
                if beaten == "UPDATE 0":
                    worker.stop()  # type: ignore[no-untyped-call]
            await take_back(database, stalled_seconds)
        except Exception as error:
            if error_for_database(error) is None:
                raise
            _logger.warning("the database is away")


async def serve_queue(settings: Settings, stop: asyncio.Event) -> None:
    """Do jobs until *stop* is set; a database that is away is waited for."""
    load()
    while not stop.is_set():
        try:
            await _serve_once(settings, stop)
        except Exception as error:
            if error_for_database(error) is None and not isinstance(error, ConnectorException):
                raise
            _logger.warning("the database is away")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


async def _serve_once(settings: Settings, stop: asyncio.Event) -> None:
    app_url, stalled_seconds = settings.app_database_url, settings.job_stalled_seconds
    assert app_url is not None  # noqa: S101 - who starts a worker gives it
    database = await Database.connect(app_url, pool_size=_POOL)
    try:
        async with opened_queue(app_url, database) as queue:
            worker = worker_of(queue, stalled_seconds)
            beside = [
                asyncio.create_task(_keep_watch(database, worker, stalled_seconds)),
                asyncio.create_task(_stop_with(worker, stop)),
                asyncio.create_task(keep_reminding(partial(remind, database))),
                asyncio.create_task(keep_pruning(database, settings)),
            ]
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
    finally:
        await database.close()


async def _stop_with(worker: Worker, stop: asyncio.Event) -> None:
    await stop.wait()
    worker.stop()  # type: ignore[no-untyped-call]


async def _until_signalled(settings: Settings) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    await asyncio.gather(serve_queue(settings, stop), serve_webhooks(settings, stop))


def run_worker(settings: Settings) -> None:
    """Do jobs in this process until a signal."""
    configure_logs(settings.log_level)
    end_with_parent()
    load()
    collect_less()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signalled(settings))
