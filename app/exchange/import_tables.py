"""Tables with headings, as people make them: CSV, and the official forms as they are. Row by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.core.text import search_key
from app.exchange.import_columns import SKIPPED, Columns, Form, Words
from app.exchange.import_values import Cell, text_of

_LOOK_AT: Final = 60
"""Rows in which the headings must begin."""
_TALLEST: Final = 8
"""Rows of headings at most."""
_SUMS: Final = ("cong", "tong cong", "tong so")
_ENDS: Final = ("tong so nguoi de nghi", "de nghi co quan bhxh", "de nghi co quan bao hiem")
_GROUPS: Final = frozenset({"i", "ii", "iii", "iv", "v"})
MOST_COLUMNS: Final = 200

Line = tuple[int, Sequence[Cell]]
"""Number of the row in the file, from 1, and its cells."""


class RawRow(NamedTuple):
    """A row as it was sent.

    number: in its file, from 1. value: its fields, or None when it could not be read; errors: why not. columns and
    texts: of a table, what stood in the row.
    """

    number: int
    value: Any
    errors: Sequence[FieldError] = ()
    columns: Columns | None = None
    texts: Sequence[str] = ()


class NoHeadings(InvalidInput):
    """No row of the table bears headings that are understood."""

    code = "no_headings"
    vi = "Không tìm thấy dòng tiêu đề cột trong bảng."
    en = "No row with column headings was found in the table."


class UnknownHeading(InvalidInput):
    """A column has a heading that is not known."""

    code = "unknown_heading"
    vi = "Có cột không rõ tên. Xem danh sách lỗi."
    en = "There is a column whose name is not known. See the list of errors."


def read_table(lines: Iterable[Line], defaults: Mapping[str, Any], words: Words) -> Iterator[RawRow]:
    """The rows below the headings, to the sum or the signatures.

    Raises: NoHeadings, UnknownHeading.
    """
    flow = iter(lines)
    columns, waiting = _headings(flow, words)
    for number, cells in _chained(waiting, flow):
        row = _row(columns, number, cells, defaults)
        if row is _END:
            return
        if row is not None:
            yield row


def _headings(flow: Iterator[Line], words: Words) -> tuple[Columns, list[Line]]:
    """The columns, and the rows below them that were read already.

    Official forms have headings of several rows, and a row of numbers (A, B, 1, 2, …) below them; the lowest heading
    of a column that is understood counts.
    """
    for seen, (number, cells) in enumerate(flow):
        if seen >= _LOOK_AT:
            break
        texts = [text_of(cell) for cell in cells[:MOST_COLUMNS]]
        found = [text for text in texts if text and words.field_of(text) not in (None, SKIPPED)]
        if len(found) >= 2 or "full_name" in map(words.field_of, found):
            return _whole_heading(number, texts, flow, words)
    raise NoHeadings


def _whole_heading(
    number: int, first: list[str], flow: Iterator[Line], words: Words
) -> tuple[Columns, list[Line]]:
    headings, height, unread = list(first), 1, list[Line]()
    for line in flow:
        texts = [text_of(cell) for cell in line[1][:MOST_COLUMNS]]
        if _numbers_columns(texts):
            height = 2
            break
        if height >= _TALLEST or not _is_heading(texts, words):
            unread.append(line)
            break
        height += 1
        headings += [""] * (len(texts) - len(headings))
        for place, text in enumerate(texts):
            meant = words.field_of(text) if text else None
            if meant or (meant == SKIPPED and not words.field_of(headings[place])):
                headings[place] = text
    columns = Columns.of(headings, words)
    unknown = [text[:60] for text in headings if text and words.field_of(text) is None]
    if unknown and columns.form is Form.PLAIN:
        raise UnknownHeading(errors=[_unknown(number, text) for text in unknown[:20]])
    return columns, unread


def _unknown(number: int, text: str) -> FieldError:
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    vi, en = f"Dòng {number}: không rõ cột “{text}”.", f"Row {number}: the column “{text}” is not known."
    return FieldError("", "unknown_heading", vi, en)


def _is_heading(texts: Sequence[str], words: Words) -> bool:
    """Whether a row goes on with headings: it has some, and nothing else."""
    said = [text for text in texts if text]
    return bool(said) and all(words.field_of(text) is not None for text in said)


def _numbers_columns(texts: Sequence[str]) -> bool:
    """Whether it is the row A, B, 1, 2, 3, … of an official form."""
    said = [text.strip("()").upper() for text in texts if text]
    return len(said) > 3 and said[:2] == ["A", "B"] and said[2:5] == ["1", "2", "3"][: len(said) - 2]


_END: Final = RawRow(0, None)


def _row(columns: Columns, number: int, cells: Sequence[Cell], defaults: Mapping[str, Any]) -> RawRow | None:
    """The row; None for one that says nothing, _END for the first below the table."""
    texts = [text_of(cell) for cell in cells[:MOST_COLUMNS]]
    said = [text for text, name in zip(texts, columns.names, strict=False) if text and name]
    first = search_key(next((text for text in texts if text), ""))
    if columns.form is not Form.PLAIN and (first.startswith(_ENDS) or first in _SUMS):
        return _END
    if not said or (columns.form is not Form.PLAIN and len(said) == 1 and first in _GROUPS):
        return None
    flaw = _flaw(columns, texts)
    if flaw is not None:
        return RawRow(number, None, [flaw], columns, texts)
    value = columns.values(cells, defaults)
    return None if value is None else RawRow(number, value, (), columns, texts)


def _flaw(columns: Columns, texts: Sequence[str]) -> FieldError | None:
    """What makes a row unreadable as a whole."""
    if any(texts[len(columns.headings) :]):
        return FieldError(
            "", "too_many_cells", "Dòng có nhiều ô hơn số cột.", "The row has more cells than columns."
        )
    for name, text in zip(columns.names, texts, strict=False):
        if "\x00" in text:
            return FieldError(f"/{name}", "nul", "Ô có ký tự NUL.", "The cell contains NUL.")
        if any("\ud800" <= char <= "\udfff" for char in text if not text.isascii()):
            return FieldError(f"/{name}", "encoding", "Ô không phải UTF-8.", "The cell is not UTF-8.")
    return None


def _chained(first: Iterable[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from first
    yield from rest
