"""The worker: runs jobs from the queue (procrastinate, on the same PostgreSQL), takes over those of dead workers,
delivers webhooks, removes what is kept no longer, and searches files for people who were erased.

    python -m app.worker

runs one until SIGTERM or Ctrl-C; `ansinh serve` starts such processes beside the API, `ansinh worker` one apart.
A job that is under way when the worker is stopped goes back into the queue and goes on from its checkpoint.
"""

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import uvloop
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from app.auth.keys.process_key import derive_process_key
from app.core.halt import FatalError
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database
from app.core.process.garbage import tune_garbage_collection
from app.core.process.logs import configure_logs
from app.core.process.parent import exit_with_parent
from app.core.process.role_watch import watch_role
from app.core.settings import Settings
from app.insurance.renewals.reminders import announce_due_renewals, announce_due_renewals_hourly
from app.insurance.rules.reminders import remind_of_expiring_rules_hourly
from app.jobs.dead_workers import log_failed_watch, requeue_stalled_jobs, watch_workers
from app.jobs.kinds import load_job_kinds
from app.jobs.pruning import prune_hourly
from app.jobs.workers import DRIVER_CONNECTIONS, PLACES, SESSIONS, build_worker, open_queue
from app.privacy.emergency.overdue import announce_overdue_reviews_hourly
from app.privacy.traces.service import search_for_ever
from app.webhooks.sending.runner import serve_webhooks

_HEARTBEAT = "update queue.procrastinate_workers set last_heartbeat = now() where id = $1"
_logger = logging.getLogger("ansinh.worker")


class NoSecretKey(FatalError):
    """A worker without the key of its installation could not act as who asked for a job."""

    def __init__(self) -> None:
        super().__init__(
            "Chưa đặt ANSINH_SECRET_KEY; hãy đặt như ở máy chủ (hoặc chép secrets.json trong thư mục dữ liệu)."
            " / ANSINH_SECRET_KEY is not set: set it as at the server (or copy secrets.json of its data directory)."
        )


async def _send_heartbeats(database: Database, worker: Worker, stalled_seconds: float) -> None:
    """Send this worker's heartbeat, and requeue the jobs of dead ones. One that was taken for dead itself begins
    anew."""
    while True:
        await asyncio.sleep(stalled_seconds / 4)
        try:
            if worker.worker_id is not None:
                status = await database.driver.execute(_HEARTBEAT, worker.worker_id)
                if status == "UPDATE 0":
                    worker.stop()  # type: ignore[no-untyped-call]
            await requeue_stalled_jobs(database, stalled_seconds)
        # Whatever it is: without a heartbeat the worker's jobs would be taken from it.
        except Exception as error:
            log_failed_watch(error)


def _list_numbers(workers: Sequence[Worker]) -> list[int]:
    return [worker.worker_id for worker in workers if worker.worker_id is not None]


async def serve_queue(settings: Settings, stop: asyncio.Event) -> None:
    """Run jobs until *stop* is set; wait while the database is away."""
    load_job_kinds()
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
    database = await Database.connect(
        app_url,
        pool_size=SESSIONS,
        driver_size=DRIVER_CONNECTIONS,
        process_key=derive_process_key(settings),
    )
    try:
        async with open_queue(app_url, database, settings.job_turn_seconds) as queue:
            workers = [
                build_worker(queue, stalled_seconds, queues=[name], places=places)
                for name, places in PLACES.items()
            ]
            background_tasks = [
                asyncio.create_task(watch_workers(database, partial(_list_numbers, workers))),
                *(asyncio.create_task(_send_heartbeats(database, one, stalled_seconds)) for one in workers),
                asyncio.create_task(announce_due_renewals_hourly(partial(announce_due_renewals, database))),
                asyncio.create_task(announce_overdue_reviews_hourly(database)),
                asyncio.create_task(remind_of_expiring_rules_hourly(database)),
                asyncio.create_task(prune_hourly(database, settings)),
                asyncio.create_task(search_for_ever(database)),
                asyncio.create_task(watch_role(app_url)),
            ]
            try:
                await _run_workers(workers, stop)
            finally:
                for task in background_tasks:
                    task.cancel()
                await asyncio.gather(*background_tasks, return_exceptions=True)
    finally:
        await database.close()


async def _run_workers(workers: Sequence[Worker], stop: asyncio.Event) -> None:
    """Run the workers until *stop* is set or one of them ends; then the others are stopped as well."""
    running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        for worker in workers:
            worker.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait(running)
    for task in running:
        task.result()


async def _serve_until_signal(settings: Settings) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    await asyncio.gather(serve_queue(settings, stop), serve_webhooks(settings, stop))


def run_worker(settings: Settings) -> None:
    """Run jobs in this process until a signal. Raises: NoSecretKey."""
    if settings.secret_key is None:
        raise NoSecretKey
    configure_logs(settings.log_level)
    exit_with_parent()
    load_job_kinds()
    tune_garbage_collection()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_until_signal(settings))


if __name__ == "__main__":
    run_worker(Settings())
