"""`python -m benchmarks.hostile_uploads [--rows 20000]`: what hostile files cost, and what of it others notice.

Each file that is to be refused: its size, the answer, and how long it took. Then files of people of one name in one
commune: rows a second of a quarter of the rows and of all of them, which are alike unless each row looks at all before
it. Last, how long another organisation's small file takes while such a file is imported.
"""

import argparse
import asyncio
import gzip
import io
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from benchmarks.import_run import BATCHES, ImportRun, print_line, start_worker
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from tests.imports.import_files import CSV, NDJSON, XLSX, to_ndjson, to_xlsx
from tests.insurance.enrolment_scenario import enrolment_row

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "xl/worksheets/sheet1.xml"
_PIECE = 1024 * 1024


def build_workbook(piece: bytes, pieces: int) -> bytes:
    """A workbook whose only sheet has a piece of XML so many times."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(to_xlsx(("external_ref", "full_name")))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            if name != _SHEET:
                target.writestr(name, source.read(name))
        with target.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode())
            for _ in range(pieces):
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


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


async def measure_refusals(client: httpx.AsyncClient, setup: BenchmarkSetup, owner: Any) -> None:
    """Print what each file is answered with; one that becomes a job, how that ended."""
    for name, content, media, encoding in list_files():
        headers = setup.officer.headers | {"Idempotency-Key": str(uuid7())}
        headers |= {"Content-Type": media, "Content-Encoding": encoding}
        started = time.perf_counter()
        response = await client.post(BATCHES, params={"mode": "partial"}, content=content, headers=headers)
        seconds, body = time.perf_counter() - started, response.json()
        told = body.get("errors") or [{}]
        size = len(content) / 1024
        print_line(
            f"{name}: {size:,.0f} KiB, {response.status_code} {told[0].get('code', '')}, {seconds:.2f} s"
        )
        if response.status_code == 202:
            ended = await _wait_for_end(owner, body["id"])
            total = time.perf_counter() - started
            print_line(f"    its job: {ended['status']} {ended['error']} after {total:.1f} s")


async def _wait_for_end(owner: Any, job_id: str) -> Any:
    while True:
        row = await owner.fetchrow("select status, error from job where id = $1", job_id)
        if row["status"] not in ("queued", "running"):
            return row
        await asyncio.sleep(0.02)


def build_namesakes(setup: BenchmarkSetup, rows: int, days: int) -> bytes:
    """People of one name in one commune, born on so many days of a year, each with a number of their own."""
    commune = setup.groups[0].commune
    born = date(1984, 1, 1)
    return to_ndjson(
        enrolment_row(commune, full_name="Nguyễn Thị Hoa", birth_date=str(born + timedelta(days=n % days)))
        for n in range(rows)
    )


async def measure_namesakes(run: ImportRun, rows: int, folder: Path) -> None:
    """Print the rows a second of a file of namesakes, of a quarter of its rows and of all."""
    for days in (1, 366):
        for count in (rows // 4, rows):
            file = folder / f"{days}-{count}.ndjson"
            file.write_bytes(build_namesakes(run.setup, count, days))
            started = time.perf_counter()
            await run.wait_until_ended(await run.send(file))
            seconds = time.perf_counter() - started
            print_line(
                f"{count:,} of one name, born on {days} days: {seconds:.1f} s, {count / seconds:,.0f} rows/s"
            )


async def measure_neighbour(run: ImportRun, other: BenchmarkSetup, rows: int, folder: Path) -> None:
    """Print how long another organisation's small job takes alone, and beside five files of namesakes."""
    small, large = folder / "small.ndjson", folder / "large.ndjson"
    commune = other.groups[0].commune
    neighbour = ImportRun(other, 0, run.owner)
    neighbour.client = run.client
    large.write_bytes(build_namesakes(run.setup, rows, 366))
    for name, busy in (("alone", 0), ("beside five long jobs", 5)):
        jobs = [await run.send(large) for _ in range(busy)]
        for job in jobs[:1]:
            await run.wait_for_rows(job, 1)
        small.write_bytes(to_ndjson(enrolment_row(commune) for _ in range(1_001)))
        started = time.perf_counter()
        await neighbour.wait_until_ended(await neighbour.send(small))
        print_line(f"1,001 rows of another organisation, {name}: {time.perf_counter() - started:.2f} s")
        for job in jobs:
            await run.client.post(f"/v1/jobs/{job['id']}/cancel", headers=run.headers)
            await _wait_for_end(run.owner, job["id"])


async def measure(admin_url: str, app_url: str, rows: int, folder: Path) -> None:
    """Run everything."""
    setup, other = await build_setup(admin_url, app_url), await build_setup(admin_url, app_url)
    async with (
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as port,
        owner_connection(admin_url, setup.settings.role_prefix) as owner,
    ):
        run = ImportRun(setup, port, owner)
        with _worker(setup):
            await measure_refusals(run.client, setup, owner)
            await measure_namesakes(run, rows, folder)
            await measure_neighbour(run, other, rows, folder)


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
