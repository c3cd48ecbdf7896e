"""`python -m benchmarks.hostile_uploads [--rows 20000]`: what hostile files cost, and what of it others notice.

Each file that is to be refused: its size, the answer, and how long it took. Then files of people of one name in one
commune: rows a second of a quarter of the rows and of all of them, which are alike unless each row looks at all before
it. Last, how long another organisation's small file takes while such a file is imported. `make drill` does the same
with a started server (`tests/drill/test_uploads.py`).
"""

import argparse
import asyncio
import gzip
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from benchmarks.import_run import BATCHES, ImportRun, print_line, start_worker
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from tests.imports.import_files import CSV, NDJSON, XLSX, build_workbook, to_ndjson
from tests.insurance.enrolment_scenario import enrolment_row

_PIECE = 1024 * 1024


def build_varied_rows(rows: int) -> bytes:
    """Rows that do not compress as nothing else does."""
    return b"".join(
        b'<row r="%d"><c r="A%d" t="str"><v>%s</v></c></row>' % (n, n, uuid7().hex.encode())
        for n in range(1, rows + 1)
    )


def list_files() -> Iterator[tuple[str, bytes, str, str]]:
    """The files: what each is, its bytes, its media type and its content encoding."""
    head = b"external_ref,full_name\n"
    yield "96 million empty lines, gzipped", gzip.compress(b"\n" * 96_000_000), NDJSON, "gzip"
    yield "a row of 200 million cells, gzipped", gzip.compress(head + b"," * 200_000_000), CSV, "gzip"
    yield "the same, quoted, each with a line", gzip.compress(head + b'"\n",' * 50_000_000), CSV, "gzip"
    yield "a workbook of 2.5 GB", build_workbook(b" " * _PIECE, 2_500), XLSX, "identity"
    yield "one of 900 MB of nothing", build_workbook(b" " * _PIECE, 900), XLSX, "identity"
    yield "one of 3 million rows", build_workbook(build_varied_rows(10_000), 300), XLSX, "identity"
    yield "one with a row of 50 million cells", build_workbook(b"<c/>" * 50_000, 1000), XLSX, "identity"


@contextmanager
def _worker(setup: BenchmarkSetup) -> Iterator[None]:
    worker = start_worker(setup)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


@dataclass(frozen=True)
class Refusal:
    """What a file was answered with, and its job where it became one. code: of the first error; seconds: to the end."""

    name: str
    size: int
    status: int
    code: str
    job: tuple[str, str | None] | None
    seconds: float


async def measure_refusals(run: ImportRun) -> AsyncIterator[Refusal]:
    """What each of the files is answered with."""
    for name, content, media, encoding in list_files():
        headers = run.headers | {"Idempotency-Key": str(uuid7())}
        headers |= {"Content-Type": media, "Content-Encoding": encoding}
        started = time.perf_counter()
        response = await run.client.post(
            BATCHES, params={"mode": "partial"}, content=content, headers=headers
        )
        body, job = response.json(), None
        errors = body.get("errors") or [{}]
        if response.status_code == 202:
            job = await wait_for_end(run.owner, body["id"])
        seconds = time.perf_counter() - started
        code = errors[0].get("code") or body.get("code", "")
        yield Refusal(name, len(content), response.status_code, code, job, seconds)


async def wait_for_end(owner: Any, job_id: str) -> tuple[str, str | None]:
    """The status of a job that has ended, and its error."""
    while True:
        row = await owner.fetchrow("select status, error from job where id = $1", job_id)
        if row["status"] not in ("queued", "running"):
            return row["status"], row["error"]
        await asyncio.sleep(0.02)


def build_namesakes(setup: BenchmarkSetup, rows: int, days: int) -> bytes:
    """People of one name in one commune, born on so many days of a year, each with a number of their own."""
    commune = setup.groups[0].commune
    born = date(1984, 1, 1)
    return to_ndjson(
        enrolment_row(commune, full_name="Nguyễn Thị Hoa", birth_date=str(born + timedelta(days=n % days)))
        for n in range(rows)
    )


async def measure_import(run: ImportRun, content: bytes, folder: Path) -> float:
    """Seconds that the import of a file of enrolments takes."""
    file = folder / "rows.ndjson"
    file.write_bytes(content)
    started = time.perf_counter()
    await run.wait_until_ended(await run.send(file))
    return time.perf_counter() - started


@dataclass(frozen=True)
class Wait:
    """Seconds that a small job took. unfinished: of the others that were begun before, how many had not ended yet."""

    seconds: float
    unfinished: int


async def measure_neighbour(
    run: ImportRun, neighbour: ImportRun, content: bytes, busy: int, folder: Path
) -> Wait:
    """How long another organisation's small job takes beside so many files of this one."""
    small, large = folder / "small.ndjson", folder / "large.ndjson"
    large.write_bytes(content)
    jobs = [await run.send(large) for _ in range(busy)]
    for job in jobs[:1]:
        await run.wait_for_rows(job, 1)
    commune = neighbour.setup.groups[0].commune
    small.write_bytes(to_ndjson(enrolment_row(commune) for _ in range(1_001)))
    started = time.perf_counter()
    await neighbour.wait_until_ended(await neighbour.send(small))
    seconds = time.perf_counter() - started
    statuses = [(await run.read_job(job))["status"] for job in jobs]
    for job in jobs:
        await run.client.post(f"/v1/jobs/{job['id']}/cancel", headers=run.headers)
        await wait_for_end(run.owner, job["id"])
    return Wait(seconds, sum(status in ("queued", "running") for status in statuses))


async def report(run: ImportRun, neighbour: ImportRun, rows: int, folder: Path) -> None:
    """Measure everything, and print it."""
    async for refusal in measure_refusals(run):
        print_line(describe_refusal(refusal))
    for days in (1, 366):
        for count in (rows // 4, rows):
            seconds = await measure_import(run, build_namesakes(run.setup, count, days), folder)
            print_line(
                f"{count:,} of one name, born on {days} days: {seconds:.1f} s, {count / seconds:,.0f} rows/s"
            )
    for name, busy in (("alone", 0), ("beside five long jobs", 5)):
        large = build_namesakes(run.setup, rows, 366)
        wait = await measure_neighbour(run, neighbour, large, busy, folder)
        print_line(f"1,001 rows of another organisation, {name}: {wait.seconds:.2f} s")


def describe_refusal(refusal: Refusal) -> str:
    """One line: the file, its size, its answer, its job's end."""
    job = f", its job {refusal.job[0]}: {refusal.job[1]}" if refusal.job else ""
    return (
        f"{refusal.name:36}{refusal.size / 1024:10,.0f} KiB  {refusal.status} {refusal.code}{job},"
        f" {refusal.seconds:.2f} s"
    )


async def measure(admin_url: str, app_url: str, rows: int, folder: Path) -> None:
    """Run everything."""
    setup, other = await build_setup(admin_url, app_url), await build_setup(admin_url, app_url)
    async with (
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as port,
        owner_connection(admin_url, setup.settings.role_prefix) as owner,
    ):
        with _worker(setup):
            await report(ImportRun(setup, port, owner), ImportRun(other, port, owner), rows, folder)


def main() -> None:
    """Parse the arguments and run, on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    with provide_database() as (admin_url, app_url), tempfile.TemporaryDirectory() as folder:
        migrate(admin_url)
        uvloop.run(measure(admin_url, app_url, rows, Path(folder)))


if __name__ == "__main__":
    main()
