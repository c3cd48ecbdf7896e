"""Jobs of workers that died go back into the queue, within a second or two where another worker lives.

A worker holds a lock in the database for its number as long as it lives: the lock ends with its connection, however
that ends. One that hangs keeps its lock and is known by its silence. A job that was taken from a worker that lives
after all is lost to it (`JobLost`), so every step is done once.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database

LOCK_WATCH_SECONDS: Final = 0.4
_TIMES_UNLOCKED: Final = 3
"""Who begins takes its lock a moment after its number."""
_LOCK_CLASS: Final = 715_102
"""Of the locks of workers, among all advisory locks of two numbers."""

_HOLD_LOCK = "select pg_advisory_lock($1::int, $2::int)"
_LIST_UNLOCKED = """
select distinct j.worker_id from queue.procrastinate_jobs j
 where j.status = 'doing' and j.worker_id is not null and not exists (select from pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 2 and l.classid = $1::bigint::oid and l.granted
          and l.objid = j.worker_id::oid
          and l.database = (select oid from pg_database where datname = current_database()))
"""
# Each is one statement, so that of two workers that see the same dead one only the first takes its jobs.
_REQUEUE_OF_WORKERS = """
update queue.procrastinate_jobs set status = 'todo', attempts = attempts + 1, worker_id = null, scheduled_at = null
 where status = 'doing' and worker_id = any ($1::bigint[])
"""
_REQUEUE_STALLED = """
update queue.procrastinate_jobs j set status = 'todo', attempts = attempts + 1, worker_id = null, scheduled_at = null
 where j.status = 'doing' and not exists (select from queue.procrastinate_workers w
        where w.id = j.worker_id and w.last_heartbeat > now() - make_interval(secs => $1))
"""

_logger = logging.getLogger("ansinh.worker")


async def requeue_stalled_jobs(database: Database, stalled_seconds: float) -> None:
    """Requeue the jobs of workers that are silent, and jobs that fell out of the queue."""
    await database.driver.execute(_REQUEUE_STALLED, stalled_seconds)
    await database.driver.execute("select requeue_jobs($1)", stalled_seconds)


async def watch_workers(database: Database, list_numbers: Callable[[], Sequence[int]]) -> None:
    """Hold the locks of this process's workers, and requeue the jobs of those whose lock is free; until cancelled.

    list_numbers: the numbers that the workers of this process have by now.
    """
    while True:
        try:
            async with database.driver.acquire() as connection:
                try:
                    await _watch(connection, list_numbers)
                finally:
                    connection.terminate()  # and with it the locks
        # Whatever it is: without a lock the workers' jobs would be taken from them.
        except Exception as error:
            log_failed_watch(error)
        await asyncio.sleep(LOCK_WATCH_SECONDS)


async def _watch(connection: Any, list_numbers: Callable[[], Sequence[int]]) -> None:
    held: set[int] = set()
    unlocked: Counter[int] = Counter()
    while True:
        for number in set(list_numbers()) - held:
            await connection.execute(_HOLD_LOCK, _LOCK_CLASS, number)
            held.add(number)
        rows = await connection.fetch(_LIST_UNLOCKED, _LOCK_CLASS)
        unlocked = Counter({row["worker_id"]: unlocked[row["worker_id"]] + 1 for row in rows})
        if dead := [number for number, times in unlocked.items() if times >= _TIMES_UNLOCKED]:
            await connection.execute(_REQUEUE_OF_WORKERS, dead)
        await asyncio.sleep(LOCK_WATCH_SECONDS)


def log_failed_watch(error: Exception) -> None:
    """Log what kept a worker from watching; the next turn tries again."""
    if error_for_database(error) is None:
        _logger.error("workers cannot be watched", exc_info=error)
    else:
        _logger.warning("the database is away")
