"""Read the stored rows of a list in portions, and build its file in a thread."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import IO, Final

import asyncpg

from app.core.errors import NotFound
from app.forms.documents.list_file import ListFile
from app.forms.documents.records import RowData
from app.forms.documents.report_file import ReportFile
from app.forms.kinds import ExportForm, Receive, ReportForm
from app.forms.layouts.texts import ListHead
from app.models.jobs.export_list import ExportList

PORTION_ROWS: Final = 1000
"""The most rows in memory at once, whatever the length of the list."""
_CHUNK_BYTES: Final = 256 * 1024
_REPORTS: Final = frozenset(ReportForm)
_SELECT_PORTION: Final = """
select position, household_id, data::text as data from export_row
 where list_id = $1 and position > $2 order by position limit $3
"""


async def fetch_portion(driver: asyncpg.Connection, list_: ExportList, after: int) -> list[RowData]:
    """Fetch the rows after a position, at most `PORTION_ROWS`."""
    records = await driver.fetch(_SELECT_PORTION, list_.id, after, PORTION_ROWS)
    return [
        json.loads(record["data"], parse_float=Decimal) | {"household_id": record["household_id"]}
        for record in records
    ]


async def iter_portions(driver: asyncpg.Connection, list_: ExportList) -> AsyncIterator[list[RowData]]:
    """Fetch all rows, in portions, in the transaction of the connection."""
    after = 0
    while rows := await fetch_portion(driver, list_, after):
        yield rows
        after += len(rows)


def open_list_file(list_: ExportList) -> ListFile | ReportFile:
    """Open the file of a list or a report, before its first row."""
    if list_.form in _REPORTS:
        return ReportFile(list_)
    sender = list_.params["sender"]
    head = ListHead(
        organisation_name=sender["name"],
        organisation_code=sender["code"],
        number=list_.number,
        day=list_.list_date,
        collector_name=list_.collector_name,
        collector_code=list_.collector_code,
    )
    on_paper = list_.params["receive_as"] == Receive.PAPER
    return ListFile(ExportForm(list_.form), list_.layout, head, list_.totals, on_paper=on_paper)


async def build_file(list_: ExportList, rows: AsyncIterator[list[RowData]]) -> IO[bytes]:
    """Build the file of a list as an unnamed temporary file, which is gone when it is closed.

    The workbook is written in a thread, portion by portion, so that other requests go on. Raises: NotFound when the
    actor does not see all rows: part of a list is no list.
    """
    file = open_list_file(list_)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever streams it closes it
    try:
        await _add_rows(file, list_, rows)
        await asyncio.to_thread(file.save, target)
    except BaseException:
        target.close()
        raise
    finally:
        file.close()
    target.seek(0)
    return target


async def _add_rows(
    file: ListFile | ReportFile, list_: ExportList, rows: AsyncIterator[list[RowData]]
) -> None:
    count = 0
    async for portion in rows:
        await asyncio.to_thread(file.add, portion)
        count += len(portion)
    if count != list_.rows:
        raise NotFound


def iter_file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Read the file's bytes in chunks; it is closed at the end."""
    with file:
        while data := file.read(_CHUNK_BYTES):
            yield data
