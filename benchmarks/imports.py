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

from app.core.ids import uuid7
from app.core.postgres import owner_connection
from benchmarks.bulk import batches
from benchmarks.ground import Ground, build, database, migrated, server
from tests.insurance.rows import row

BATCHES = "/v1/enrolments/batches"
WRITTEN = ("member", "enrolment", "membership", "account", "audit_event", "outbox_event")
"""The tables that an import writes; what it keeps about itself (job, files) is not counted."""
ONE_BY_ONE = 300
STALLED_SECONDS = "1"

_FLOOR = """
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

_LIKE = """
drop table if exists bench_enrolment;
create table bench_enrolment (like enrolment including all,
    foreign key (member_id) references member, foreign key (group_id) references savings_group);
"""


@dataclass
class Peak:
    """The resident memory of a process while something goes on, in MiB above what it began with."""

    process: psutil.Process
    grown: float = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look ten times a second."""
        begin = self.process.memory_info().rss

        async def look() -> None:
            while True:
                self.grown = max(self.grown, (self.process.memory_info().rss - begin) / 2**20)
                await asyncio.sleep(0.1)

        task = asyncio.create_task(look())
        try:
            yield
        finally:
            task.cancel()


def written_file(ground: Ground, rows: int, folder: Path) -> Path:
    """So many new people, a third of them in groups, as NDJSON."""
    file = folder / f"{rows}.ndjson"
    with file.open("wb") as out:
        for n in range(rows):
            group = ground.groups[n % len(ground.groups)]
            born = date(1984, 1, 1) + timedelta(days=n * 17 % 366)
            code = group.code if n % 3 == 0 else None
            value = row(group.commune, group_code=code, national_id=_number(), birth_date=str(born))
            out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    return file


_numbers = count(1)


def _number() -> str:
    """A citizen's number that nobody else in this run bears: of a woman born in 1984, in one of several provinces."""
    turn, rest = divmod(next(_numbers), 1_000_000)
    return f"0{['31', '33', '34', '35', '36', '37', '38', '40'][turn]}184{rest:06}"


async def copied(ground: Ground, file: Path) -> float:
    """Rows per second of COPY of the same rows into one indexed table."""
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
    async with owner_connection(ground.admin_url, ground.settings.role_prefix) as owner:
        await owner.execute(_FLOOR)
        began = time.perf_counter()
        await owner.copy_records_to_table("bench_copy", records=records, columns=["id", *names])
        return len(records) / (time.perf_counter() - began)


async def copied_like(work: "Import", batch_id: str) -> float:
    """Rows per second of COPY of the enrolments of a batch, as they are stored, into a table of the same columns,
    indexes, checks and foreign keys."""
    records = await work.owner.fetch("select * from enrolment where batch_id = $1", batch_id)
    await work.owner.execute(_LIKE)
    began = time.perf_counter()
    await work.owner.copy_records_to_table(
        "bench_enrolment", records=records, columns=list(records[0].keys())
    )
    return len(records) / (time.perf_counter() - began)


def worker(ground: Ground) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    environment |= {
        "ANSINH_APP_DATABASE_URL": ground.app_url,
        "ANSINH_JOB_STALLED_SECONDS": STALLED_SECONDS,
        "ANSINH_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", "app.exchange"], env=environment)


class Import:
    """One file sent to a running API, and the job that takes it in."""

    def __init__(self, ground: Ground, port: int, owner: Any) -> None:
        self.ground, self.owner = ground, owner
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600)
        self.headers = ground.officer.headers

    async def counts(self) -> dict[str, int]:
        """Rows of the tables that are written."""
        return {name: await self.owner.fetchval(f"select count(*) from {name}") for name in WRITTEN}

    async def send(self, file: Path) -> dict[str, Any]:
        """Post the file as it is read."""

        async def parts() -> AsyncIterator[bytes]:
            with file.open("rb") as source:
                while part := source.read(256 * 1024):
                    yield part

        headers = self.headers | {"Idempotency-Key": str(uuid7()), "Content-Type": "application/x-ndjson"}
        answer = await self.client.post(BATCHES, params={"mode": "partial"}, content=parts(), headers=headers)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def job(self, job: dict[str, Any]) -> Any:
        """The job's row now."""
        return await self.owner.fetchrow(
            "select status, rows_done, taken, counts, error from job where id = $1", job["id"]
        )

    async def ended(self, job: dict[str, Any]) -> Any:
        """The job's row when it has ended."""
        return await self.until(job, sys.maxsize)

    async def until(self, job: dict[str, Any], rows: int) -> Any:
        """The job's row when it has done so many, or has ended; it must not have failed."""
        for _ in range(100_000):
            now = await self.job(job)
            if now["rows_done"] >= rows or now["status"] not in ("queued", "running"):
                break
            await asyncio.sleep(0.02)
        assert now["status"] in ("queued", "running", "succeeded"), dict(now)
        return now

    async def one_by_one(self) -> float:
        """Rows per second of single posts, one after the other."""
        began = time.perf_counter()
        for _ in range(ONE_BY_ONE):
            answer = await self.client.post(
                "/v1/enrolments", json=row(self.ground.groups[0].commune), headers=self.headers
            )
            assert answer.status_code == 201, answer.text
        return ONE_BY_ONE / (time.perf_counter() - began)


