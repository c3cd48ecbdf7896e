"""The rows of a file, one after the other and in constant memory: NDJSON, CSV, XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import IO, Any, Final

from openpyxl.utils.exceptions import InvalidFileException
from pydantic_core import to_json

from app.core.errors import FieldError, InvalidInput, MalformedBody
from app.core.strict_json import parse_strict
from app.exchange.import_columns import ENROLMENTS, Words
from app.exchange.import_tables import Line, NoHeadings, RawRow, read_table
from app.exchange.import_workbook import lines_of, open_workbook

_MARK: Final = b"\xef\xbb\xbf"
LONGEST_LINE: Final = 256 * 1024
"""Bytes of one row."""


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


class BadFile(MalformedBody):
    """The file as a whole cannot be read."""

    code = "bad_file"
    vi = "Không đọc được tệp gửi lên."
    en = "The file cannot be read."


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. defaults: of fields that rows leave open; limit: bytes of a workbook when it is unpacked."""

    kind: Format
    defaults: Mapping[str, Any]
    limit: int
    words: Words = ENROLMENTS


def rows_of(file: IO[bytes], reading: Reading, skip: int = 0) -> Iterator[RawRow]:
    """The rows of *file*, but for the first *skip*.

    Raises, as soon as it is met: BadFile, NoHeadings, UnknownHeading.
    """
    file.seek(0)
    if reading.kind is Format.NDJSON:
        return _ndjson(file, reading.defaults, skip)
    if reading.kind is Format.CSV:
        return islice(read_table(_csv(file), reading.defaults, reading.words), skip, None)
    return islice(_xlsx(file, reading), skip, None)


def _ndjson(file: IO[bytes], defaults: Mapping[str, Any], skip: int) -> Iterator[RawRow]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_MARK)
        if not line.strip():
            continue
        too_long = len(line) > LONGEST_LINE
        if too_long:
            _skip_line(file, line)
        if skip:
            skip -= 1
        else:
            yield RawRow(number, None, [_TOO_LONG]) if too_long else _object(number, line, defaults)


def _object(number: int, line: bytes, defaults: Mapping[str, Any]) -> RawRow:
    try:
        value = parse_strict(line)
    except InvalidInput as error:
        return RawRow(number, None, error.errors)
    if isinstance(value, dict) and defaults:
        value = {**defaults, **value}
    return RawRow(number, value)


def _skip_line(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(LONGEST_LINE)


def _csv(file: IO[bytes]) -> Iterator[Line]:
    """Lines of a CSV file in UTF-8, with commas, semicolons or tabs, whichever its first line has most of."""
    begin = file.read(LONGEST_LINE)
    file.seek(0)
    first = begin.decode("utf-8-sig", "replace").lstrip("\r\n").partition("\n")[0]
    delimiter = max((";", ",", "\t"), key=first.count)
    # (What is no UTF-8 becomes a lone surrogate, so that the row can be named in which it stands.)
    text = io.TextIOWrapper(_Unclosed(file), "utf-8-sig", errors="surrogateescape", newline="")  # type: ignore[type-var]
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise _bad(
            f"Sai cú pháp CSV ở dòng {reader.line_num}.", f"Bad CSV in line {reader.line_num}."
        ) from None
    finally:
        text.detach()


class _Unclosed(io.BufferedIOBase):
    """A file whose text wrapper does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def _xlsx(file: IO[bytes], reading: Reading) -> Iterator[RawRow]:
    """The tables of a workbook's sheets; sheets without a table are passed over."""
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > reading.limit:
                raise _bad("Tệp XLSX khi giải nén quá lớn.", "The workbook is too large when it is unpacked.")
        file.seek(0)
        book = open_workbook(file)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        SyntaxError,
    ) as error:
        raise _bad("Không phải tệp XLSX hợp lệ.", "This is not a valid XLSX workbook.") from error
    none = True
    try:
        for sheet in book.worksheets:
            try:
                yield from read_table(lines_of(sheet), reading.defaults, reading.words)
            except NoHeadings:
                continue
            none = False
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, SyntaxError) as error:
        raise _bad("Không phải tệp XLSX hợp lệ.", "This is not a valid XLSX workbook.") from error
    finally:
        book.close()
    if none:
        raise NoHeadings


def _bad(vi: str, en: str) -> BadFile:
    return BadFile(errors=[FieldError("", "bad_file", vi, en)])


_TOO_LONG: Final = FieldError(
    "",
    "row_too_long",
    f"Dòng dài quá {LONGEST_LINE // 1024} KiB.",
    f"The row is longer than {LONGEST_LINE // 1024} KiB.",
)


def as_line(value: object) -> bytes:
    """A value as a line of NDJSON."""
    return to_json(value) + b"\n"
