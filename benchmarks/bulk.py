"""Many rows at once: a ledger filled to a size, and batches of enrolments."""

import json
import time
from datetime import date

from app.core.ids import uuid7
from benchmarks.ground import Ground, connect, encoded, line
from benchmarks.load import once, request
from tests.insurance.rows import row

SHEET, BATCH = 200, 1_000
_FILL = "select record_entries($1, '{union_officer}', '{}', $2, $3, $4, null, $5, $6, null, $7)"


async def fill(ground: Ground, rows: int) -> int:
    """Let the ledger have at least so many contributions, through its one writer; returns how many it has."""
    connection = await connect(ground)
    owner_count = "select coalesce(sum(lines), 0)::bigint from ledger_txn where kind = 'sheet'"
    try:
        await connection.execute("set synchronous_commit = off")
        async with connection.transaction():
            await connection.fetchval("select begin_actor($1)", ground.officer.session_id)
            there: int = await connection.fetchval(owner_count)
        for n in range((max(0, rows - there) + SHEET - 1) // SHEET):
            group = ground.groups[n % len(ground.groups)]
            items = [line(group, k, uuid7()) for k in range(SHEET)]
            await connection.execute(
                _FILL, ground.officer.session_id, str(uuid7()), b"x", group.id, uuid7(), date(2026, 11, 19),
                json.dumps(items),
            )  # fmt: skip
            there += SHEET
        return there
    finally:
        await connection.close()


async def batches(port: int, ground: Ground, count: int) -> list[float]:
    """Seconds of each of so many batches of 1,000 enrolments of people whom nobody knows yet."""
    taken = []
    for _ in range(count):
        items = [row(ground.groups[0].commune) for _ in range(BATCH)]
        body = encoded({"mode": "partial", "items": items})
        sent = request("POST", "/v1/enrolments/batches", ground.officer.token, body, key=str(uuid7()))
        began = time.perf_counter()
        status, answer = await once(port, sent)
        taken.append(time.perf_counter() - began)
        made = json.loads(answer).get("counts", {}).get("created")
        assert (status, made) == (200, BATCH), f"{status}: {answer[:500]!r}"
    return taken
