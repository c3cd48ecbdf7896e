"""What the seal on the scope costs (docs/decisions/0015): the same statements with it and without, in turns.

    python -m benchmarks.seal

"Without" signs nothing and believes the scope that is set; everything else is as it is now.
Measured is the time of the backend's processor, which other work on the machine disturbs least.
"""

import asyncio
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import asyncpg
import psutil

from app.core.postgres.server import owner_connection
from app.core.postgres.urls import asyncpg_dsn
from benchmarks.setup import PREFIX, BenchmarkSetup, build_setup, migrate, provide_database
from migrations.script import APP_ROLE

ROUNDS: Final = 10
SECONDS: Final = 1.0
_SEALED: Final = tuple(
    Path(__file__).resolve().parents[1] / "database" / "auth" / "scope" / f"{name}.sql"
    for name in ("scope_network", "scope_seal")
)
_UNSEALED: Final = r"""
create or replace function scope_network() returns text language sql stable parallel safe
    as $$ select nullif(split_part(current_setting('app.scope', true), E'\x1f', 1), '') $$;
create or replace function scope_seal(p_key bytea, p_scope text) returns text language sql stable parallel safe
    as $$ select '' $$;
"""
_ROLES: Final = "'{union_officer}'::text[], '{}'::text[]"

_CONTRIBUTION: Final = (
    f"select record_entry($1, {_ROLES}, $4, '', $3, null, local_today(), jsonb_build_object("
    "'id', gen_random_uuid(), 'member_id', $2::uuid, 'kind', 'saving', 'amount', 1000))"
)
_BEGIN: Final = "select begin_actor($1)"
STATEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "begin_actor alone": (_BEGIN,),
    "one member": (_BEGIN, "select * from member where id = $2"),
    "a group and its members": (
        _BEGIN,
        "select * from savings_group where id = $3",
        "select m.* from member m join membership s on s.member_id = m.id where s.group_id = $3",
    ),
    "list of 50 members, one call": (f"select list_members($1, {_ROLES}, null, 50, null, null)",),
    "one member, one call": (f"select member_detail($1, {_ROLES}, $2)",),
    "one contribution, one call": (_CONTRIBUTION,),
}


async def _install(setup: BenchmarkSetup, way: str) -> None:
    """Make the functions anew: "up" with the seal, "down" without."""
    sealed = "".join(path.read_text() for path in _SEALED).replace(APP_ROLE, f"{PREFIX}_app")
    async with owner_connection(setup.admin_url, PREFIX) as owner, owner.transaction():
        await owner.execute(sealed if way == "up" else _UNSEALED)


async def _measure(setup: BenchmarkSetup, statements: tuple[str, ...], member: Any, group: Any) -> float:
    """Microseconds of the server's processor for one transaction, on a connection of its own that has its plans."""
    connection = await asyncpg.connect(asyncpg_dsn(setup.app_url))
    try:
        prepared = [(await connection.prepare(_renumber(text)), _numbers(text)) for text in statements]

        async def once() -> None:
            values = (setup.officer.session_id, member, group, str(uuid4()))
            async with connection.transaction():
                for statement, numbers in prepared:
                    await statement.fetch(*(values[number - 1] for number in numbers))

        for _ in range(12):
            await once()
        backend = psutil.Process(connection.get_server_pid())
        before, count, ends_at = backend.cpu_times(), 0, perf_counter() + SECONDS
        while perf_counter() < ends_at or not count:
            await once()
            count += 1
        after = backend.cpu_times()
        spent: float = (after.user + after.system - before.user - before.system) / count * 1e6
        return spent
    finally:
        await connection.close()


def _renumber(text: str) -> str:
    """A statement's parameters are numbered from one."""
    for position, number in enumerate(_numbers(text), 1):
        text = text.replace(f"${number}", f"${position}")
    return text


def _numbers(text: str) -> list[int]:
    return [number for number in range(1, 5) if f"${number}" in text]


async def _run(admin_url: str, app_url: str) -> None:
    setup = await build_setup(admin_url, app_url)
    group = setup.groups[0]
    times: dict[str, dict[str, list[float]]] = {name: {"up": [], "down": []} for name in STATEMENTS}
    for turn in range(ROUNDS):
        for way in ("up", "down") if turn % 2 else ("down", "up"):
            await _install(setup, way)
            for name, statements in STATEMENTS.items():
                times[name][way].append(await _measure(setup, statements, group.members[0], group.id))
    for name, measured in times.items():
        ratio = median(new / old for new, old in zip(measured["up"], measured["down"], strict=True))
        print(
            f"{name:32} without {min(measured['down']):7.0f} µs  with {min(measured['up']):7.0f} µs"
            f"  ratio of bests {min(measured['up']) / min(measured['down']):.3f}  median ratio {ratio:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    with provide_database() as (admin, app):
        migrate(admin)
        asyncio.run(_run(admin, app))
