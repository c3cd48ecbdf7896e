"""Read the rows of a file one after the other, in constant memory: NDJSON, CSV, XLSX."""

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
from app.core.values.strict_json import parse_strict
from app.imports.files.columns import ENROLMENT_TABLE, TableSchema
from app.imports.files.tables import NoHeadings, RawRow, TableLine, read_table
from app.imports.files.workbook import open_workbook, read_lines

_BOM: Final = b"\xef\xbb\xbf"
MAX_LINE_BYTES: Final = 256 * 1024
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
class ReadOptions:
    """How a file is read. defaults: of fields that rows leave open; limit: bytes of a workbook when it is unpacked."""

    format: Format
    defaults: Mapping[str, Any]
    limit: int
    schema: TableSchema = ENROLMENT_TABLE


def read_file_rows(file: IO[bytes], options: ReadOptions, skip: int = 0) -> Iterator[RawRow]:
    """Read the rows of *file*, but for the first *skip*.

    Raises, as soon as it is met: BadFile, NoHeadings, UnknownHeading.
    """
    file.seek(0)
    if options.format is Format.NDJSON:
        return _read_ndjson(file, options.defaults, skip)
    if options.format is Format.CSV:
        return islice(read_table(_read_csv(file), options.defaults, options.schema), skip, None)
    return islice(_read_xlsx(file, options), skip, None)


def _read_ndjson(file: IO[bytes], defaults: Mapping[str, Any], skip: int) -> Iterator[RawRow]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if not line.strip():
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
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise _bad_file(
            f"Sai cú pháp CSV ở dòng {reader.line_num}.", f"Bad CSV in line {reader.line_num}."
        ) from None
    finally:
        text.detach()


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


def _read_xlsx(file: IO[bytes], options: ReadOptions) -> Iterator[RawRow]:
    """Read the tables of a workbook's sheets; sheets without a table are skipped."""
    book = _open_xlsx(file, options.limit)
    no_table = True
    try:
        for sheet in book.worksheets:
            try:
                yield from read_table(read_lines(sheet), options.defaults, options.schema)
            except NoHeadings:
                continue
            no_table = False
    except _DAMAGED_XLSX as error:
        raise _invalid_xlsx() from error
    finally:
        book.close()
    if no_table:
        raise NoHeadings


def _open_xlsx(file: IO[bytes], limit: int) -> Any:
    """Open a workbook. Raises: BadFile; also when it takes more bytes than *limit* unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > limit:
                raise _bad_file(
                    "Tệp XLSX khi giải nén quá lớn.", "The workbook is too large when it is unpacked."
                )
        file.seek(0)
        return open_workbook(file)
    except (*_DAMAGED_XLSX, InvalidFileException, OSError) as error:
        raise _invalid_xlsx() from error


_DAMAGED_XLSX: Final = (zipfile.BadZipFile, KeyError, ValueError, EOFError, SyntaxError)


def _invalid_xlsx() -> BadFile:
    return _bad_file("Không phải tệp XLSX hợp lệ.", "This is not a valid XLSX workbook.")


def _bad_file(vi: str, en: str) -> BadFile:
    return BadFile(errors=[FieldError("", "bad_file", vi, en)])


_TOO_LONG: Final = FieldError(
    "",
    "row_too_long",
    f"Dòng dài quá {MAX_LINE_BYTES // 1024} KiB.",
    f"The row is longer than {MAX_LINE_BYTES // 1024} KiB.",
)


def to_json_line(value: object) -> bytes:
    """Serialise a value as a line of NDJSON."""
    return to_json(value) + b"\n"
