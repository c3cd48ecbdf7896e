"""`make bench`: what the hot paths cost beside the floor, in one run on one machine.

Every work is measured in rounds that take turns (floor, An Sinh, floor, …), and only the ratio means anything. The
floor is the least code that does the same work (`benchmarks/floor.py`); pgbench calls the same SQL without HTTP.
"""

import argparse
import os
from collections.abc import Awaitable, Callable
from statistics import median

import uvloop

from app.core.postgres import owner_connection
from benchmarks.bulk import BATCH, batches, fill
from benchmarks.ground import Ground, build, database, migrated, server
from benchmarks.load import Make, drive
from benchmarks.sql import numbered, pgbench
from benchmarks.works import Work, works

CONNECTIONS = (1, 16)
SMALL = 10_000
PAGE = "list of 50"
Rounds = Callable[[], Awaitable[float]]


class Bench:
    """One run. seconds: of each round; rounds: of each work; only: words, one of which a work's name must hold."""

    def __init__(self, ground: Ground, floor: int, ours: int, given: argparse.Namespace) -> None:
        self.ground, self.floor, self.ours = ground, floor, ours
        self.seconds: float = given.seconds
        self.rounds: int = given.rounds
        self.rows: int = given.rows
        self.only: list[str] = given.only

    def wanted(self, name: str) -> bool:
        """Whether the work of this name is asked for."""
        return not self.only or any(word in name for word in self.only)

    async def run(self) -> None:
        """Measure everything and print a table."""
        small = await fill(self.ground, SMALL)
        say("work", "conns", "floor/s", "ours/s", "ratio", "aim", "rows/s", "aim rows/s")
        rates = {}
        for work in works(self.ground):
            if self.wanted(work.name):
                rates[work.name] = await self.compare(work)
        if PAGE in rates and self.rows > small:
            await self.grow(rates[PAGE])
        called = [work for work in works(self.ground) if work.sql and self.wanted(work.name)]
        if called:
            say("", "", "pgbench/s", "ours/s", "ratio", "aim", "", "")
        for work in called:
            await self.beside_pgbench(work)
        if self.wanted("enrolments"):
            taken = median(await batches(self.ours, self.ground, self.rounds))
            say("", "", "", "seconds", "", "aim", "rows/s", "")
            say(f"enrolments, {BATCH}", 1, "", f"{taken:.2f}", "", "< 0.5", f"{BATCH / taken:.0f}", "")

    async def compare(self, work: Work) -> dict[int, float]:
        """One work at each number of connections; returns our requests per second."""
        rates = {}
        for connections in CONNECTIONS:
            beside = self.rounds_of(self.ours if work.within else self.floor, work.beside, work, connections)
            low, own = await self.in_turns(
                beside, self.rounds_of(self.ours, work.ours, work, connections), warm=True
            )
            aim_rows = work.aim_rows if connections == max(CONNECTIONS) else None
            report(work, connections, low, own, work.aims.get(connections), aim_rows)
            rates[connections] = own
        return rates

    async def grow(self, before: dict[int, float]) -> None:
        """A page of contributions in a ledger of `rows`, beside the same page in one of 10,000."""
        page = next(work for work in works(self.ground) if work.name == PAGE)
        rows = await fill(self.ground, self.rows)
        say("", "", "floor/s", "ours/s", "ratio", "aim", "rows/s", f"of {rows} rows")
        after = await self.compare(page)
        say("", "", "before/s", "after/s", "ratio", "aim", "rows/s", "")
        for connections in CONNECTIONS:
            report(page, connections, before[connections], after[connections], 1 / 1.3, None)

    async def beside_pgbench(self, work: Work) -> None:
        """The same SQL without HTTP."""
        assert work.sql is not None
        name, aim = work.sql
        for connections in CONNECTIONS:

            async def called(connections: int = connections) -> float:
                return await pgbench(self.ground, name, connections=connections, seconds=self.seconds)

            low, own = await self.in_turns(called, self.rounds_of(self.ours, work.ours, work, connections))
            report(work, connections, low, own, aim, None)

    def rounds_of(self, port: int, make: Make, work: Work, connections: int) -> Rounds:
        """One round of requests; returns requests per second."""

        async def once() -> float:
            rate = await drive(port, make, connections=connections, seconds=self.seconds, expect=work.expect)
            return rate.per_second

        return once

    async def in_turns(self, beside: Rounds, ours: Rounds, *, warm: bool = False) -> tuple[float, float]:
        """Medians of two kinds of rounds that take turns."""
        if warm:
            await beside()
            await ours()
        pairs = [(await beside(), await ours()) for _ in range(self.rounds)]
        return median(low for low, _ in pairs), median(own for _, own in pairs)


def report(
    work: Work, connections: int, low: float, own: float, aim: float | None, aim_rows: int | None
) -> None:
    """One line of results."""
    say(
        work.name, connections, f"{low:.0f}", f"{own:.0f}", f"{own / low:.2f}", f"{aim:.2f}" if aim else "-",
        f"{own * work.rows:.0f}", aim_rows or "",
    )  # fmt: skip


def say(*cells: object) -> None:
    """One line of the table."""
    widths = (20, 6, 10, 10, 7, 7, 10, 20)
    line = "".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))
    print(line.rstrip(), flush=True)


async def measure(admin_url: str, app_url: str, given: argparse.Namespace) -> None:
    """Build the ground, start the servers, run."""
    ground = await build(admin_url, app_url)
    async with owner_connection(admin_url, ground.settings.role_prefix) as owner:
        await numbered(owner, ground)
    async with (
        server("benchmarks.floor:app", ground, factory=False, ready="/") as floor,
        server("app.main:create_app", ground, factory=True, ready="/health/ready") as ours,
    ):
        await Bench(ground, floor, ours, given).run()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1, help="seconds of each round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each work")
    parser.add_argument("--rows", type=int, default=100_000, help="contributions of the large ledger")
    parser.add_argument("--only", nargs="+", default=[], help="words of the works' names, such as list sheet")
    given = parser.parse_args()
    with database() as (admin, app):
        migrated(admin)
        uvloop.run(measure(admin, app, given))


if __name__ == "__main__":
    main()
