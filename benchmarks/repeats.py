"""`python -m benchmarks.repeats`: the same request sent again and again at once has one effect.

For each of 1,000 idempotency keys the same money and the same enrolment are posted over 50 connections at the same
moment. Exactly one effect each, no answer of 5xx, every answer alike, and books that agree; anything else ends with 1.
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

from app.core.ids import uuid7
from app.core.postgres import owner_connection
from app.ledger.verify import verify
from benchmarks.ground import Ground, build, database, encoded, line, migrated, server
from benchmarks.load import exchange, request

Body = Callable[[int], tuple[str, bytes, str]]
"""The path, the body and the key of request number n."""


def money(ground: Ground) -> Body:
    """One contribution."""
    keys = [str(uuid7()) for _ in range(100_000)]

    def make(n: int) -> tuple[str, bytes, str]:
        item = line(ground.groups[n % len(ground.groups)], n // len(ground.groups), UUID(keys[n]))
        return "/v1/contributions", encoded(item), keys[n]

    return make


def enrolment(ground: Ground) -> Body:
    """A batch with the enrolment of a person whom nobody knows yet."""

    def make(n: int) -> tuple[str, bytes, str]:
        group = ground.groups[n % len(ground.groups)]
        row = {
            "external_ref": f"repeat-{n}", "group_code": group.code, "commune_code": group.commune,
            "full_name": "Nguyễn Thị Lặp", "birth_date": "1984-03-02", "sex": "female",
            "national_id": f"079184{n:06}", "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
            "from_month": "2026-12", "support_group": "other",
        }  # fmt: skip
        return "/v1/enrolments/batches", encoded({"mode": "partial", "items": [row]}), f"repeat {n}"

    return make


async def repeat(port: int, token: str, body: Body, keys: int, times: int) -> tuple[Counter[int], int]:
    """Send each request so many times at once; how often each status came, and how many keys got unlike answers."""
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(times)]
    statuses: Counter[int] = Counter()
    unlike = 0
    for n in range(keys):
        path, content, key = body(n)
        sent = request("POST", path, token, content, key=key)
        answers = await asyncio.gather(*(exchange(reader, writer, sent) for reader, writer in links))
        statuses.update(status for status, _ in answers)
        unlike += len({json.dumps(json.loads(answer), sort_keys=True) for _, answer in answers}) > 1
    for _, writer in links:
        writer.close()
    return statuses, unlike


async def measure(admin_url: str, app_url: str, keys: int, times: int) -> bool:
    """Whether everything had exactly one effect."""
    ground = await build(admin_url, app_url)
    counted = {
        "contributions": (money(ground), "select count(*) from ledger_txn where kind = 'saving'"),
        "enrolments": (enrolment(ground), "select count(*) from enrolment"),
    }
    fine = True
    async with (
        owner_connection(admin_url, ground.settings.role_prefix) as owner,
        server("app.main:create_app", ground, factory=True, ready="/health/ready") as port,
    ):
        for name, (body, sql) in counted.items():
            before = await owner.fetchval(sql)
            began = time.perf_counter()
            statuses, unlike = await repeat(port, ground.officer.token, body, keys, times)
            took = time.perf_counter() - began
            effects = await owner.fetchval(sql) - before
            print(
                f"{name}: {keys} keys × {times} at once, {effects} effects, {unlike} keys with unlike answers, "
                f"statuses {dict(statuses)}, {keys * times / took:.0f} requests/s"
            )
            fine &= effects == keys and unlike == 0 and all(status < 300 for status in statuses)
        wrong = await verify(owner)
    print("\n".join(map(str, wrong)) or "the books agree")
    return fine and not wrong


def main() -> int:
    """0 when every key had one effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--times", type=int, default=50)
    given = parser.parse_args()
    with database() as (admin, app):
        migrated(admin)
        return 0 if uvloop.run(measure(admin, app, given.keys, given.times)) else 1


if __name__ == "__main__":
    sys.exit(main())
