"""Read the lines of a workbook (XLSX) in constant memory: no row and no shared string is kept once it was read.

openpyxl reads a sheet row by row, but keeps each row's empty element and the whole table of shared texts: half a
kilobyte for each row of a file that is a million rows long. What it means by a cell is left to it.
"""

import tempfile
from array import array
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import IO, Any, Final

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from app.core.openpyxl_private import ROW_TAG, WorkSheetParser, get_parser_arguments, open_sheet_source
from app.imports.files.tables import MAX_COLUMNS, TableLine

_TEXT_TAG: Final = f"{{{SHEET_MAIN_NS}}}si"
_CACHED_STRINGS: Final = 4096


def _iter_elements(source: Any, tag: str) -> Iterator[Any]:
    """Iterate over the elements of a tag; each is released when the next is asked for."""
    open_elements: list[Any] = []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        if element.tag == tag:
            yield element
            open_elements[-1].remove(element)


class SharedStrings:
    """The table of shared strings on disk. Read like a list; the latest are cached."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the table
        self._end_offsets = array("Q", [0])
        for element in _iter_elements(source, _TEXT_TAG):
            text = Text.from_tree(element)
            content = "" if text is None else (text.content or "").replace("x005F_", "")
            self._file.write(content.encode("utf-8", "surrogatepass"))
            self._end_offsets.append(self._file.tell())
        self._read_cached = lru_cache(maxsize=_CACHED_STRINGS)(self._read)

    def __getitem__(self, index: int) -> str:
        """Raises: ValueError when the table has no such place."""
        if not 0 <= index < len(self._end_offsets) - 1:
            raise ValueError(f"no shared text {index}")
        return self._read_cached(index)

    def _read(self, index: int) -> str:
        start, end = self._end_offsets[index], self._end_offsets[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")


class _WorkbookReader(ExcelReader):
    """A reader that keeps the shared strings on disk."""

    def read_strings(self) -> None:
        kind = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if kind is not None:
            with self.archive.open(kind.PartName[1:]) as source:
                self.shared_strings = SharedStrings(source)  # type: ignore[assignment]


class _RowParser(WorkSheetParser):
    """A parser of the rows of a sheet alone."""

    def parse(self) -> Generator[Any, None, None]:
        for element in _iter_elements(self.source, ROW_TAG):
            yield self.parse_row(element)
            self.row_dimensions.clear()


def open_workbook(file: IO[bytes]) -> Any:
    """Open a workbook to read its values. Raises: what openpyxl raises for a file that is none."""
    reader = _WorkbookReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def read_lines(sheet: Any) -> Iterator[TableLine]:
    """Read the rows that a sheet has, with their numbers; those that it leaves out are empty."""
    with open_sheet_source(sheet) as source:
        for number, cells in _RowParser(source, **get_parser_arguments(sheet)).parse():
            values = [None] * MAX_COLUMNS
            for cell in cells:
                if cell["column"] <= MAX_COLUMNS:
                    values[cell["column"] - 1] = cell["value"]
            yield number, tuple(values)
