"""The stored rows of a list, read in portions, and the file made of them beside the event loop."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import IO, Final

import asyncpg

from app.core.errors import NotFound
from app.exchange.export_records import Data
from app.exchange.export_schemas import ExportForm, Receive
from app.exchange.export_sheets import ListFile
from app.exchange.forms.wording import ListHead
from app.exchange.report_file import ReportFile
from app.exchange.report_rules import ReportForm
from app.models.export_list import ExportList

PORTION: Final = 1000
"""Rows that are held at once, whatever the length of the list."""
_CHUNK: Final = 256 * 1024
_REPORTS: Final = frozenset(ReportForm)
_PAGE: Final = """
select position, household_id, data::text as data from export_row
 where list_id = $1 and position > $2 order by position limit $3
"""


async def portion(driver: asyncpg.Connection, row: ExportList, after: int) -> list[Data]:
    """The rows after a position, at most `PORTION`."""
    found = await driver.fetch(_PAGE, row.id, after, PORTION)
    return [
        json.loads(one["data"], parse_float=Decimal) | {"household_id": one["household_id"]} for one in found
    ]


async def portions(driver: asyncpg.Connection, row: ExportList) -> AsyncIterator[list[Data]]:
    """All rows, in portions, read in the transaction of the connection."""
    after = 0
    while rows := await portion(driver, row, after):
        yield rows
        after += len(rows)


def opened(row: ExportList) -> ListFile | ReportFile:
    """The file of a list or a report, before its first row."""
    if row.form in _REPORTS:
        return ReportFile(row)
    sender = row.params["sender"]
    head = ListHead(
        organisation_name=sender["name"],
        organisation_code=sender["code"],
        number=row.number,
        day=row.list_date,
        collector_name=row.collector_name,
        collector_code=row.collector_code,
    )
    on_paper = row.params["receive_as"] == Receive.PAPER
    return ListFile(ExportForm(row.form), row.layout, head, row.totals, on_paper=on_paper)


async def make_file(row: ExportList, rows: AsyncIterator[list[Data]]) -> IO[bytes]:
    """The finished file of a list, without a name on the disk: it is gone when it is closed.

    The workbook is written in a thread, portion by portion, so that other requests go on. Raises: NotFound when some
    of the rows were not seen: part of a list is no list.
    """
    file = opened(row)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever streams it closes it
    try:
        await _fill(file, row, rows)
        await asyncio.to_thread(file.save, target)
    except BaseException:
        target.close()
        raise
    finally:
        file.close()
    target.seek(0)
    return target


async def _fill(file: ListFile | ReportFile, row: ExportList, rows: AsyncIterator[list[Data]]) -> None:
    seen = 0
    async for some in rows:
        await asyncio.to_thread(file.add, some)
        seen += len(some)
    if seen != row.rows:
        raise NotFound


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file's bytes; it is closed at the end."""
    with file:
        while data := file.read(_CHUNK):
            yield data
