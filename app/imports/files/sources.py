"""Read the rows of a file one after the other, in constant memory: NDJSON, CSV, XLSX."""

import csv
import errno
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from math import inf
from typing import IO, Any, Final, Self

from openpyxl.utils.exceptions import InvalidFileException
from pydantic_core import to_json

from app.core.errors import FieldError, InvalidInput
from app.core.values.strict_json import parse_strict
from app.imports.files.archive import check_archive, count_sheet_rows
from app.imports.files.bounds import (
    MAX_BLANK_ROWS,
    MAX_LINE_BYTES,
    FileBounds,
    ReadWatch,
    build_cell_too_long,
    build_line_too_long,
)
from app.imports.files.columns import ENROLMENT_TABLE, TableSchema
from app.imports.files.errors import BadFile, build_bad_file
from app.imports.files.tables import NoHeadings, RawRow, TableLine, read_table
from app.imports.files.workbook import open_workbook, read_lines

_BOM: Final = b"\xef\xbb\xbf"


class Format(StrEnum):
    """How rows are written (định dạng)."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES: Final[Mapping[str, Format]] = {
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
    "application/jsonl": Format.NDJSON,
    "text/csv": Format.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read. defaults: of fields that rows leave open; bounds: what the file may hold."""

    format: Format
    defaults: Mapping[str, Any]
    bounds: FileBounds = field(default_factory=FileBounds)
    schema: TableSchema = ENROLMENT_TABLE


def read_file_rows(
    file: IO[bytes], options: ReadOptions, skip: int = 0, watch: ReadWatch | None = None
) -> Iterator[RawRow]:
    """Read the rows of *file*, but for the first *skip*. watch: asked at every line; without one, time does not matter.

    Raises, as soon as it is met: BadFile, NoHeadings, UnknownHeading; what the watch raises.
    """
    file.seek(0)
    watch = watch or ReadWatch(replace(options.bounds, seconds=inf))
    if options.format is Format.NDJSON:
        return _read_ndjson(file, options.defaults, skip, watch)
    if options.format is Format.CSV:
        rows = read_table(_read_csv(file), options.defaults, options.schema, watch)
        return islice(rows, skip, None)
    return islice(_read_xlsx(file, options, watch), skip, None)


def _read_ndjson(
    file: IO[bytes], defaults: Mapping[str, Any], skip: int, watch: ReadWatch
) -> Iterator[RawRow]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        is_blank = not line.strip()
        watch.pass_line(number, is_blank=is_blank)
        if is_blank:
            continue
        too_long = len(line) > MAX_LINE_BYTES
        if too_long:
            _skip_line(file, line)
        if skip:
            skip -= 1
        else:
            yield RawRow(number, None, [_TOO_LONG]) if too_long else _parse_object(number, line, defaults)


def _parse_object(number: int, line: bytes, defaults: Mapping[str, Any]) -> RawRow:
    try:
        value = parse_strict(line)
    except InvalidInput as error:
        return RawRow(number, None, error.errors)
    if isinstance(value, dict) and defaults:
        value = {**defaults, **value}
    return RawRow(number, value)


