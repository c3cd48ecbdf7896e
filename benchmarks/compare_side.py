"""One side of `benchmarks.compare`: serves one checkout, and on each line of its input loads it and says the cost.

It is started by the path of this file with the Python of the checkout that it measures, which may be older than this
file: so it uses what benchmarks have always had.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
import uvloop

from app.core.postgres.urls import asyncpg_dsn
from benchmarks import quotes
from benchmarks.bulk_loads import fill_ledger
from benchmarks.http_load import MakeRequest, build_request, run_load
from benchmarks.setup import PREFIX, BenchmarkSetup, build_setup, migrate, provide_database, run_server
from benchmarks.workloads import list_workloads

LEDGER_ROWS = 10_000
Workloads = dict[str, tuple[MakeRequest, int]]


def sum_processor_time(pids: Iterable[int]) -> float:
    """Microseconds of the processor that these processes have had."""
    spent = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1000


async def collect_workloads(setup: BenchmarkSetup, owner: asyncpg.Connection) -> Workloads:
    """What is measured: the hot paths of `make bench`, quotes, and searches by name."""
    found: Workloads = {
        workload.name: (workload.app_request, workload.expected_status)
        for workload in list_workloads(setup)
        if "last" not in workload.name
    }
    for name, make_body in quotes.list_workloads().items():
        found[f"quote {name}"] = partial(quotes._build_quote_request, quotes.QUOTES, make_body), 200
    await owner.execute("select set_config('app.system', 'on', false)")
    member = setup.groups[0].members[0]
    row = await owner.fetchrow("select commune_code, search_name from member where id = $1", member)
    for name, words in (("search, many", row["search_name"].split()[0]), ("search, few", row["search_name"])):
        path = f"/v1/members?limit=50&commune_code={row['commune_code']}&q={quote(words)}"
        found[name] = partial(build_request, "GET", path, setup.officer.token), 200
    return found


@asynccontextmanager
async def read_commands() -> AsyncIterator[asyncio.StreamReader]:
    """The lines of the standard input."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    yield reader
    transport.close()


async def serve(setup: BenchmarkSetup) -> None:
    """Answer each line (workload, connections, seconds) with µs a request: of the server, and of its sessions."""
    await fill_ledger(setup, LEDGER_ROWS)
    owner = await asyncpg.connect(asyncpg_dsn(setup.admin_url))
    workloads = await collect_workloads(setup, owner)
    server = run_server("app.main:create_app", setup, factory=True, ready="/health/live")
    async with server as port, read_commands() as commands:
        processes = psutil.Process().children(recursive=True)
        servers = [process.pid for process in processes if "uvicorn" in " ".join(process.cmdline())]
        print(json.dumps(sorted(workloads)), flush=True)
        while line := await commands.readline():
            name, connections, seconds = json.loads(line)
            make_request, expect = workloads[name]
            rows = await owner.fetch("select pid from pg_stat_activity where usename = $1", f"{PREFIX}_app")
            sessions = [row["pid"] for row in rows]
            before = sum_processor_time(servers), sum_processor_time(sessions)
            load = partial(run_load, port, make_request, connections=connections, seconds=seconds)
            rate = await load(expect=expect)
            after = sum_processor_time(servers), sum_processor_time(sessions)
            print(
                json.dumps([(b - a) / rate.requests for a, b in zip(before, after, strict=True)]), flush=True
            )
    await owner.close()


if __name__ == "__main__":
    os.environ["ANSINH_QUOTES_PER_MINUTE"] = str(10**9)
    with provide_database() as (admin_url, app_url):
        migrate(admin_url)

        async def run() -> None:
            """Fill the database and serve."""
            await serve(await build_setup(admin_url, app_url))

        uvloop.run(run())
