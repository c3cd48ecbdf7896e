"""The lines of a workbook (XLSX) in constant memory: no row and no shared text is kept once it was read.

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
from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from app.exchange.import_tables import MOST_COLUMNS, Line

_TEXT_TAG: Final = f"{{{SHEET_MAIN_NS}}}si"
_KEPT: Final = 4096


def _elements(source: Any, tag: str) -> Iterator[Any]:
    """The elements of a tag, one after the other, each let go when the next is asked for."""
    open_: list[Any] = []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            open_.append(element)
            continue
        open_.pop()
        if element.tag == tag:
            yield element
            open_[-1].remove(element)


class SharedTexts:
    """The table of shared texts on disk. Read like the list of them; those asked for last stay at hand."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the table
        self._ends = array("Q", [0])
        for element in _elements(source, _TEXT_TAG):
            text = Text.from_tree(element)
            words = "" if text is None else (text.content or "").replace("x005F_", "")
            self._file.write(words.encode("utf-8", "surrogatepass"))
            self._ends.append(self._file.tell())
        self._text = lru_cache(maxsize=_KEPT)(self._read)

    def __getitem__(self, place: int) -> str:
        """Raises: ValueError when the table has no such place."""
        if not 0 <= place < len(self._ends) - 1:
            raise ValueError(f"no shared text {place}")
        return self._text(place)

    def _read(self, place: int) -> str:
        begin, end = self._ends[place], self._ends[place + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode("utf-8", "surrogatepass")


class _Reader(ExcelReader):
    """With the shared texts on disk."""

    def read_strings(self) -> None:
        kind = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if kind is not None:
            with self.archive.open(kind.PartName[1:]) as source:
                self.shared_strings = SharedTexts(source)  # type: ignore[assignment]


class _Rows(WorkSheetParser):
    """Rows alone, of all that a sheet tells."""

    def parse(self) -> Generator[Any, None, None]:
        for element in _elements(self.source, ROW_TAG):
            yield self.parse_row(element)
            self.row_dimensions.clear()


def open_workbook(file: IO[bytes]) -> Any:
    """A workbook to read values of. Raises: what openpyxl raises for a file that is none."""
    reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def lines_of(sheet: Any) -> Iterator[Line]:
    """The rows that a sheet has, with their numbers; those that it leaves out are empty."""
    book = sheet.parent
    with sheet._get_source() as source:
        rows = _Rows(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, cells in rows.parse():
            yield number, sheet._get_row(cells, 1, MOST_COLUMNS, True)