def _skip_line(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(MAX_LINE_BYTES)


def _read_csv(file: IO[bytes]) -> Iterator[TableLine]:
    """Read the lines of a CSV file in UTF-8; the delimiter is comma, semicolon or tab, by its first line."""
    head = file.read(MAX_LINE_BYTES)
    file.seek(0)
    first_line = head.decode("utf-8-sig", "replace").lstrip("\r\n").partition("\n")[0]
    delimiter = max((";", ",", "\t"), key=first_line.count)
    # (What is no UTF-8 becomes a lone surrogate, so that the row can be named in which it stands.)
    text = io.TextIOWrapper(_NonClosingFile(file), "utf-8-sig", errors="surrogateescape", newline="")  # type: ignore[type-var]
    lines = _BoundedLines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            lines.begin_record()
            yield reader.line_num, cells
    except csv.Error as error:
        if "field limit" in str(error):
            raise build_cell_too_long(reader.line_num) from None
        raise build_bad_file(
            f"Sai cú pháp CSV ở dòng {reader.line_num}.", f"Bad CSV in line {reader.line_num}."
        ) from None
    finally:
        text.detach()


class _BoundedLines:
    """The lines of a text. One record, which may have several, is at most `MAX_LINE_BYTES` characters long."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._number, self._length = text, 0, 0

    def begin_record(self) -> None:
        """What comes next is another record."""
        self._length = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE_BYTES + 1)
        self._number += 1
        self._length += len(line)
        if self._length > MAX_LINE_BYTES:
            raise build_line_too_long(self._number)
        if not line:
            raise StopIteration
        return line


class _NonClosingFile(io.BufferedIOBase):
    """A file whose text wrapper does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def _read_xlsx(file: IO[bytes], options: ReadOptions, watch: ReadWatch) -> Iterator[RawRow]:
    """Read the tables of a workbook's sheets; sheets without a table are skipped."""
    watch.max_blank_lines = MAX_BLANK_ROWS
    book = _open_xlsx(file, watch)
    no_table = True
    try:
        for sheet in book.worksheets:
            try:
                yield from read_table(_read_sheet(sheet, watch), options.defaults, options.schema, watch)
            except NoHeadings as refusal:
                if not refusal.is_blank:
                    watch.skip(0, _sheet_without_table(sheet.title))
                continue
            no_table = False
    finally:
        book.close()
    if no_table:
        raise NoHeadings


def _read_sheet(sheet: Any, watch: ReadWatch) -> Iterator[TableLine]:
    try:
        yield from read_lines(sheet, watch)
    except _DAMAGED_XLSX as error:
        raise _invalid_xlsx() from error


def _open_xlsx(file: IO[bytes], watch: ReadWatch) -> Any:
    """Open a workbook. Raises: BadFile; also when it takes more bytes than the limit unpacked."""
    try:
        check_archive(file, watch.bounds)
        return open_workbook(file, watch)
    except (*_DAMAGED_XLSX, InvalidFileException) as error:
        raise _invalid_xlsx() from error
    except OSError as error:
        _refuse_unless_system(error)
        raise


def check_workbook(file: IO[bytes], watch: ReadWatch) -> int:
    """Check a workbook that is not read yet, and count the rows that its sheets have. Raises: BadFile."""
    try:
        check_archive(file, watch.bounds)
        return count_sheet_rows(file, watch)
    except _DAMAGED_XLSX as error:
        raise _invalid_xlsx() from error
    except OSError as error:
        _refuse_unless_system(error)
        raise


def _refuse_unless_system(error: OSError) -> None:
    """Refuse a workbook that is none. A full disk, or too many open files, is not its fault: the caller goes on."""
    if error.errno in _ERRNOS_OF_DAMAGE:
        raise _invalid_xlsx() from error


_DAMAGED_XLSX: Final = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, SyntaxError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile and openpyxl raise for a workbook that is none, or not a whole one."""


_ERRNOS_OF_DAMAGE: Final = (None, errno.EINVAL)
"""openpyxl raises an OSError of its own, without a number; the system one for a place before the file's beginning."""


def _invalid_xlsx() -> BadFile:
    return build_bad_file("Không phải tệp XLSX hợp lệ.", "This is not a valid XLSX workbook.")


def _sheet_without_table(title: str) -> FieldError:
    return FieldError(
        "",
        "sheet_without_table",
        f"Trang tính “{title}” không có dòng tiêu đề cột nên không đọc.",
        f"The sheet “{title}” has no row of headings, so it was not read.",
    )


_TOO_LONG: Final = FieldError(
    "",
    "row_too_long",
    f"Dòng dài quá {MAX_LINE_BYTES // 1024} KiB.",
    f"The row is longer than {MAX_LINE_BYTES // 1024} KiB.",
)


def to_json_line(value: object) -> bytes:
    """Serialise a value as a line of NDJSON."""
    return to_json(value) + b"\n"
