"""Whether the time of an answer tells that a number stands where the sender does not see it (docs/decisions/0016).

    python -m benchmarks.existence

Requests with a number that a hidden member has, and with one that nobody has, are sent to one server in turns. Printed
are the median time, the median difference of the two, and that of two unknown numbers in the same turns: what is within
that much is noise, of which a sender over a network sees far more.
"""

import asyncio
import itertools
import random
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Final

import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from benchmarks.http_load import build_request, send_on_connection
from benchmarks.setup import (
    PREFIX,
    BenchmarkSetup,
    build_setup,
    encode_json,
    migrate,
    provide_database,
    run_server,
)

TURNS: Final = 250
WARM_UP: Final = 20
ROWS: Final = 100
_WAYS: Final = ("known", "unknown", "unknown again")
_HIDE: Final = """
insert into member
       (id, network, organisation_id, province_code, commune_code, full_name, search_name, national_id, version)
select gen_random_uuid(), $1, $2, c.parent_code, c.code, 'Người Ở Nơi Khác', 'nguoi o noi khac', n, 1
  from unnest($4::text[]) n
 cross join (select code, parent_code from place where level = 'commune' and parent_code <> $3 limit 1) c
"""

MakeBody = Callable[[list[str]], tuple[str, str, dict[str, object], int]]
"""Makes a request about these numbers: method, path, body, and the status of its answer."""


def _row(setup: BenchmarkSetup, number: str) -> dict[str, object]:
    return {
        "commune_code": setup.groups[0].commune, "full_name": f"Người {uuid7()}", "birth_date": "1984-03-02",
        "national_id": number, "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
        "from_month": "2026-12", "consented_on": "2026-11-01",
    }  # fmt: skip


def list_requests(setup: BenchmarkSetup) -> dict[str, tuple[int, MakeBody]]:
    """The requests that name somebody by a number, with how many numbers each takes."""

    def batch(mode: str) -> MakeBody:
        return lambda numbers: (
            "POST", "/v1/enrolments/batches", {"mode": mode, "items": [_row(setup, each) for each in numbers]}, 200,
        )  # fmt: skip

    def entered(numbers: list[str]) -> tuple[str, str, dict[str, object], int]:
        row = _row(setup, numbers[0])
        body = {name: row[name] for name in ("commune_code", "full_name", "birth_date", "national_id")}
        return "POST", "/v1/members", body, 201

    def searched(numbers: list[str]) -> tuple[str, str, dict[str, object], int]:
        return "POST", "/v1/members/search", {"national_id": numbers[0]}, 200

    return {
        "member entered": (1, entered),
        "member searched for": (1, searched),
        "row, dry run": (1, batch("validate")),
        "row": (1, batch("partial")),
        f"{ROWS} rows, dry run": (ROWS, batch("validate")),
    }


async def _hide(setup: BenchmarkSetup, numbers: list[str]) -> None:
    """Give these numbers to members of another province."""
    unit = setup.groups[0].unit
    async with owner_connection(setup.admin_url, PREFIX) as owner:
        await owner.execute(_HIDE, unit.network, unit.id, unit.province, numbers)
        await owner.execute("analyze member")


async def _run(admin_url: str, app_url: str) -> None:
    setup = await build_setup(admin_url, app_url)
    counter = itertools.count(1)
    print(f"{'request':24} {'median':>9} {'known - unknown':>16} {'unknown - unknown':>18}  (µs)")
    async with run_server("app.main:create_app", setup, factory=True, ready="/health/live") as port:
        for name, (count, make) in list_requests(setup).items():
            total = (TURNS + WARM_UP) * count
            numbers = {way: [f"001184{next(counter):06}" for _ in range(total)] for way in _WAYS}
            await _hide(setup, numbers["known"])
            times = await _measure(setup, port, numbers, count, make)
            differences = [
                median(one - other for one, other in zip(times[way], times["unknown"], strict=True))
                for way in ("known", "unknown again")
            ]
            print(
                f"{name:24} {median(times['unknown']):9.0f} {differences[0]:16.0f} {differences[1]:18.0f}",
                flush=True,
            )


async def _measure(
    setup: BenchmarkSetup, port: int, numbers: dict[str, list[str]], count: int, make: MakeBody
) -> dict[str, list[float]]:
    """Microseconds of each answer, turn by turn, the ways in another order each time."""
    times: dict[str, list[float]] = {way: [] for way in _WAYS}
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for turn in range(TURNS + WARM_UP):
        for way in random.sample(_WAYS, len(_WAYS)):
            method, path, body, expected = make(numbers[way][turn * count : (turn + 1) * count])
            request = build_request(method, path, setup.officer.token, encode_json(body), key=str(uuid7()))
            started = perf_counter()
            status, answer = await send_on_connection(reader, writer, request)
            if turn >= WARM_UP:
                times[way].append((perf_counter() - started) * 1e6)
            assert status == expected, f"{status}: {answer[:500]!r}"
    writer.close()
    return times


if __name__ == "__main__":
    with provide_database() as (admin, app):
        migrate(admin)
        uvloop.run(_run(admin, app))
