"""`python -m benchmarks.imports --rows 100000`: enrolments through HTTP as NDJSON, beside COPY of the same rows.

--kills 20    kill the worker so many times at random while it works, and check the result row by row
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from benchmarks.bulk_loads import time_batches
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from tests.insurance.enrolment_scenario import enrolment_row

BATCHES = "/v1/enrolments/batches"
WRITTEN_TABLES = ("member", "enrolment", "membership", "account", "audit_event", "outbox_event")
"""The tables that an import writes; what it keeps about itself (job, files) is not counted."""
ONE_BY_ONE = 300
STALLED_SECONDS = "1"

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


def write_rows_file(setup: BenchmarkSetup, rows: int, folder: Path) -> Path:
    """Write so many new people, a third of them in groups, as an NDJSON file."""
    file = folder / f"{rows}.ndjson"
    with file.open("wb") as out:
        for n in range(rows):
            group = setup.groups[n % len(setup.groups)]
            born = date(1984, 1, 1) + timedelta(days=n * 17 % 366)
            code = group.code if n % 3 == 0 else None
            value = enrolment_row(
                group.commune, group_code=code, national_id=_new_national_id(), birth_date=str(born)
            )
            out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    return file


_numbers = count(1)


def _new_national_id() -> str:
    """Make a national id that is unique in this run: of a woman born in 1984, in one of several provinces."""
    turn, rest = divmod(next(_numbers), 1_000_000)
    return f"0{['31', '33', '34', '35', '36', '37', '38', '40'][turn]}184{rest:06}"


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


async def measure_copy_like_enrolment(import_run: "ImportRun", batch_id: str) -> float:
    """Rows per second of COPY of the enrolments of a batch, as they are stored, into a table of the same columns,
    indexes, checks and foreign keys."""
    records = await import_run.owner.fetch("select * from enrolment where batch_id = $1", batch_id)
    await import_run.owner.execute(_ENROLMENT_COPY_SQL)
    started = time.perf_counter()
    await import_run.owner.copy_records_to_table(
        "bench_enrolment", records=records, columns=list(records[0].keys())
    )
    return len(records) / (time.perf_counter() - started)


def start_worker(setup: BenchmarkSetup) -> subprocess.Popen[bytes]:
    """Start a job worker in its own process."""
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    environment |= {
        "ANSINH_APP_DATABASE_URL": setup.app_url,
        "ANSINH_JOB_STALLED_SECONDS": STALLED_SECONDS,
        "ANSINH_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", "app.worker"], env=environment)


class ImportRun:
    """Sends a file to a running API and follows the job that imports it."""

    def __init__(self, setup: BenchmarkSetup, port: int, owner: Any) -> None:
        self.setup, self.owner = setup, owner
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600)
        self.headers = setup.officer.headers

    async def counts(self) -> dict[str, int]:
        """Rows of the tables that are written."""
        return {name: await self.owner.fetchval(f"select count(*) from {name}") for name in WRITTEN_TABLES}

    async def send(self, file: Path) -> dict[str, Any]:
        """Post the file as it is read."""

        async def parts() -> AsyncIterator[bytes]:
            with file.open("rb") as source:
                while part := source.read(256 * 1024):
                    yield part

        headers = self.headers | {"Idempotency-Key": str(uuid7()), "Content-Type": "application/x-ndjson"}
        response = await self.client.post(
            BATCHES, params={"mode": "partial"}, content=parts(), headers=headers
        )
        assert response.status_code == 202, response.text
        job: dict[str, Any] = response.json()
        return job

    async def read_job(self, job: dict[str, Any]) -> Any:
        """The job's row now."""
        return await self.owner.fetchrow(
            "select status, rows_done, taken, counts, error from job where id = $1", job["id"]
        )

    async def wait_until_ended(self, job: dict[str, Any]) -> Any:
        """The job's row when it has ended."""
        return await self.wait_for_rows(job, sys.maxsize)

    async def wait_for_rows(self, job: dict[str, Any], rows: int) -> Any:
        """The job's row when it has done so many, or has ended; it must not have failed."""
        for _ in range(100_000):
            row = await self.read_job(job)
            if row["rows_done"] >= rows or row["status"] not in ("queued", "running"):
                break
            await asyncio.sleep(0.02)
        assert row["status"] in ("queued", "running", "succeeded"), dict(row)
        return row

    async def measure_single_posts(self) -> float:
        """Rows per second of single posts, one after the other."""
        started = time.perf_counter()
        for _ in range(ONE_BY_ONE):
            response = await self.client.post(
                "/v1/enrolments", json=enrolment_row(self.setup.groups[0].commune), headers=self.headers
            )
            assert response.status_code == 201, response.text
        return ONE_BY_ONE / (time.perf_counter() - started)


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


