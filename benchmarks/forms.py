"""`python -m benchmarks.forms`: write D05-TS lists of 1,000 to 100,000 rows to files.

Each list is written in a process of its own. What counts is that its peak memory does not grow with the rows.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date
from uuid import UUID

from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from app.forms.documents.files import build_file, iter_portions
from app.models.jobs.export_list import ExportList
from benchmarks.setup import PREFIX, migrate, provide_database

SIZES = (1_000, 10_000, 100_000)
MAX_PEAK_RATIO = 1.15
"""Peak memory of the longest list beside that of the shortest."""

_DATABASE_URL_ENV = "ANSINH_BENCH_DATABASE_URL"
_DATA = """
jsonb_build_object('full_name', 'Nguyễn Thị Thử ' || n, 'social_insurance_no', lpad(n::text, 10, '4'), 'birth_date',
    date '1950-01-01' + n % 15000, 'from_month', '2026-12-01', 'months', 12, 'method', 'months_12', 'monthly_income',
    1500000, 'amount_due', 3960000, 'participant_pays', 2376000, 'state_support', 1584000, 'support_rate', 40.0,
    'supported_months', 12, 'extra_rate', null, 'extra_amount', null, 'other_amount', null, 'change', 'again')
"""


async def insert_list(admin_url: str, rows: int) -> UUID:
    """Insert a list of so many rows into the tables, as the application keeps it."""
    list_id, unit = uuid7(), uuid7()
    totals = {"amount_due": rows * 3_960_000, "participant_pays": rows * 2_376_000}
    params = {"sender": {"name": "Hội LHPN", "code": "HPN"}, "receive_as": "electronic"}
    async with owner_connection(admin_url, PREFIX) as owner, owner.transaction():
        await owner.execute(
            "insert into organisation (id, code, network, level, name)"
            " values ($1, $2, 'womens_union', 'national', 'Hội')",
            unit, f"HPN-{unit}",
        )  # fmt: skip
        await owner.execute(
            "insert into export_list (id, network, organisation_id, form, layout, number, year, list_date, params,"
            " rows, totals, client_key, request_hash, created_by)"
            " values ($1, 'womens_union', $2, 'd05_ts', 366, 1, 2026, $3, $4, $5, $6, $7, '', $2)",
            list_id, unit, date(2026, 11, 21), json.dumps(params), rows,
            json.dumps(totals | {"extra_amount": 0, "other_amount": 0}), str(list_id),
        )  # fmt: skip
        await owner.execute(
            "insert into export_row (list_id, position, network, organisation_id, form, data)"
            f" select $1, n, 'womens_union', $2, 'd05_ts', {_DATA} from generate_series(1, $3::int) n",
            list_id, unit, rows,
        )  # fmt: skip
    return list_id


async def write_list_file(admin_url: str, list_id: UUID) -> None:
    """Write the list's file; print rows, seconds, bytes and the peak memory of this process."""
    async with owner_connection(admin_url, PREFIX) as owner, owner.transaction():
        row = await owner.fetchrow("select * from export_list where id = $1", list_id)
        values = dict(row) | {name: json.loads(row[name]) for name in ("params", "totals")}
        started = time.perf_counter()
        file = await build_file(ExportList(**values), iter_portions(owner, ExportList(**values)))
        seconds = time.perf_counter() - started
    with file:
        size = file.seek(0, 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measurement = {"rows": row["rows"], "seconds": seconds, "bytes": size, "peak": peak}  # peak: KiB
    sys.stdout.write(json.dumps(measurement))


def compare_sizes(admin_url: str) -> None:
    """Measure and print each size."""
    peaks: list[int] = []
    for rows in SIZES:
        list_id = asyncio.run(insert_list(admin_url, rows))
        command = [sys.executable, "-m", "benchmarks.forms", str(list_id)]
        child = subprocess.run(
            command,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {_DATABASE_URL_ENV: admin_url},
        )
        measurement = json.loads(child.stdout)
        peaks.append(measurement["peak"])
        print(
            f"D05-TS of {rows:7} rows {measurement['seconds']:7.2f} s, {rows / measurement['seconds']:6.0f} rows/s,"
            f" {measurement['bytes'] / 2**20:5.1f} MiB, peak memory {measurement['peak'] / 1024:4.0f} MiB,"
            f" {measurement['peak'] / peaks[0]:.2f} of the shortest's (aim {MAX_PEAK_RATIO:.2f})",
            flush=True,
        )


def main() -> None:
    """Measure every size, or, as a child, write one list."""
    if len(sys.argv) > 1:
        asyncio.run(write_list_file(os.environ[_DATABASE_URL_ENV], UUID(sys.argv[1])))
        return
    with provide_database() as (admin_url, _):
        migrate(admin_url)
        compare_sizes(admin_url)


if __name__ == "__main__":
    main()
