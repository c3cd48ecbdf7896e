"""Kill -9 of each kind of process under load, twenty times: nothing acknowledged is lost, nothing is doubled."""

import asyncio
import os
import random
from collections.abc import Callable
from time import monotonic

import psutil
import pytest

from tests.drill.load import Load, LoadWorld, check_books
from tests.serve_process import ServeProcess, run_ansinh, wait_for
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

KILLS = int(os.environ.get("ANSINH_DRILL_KILLS", "20"))
MOST_SECONDS, MOST_JOB_SECONDS = 15, 60
"""Until requests are served again, and until jobs under way have got on. The goal is 5, and what was measured is printed:
a busy machine may take longer."""


def pick_api_worker(served: ServeProcess) -> psutil.Process:
    """One of two that serve."""
    first, second = [one for one in served.api_workers() if has_sessions(one)]
    return random.choice([first, second])  # noqa: S311


def pick_job_worker(served: ServeProcess) -> psutil.Process:
    """One of two that serve."""
    first, second = [one for one in served.job_workers() if has_sessions(one)]
    return random.choice([first, second])  # noqa: S311


def has_sessions(process: psutil.Process) -> bool:
    """Whether it is past its start: connected to PostgreSQL, by a socket of its own beside those of its event loop."""
    return len(process.net_connections("unix")) > 2


def pick_backend(served: ServeProcess) -> psutil.Process:
    """One that serves the application."""
    backends = [one for one in served.postmaster().children() if "ansinh_app" in " ".join(one.cmdline())]
    return random.choice(backends)  # noqa: S311


def pick_postmaster(served: ServeProcess) -> psutil.Process:
    return served.postmaster()


@pytest.mark.parametrize(
    ("kind", "pick"),
    [
        ("a process of the API", pick_api_worker),
        ("a worker for jobs", pick_job_worker),
        ("one session of PostgreSQL", pick_backend),
        ("PostgreSQL", pick_postmaster),
    ],
    ids=["api", "jobs", "session", "postgres"],
)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    served: ServeProcess,
    measured: dict[str, list[float]],
    kind: str,
    pick: Callable[[ServeProcess], psutil.Process],
):
    load = asyncio.run(kill_repeatedly(served, kind, pick, measured))
    assert load.interrupted + len(load.refusals) > 0 or kind == "a worker for jobs"
    assert load.statuses[500] == 0
    assert {refusal["code"] for refusal in load.refusals} <= {"unavailable"}
    result = run_ansinh(served.data_dir, "verify")
    assert result.returncode == 0, result.stdout + result.stderr


async def kill_repeatedly(
    served: ServeProcess,
    kind: str,
    pick: Callable[[ServeProcess], psutil.Process],
    measured: dict[str, list[float]],
) -> Load:
    async with StartedWorld.open(served.data_dir) as started:
        world = await LoadWorld.create(started)
    requests, jobs = [], []
    async with Load(served.address(), world) as load:
        await load.until_served([*load.writers, *load.importers], monotonic())
        for _ in range(KILLS):
            await asyncio.sleep(0.3 + random.random())  # noqa: S311
            victim = await asyncio.to_thread(wait_for, lambda: _try_pick(pick, served))
            since = monotonic()
            victim.kill()
            requests.append(await load.until_served(load.writers, since))
            jobs.append(await load.until_served(load.importers, since))
        await load.finish()
    measured[f"{kind}: requests"] = requests
    measured[f"{kind}: jobs under way"] = jobs
    assert max(requests) < MOST_SECONDS
    assert max(jobs) < MOST_JOB_SECONDS
    async with StartedWorld.open(served.data_dir) as started:
        await check_books(started, load)
    return load


def _try_pick(pick: Callable[[ServeProcess], psutil.Process], served: ServeProcess) -> psutil.Process | None:
    """The one to kill; None while another is only taking its place."""
    try:
        return pick(served)
    except (IndexError, ValueError, FileNotFoundError, psutil.Error):
        return None
