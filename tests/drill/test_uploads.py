"""A started server and hostile files of real size: each is refused in words, and others are served meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.settings import Settings
from benchmarks.hostile_uploads import (
    Refusal,
    build_namesakes,
    describe_refusal,
    measure_import,
    measure_neighbour,
    measure_refusals,
)
from benchmarks.import_run import ImportRun
from benchmarks.setup import BenchmarkSetup
from tests.imports.import_files import to_ndjson
from tests.insurance.enrolment_scenario import enrolment_row
from tests.serve_process import ServeProcess
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

ROWS = 20_000
MOST_TIMES = 3.0
"""As long as people of one name may take, as a multiple of people of as many names."""
REFUSED_SECONDS, NEIGHBOUR_SECONDS = 120, 60
Report = dict[str, list[str]]
HEADING = "hostile files"


@asynccontextmanager
async def start(serve: Callable[..., ServeProcess]) -> AsyncIterator[tuple[ImportRun, ImportRun]]:
    """One process of the API, one for jobs, and two organisations that send files."""
    served = serve(ANSINH_WORKERS="1", ANSINH_JOB_WORKERS="1", ANSINH_LOG_LEVEL="WARNING")
    port = urlsplit(await asyncio.to_thread(served.ready)).port
    assert port is not None
    async with StartedWorld.open(served.data_dir) as started:
        runs = []
        for network in ("womens_union", "farmers_association"):
            unit = await started.world.unit(network)
            officer = await started.world.user(unit, "union_officer")
            setup = BenchmarkSetup(
                EmbeddedPostgres(served.data_dir / "postgres").admin_url,
                "",
                Settings(),
                officer,
                [await started.world.group(unit)],
                [],
            )
            runs.append(ImportRun(setup, port, started.owner))
        yield runs[0], runs[1]
    assert not [line for line in served.log_lines() if line.get("status", 0) >= 500]


def test_what_no_file_may_be(serve: Callable[..., ServeProcess], reported: Report):
    async def measure() -> list[Refusal]:
        async with start(serve) as (run, _):
            return [refusal async for refusal in measure_refusals(run)]

    refusals = asyncio.run(measure())
    reported.setdefault(HEADING, []).extend(map(describe_refusal, refusals))
    assert len(refusals) > 6
    for refusal in refusals:
        if refusal.status == 202:
            assert refusal.job == ("failed", "bad_file"), refusal
        else:
            assert refusal.status in (400, 413), refusal
            assert refusal.code, refusal
        assert refusal.seconds < REFUSED_SECONDS, refusal


def test_people_of_one_name(serve: Callable[..., ServeProcess], folder: Path, reported: Report):
    async def measure() -> tuple[float, float]:
        async with start(serve) as (run, _):
            commune = run.setup.groups[0].commune
            distinct = await measure_import(
                run, to_ndjson(enrolment_row(commune) for _ in range(ROWS)), folder
            )
            return distinct, await measure_import(run, build_namesakes(run.setup, ROWS, 1), folder)

    distinct, same = asyncio.run(measure())
    reported.setdefault(HEADING, []).append(
        f"{ROWS:,} people of one name and day of birth: {same:.1f} s; of as many names {distinct:.1f} s"
    )
    assert same < MOST_TIMES * distinct


def test_a_neighbour_of_long_jobs(serve: Callable[..., ServeProcess], folder: Path, reported: Report):
    async def measure() -> None:
        async with start(serve) as (run, neighbour):
            large = build_namesakes(run.setup, ROWS, 366)
            alone = await measure_neighbour(run, neighbour, large, 0, folder)
            beside = await measure_neighbour(run, neighbour, large, 5, folder)
            reported.setdefault(HEADING, []).append(
                f"1,001 rows of another organisation: alone {alone.seconds:.1f} s, beside five long jobs"
                f" {beside.seconds:.1f} s, when {beside.unfinished} of these were not done"
            )
            assert beside.unfinished >= 4
            assert beside.seconds < NEIGHBOUR_SECONDS

    asyncio.run(measure())
