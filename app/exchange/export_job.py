"""The job that makes the file of a large list."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from app.auth.permissions import Permission
from app.core.db import driver_of
from app.core.errors import NotFound
from app.exchange import export_queries as queries
from app.exchange.export_records import Data
from app.exchange.export_rows import chunks, make_file, opened, portion
from app.exchange.job_errors import JobCancelled
from app.exchange.job_kinds import job_kind
from app.exchange.job_run import JobRun
from app.models.export_list import ExportList

KIND: Final = "exports.file"


@job_kind(KIND, Permission.EXPORT_MAKE)
async def make(run: JobRun) -> None:
    """Read the list's rows in portions, write the workbook, and keep it in parts."""
    async with run.begin() as (db, actor):
        row = await queries.read_list(db, actor, UUID(run.job.params["list_id"]))
    if row is None:
        raise NotFound
    file = opened(row)
    name, media_type = file.name, file.media_type
    file.close()
    content = await make_file(row, _rows(run, row))

    async def parts() -> AsyncIterator[bytes]:
        for data in chunks(content):
            yield data

    with content:
        await run.write_file(name, media_type, parts())


async def _rows(run: JobRun, row: ExportList) -> AsyncIterator[list[Data]]:
    """The rows, each portion in a transaction of its own in which the actor begins again."""
    after = 0
    while True:
        async with run.begin() as (db, _):
            rows = await portion(await driver_of(db), row, after)
            after += len(rows)
            if await run.progress(db, after):
                raise JobCancelled
        if not rows:
            return
        yield rows
