"""Jobs and workers for tests."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from app.auth.actor import begin_actor
from app.core.settings import Settings
from app.jobs.kinds import load_job_kinds
from app.jobs.service import start_job
from app.jobs.workers import PLACES, build_worker, open_queue
from app.models.jobs.job import Job
from tests.jobs.counting_job import KIND, register_job_kind
from tests.world import Login


async def start_counting_job(app: FastAPI, login: Login, params: Mapping[str, Any], kind: str = KIND) -> Job:
    """Start a job as *login*."""
    register_job_kind()
    async with app.state.database.begin() as db:
        return await start_job(db, await begin_actor(db, login.session_id), kind, params)


async def run_pending_jobs(app: FastAPI) -> None:
    """Run a worker in this process until no job is left."""
    load_job_kinds()
    register_job_kind()
    settings: Settings = app.state.settings
    async with open_queue(str(settings.app_database_url), app.state.database) as queue:
        # A worker that need not wait leaves those that may not run beside the one of their kind that is running.
        while await count_waiting(app, *PLACES):
            await build_worker(queue, settings.job_stalled_seconds, wait=False).run()


async def count_waiting(app: FastAPI, *queues: str) -> int:
    """Count the jobs that wait in these queues."""
    waiting = (
        "select count(*) from queue.procrastinate_jobs where status = 'todo' and queue_name = any($1)"
        " and coalesce(scheduled_at <= now(), true)"
    )
    count: int = await app.state.database.driver.fetchval(waiting, queues)
    return count


def start_worker_process(
    settings: Settings, module: str = "tests.jobs.counting_worker"
) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, which finds a dead one within a second or two."""
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    environment |= {
        "ANSINH_APP_DATABASE_URL": str(settings.app_database_url),
        "ANSINH_SECRET_KEY": str(settings.secret_key),
        "ANSINH_JOB_STALLED_SECONDS": "1",
        "ANSINH_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", module], env=environment)


async def list_counted_numbers(owner: Any, job_id: UUID) -> list[int]:
    """List the numbers that a counting job recorded, each as often as it did."""
    rows = await owner.fetch(
        "select subject_id from audit_event where event = 'member.seen_whole' and fields ->> 'job' = $1",
        str(job_id),
    )
    return sorted(row["subject_id"].int for row in rows)