async def import_with_kills(
    import_run: ImportRun, file: Path, rows: int, kills: int, setup: BenchmarkSetup
) -> None:
    """Kill the worker at random, and compare what is there with what was sent."""
    before = await import_run.counts()
    job = await import_run.send(file)
    rng = random.Random(20)  # noqa: S311 - when to kill
    started = time.perf_counter()
    for kill in range(kills):
        process = start_worker(setup)
        await import_run.wait_for_rows(job, rows * (kill + 1) // (kills + 2))
        await asyncio.sleep(rng.random() * 0.5)
        process.kill()
        process.wait()
    last = start_worker(setup)
    try:
        end = await import_run.wait_until_ended(job)
    finally:
        last.terminate()
        last.wait()
    after = await import_run.counts()
    refs = await import_run.owner.fetchrow(
        "select count(*) as n, count(distinct external_ref) as refs, count(distinct member_id) as members"
        " from enrolment where batch_id = $1", job["subject_id"],
    )  # fmt: skip
    print_line(
        f"{rows:,} rows, killed {kills} times (taken up {end['taken']} times): {time.perf_counter() - started:.0f} s"
    )
    print_line(
        f"  enrolments {refs['n']:,}, references {refs['refs']:,}, people {refs['members']:,}; job says {end['counts']}"
    )
    assert tuple(refs) == (rows, rows, rows), "not row-exact"
    added = {name: after[name] - before[name] for name in WRITTEN_TABLES}
    announced = added["outbox_event"] - 1  # the end of the job is announced, too
    assert added["enrolment"] == added["member"] == announced == rows, added
    print_line("  row-exact: nothing lost, nothing doubled")


async def run_benchmark(arguments: argparse.Namespace, admin: str, app_url: str) -> None:
    """Build the data and run the measurements that were asked for."""
    setup = await build_setup(admin, app_url)
    prefix = setup.settings.role_prefix
    async with (
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as port,
        owner_connection(admin, prefix) as owner,
    ):
        api = next(child for child in psutil.Process().children() if "uvicorn" in child.cmdline())
        import_run = ImportRun(setup, port, owner)
        with tempfile.TemporaryDirectory() as folder:
            if arguments.kills:
                await import_with_kills(
                    import_run,
                    write_rows_file(setup, arguments.rows, Path(folder)),
                    arguments.rows,
                    arguments.kills,
                    setup,
                )
                return
            single_rate = await import_run.measure_single_posts()
            print_line(f"one by one: {single_rate:,.0f} rows/s")
            batch = min(await time_batches(port, setup, 3))
            print_line(f"1,000 as one JSON batch: {batch:.2f} s (aim below 0.5)")
            process = start_worker(setup)
            try:
                await import_run.wait_until_ended(
                    await import_run.send(write_rows_file(setup, 2_000, Path(folder)))
                )  # warm-up
                for rows in (10_000, arguments.rows):
                    file = write_rows_file(setup, rows, Path(folder))
                    await measure_import(import_run, file, rows, await measure_copy(setup, file), api)
            finally:
                process.terminate()
                process.wait()


def print_line(text: str) -> None:
    """Print one line and flush it."""
    print(text, flush=True)


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