async def measured(work: Import, file: Path, rows: int, floor: float, api: psutil.Process) -> None:
    """Send a file, wait for its job, print what it took."""
    before, peak = await work.counts(), Peak(api)
    began = time.perf_counter()
    async with peak.watched():
        job = await work.send(file)
        accepted = time.perf_counter() - began
        await work.ended(job)
    seconds = time.perf_counter() - began
    after = await work.counts()
    written = sum(after.values()) - sum(before.values())
    say(f"{rows:,} enrolments as NDJSON: accepted in {accepted:.2f} s, in after {seconds:.1f} s")
    say(f"  {rows / seconds:,.0f} enrolments/s")
    say(f"  rows written in all tables: {written:,} ({written / rows:.1f} each): {written / seconds:,.0f}/s")
    say(
        f"  of COPY into a table with key and two indexes ({floor:,.0f}/s): {written / seconds / floor:.2f} (aim 0.50)"
    )
    like = await copied_like(work, job["subject_id"])
    say(f"  of COPY into a table like that of enrolments ({like:,.0f}/s): {written / seconds / like:.2f}")
    say(f"  the API's memory grew by {peak.grown:.0f} MiB (aim below 64)")


async def killed(work: Import, file: Path, rows: int, kills: int, ground: Ground) -> None:
    """Kill the worker at random, and compare what is there with what was sent."""
    before = await work.counts()
    job = await work.send(file)
    chance = random.Random(20)  # noqa: S311 - when to kill
    began = time.perf_counter()
    for kill in range(kills):
        process = worker(ground)
        await work.until(job, rows * (kill + 1) // (kills + 2))
        await asyncio.sleep(chance.random() * 0.5)
        process.kill()
        process.wait()
    last = worker(ground)
    try:
        end = await work.ended(job)
    finally:
        last.terminate()
        last.wait()
    after = await work.counts()
    refs = await work.owner.fetchrow(
        "select count(*) as n, count(distinct external_ref) as refs, count(distinct member_id) as members"
        " from enrolment where batch_id = $1", job["subject_id"],
    )  # fmt: skip
    say(
        f"{rows:,} rows, killed {kills} times (taken up {end['taken']} times): {time.perf_counter() - began:.0f} s"
    )
    say(
        f"  enrolments {refs['n']:,}, references {refs['refs']:,}, people {refs['members']:,}; job says {end['counts']}"
    )
    assert tuple(refs) == (rows, rows, rows), "not row-exact"
    grown = {name: after[name] - before[name] for name in WRITTEN}
    told = grown["outbox_event"] - 1  # the end of the job is announced, too
    assert grown["enrolment"] == grown["member"] == told == rows, grown
    say("  row-exact: nothing lost, nothing doubled")


async def run(given: argparse.Namespace, admin: str, app_url: str) -> None:
    """Build the ground and do what is asked."""
    ground = await build(admin, app_url)
    prefix = ground.settings.role_prefix
    async with (
        server("app.main:create_app", ground, factory=True, ready="/health/ready") as port,
        owner_connection(admin, prefix) as owner,
    ):
        api = next(one for one in psutil.Process().children() if "uvicorn" in one.cmdline())
        work = Import(ground, port, owner)
        with tempfile.TemporaryDirectory() as folder:
            if given.kills:
                await killed(
                    work, written_file(ground, given.rows, Path(folder)), given.rows, given.kills, ground
                )
                return
            singly = await work.one_by_one()
            say(f"one by one: {singly:,.0f} rows/s")
            batch = min(await batches(port, ground, 3))
            say(f"1,000 as one JSON batch: {batch:.2f} s (aim below 0.5)")
            process = worker(ground)
            try:
                await work.ended(await work.send(written_file(ground, 2_000, Path(folder))))  # it has begun
                for rows in (10_000, given.rows):
                    file = written_file(ground, rows, Path(folder))
                    await measured(work, file, rows, await copied(ground, file), api)
            finally:
                process.terminate()
                process.wait()


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def main() -> None:
    """Read what is asked for and run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0)
    given = parser.parse_args()
    with database() as (admin, app_url):
        migrated(admin)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(given, admin, app_url))


if __name__ == "__main__":
    main()
