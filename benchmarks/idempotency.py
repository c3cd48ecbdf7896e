"""`python -m benchmarks.idempotency`: send the same request many times at once and check that it has one effect.

For each of 1,000 idempotency keys the same money and the same enrolment are posted over 50 connections at the same
moment. Exactly one effect each, no 5xx, always the same response, and a consistent ledger; anything else exits with 1.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import uvloop

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from app.ledger.verification.verify import verify_ledger
from benchmarks.http_load import build_request, send_on_connection
from benchmarks.setup import (
    BenchmarkSetup,
    build_setup,
    contribution_body,
    encode_json,
    migrate,
    provide_database,
    run_server,
)

MakeRequest = Callable[[int], tuple[str, bytes, str]]
"""The path, the body and the key of request number n."""


def contribution_requests(setup: BenchmarkSetup) -> MakeRequest:
    """One contribution."""
    keys = [str(uuid7()) for _ in range(100_000)]

    def make(n: int) -> tuple[str, bytes, str]:
        item = contribution_body(setup.groups[n % len(setup.groups)], n // len(setup.groups), UUID(keys[n]))
        return "/v1/contributions", encode_json(item), keys[n]

    return make


def enrolment_requests(setup: BenchmarkSetup) -> MakeRequest:
    """A batch with the enrolment of a person whom nobody knows yet."""

    def make(n: int) -> tuple[str, bytes, str]:
        group = setup.groups[n % len(setup.groups)]
        row = {
            "external_ref": f"repeat-{n}", "group_code": group.code, "commune_code": group.commune,
            "full_name": "Nguyễn Thị Lặp", "birth_date": "1984-03-02", "sex": "female",
            "national_id": f"079184{n:06}", "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
            "from_month": "2026-12", "support_group": "other",
        }  # fmt: skip
        return "/v1/enrolments/batches", encode_json({"mode": "partial", "items": [row]}), f"repeat {n}"

    return make


async def send_repeatedly(
    port: int, token: str, make_request: MakeRequest, keys: int, times: int
) -> tuple[Counter[int], int]:
    """Send each request so many times at once; count the statuses, and the keys whose responses differed."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(times)]
    statuses: Counter[int] = Counter()
    differing_keys = 0
    for n in range(keys):
        path, content, key = make_request(n)
        request_bytes = build_request("POST", path, token, content, key=key)
        responses = await asyncio.gather(
            *(send_on_connection(reader, writer, request_bytes) for reader, writer in connections)
        )
        statuses.update(status for status, _ in responses)
        differing_keys += len({json.dumps(json.loads(result), sort_keys=True) for _, result in responses}) > 1
    for _, writer in connections:
        writer.close()
    return statuses, differing_keys


async def measure(admin_url: str, app_url: str, keys: int, times: int) -> bool:
    """Run both workloads; returns whether every request had exactly one effect."""
    setup = await build_setup(admin_url, app_url)
    workloads = {
        "contributions": (
            contribution_requests(setup),
            "select count(*) from ledger_txn where kind = 'saving'",
        ),
        "enrolments": (enrolment_requests(setup), "select count(*) from enrolment"),
    }
    passed = True
    async with (
        owner_connection(admin_url, setup.settings.role_prefix) as owner,
        run_server("app.main:create_app", setup, factory=True, ready="/health/ready") as port,
    ):
        for name, (make_request, sql) in workloads.items():
            before = await owner.fetchval(sql)
            started = time.perf_counter()
            statuses, differing_keys = await send_repeatedly(
                port, setup.officer.token, make_request, keys, times
            )
            seconds = time.perf_counter() - started
            effects = await owner.fetchval(sql) - before
            print(
                f"{name}: {keys} keys × {times} at once, {effects} effects, {differing_keys} keys differ, "
                f"statuses {dict(statuses)}, {keys * times / seconds:.0f} requests/s"
            )
            passed &= effects == keys and differing_keys == 0 and all(status < 300 for status in statuses)
        violations = await verify_ledger(owner)
    print("\n".join(map(str, violations)) or "the books agree")
    return passed and not violations


def main() -> int:
    """Run the check; returns 0 when every key had one effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--times", type=int, default=50)
    arguments = parser.parse_args()
    with provide_database() as (admin, app):
        migrate(admin)
        return 0 if uvloop.run(measure(admin, app, arguments.keys, arguments.times)) else 1


if __name__ == "__main__":
    sys.exit(main())
