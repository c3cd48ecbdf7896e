"""`python -m benchmarks.imports --rows 100000`: enrolments through HTTP as NDJSON, beside COPY of the same rows.

--kills 20    kill the worker so many times at random while it works, and check the result row by row
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from benchmarks.bulk_loads import time_batches
from benchmarks.import_kills import import_with_kills
from benchmarks.import_run import ImportRun, print_line, start_worker, write_rows_file
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server

_COPY_TABLES_SQL = """
drop table if exists bench_copy;
drop table if exists bench_commune;
create table bench_commune (code text primary key);
insert into bench_commune select distinct commune_code from savings_group;
create table bench_copy (id uuid primary key, external_ref text not null,
    commune_code text not null references bench_commune,
    full_name text not null, birth_date date, sex text, national_id text, phone text, product text, method text,
    monthly_income bigint, from_month text, support_group text, group_code text);
create index on bench_copy (external_ref);
create index on bench_copy (national_id);
"""

_ENROLMENT_COPY_SQL = """
drop table if exists bench_enrolment;
create table bench_enrolment (like enrolment including all,
    foreign key (member_id) references member, foreign key (group_id) references savings_group);
"""


@dataclass
class PeakMemory:
    """The growth of a process's resident memory during a block, in MiB."""

    process: psutil.Process
    growth: float = 0.0

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Sample the memory ten times a second."""
        begin = self.process.memory_info().rss

        async def sample() -> None:
            while True:
                self.growth = max(self.growth, (self.process.memory_info().rss - begin) / 2**20)
                await asyncio.sleep(0.1)

        task = asyncio.create_task(sample())
        try:
            yield
        finally:
            task.cancel()


async def measure_copy(setup: BenchmarkSetup, file: Path) -> float:
    """Measure COPY of the same rows into one indexed table, in rows per second."""
    values = [json.loads(line) for line in file.open()]
    names = ("external_ref", "commune_code", "full_name", "birth_date", "sex", "national_id", "phone", "product",
             "method", "monthly_income", "from_month", "support_group", "group_code")  # fmt: skip
    records = [
        (
            uuid7(),
            *(date.fromisoformat(value[name]) if name == "birth_date" else value[name] for name in names),
        )
        for value in values
    ]
    async with owner_connection(setup.admin_url, setup.settings.role_prefix) as owner:
        await owner.execute(_COPY_TABLES_SQL)
        started = time.perf_counter()
        await owner.copy_records_to_table("bench_copy", records=records, columns=["id", *names])
        return len(records) / (time.perf_counter() - started)


async def measure_copy_like_enrolment(import_run: ImportRun, batch_id: str) -> float:
    """Rows per second of COPY of the enrolments of a batch, as they are stored, into a table of the same columns,
    indexes, checks and foreign keys."""
    records = await import_run.owner.fetch("select * from enrolment where batch_id = $1", batch_id)
    await import_run.owner.execute(_ENROLMENT_COPY_SQL)
    started = time.perf_counter()
    await import_run.owner.copy_records_to_table(
        "bench_enrolment", records=records, columns=list(records[0].keys())
    )
    return len(records) / (time.perf_counter() - started)


async def measure_import(
    import_run: ImportRun, file: Path, rows: int, copy_rate: float, api: psutil.Process
) -> None:
    """Send a file, wait for its job, print what it took."""
    before, peak = await import_run.counts(), PeakMemory(api)
    started = time.perf_counter()
    async with peak.watch():
        job = await import_run.send(file)
        accepted = time.perf_counter() - started
        await import_run.wait_until_ended(job)
    seconds = time.perf_counter() - started
    after = await import_run.counts()
    written = sum(after.values()) - sum(before.values())
    print_line(f"{rows:,} enrolments as NDJSON: accepted in {accepted:.2f} s, in after {seconds:.1f} s")
    print_line(f"  {rows / seconds:,.0f} enrolments/s")
    print_line(
        f"  rows written in all tables: {written:,} ({written / rows:.1f} each): {written / seconds:,.0f}/s"
    )
    print_line(
        f"  of COPY into a table with key and two indexes ({copy_rate:,.0f}/s):"
        f" {written / seconds / copy_rate:.2f} (aim 0.50)"
    )
    enrolment_copy_rate = await measure_copy_like_enrolment(import_run, job["subject_id"])
    print_line(
        f"  of COPY into a table like that of enrolments ({enrolment_copy_rate:,.0f}/s):"
        f" {written / seconds / enrolment_copy_rate:.2f}"
    )
    print_line(f"  the API's memory grew by {peak.growth:.0f} MiB (aim below 64)")


async def run_benchmark(arguments: argparse.Namespace, admin: str, app_url: str) -> None:
    """Build the data and run the measurements that were asked for."""
    setup = await build_setup(admin, app_url)
    prefix = setup.settings.role_prefix
    async with (
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as port,
        owner_connection(admin, prefix) as owner,
    ):
        import_run = ImportRun(setup, port, owner)
        with tempfile.TemporaryDirectory() as name:
            folder, rows = Path(name), arguments.rows
            if arguments.kills:
                file = write_rows_file(setup, rows, folder)
                await import_with_kills(import_run, file, rows, arguments.kills, setup)
            else:
                await measure_all(import_run, folder, rows, port)


async def measure_all(import_run: ImportRun, folder: Path, most_rows: int, port: int) -> None:
    """Measure single posts, one batch, and files of 10,000 and of so many rows."""
    setup = import_run.setup
    api = next(child for child in psutil.Process().children() if "uvicorn" in child.cmdline())
    print_line(f"one by one: {await import_run.measure_single_posts():,.0f} rows/s")
    batch = min(await time_batches(port, setup, 3))
    print_line(f"1,000 as one JSON batch: {batch:.2f} s (aim below 0.5)")
    process = start_worker(setup)
    try:
        warm_up = await import_run.send(write_rows_file(setup, 2_000, folder))
        await import_run.wait_until_ended(warm_up)
        for rows in (10_000, most_rows):
            file = write_rows_file(setup, rows, folder)
            await measure_import(import_run, file, rows, await measure_copy(setup, file), api)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Parse the arguments and run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0)
    arguments = parser.parse_args()
    with provide_database() as (admin, app_url):
        migrate(admin)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_benchmark(arguments, admin, app_url))


if __name__ == "__main__":
    main()
