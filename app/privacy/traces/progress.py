"""How far the searches for erased people are, and what they left for an officer."""

from typing import Any, Final, NamedTuple

import asyncpg

from app.core.postgres.database import Database

_RESTART: Final = """
with aside as (
    select member_id, passed from trace_search where stage = 'aside' for update
), forgotten as (
    delete from trace_doubt d using aside a where d.is_failed and d.record_id = any (a.passed)
), restarted as (
    update trace_search s
       set stage = 'jobs', at_id = '00000000-0000-0000-0000-000000000000', at_name = null, at_part = -1, passed = '{}',
           failures = 0, begun_at = null, beside = null
      from aside a where s.member_id = a.member_id returning s.member_id
)
select count(*) from restarted
"""


class SearchProgress(NamedTuple):
    """How many searches there are, since when (None: there is none), and how many parts of files are left.

    delayed: searches that met an error and go on after the others; aside: those that have looked at everything but what
    could not be searched; doubts: places for an officer to look at; failed: pieces that could not be searched.
    """

    searches: int
    asked_at: Any
    parts: int
    delayed: int
    aside: int
    doubts: int
    failed: int


class Doubt(NamedTuple):
    """A piece with what may be of somebody who was erased, and stays; or one that could not be searched.

    record_kind: of a file, or the table; rows: of a list, a report or outcomes; more: how many more there are in the
    piece or, of a table, in the same places.
    """

    record_kind: str
    record_id: Any
    file: str
    part: int
    rows: list[str] | str
    more: int
    is_failed: bool
    noted_at: Any


async def read_progress(database: Database) -> SearchProgress:
    """Read how far the searches are."""
    row = await database.call(
        "select searches, asked_at, parts, delayed, aside, doubts, failed from traces_left()"
    )
    return SearchProgress(*(row[name] for name in SearchProgress._fields))


async def read_doubts(connection: asyncpg.Connection) -> list[Doubt]:
    """Read what is left for an officer to decide. connection: the owner's."""
    async with connection.transaction():
        await connection.execute("select set_config('app.system', 'on', true)")
        await connection.execute("select release_traces()")
        rows = await connection.fetch(
            "select record_kind, record_id, file, part, rows, more, is_failed, noted_at from trace_doubt"
            " order by noted_at, record_kind, record_id, file, part, is_failed"
        )
    return [Doubt(*row) for row in rows]


async def restart_searches(connection: asyncpg.Connection) -> int:
    """Have those searches begin anew that passed by what could not be searched. connection: the owner's.

    Returns: how many.
    """
    async with connection.transaction():
        await connection.execute("select set_config('app.system', 'on', true)")
        return int(await connection.fetchval(_RESTART))
