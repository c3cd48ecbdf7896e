"""`ansinh worker` apart from `ansinh serve`: what it says are JSON lines, and nobody's data is in them."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import open_connection
from tests.canaries.bulk import ENROLMENTS, enrolment_rows, to_ndjson, wait_for_job
from tests.canaries.people import Senders
from tests.canaries.traffic import Traffic
from tests.canaries.values import BATCH_NATIONAL_IDS, CanaryBook
from tests.serve_process import ANSINH, SECONDS, ServeProcess, clean_environment

_NDJSON = {"Content-Type": "application/x-ndjson"}


@contextmanager
def start_worker(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one while the block runs; what it says is in `worker.out` and `worker.err` beside the data directory."""
    with (
        data_dir.with_name("worker.out").open("wb") as out,
        data_dir.with_name("worker.err").open("wb") as err,
        subprocess.Popen(
            [*ANSINH, "worker"],
            env=clean_environment(data_dir),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


async def import_people(traffic: Traffic, admin_url: str) -> list[dict[str, Any]]:
    """Two imports, the second of which runs into a right that is missing. Returns: the jobs as they ended."""
    jobs = [await _import_rows(traffic, BATCH_NATIONAL_IDS[:2])]
    admin = await open_connection(admin_url)
    try:
        await admin.execute("revoke insert on member from ansinh_app")
        jobs.append(await _import_rows(traffic, BATCH_NATIONAL_IDS[2:]))
    finally:
        await admin.close()
    return jobs


async def _import_rows(traffic: Traffic, beginnings: tuple[str, ...]) -> dict[str, Any]:
    rows = to_ndjson(enrolment_rows(traffic, beginnings))
    path = f"{ENROLMENTS}?mode=partial"
    sent = await traffic.send("POST", path, ENROLMENTS, rows, login=traffic.senders.union, headers=_NDJSON)
    assert sent.status_code == 202, sent.text
    return await wait_for_job(traffic, sent.headers["location"])


async def send_jobs(served: ServeProcess, address: str) -> tuple[list[dict[str, Any]], CanaryBook]:
    senders, book = await Senders.create(served.data_dir), CanaryBook()
    admin_url = EmbeddedPostgres(served.data_dir / "postgres").admin_url
    async with httpx.AsyncClient(base_url=address, timeout=SECONDS) as client:
        return await import_people(Traffic(client, senders, book), admin_url), book


def test_every_line_is_json_without_a_canary(serve: Callable[..., ServeProcess], data_dir: Path):
    served = serve(ANSINH_JOB_WORKERS="0")
    address = served.ready()
    assert served.job_workers() == []
    with start_worker(data_dir) as worker:
        jobs, book = asyncio.run(send_jobs(served, address))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS) == 0
    assert [job["status"] for job in jobs] == ["succeeded", "failed"]
    assert data_dir.with_name("worker.out").read_text() == ""
    said = data_dir.with_name("worker.err").read_text().splitlines()
    assert [line for line in said if book.find(line)] == []
    lines = [json.loads(line) for line in said]
    assert "ansinh.job" in {line["logger"] for line in lines}
    errors = [line["error"] for line in lines if "error" in line]
    assert any(entry.get("sqlstate") == "42501" for error in errors for entry in error)
    assert all(error[0]["frames"] for error in errors)
