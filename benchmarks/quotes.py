"""`python -m benchmarks.quotes`: quotes per second beside an empty FastAPI route that is sent the same, in one run."""

import itertools
import os
from functools import partial
from statistics import median

import uvloop
from fastapi import FastAPI

from benchmarks.ground import Ground, build, database, encoded, migrated, server
from benchmarks.load import Make, drive, request

QUOTES = "/v1/insurance/quotes"
AIM = 0.60
ROUNDS = 5
SECONDS = 2.0

empty = FastAPI()


@empty.post("/empty")
async def nothing() -> dict[str, str]:
    """The empty route."""
    return {}


def works() -> dict[str, Make]:
    """Bodies by name, each with another income or household than the one before."""
    turn = itertools.count()

    def premium(**other: object) -> Make:
        def make() -> bytes:
            income = 1_500_000 + 50_000 * (next(turn) % 900)
            body = {"product": "bhxh_tn", "monthly_income": income, "payment_date": "2026-11-20"}
            return encoded(body | other)

        return make

    def cards() -> bytes:
        members = [{"order": order} for order in range(1, 2 + next(turn) % 5)]
        body = {"product": "bhyt_hgd", "months": 12, "payment_date": "2026-11-20", "members": members}
        return encoded(body)

    return {
        "12 months": premium(method="months_12", support_group="near_poor"),
        "5 years ahead": premium(method="years_5", support_group="other"),
        "cards of a household": cards,
    }


def _sent(path: str, make: Make) -> bytes:
    return request("POST", path, None, make())


async def compare(ground: Ground) -> None:
    """Print each work's rate, the empty route's and their ratio."""
    async with (
        server("benchmarks.quotes:empty", ground, factory=False, ready="/openapi.json") as floor,
        server("app.main:create_app", ground, factory=True, ready="/health/live") as ours,
    ):
        for name, make in works().items():
            for connections in (1, 16):
                floors: list[float] = []
                rates: list[float] = []
                for _ in range(ROUNDS):
                    for port, path, found in ((floor, "/empty", floors), (ours, QUOTES, rates)):
                        sent = partial(_sent, path, make)
                        rate = await drive(port, sent, connections=connections, seconds=SECONDS, expect=200)
                        found.append(rate.per_second)
                ratio = median(rate / base for rate, base in zip(rates, floors, strict=True))
                print(
                    f"{name:22} {connections:3} connections {median(rates):8.0f}/s, empty {median(floors):8.0f}/s,"
                    f" ratio {ratio:.2f} (aim {AIM:.2f})"
                )


def main() -> None:
    """Make the ground, then compare."""
    os.environ["ANSINH_QUOTES_PER_MINUTE"] = str(10**9)
    with database() as (admin_url, app_url):
        migrated(admin_url)

        async def run() -> None:
            await compare(await build(admin_url, app_url))

        uvloop.run(run())


if __name__ == "__main__":
    main()
