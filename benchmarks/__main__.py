"""`make bench`: request rates of the hot paths compared with a minimal baseline, in one run on one machine.

Every workload is measured in alternating rounds (baseline, An Sinh, baseline, …), and only the ratio means anything.
The baseline is the least code that does the same work (`benchmarks/baseline.py`); pgbench calls the same SQL without
HTTP.
"""

import argparse
import os
from collections.abc import Awaitable, Callable
from statistics import median

import uvloop

from app.core.postgres.server import owner_connection
from benchmarks.bulk_loads import BATCH, fill_ledger, time_batches
from benchmarks.http_load import MakeRequest, run_load
from benchmarks.pgbench import create_number_tables, run_pgbench
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from benchmarks.workloads import Workload, list_workloads

CONNECTIONS = (1, 16)
SMALL_LEDGER = 10_000
PAGE_WORKLOAD = "list of 50"
Round = Callable[[], Awaitable[float]]


class Benchmark:
    """One run. seconds: of each round; rounds: of each workload; only: words, one of which its name must contain."""

    def __init__(
        self, setup: BenchmarkSetup, baseline_port: int, app_port: int, arguments: argparse.Namespace
    ) -> None:
        self.setup, self.baseline_port, self.app_port = setup, baseline_port, app_port
        self.seconds: float = arguments.seconds
        self.rounds: int = arguments.rounds
        self.rows: int = arguments.rows
        self.only: list[str] = arguments.only

    def is_selected(self, name: str) -> bool:
        """Whether the workload of this name was selected."""
        return not self.only or any(term in name for term in self.only)

    async def run(self) -> None:
        """Measure everything and print a table."""
        small = await fill_ledger(self.setup, SMALL_LEDGER)
        print_row("workload", "conns", "baseline/s", "app/s", "ratio", "aim", "rows/s", "aim rows/s")
        rates = {}
        for workload in list_workloads(self.setup):
            if self.is_selected(workload.name):
                rates[workload.name] = await self.compare(workload)
        if PAGE_WORKLOAD in rates and self.rows > small:
            await self.compare_growth(rates[PAGE_WORKLOAD])
        pgbench_workloads = [
            workload
            for workload in list_workloads(self.setup)
            if workload.pgbench_script and self.is_selected(workload.name)
        ]
        if pgbench_workloads:
            print_row("", "", "pgbench/s", "app/s", "ratio", "aim", "", "")
        for workload in pgbench_workloads:
            await self.compare_with_pgbench(workload)
        if self.is_selected("enrolments"):
            seconds = median(await time_batches(self.app_port, self.setup, self.rounds))
            print_row("", "", "", "seconds", "", "aim", "rows/s", "")
            print_row(
                f"enrolments, {BATCH}", 1, "", f"{seconds:.2f}", "", "< 0.5", f"{BATCH / seconds:.0f}", ""
            )

    async def compare(self, workload: Workload) -> dict[int, float]:
        """Measure a workload at each number of connections; returns the application's requests per second."""
        rates = {}
        for connections in CONNECTIONS:
            baseline_round = self.make_round(
                self.app_port if workload.same_app_baseline else self.baseline_port,
                workload.baseline_request,
                workload,
                connections,
            )
            baseline_rate, app_rate = await self.alternate(
                baseline_round,
                self.make_round(self.app_port, workload.app_request, workload, connections),
                warm_up=True,
            )
            aim_rows = workload.min_rows_per_second if connections == max(CONNECTIONS) else None
            print_result(
                workload, connections, baseline_rate, app_rate, workload.min_ratios.get(connections), aim_rows
            )
            rates[connections] = app_rate
        return rates

    async def compare_growth(self, before: dict[int, float]) -> None:
        """Compare a page of contributions in a ledger of `rows` with the same page in one of 10,000."""
        page_workload = next(
            workload for workload in list_workloads(self.setup) if workload.name == PAGE_WORKLOAD
        )
        rows = await fill_ledger(self.setup, self.rows)
        print_row("", "", "baseline/s", "app/s", "ratio", "aim", "rows/s", f"of {rows} rows")
        after = await self.compare(page_workload)
        print_row("", "", "before/s", "after/s", "ratio", "aim", "rows/s", "")
        for connections in CONNECTIONS:
            print_result(page_workload, connections, before[connections], after[connections], 1 / 1.3, None)

    async def compare_with_pgbench(self, workload: Workload) -> None:
        """Compare with the same SQL called by pgbench, without HTTP."""
        assert workload.pgbench_script is not None
        name, aim = workload.pgbench_script
        for connections in CONNECTIONS:

            async def pgbench_round(connections: int = connections) -> float:
                return await run_pgbench(self.setup, name, connections=connections, seconds=self.seconds)

            pgbench_rate, app_rate = await self.alternate(
                pgbench_round, self.make_round(self.app_port, workload.app_request, workload, connections)
            )
            print_result(workload, connections, pgbench_rate, app_rate, aim, None)

    def make_round(self, port: int, make_request: MakeRequest, workload: Workload, connections: int) -> Round:
        """Build one round of requests, which returns requests per second."""

        async def run_round() -> float:
            rate = await run_load(
                port,
                make_request,
                connections=connections,
                seconds=self.seconds,
                expect=workload.expected_status,
            )
            return rate.per_second

        return run_round

    async def alternate(
        self, baseline_round: Round, app_round: Round, *, warm_up: bool = False
    ) -> tuple[float, float]:
        """Run two kinds of rounds alternately and return the median of each."""
        if warm_up:
            await baseline_round()
            await app_round()
        pairs = [(await baseline_round(), await app_round()) for _ in range(self.rounds)]
        return median(baseline_rate for baseline_rate, _ in pairs), median(app_rate for _, app_rate in pairs)


def print_result(
    workload: Workload,
    connections: int,
    baseline_rate: float,
    app_rate: float,
    min_ratio: float | None,
    min_rows_per_second: int | None,
) -> None:
    """Print one line of results."""
    print_row(
        workload.name,
        connections,
        f"{baseline_rate:.0f}",
        f"{app_rate:.0f}",
        f"{app_rate / baseline_rate:.2f}",
        f"{min_ratio:.2f}" if min_ratio else "-",
        f"{app_rate * workload.rows:.0f}",
        min_rows_per_second or "",
    )


def print_row(*cells: object) -> None:
    """Print one line of the table."""
    widths = (20, 6, 12, 10, 7, 7, 10, 20)
    line = "".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))
    print(line.rstrip(), flush=True)


async def measure(admin_url: str, app_url: str, arguments: argparse.Namespace) -> None:
    """Fill the database, start both servers and run the benchmark."""
    setup = await build_setup(admin_url, app_url)
    async with owner_connection(admin_url, setup.settings.role_prefix) as owner:
        await create_number_tables(owner, setup)
    async with (
        run_server("benchmarks.baseline:app", setup, factory=False, ready="/") as baseline_port,
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as app_port,
    ):
        await Benchmark(setup, baseline_port, app_port, arguments).run()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Run `make bench`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1, help="seconds of each round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each workload")
    parser.add_argument("--rows", type=int, default=100_000, help="contributions of the large ledger")
    parser.add_argument(
        "--only", nargs="+", default=[], help="words of the workloads' names, such as list sheet"
    )
    arguments = parser.parse_args()
    with provide_database() as (admin, app):
        migrate(admin)
        uvloop.run(measure(admin, app, arguments))


if __name__ == "__main__":
    main()
