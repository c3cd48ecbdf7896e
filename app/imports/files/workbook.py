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
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from app.core.openpyxl_private import (
    ROW_TAG,
    ReadOnlyWorksheet,
    WorkSheetParser,
    get_parser_arguments,
    get_sheets,
    open_sheet_source,
)
from app.core.values.wording import format_amount
from app.imports.files.archive import BoundedArchive, BoundedPart
from app.imports.files.bounds import (
    MAX_CELL_CHARS,
    MAX_LINE_BYTES,
    ReadWatch,
    build_cell_too_long,
    build_line_too_long,
)
from app.imports.files.errors import BadFile, build_bad_file
from app.imports.files.tables import MAX_COLUMNS, TableLine

MAX_SHEETS: Final = 100
MAX_SHARED_TEXTS: Final = 10_000_000
MAX_CELLS: Final = 16_384
"""Of a row, and the most columns of a spreadsheet."""
MAX_ROW_NUMBER: Final = 1_048_576
_TEXT_TAG: Final = f"{{{SHEET_MAIN_NS}}}si"
_DATA_TAG: Final = f"{{{SHEET_MAIN_NS}}}sheetData"
_CACHED_STRINGS: Final = 4096
_CACHED_BYTES: Final = 1024
_MAX_READ_BYTES: Final = 4 * MAX_CELL_CHARS + 4
"""Of one text: more than a cell may hold is not kept in memory; whoever checks the cell sees that it is too long."""
_MAX_LONG_BYTES: Final = 4 * MAX_LINE_BYTES
"""Of the texts of one row that are not cached: no character takes more bytes."""
_TEXTS_BETWEEN_CHECKS: Final = 1024


def _iter_elements(source: BoundedPart, tag: str, last: str | None = None) -> Iterator[Any]:
    """Iterate over the elements of a tag; each is released when the next is asked for. last: the tag at whose end no
    more come."""
    open_elements: list[Any] = []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        if element.tag == tag:
            source.pass_element()
            yield element
            if open_elements:
                open_elements[-1].remove(element)
        elif element.tag == last:
            return


class _RowTooLong(Exception):
    """The cells of one row name texts that no row may hold together."""


