"""Jobs and workers for tests."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from app.auth.guards import begin_actor
from app.core.settings import Settings
from app.exchange.job_kinds import load
from app.exchange.job_service import start
from app.exchange.worker import opened_queue, worker_of
from app.models.job import Job
from tests.exchange.counting_job import KIND, register
from tests.world import Login


async def ask(app: FastAPI, login: Login, params: Mapping[str, Any], kind: str = KIND) -> Job:
    """A job that *login* asked for."""
    register()
    async with app.state.database.begin() as db:
        return await start(db, await begin_actor(db, login.session_id), kind, params)


async def work_off(app: FastAPI) -> None:
    """A worker in this process, until nothing is left to do."""
    load()
    register()
    settings: Settings = app.state.settings
    async with opened_queue(str(settings.app_database_url), app.state.database) as queue:
        await worker_of(queue, settings.job_stalled_seconds, wait=False).run()


def worker_process(
    settings: Settings, module: str = "tests.exchange.counting_worker"
) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, which finds a dead one within a second or two."""
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    environment |= {
        "ANSINH_APP_DATABASE_URL": str(settings.app_database_url),
        "ANSINH_JOB_STALLED_SECONDS": "1",
        "ANSINH_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", module], env=environment)


async def traces(owner: Any, job_id: UUID) -> list[int]:
    """The numbers that a counting job counted, each as often as it did."""
    rows = await owner.fetch(
        "select subject_id from audit_event where event = 'member.seen_whole' and fields ->> 'job' = $1",
        str(job_id),
    )
    return sorted(row["subject_id"].int for row in rows)
