"""Read tables with headings row by row: CSV, and the official forms as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.core.values.search_key import search_key
from app.imports.files.bounds import ReadWatch
from app.imports.files.columns import IGNORED_COLUMN, Form, TableColumns, TableSchema
from app.imports.files.values import CellValue, cell_text

_MAX_ROWS_BEFORE_HEADINGS: Final = 60
"""Rows in which the headings must begin."""
_MAX_HEADING_ROWS: Final = 8
"""Rows of headings at most."""
_SUM_LABELS: Final = ("cong", "tong cong", "tong so")
_END_LABELS: Final = ("tong so nguoi de nghi", "de nghi co quan bhxh", "de nghi co quan bao hiem")
_GROUP_NUMBERS: Final = frozenset({"i", "ii", "iii", "iv", "v"})
MAX_COLUMNS: Final = 200

TableLine = tuple[int, Sequence[CellValue]]
"""Number of the row in the file, from 1, and its cells."""


class RawRow(NamedTuple):
    """A row as it was sent.

    number: in its file, from 1. value: its fields, or None when it could not be read; errors: why not. columns and
    texts: of a table, what stood in the row.
    """

    number: int
    value: Any
    errors: Sequence[FieldError] = ()
    columns: TableColumns | None = None
    texts: Sequence[str] = ()


class NoHeadings(InvalidInput):
    """No row of the table has headings that are understood."""

    code = "no_headings"
    vi = "Không tìm thấy dòng tiêu đề cột trong bảng."
    en = "No row with column headings was found in the table."


class UnknownHeading(InvalidInput):
    """A column has a heading that is not known."""

    code = "unknown_heading"
    vi = "Có cột không rõ tên. Xem danh sách lỗi."
    en = "There is a column whose name is not known. See the list of errors."


def read_table(
    lines: Iterable[TableLine], defaults: Mapping[str, Any], schema: TableSchema, watch: ReadWatch
) -> Iterator[RawRow]:
    """Read the rows below the headings, down to the sum or the signatures.

    Raises: NoHeadings, UnknownHeading; what the watch raises.
    """
    iterator = iter(lines)
    columns, unread = _find_headings(iterator, schema)
    for number, cells in _chain(unread, iterator):
        row = _parse_row(columns, number, cells, defaults)
        watch.pass_line(number, is_blank=row is _BLANK_LINE)
        if row is _END_OF_TABLE:
            return
        if row is not None and row is not _BLANK_LINE:
            yield row


def _find_headings(
    iterator: Iterator[TableLine], schema: TableSchema
) -> tuple[TableColumns, list[TableLine]]:
    """Find the columns; return them with the rows below that were read already.

    Official forms have headings of several rows, and a row of numbers (A, B, 1, 2, …) below them; the lowest heading
    of a column that is understood counts.
    """
    for index, (number, cells) in enumerate(iterator):
        if index >= _MAX_ROWS_BEFORE_HEADINGS:
            break
        texts = [cell_text(cell) for cell in cells[:MAX_COLUMNS]]
        known = [text for text in texts if text and schema.field_of(text) not in (None, IGNORED_COLUMN)]
        if len(known) >= 2 or "full_name" in map(schema.field_of, known):
            return _read_headings(number, texts, iterator, schema)
    raise NoHeadings


def _read_headings(
    number: int, first: list[str], iterator: Iterator[TableLine], schema: TableSchema
) -> tuple[TableColumns, list[TableLine]]:
    headings, height, unread = list(first), 1, list[TableLine]()
    for line in iterator:
        texts = [cell_text(cell) for cell in line[1][:MAX_COLUMNS]]
        if _is_number_row(texts):
            height = 2
            break
        if height >= _MAX_HEADING_ROWS or not _is_heading(texts, schema):
            unread.append(line)
            break
        height += 1
        headings += [""] * (len(texts) - len(headings))
        for index, text in enumerate(texts):
            field = schema.field_of(text) if text else None
            if field or (field == IGNORED_COLUMN and not schema.field_of(headings[index])):
                headings[index] = text
    columns = TableColumns.from_headings(headings, schema)
    unknown = [text[:60] for text in headings if text and schema.field_of(text) is None]
    if unknown and columns.form is Form.PLAIN:
        raise UnknownHeading(errors=[_unknown_heading(number, text) for text in unknown[:20]])
    return columns, unread


def _unknown_heading(number: int, text: str) -> FieldError:
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    vi, en = f"Dòng {number}: không rõ cột “{text}”.", f"Row {number}: the column “{text}” is not known."
    return FieldError("", "unknown_heading", vi, en)


def _is_heading(texts: Sequence[str], schema: TableSchema) -> bool:
    """Return whether a row continues the headings: it has some, and nothing else."""
    texts_given = [text for text in texts if text]
    return bool(texts_given) and all(schema.field_of(text) is not None for text in texts_given)


def _is_number_row(texts: Sequence[str]) -> bool:
    """Return whether it is the row A, B, 1, 2, 3, … of an official form."""
    texts_given = [text.strip("()").upper() for text in texts if text]
    return (
        len(texts_given) > 3
        and texts_given[:2] == ["A", "B"]
        and texts_given[2:5] == ["1", "2", "3"][: len(texts_given) - 2]
    )


_END_OF_TABLE: Final = RawRow(0, None)
_BLANK_LINE: Final = RawRow(0, None, ())


def _parse_row(
    columns: TableColumns, number: int, cells: Sequence[CellValue], defaults: Mapping[str, Any]
) -> RawRow | None:
    """Parse the row; None for one that says nothing, _BLANK_LINE for an empty one, _END_OF_TABLE for the first below
    the table."""
    texts = [cell_text(cell) for cell in cells[:MAX_COLUMNS]]
    if not any(texts) and not any(cells[MAX_COLUMNS:]):
        return _BLANK_LINE
    texts_given = [text for text, name in zip(texts, columns.fields, strict=False) if text and name]
    first = search_key(next((text for text in texts if text), ""))
    if columns.form is not Form.PLAIN and (first.startswith(_END_LABELS) or first in _SUM_LABELS):
        return _END_OF_TABLE
    if not texts_given or (
        columns.form is not Form.PLAIN and len(texts_given) == 1 and first in _GROUP_NUMBERS
    ):
        return None
    flaw = _find_flaw(columns, texts, cells)
    if flaw is not None:
        return RawRow(number, None, [flaw], columns, texts)
    value = columns.values(cells, defaults)
    return None if value is None else RawRow(number, value, (), columns, texts)


def _find_flaw(columns: TableColumns, texts: Sequence[str], cells: Sequence[CellValue]) -> FieldError | None:
    """Find what makes a row unreadable as a whole."""
    if any(texts[len(columns.headings) :]) or any(cells[MAX_COLUMNS:]):
        return FieldError(
            "", "too_many_cells", "Dòng có nhiều ô hơn số cột.", "The row has more cells than columns."
        )
    for name, text in zip(columns.fields, texts, strict=False):
        if "\x00" in text:
            return FieldError(f"/{name}", "nul", "Ô có ký tự NUL.", "The cell contains NUL.")
        if any("\ud800" <= char <= "\udfff" for char in text if not text.isascii()):
            return FieldError(f"/{name}", "encoding", "Ô không phải UTF-8.", "The cell is not UTF-8.")
    return None


def _chain(first: Iterable[TableLine], rest: Iterator[TableLine]) -> Iterator[TableLine]:
    yield from first
    yield from rest
