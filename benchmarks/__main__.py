"""`make bench`: what the hot paths cost beside the floor, in one run on one machine.

Every work is measured in rounds that take turns (floor, An Sinh, floor, …), and only the ratio means anything.
"""

import argparse
import itertools
from dataclasses import dataclass
from statistics import median

import uvloop

from app.core.ids import uuid7
from app.core.postgres import owner_connection
from benchmarks.ground import MEMBERS, Ground, build, database, encoded, line, migrated, server
from benchmarks.load import Make, drive, request
from benchmarks.sql import numbered, pgbench


@dataclass(frozen=True)
class Work:
    """One kind of request: how each server is asked, and what `performance` aims at. rows: per request."""

    name: str
    floor: Make
    ours: Make
    expect: int
    aims: dict[int, float]
    rows: int = 1


def works(ground: Ground) -> list[Work]:
    """What is measured."""
    token = ground.officer.token
    turn = itertools.count()

    def entry(n: int) -> dict[str, object]:
        return line(ground.groups[n % len(ground.groups)], n // len(ground.groups), uuid7())

    def sheet(n: int) -> tuple[dict[str, object], list[dict[str, object]]]:
        group = ground.groups[n % len(ground.groups)]
        items = [line(group, k, uuid7()) for k in range(MEMBERS)]
        return {"group_id": str(group.id), "business_date": "2026-11-20"}, items

    def our_sheet() -> bytes:
        head, items = sheet(next(turn))
        own = [{k: v for k, v in i.items() if k not in ("group_id", "business_date")} for i in items]
        return request("POST", "/v1/meetings", token, encoded({**head, "items": own}), key=str(uuid7()))

    def asked(path: str, given: str | None) -> Make:
        return lambda: request("GET", path.format(ground.groups[next(turn) % len(ground.groups)].id), given)

    def member(path: str, given: str | None) -> Make:
        return lambda: request(
            "GET", path.format(ground.groups[next(turn) % len(ground.groups)].members[0]), given
        )

    return [
        Work(
            "one contribution",
            lambda: request("POST", "/one", None, encoded(entry(next(turn)))),
            lambda: request("POST", "/v1/contributions", token, encoded(entry(next(turn))), key=str(uuid7())),
            201,
            {1: 0.50, 16: 0.35},
        ),
        Work(
            "sheet of 20",
            lambda: request("POST", "/sheet", None, encoded({"items": sheet(next(turn))[1]})),
            our_sheet,
            201,
            {},
            rows=MEMBERS,
        ),
        Work(
            "list of 50",
            asked("/page?group_id={}", None),
            asked("/v1/contributions?group_id={}&limit=50", token),
            200,
            {1: 0.90, 16: 0.90},
        ),
        Work("one member", member("/member/{}", None), member("/v1/members/{}", token), 200, {}),
    ]


async def measured(
    ports: tuple[int, int], work: Work, connections: int, seconds: float, rounds: int
) -> tuple[float, float]:
    """Medians of the floor's and of our requests per second."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for port, make, rates in zip(ports, (work.floor, work.ours), found, strict=True):
            rate = await drive(port, make, connections=connections, seconds=seconds, expect=work.expect)
            rates.append(rate.per_second)
    return median(found[0]), median(found[1])


async def run(ground: Ground, seconds: float, rounds: int) -> None:
    """Measure everything and print a table."""
    async with owner_connection(ground.admin_url, ground.settings.role_prefix) as owner:
        await numbered(owner, ground)
    async with (
        server("benchmarks.floor:app", ground, factory=False, ready="/") as floor,
        server("app.main:create_app", ground, factory=True, ready="/health/ready") as ours,
    ):
        say("work", "conns", "floor/s", "ours/s", "ratio", "aim", "rows/s")
        for work in works(ground):
            for connections in (1, 16):
                await drive(floor, work.floor, connections=connections, seconds=0.5, expect=work.expect)
                await drive(ours, work.ours, connections=connections, seconds=0.5, expect=work.expect)
                low, own = await measured((floor, ours), work, connections, seconds, rounds)
                aim = work.aims.get(connections)
                say(
                    work.name, connections, f"{low:.0f}", f"{own:.0f}", f"{own / low:.2f}",
                    f"{aim:.2f}" if aim else "-", f"{own * work.rows:.0f}",
                )  # fmt: skip
        say("", "", "pgbench/s", "ours/s", "ratio", "aim", "")
        for work, sql, aim in zip(works(ground), ("one", "sheet"), (0.70, 0.65), strict=False):
            for connections in (1, 16):
                called, answered = [], []
                for _ in range(rounds):
                    called.append(await pgbench(ground, sql, connections=connections, seconds=seconds))
                    rate = await drive(
                        ours, work.ours, connections=connections, seconds=seconds, expect=work.expect
                    )
                    answered.append(rate.per_second)
                low, own = median(called), median(answered)
                say(
                    work.name, connections, f"{low:.0f}", f"{own:.0f}", f"{own / low:.2f}", f"{aim:.2f}", ""
                )  # fmt: skip


def say(*cells: object) -> None:
    """One line of the table."""
    widths = (18, 6, 10, 10, 7, 6, 10)
    print("".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)), flush=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="seconds of each round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each work")
    given = parser.parse_args()
    with database() as (admin, app):
        migrated(admin)

        async def all_of_it() -> None:
            await run(await build(admin, app), given.seconds, given.rounds)

        uvloop.run(all_of_it())


if __name__ == "__main__":
    main()
