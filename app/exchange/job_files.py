"""Files of jobs: in parts, so that no process ever holds a whole one, and any process can serve what any other made."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

INPUT = "input"
"""The name of the file that a job is given to read; nobody fetches it, and it goes with the job's end."""
PART = 1024 * 1024
"""Bytes of a part."""

_PUT = text("""
insert into job_file (job_id, name, part, content) values (:job_id, :name, :part, :content)
on conflict (job_id, name, part) do update set content = excluded.content
""")
_CUT = text("delete from job_file where job_id = :job_id and name = :name and part >= :part")
_SIZE = text("select coalesce(sum(length(content)), 0) from job_file where job_id = :job_id and name = :name")
_NEXT = text("""
select part, content from job_file where job_id = :job_id and name = :name and part >= :part order by part limit 1
""")

Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction in which the actor has begun."""


async def put_part(db: AsyncSession, job_id: UUID, name: str, part: int, data: bytes) -> None:
    """Write one part, in place of the one that is there."""
    values = {"job_id": job_id, "name": name, "part": part, "content": data}
    await (await db.connection()).execute(_PUT, values)


async def cut(db: AsyncSession, job_id: UUID, name: str, part: int = 0) -> None:
    """Remove this part and all after it."""
    await (await db.connection()).execute(_CUT, {"job_id": job_id, "name": name, "part": part})


async def size_of(db: AsyncSession, job_id: UUID, name: str) -> int:
    """Bytes of all parts together."""
    found = await (await db.connection()).execute(_SIZE, {"job_id": job_id, "name": name})
    return int(found.scalar_one())


async def in_parts(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of `PART`, the last one shorter."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


async def stream(begin: Begin, job_id: UUID, name: str, part: int = 0) -> AsyncIterator[bytes]:
    """The parts of a file from one on, each read in a transaction of its own."""
    while True:
        async with begin() as db:
            values = {"job_id": job_id, "name": name, "part": part}
            row = (await (await db.connection()).execute(_NEXT, values)).first()
        if row is None:
            return
        yield row.content
        part = row.part + 1
