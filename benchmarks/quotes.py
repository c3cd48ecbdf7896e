"""`python -m benchmarks.quotes`: quotes per second beside an empty FastAPI route that is sent the same, in one run."""

import itertools
import os
from functools import partial
from statistics import median

import uvloop
from fastapi import FastAPI

from benchmarks.http_load import MakeRequest, build_request, run_load
from benchmarks.setup import BenchmarkSetup, build_setup, encode_json, migrate, provide_database, run_server

QUOTES = "/v1/insurance/quotes"
MIN_RATIO = 0.60
ROUNDS = 5
SECONDS = 2.0

empty = FastAPI()


@empty.post("/empty")
async def empty_endpoint() -> dict[str, str]:
    """The empty route."""
    return {}


def list_workloads() -> dict[str, MakeRequest]:
    """Bodies by name, each with another income or household than the one before."""
    counter = itertools.count()

    def premium(**other: object) -> MakeRequest:
        def make() -> bytes:
            income = 1_500_000 + 50_000 * (next(counter) % 900)
            body = {"product": "bhxh_tn", "monthly_income": income, "payment_date": "2026-11-20"}
            return encode_json(body | other)

        return make

    def cards() -> bytes:
        members = [{"order": order} for order in range(1, 2 + next(counter) % 5)]
        body = {"product": "bhyt_hgd", "months": 12, "payment_date": "2026-11-20", "members": members}
        return encode_json(body)

    return {
        "12 months": premium(method="months_12", support_group="near_poor"),
        "5 years ahead": premium(method="years_5", support_group="other"),
        "cards of a household": cards,
    }


def _build_quote_request(path: str, make_body: MakeRequest) -> bytes:
    return build_request("POST", path, None, make_body())


async def compare(setup: BenchmarkSetup) -> None:
    """Print each workload's rate, the empty route's and their ratio."""
    async with (
        run_server("benchmarks.quotes:empty", setup, factory=False, ready="/openapi.json") as empty_port,
        run_server("app.main:create_app", setup, factory=True, ready="/health/live") as app_port,
    ):
        for name, make_body in list_workloads().items():
            for connections in (1, 16):
                base_rates: list[float] = []
                rates: list[float] = []
                for _ in range(ROUNDS):
                    for port, path, samples in (
                        (empty_port, "/empty", base_rates),
                        (app_port, QUOTES, rates),
                    ):
                        make_request = partial(_build_quote_request, path, make_body)
                        rate = await run_load(
                            port, make_request, connections=connections, seconds=SECONDS, expect=200
                        )
                        samples.append(rate.per_second)
                ratio = median(rate / base for rate, base in zip(rates, base_rates, strict=True))
                print(
                    f"{name:22} {connections:3} connections {median(rates):8.0f}/s, empty {median(base_rates):8.0f}/s,"
                    f" ratio {ratio:.2f} (aim {MIN_RATIO:.2f})"
                )


def main() -> None:
    """Fill the database, then compare."""
    os.environ["ANSINH_QUOTES_PER_MINUTE"] = str(10**9)
    with provide_database() as (admin_url, app_url):
        migrate(admin_url)

        async def run_comparison() -> None:
            await compare(await build_setup(admin_url, app_url))

        uvloop.run(run_comparison())


if __name__ == "__main__":
    main()