class SharedStrings:
    """The table of shared strings on disk. Read like a list; the latest short ones are cached.

    A row names a text in a few bytes, however long it is: so those of one row are bounded while they are read.
    """

    def __init__(self, source: BoundedPart, watch: ReadWatch) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the table
        self._end_offsets = array("Q", [0])
        for nth, element in enumerate(_iter_elements(source, _TEXT_TAG), 1):
            if nth > MAX_SHARED_TEXTS:
                raise _too_many(
                    MAX_SHARED_TEXTS, "chuỗi ký tự khác nhau", "different texts", "too_many_texts"
                )
            if nth % _TEXTS_BETWEEN_CHECKS == 0:
                watch.check()
            text = Text.from_tree(element)
            content = "" if text is None else (text.content or "").replace("x005F_", "")
            self._file.write(content.encode("utf-8", "surrogatepass"))
            self._end_offsets.append(self._file.tell())
        self._read_cached = lru_cache(maxsize=_CACHED_STRINGS)(self._read)
        self._long_bytes = 0

    def begin_row(self) -> None:
        """What is read next is of another row."""
        self._long_bytes = 0

    def __getitem__(self, index: int) -> str:
        """Raises: ValueError when the table has no such place; _RowTooLong."""
        if not 0 <= index < len(self._end_offsets) - 1:
            raise ValueError(f"no shared text {index}")
        size = self._end_offsets[index + 1] - self._end_offsets[index]
        if size <= _CACHED_BYTES:
            return self._read_cached(index)
        self._long_bytes += min(size, _MAX_READ_BYTES)
        if self._long_bytes > _MAX_LONG_BYTES:
            raise _RowTooLong
        return self._read(index)

    def _read(self, index: int) -> str:
        start, end = self._end_offsets[index], self._end_offsets[index + 1]
        self._file.seek(start)
        data = self._file.read(min(end - start, _MAX_READ_BYTES))
        return data.decode("utf-8", "surrogatepass" if end - start == len(data) else "replace")


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is not measured when it is opened: for that openpyxl reads all of it."""

    def _get_size(self) -> None:
        pass


class _WorkbookReader(ExcelReader):
    """A reader of the values of sheets alone, that keeps the shared strings on disk."""

    def __init__(self, file: IO[bytes], watch: ReadWatch) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive, self._watch = BoundedArchive(file), watch

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.read_worksheets()

    def read_strings(self) -> None:
        kind = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if kind is not None:
            with self.archive.open(kind.PartName[1:]) as source:
                self.shared_strings = SharedStrings(source, self._watch)  # type: ignore[arg-type, assignment]

    def read_worksheets(self) -> None:
        sheets: list[Any] = get_sheets(self.wb)
        for nth, (sheet, relation) in enumerate(self.parser.find_sheets(), 1):
            if nth > MAX_SHEETS:
                raise _too_many(MAX_SHEETS, "trang tính", "sheets", "too_many_sheets")
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                sheets.append(_Sheet(self.wb, sheet.name, relation.target, self.shared_strings))


class _RowParser(WorkSheetParser):
    """A parser of the rows of a sheet alone."""

    def parse(self) -> Generator[Any, None, None]:
        """Yield the number and the cells of each row. Raises: BadFile."""
        source: Any = self.source
        for element in _iter_elements(source, ROW_TAG, _DATA_TAG):
            if len(element) > MAX_CELLS:
                number = self._number_of(element)
                raise _too_many(MAX_CELLS, f"ô ở dòng {number}", f"cells in row {number}", "too_many_cells")
            if isinstance(self.shared_strings, SharedStrings):
                self.shared_strings.begin_row()
            try:
                row = self.parse_row(element)
            except _RowTooLong:
                raise build_line_too_long(self.row_counter) from None
            yield row
            self.row_dimensions.clear()

    def _number_of(self, element: Any) -> str:
        """The number that the sheet gives a row which is not parsed yet; it may leave out empty ones before it."""
        number: str = element.get("r", "")
        is_number = number.isdecimal() and len(number) <= len(str(MAX_ROW_NUMBER))
        return number if is_number else str(self.row_counter + 1)


def open_workbook(file: IO[bytes], watch: ReadWatch) -> Any:
    """Open a workbook to read its values. Raises: BadFile; what openpyxl raises for a file that is none."""
    reader = _WorkbookReader(file, watch)
    reader.read()
    return reader.wb


def read_lines(sheet: Any, watch: ReadWatch) -> Iterator[TableLine]:
    """Read the rows that a sheet has, with their numbers; those that it leaves out are empty. Raises: BadFile."""
    with open_sheet_source(sheet) as source:
        for number, cells in _RowParser(source, **get_parser_arguments(sheet)).parse():
            if number > MAX_ROW_NUMBER:
                raise ValueError(f"no row {number}")
            values = [None] * MAX_COLUMNS
            characters = 0
            for cell in cells:
                value, column = cell["value"], cell["column"]
                if isinstance(value, str):
                    if len(value) > MAX_CELL_CHARS:
                        raise build_cell_too_long(number, get_column_letter(column))
                    characters += len(value)
                if column <= MAX_COLUMNS:
                    values[column - 1] = value
                elif value is not None:
                    values[MAX_COLUMNS:] = [value]  # one beyond the last is told like many
            watch.count_characters(number, characters)
            yield number, tuple(values)


def _too_many(limit: int, vi: str, en: str, code: str) -> BadFile:
    return build_bad_file(
        f"Tệp XLSX có hơn {format_amount(limit)} {vi}; hãy xóa phần thừa hoặc chia thành nhiều tệp.",
        f"The workbook has more than {limit:,} {en}; remove what is not needed, or split it.",
        code,
    )
