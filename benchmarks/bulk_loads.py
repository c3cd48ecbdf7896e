"""Many rows at once: fill a ledger to a given size, and time batches of enrolments."""

import json
import time
from datetime import date

from app.core.values.ids import uuid7
from benchmarks.http_load import build_request, send_once
from benchmarks.setup import BenchmarkSetup, connect_as_app, contribution_body, encode_json
from tests.insurance.enrolment_scenario import enrolment_row

SHEET, BATCH = 200, 1_000
_RECORD_SQL = "select record_entries($1, '{union_officer}', '{}', $2, $3, $4, null, $5, $6, null, $7)"


async def fill_ledger(setup: BenchmarkSetup, rows: int) -> int:
    """Fill the ledger to at least so many contributions through its writer; returns how many it has."""
    connection = await connect_as_app(setup)
    owner_count = "select coalesce(sum(lines), 0)::bigint from ledger_txn where kind = 'sheet'"
    try:
        await connection.execute("set synchronous_commit = off")
        async with connection.transaction():
            await connection.fetchval("select begin_actor($1)", setup.officer.session_id)
            count: int = await connection.fetchval(owner_count)
        for n in range((max(0, rows - count) + SHEET - 1) // SHEET):
            group = setup.groups[n % len(setup.groups)]
            items = [contribution_body(group, k, uuid7()) for k in range(SHEET)]
            await connection.execute(
                _RECORD_SQL, setup.officer.session_id, str(uuid7()), b"x", group.id, uuid7(), date(2026, 11, 19),
                json.dumps(items),
            )  # fmt: skip
            count += SHEET
        return count
    finally:
        await connection.close()


async def time_batches(port: int, setup: BenchmarkSetup, count: int) -> list[float]:
    """Seconds of each of so many batches of 1,000 enrolments of people whom nobody knows yet."""
    durations = []
    for _ in range(count):
        items = [enrolment_row(setup.groups[0].commune) for _ in range(BATCH)]
        body = encode_json({"mode": "partial", "items": items})
        request_bytes = build_request(
            "POST", "/v1/enrolments/batches", setup.officer.token, body, key=str(uuid7())
        )
        began = time.perf_counter()
        status, response_body = await send_once(port, request_bytes)
        durations.append(time.perf_counter() - began)
        created = json.loads(response_body).get("counts", {}).get("created")
        assert (status, created) == (200, BATCH), f"{status}: {response_body[:500]!r}"
    return durations
