"""Read a file while its sender waits: all of its rows when they are few, else only what a job needs to begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from app.core.errors import InvalidInput
from app.imports.files.bounds import NOTHING_SKIPPED, ReadingTakesLong, SkippedRows
from app.imports.files.sources import Format, ReadOptions, check_workbook, read_file_rows
from app.imports.files.tables import RawRow
from app.imports.upload import Upload

LARGE_WORKBOOK_BYTES = 1024 * 1024
"""Bytes of a workbook that is not opened while its sender waits; its rows are counted."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FirstRows(Generic[T]):
    """What was read of a file. rows: all of them, as sent and parsed, or None for a job; count: how many, as far as is
    known; skipped: what is none of the table."""

    rows: tuple[Sequence[RawRow], Sequence[T]] | None
    count: int
    skipped: SkippedRows = NOTHING_SKIPPED


def read_first_rows(
    upload: Upload, options: ReadOptions, parse_row: Callable[[RawRow], T], most: int
) -> FirstRows[T]:
    """Read and parse all rows, unless there are more than *most* or reading them takes long. In a thread.

    Raises: InvalidInput when there are none; as `read_file_rows`.
    """
    watch = upload.build_watch(options.bounds)
    counted = count_rows(upload) or 0
    if options.format is Format.XLSX:
        counted = check_workbook(upload.file, upload.build_watch(options.bounds, is_patient=True))
    if options.format is Format.XLSX and upload.size > LARGE_WORKBOOK_BYTES:
        return FirstRows(None, counted)
    try:
        rows = list(islice(read_file_rows(upload.file, options, watch=watch), most + 1))
    except ReadingTakesLong:
        return FirstRows(None, counted)
    if not rows:
        raise InvalidInput.at("", "no_items", vi="Tệp không có dòng dữ liệu nào.", en="The file has no rows.")
    if len(rows) > most:
        return FirstRows(None, counted)
    return FirstRows((rows, [parse_row(row) for row in rows]), len(rows), watch.get_skipped())


def count_rows(upload: Upload) -> int | None:
    """Count the rows as far as that is possible without reading them: a table's first line has its headings."""
    if upload.format is Format.XLSX:
        return None
    return upload.lines - (upload.format is Format.CSV)
