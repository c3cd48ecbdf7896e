"""What the benchmarks of imports share: a file of enrolments, a worker, and the run of one file through the API."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from app.core.values.ids import uuid7
from benchmarks.setup import BenchmarkSetup
from tests.insurance.enrolment_scenario import enrolment_row

BATCHES = "/v1/enrolments/batches"
WRITTEN_TABLES = ("member", "enrolment", "membership", "account", "audit_event", "outbox_event")
"""The tables that an import writes; what it keeps about itself (job, files) is not counted."""
ONE_BY_ONE = 300
STALLED_SECONDS = "1"


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


def start_worker(setup: BenchmarkSetup) -> subprocess.Popen[bytes]:
    """Start a job worker in its own process."""
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    environment |= {
        "ANSINH_APP_DATABASE_URL": setup.app_url,
        "ANSINH_SECRET_KEY": setup.settings.secret_key or "",
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


def print_line(text: str) -> None:
    """Print one line and flush it."""
    print(text, flush=True)
