"""Kill the worker of an import at random moments, and compare the result row by row (`benchmarks.imports --kills`)."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from benchmarks.import_run import WRITTEN_TABLES, ImportRun, print_line, start_worker
from benchmarks.setup import BenchmarkSetup


async def import_with_kills(
    import_run: ImportRun, file: Path, rows: int, kills: int, setup: BenchmarkSetup
) -> None:
    """Kill the worker at random, and compare what is there with what was sent."""
    before = await import_run.counts()
    job = await import_run.send(file)
    started = time.perf_counter()
    await _kill_workers(import_run, job, rows, kills, setup)
    end = await _finish(import_run, job, setup)
    seconds = time.perf_counter() - started
    print_line(f"{rows:,} rows, killed {kills} times (taken up {end['taken']} times): {seconds:.0f} s")
    await _check_row_exact(import_run, job, rows, before, end["counts"])


async def _kill_workers(
    import_run: ImportRun, job: dict[str, Any], rows: int, kills: int, setup: BenchmarkSetup
) -> None:
    """Start a worker so many times, and kill it at a random moment of its share of the rows."""
    rng = random.Random(20)  # noqa: S311 - when to kill
    for kill in range(kills):
        process = start_worker(setup)
        await import_run.wait_for_rows(job, rows * (kill + 1) // (kills + 2))
        await asyncio.sleep(rng.random() * 0.5)
        process.kill()
        process.wait()


async def _finish(import_run: ImportRun, job: dict[str, Any], setup: BenchmarkSetup) -> Any:
    """Let a last worker finish the job. Returns: the job's row."""
    last = start_worker(setup)
    try:
        return await import_run.wait_until_ended(job)
    finally:
        last.terminate()
        last.wait()


async def _check_row_exact(
    import_run: ImportRun, job: dict[str, Any], rows: int, before: dict[str, int], counts: Any
) -> None:
    """Check that every row was written once, and no other. before: the rows of each table before the import."""
    after = await import_run.counts()
    refs = await import_run.owner.fetchrow(
        "select count(*) as n, count(distinct external_ref) as refs, count(distinct member_id) as members"
        " from enrolment where batch_id = $1", job["subject_id"],
    )  # fmt: skip
    print_line(
        f"  enrolments {refs['n']:,}, references {refs['refs']:,}, people {refs['members']:,}; job says {counts}"
    )
    assert tuple(refs) == (rows, rows, rows), "not row-exact"
    added = {name: after[name] - before[name] for name in WRITTEN_TABLES}
    announced = added["outbox_event"] - 1  # the end of the job is announced, too
    assert added["enrolment"] == added["member"] == announced == rows, added
    print_line("  row-exact: nothing lost, nothing doubled")
