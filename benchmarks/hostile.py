"""`python -m benchmarks.hostile [--strangers]`: what hostile requests cost others, in one run.

Each request alone: the longest wait of health checks on a connection of their own, while it is served. Then 20 of it at
once, every second, beside a healthy client: its 95th percentile, and that of the same client alone. `make drill` does
the same with a started server, and fails far beyond the aims (`tests/drill/test_hostile.py`).
"""

import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

import uvloop

from benchmarks.http_load import build_request
from benchmarks.setup import BenchmarkSetup, build_setup, migrate, provide_database, run_server
from tests.core.http.server.hostile import Attack, list_anonymous, list_authenticated
from tests.drill.beside import AT_ONCE, LIVE, MAX_MS, MAX_RATIO, REPEATS, measure_alone, measure_beside

_NOTHING = Attack("(nothing)", LIVE, (200,))


async def compare(setup: BenchmarkSetup, attackers: Executor, *, only_strangers: bool) -> None:
    """Print what each request costs."""
    token = setup.officer.token
    async with run_server("app.main:create_app", setup, factory=True, ready="/health/live") as port:
        healthy = build_request("GET", "/v1/members?limit=10", token)
        await measure_beside(attackers, port, healthy, _NOTHING)
        tries = [
            [_NOTHING, *list_anonymous(), *([] if only_strangers else list_authenticated(token))]
            for _ in range(REPEATS)
        ]
        for attacks in zip(*tries, strict=True):
            alone = await measure_alone(attackers, port, attacks)
            beside = await measure_beside(attackers, port, healthy, attacks[0])
            print(
                f"{attacks[0].name:36} one: health waits {alone:6.1f} ms (aim {MAX_MS:.0f});"
                f" {AT_ONCE} at once: p95 {beside.beside:6.1f} ms, without {beside.alone:5.1f} ms,"
                f" {beside.ratio:4.1f} × (aim {MAX_RATIO:.0f}), health at most {beside.health:6.1f} ms",
                flush=True,
            )


def main() -> None:
    """Fill the database, then compare."""
    with (
        provide_database() as (admin_url, app_url),
        ProcessPoolExecutor(1, get_context("spawn")) as attackers,
    ):
        migrate(admin_url)

        async def run_comparison() -> None:
            setup = await build_setup(admin_url, app_url)
            await compare(setup, attackers, only_strangers="--strangers" in sys.argv)

        uvloop.run(run_comparison())


if __name__ == "__main__":
    main()
