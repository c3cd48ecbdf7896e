"""Store the files of jobs in parts: no process ever holds a whole one, and any process can serve them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

INPUT_NAME = "input"
"""The name of a job's input file; it cannot be downloaded, and is deleted when the job ends."""
PART_BYTES = 1024 * 1024
"""Bytes of a part."""

_UPSERT_PART = text("""
insert into job_file (job_id, name, part, content) values (:job_id, :name, :part, :content)
on conflict (job_id, name, part) do update set content = excluded.content
""")
_DELETE_PARTS = text("delete from job_file where job_id = :job_id and name = :name and part >= :part")
_SELECT_SIZE = text(
    "select coalesce(sum(length(content)), 0) from job_file where job_id = :job_id and name = :name"
)
_SELECT_NEXT_PART = text("""
select part, content from job_file where job_id = :job_id and name = :name and part >= :part order by part limit 1
""")

BeginTransaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction in which the actor has begun."""


async def put_part(db: AsyncSession, job_id: UUID, name: str, part: int, data: bytes) -> None:
    """Write one part, in place of an existing one."""
    values = {"job_id": job_id, "name": name, "part": part, "content": data}
    await (await db.connection()).execute(_UPSERT_PART, values)


async def delete_parts(db: AsyncSession, job_id: UUID, name: str, part: int = 0) -> None:
    """Delete this part and all after it."""
    await (await db.connection()).execute(_DELETE_PARTS, {"job_id": job_id, "name": name, "part": part})


async def read_size(db: AsyncSession, job_id: UUID, name: str) -> int:
    """Read the size of all parts together, in bytes."""
    result = await (await db.connection()).execute(_SELECT_SIZE, {"job_id": job_id, "name": name})
    return int(result.scalar_one())


async def split_into_parts(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Split the bytes into parts of `PART_BYTES`, the last one shorter."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) >= PART_BYTES:
            yield bytes(buffer[:PART_BYTES])
            del buffer[:PART_BYTES]
    if buffer:
        yield bytes(buffer)


async def stream_parts(
    begin: BeginTransaction, job_id: UUID, name: str, part: int = 0
) -> AsyncIterator[bytes]:
    """Stream the parts of a file from one on, each read in a transaction of its own."""
    while True:
        async with begin() as db:
            values = {"job_id": job_id, "name": name, "part": part}
            row = (await (await db.connection()).execute(_SELECT_NEXT_PART, values)).first()
        if row is None:
            return
        yield row.content
        part = row.part + 1
