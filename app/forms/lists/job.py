"""Job: build the file of a large list."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from app.auth.permissions import Permission
from app.core.errors import NotFound
from app.core.postgres.database import get_driver
from app.forms.documents.files import build_file, fetch_portion, iter_file_chunks, open_list_file
from app.forms.documents.records import RowData
from app.forms.lists import queries
from app.jobs.errors import JobCancelled
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun
from app.models.jobs.export_list import ExportList

EXPORT_FILE_KIND: Final = "exports.file"


@job_kind(EXPORT_FILE_KIND, Permission.EXPORT_MAKE, is_whole=lambda _params: True)
async def make_export_file(run: JobRun) -> None:
    """Read the list's rows in portions, write the workbook, and store it in parts."""
    async with run.begin() as (db, actor):
        list_ = await queries.find_list(db, actor, UUID(run.job.params["list_id"]))
    if list_ is None:
        raise NotFound
    file = open_list_file(list_)
    name, media_type = file.name, file.media_type
    file.close()
    content = await build_file(list_, _iter_rows(run, list_))

    async def iter_content() -> AsyncIterator[bytes]:
        for data in iter_file_chunks(content):
            yield data

    with content:
        await run.write_file(name, media_type, iter_content())


async def _iter_rows(run: JobRun, list_: ExportList) -> AsyncIterator[list[RowData]]:
    """Read the rows, each portion in a transaction of its own, in which the actor begins again."""
    after = 0
    while True:
        async with run.begin() as (db, _):
            rows = await fetch_portion(await get_driver(db), list_, after)
            after += len(rows)
            if await run.record_progress(db, after):
                raise JobCancelled
        if not rows:
            return
        yield rows
