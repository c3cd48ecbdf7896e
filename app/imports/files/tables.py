"""Read tables with headings row by row: CSV, and the official forms as they are."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
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
_SUM_LABEL: Final = re.compile(
    r"(?:tổng (?:cộng|số|tiền|hợp)|luỹ kế|lũy kế)\b.*|(?:tổng|cộng)(?:\s*[:(\d].*)?|tong cong|tong so|cong"
    r"|cộng (?:thôn|xã|phường|tổ|nhóm|hộ|trang|dồn|chung|toàn)\b.*",
    re.DOTALL,
)
"""Of a sum: “Cộng”, “Cộng thôn Bắc”, “Tổng số: 5 người”; and not of a “cộng tác viên”."""
_END_LABELS: Final = ("tong so nguoi de nghi", "de nghi co quan bhxh", "de nghi co quan bao hiem")
_GROUP_NUMBER: Final = re.compile(r"[ivx]+|[a-hđ]", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{8,}")
_DATE: Final = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}|\d{4}")
_PERSON_FIELDS: Final = frozenset({"national_id", "social_insurance_no", "phone"})
_NAMING_FIELDS: Final = frozenset({"member_id", "external_ref", "id"})
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
    """No row of the table has headings that are understood. is_blank: nor anything else."""

    is_blank = False

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
    """Read the rows below the headings, to the last: a sum may stand among them, and signatures below. What is none of
    the table the watch notes, with the reason; so that no row is missed silently.

    Raises: NoHeadings, UnknownHeading; what the watch raises.
    """
    iterator = iter(lines)
    columns, unread = _find_headings(iterator, schema)
    is_below = False
    for number, cells in _chain(unread, iterator):
        texts = [cell_text(cell) for cell in cells[:MAX_COLUMNS]]
        is_blank = not any(texts) and not any(cells[MAX_COLUMNS:])
        watch.pass_line(number, is_blank=is_blank)
        if is_blank:
            continue
        is_person = _names_somebody(columns, texts, cells)
        reason = None if is_person else _find_reason_to_skip(columns, texts, is_below=is_below)
        is_below = not is_person and (is_below or reason in (_SUM, _BELOW))
        row = None if reason is not None else _parse_row(columns, number, cells, texts, defaults)
        if row is not None:
            yield row
        else:
            watch.skip(number, reason or _NO_CARD_WANTED)


def _names_somebody(columns: TableColumns, texts: Sequence[str], cells: Sequence[CellValue]) -> bool:
    """Whether a row says of whom it is, by more than a text that may be the label of a sum: also by its running number,
    which no sum and no signature has."""
    is_numbered = texts[0].isdigit() and columns.fields[0] == IGNORED_COLUMN
    for name, text, cell in zip(columns.fields, texts, cells, strict=False):
        if name in _PERSON_FIELDS and _NUMBER.search(re.sub(r"[\s.-]", "", text)):
            return True
        if text and (name in _NAMING_FIELDS or (is_numbered and name == "full_name")):
            return True
        if name == "birth_date" and (isinstance(cell, date) or _DATE.fullmatch(text)):
            return True
    return False


def _find_reason_to_skip(columns: TableColumns, texts: Sequence[str], *, is_below: bool) -> FieldError | None:
    """Why a row that names nobody is none of the table; None for one that is read. is_below: only sums and what
    belongs to the form came since the last person."""
    first = next((text for text in texts if text), "")
    taken = [text for text, name in zip(texts, columns.fields, strict=False) if text and name]
    if any(text and _SUM_LABEL.fullmatch(" ".join(text.lower().split())) for text in texts):
        return _SUM
    is_form = columns.form is not Form.PLAIN
    if is_form and (is_below or search_key(first).startswith(_END_LABELS)):
        return _BELOW
    if len(taken) == 1 and taken[0] != first and _GROUP_NUMBER.fullmatch(first):
        return _GROUP
    return None if taken else _NOTHING_TAKEN


_SUM: Final = FieldError("", "sum_row", "Dòng cộng, không phải dòng dữ liệu.", "A sum, no row of data.")
_GROUP: Final = FieldError(
    "", "group_row", "Dòng tiêu đề của một nhóm, không phải dòng dữ liệu.", "The heading of a group of rows."
)
_BELOW: Final = FieldError(
    "",
    "below_table",
    "Dòng nằm dưới bảng: không có số định danh, mã số BHXH hay ngày sinh của ai.",
    "Below the table: nobody's number or birth date stands in it.",
)
_NOTHING_TAKEN: Final = FieldError(
    "",
    "nothing_to_take",
    "Dòng không có ô nào thuộc các cột được nhập.",
    "No cell of a column that is taken in.",
)
_NO_CARD_WANTED: Final = FieldError(
    "",
    "no_card_wanted",
    "Thành viên hộ không đề nghị cấp thẻ: cột ghi chú để trống.",
    "A member of the household for whom no card is wanted: the note is empty.",
)


def _find_headings(
    iterator: Iterator[TableLine], schema: TableSchema
) -> tuple[TableColumns, list[TableLine]]:
    """Find the columns; return them with the rows below that were read already.

    Official forms have headings of several rows, and a row of numbers (A, B, 1, 2, …) below them; the lowest heading
    of a column that is understood counts.
    """
    refusal = NoHeadings()
    refusal.is_blank = True
    for index, (number, cells) in enumerate(iterator):
        if index >= _MAX_ROWS_BEFORE_HEADINGS:
            break
        refusal.is_blank = refusal.is_blank and not any(map(cell_text, cells))
        texts = [cell_text(cell) for cell in cells[:MAX_COLUMNS]]
        known = [text for text in texts if text and schema.field_of(text) not in (None, IGNORED_COLUMN)]
        if len(known) >= 2 or "full_name" in map(schema.field_of, known):
            return _read_headings(number, texts, iterator, schema)
    raise refusal


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


def _parse_row(
    columns: TableColumns,
    number: int,
    cells: Sequence[CellValue],
    texts: Sequence[str],
    defaults: Mapping[str, Any],
) -> RawRow | None:
    """Parse a row; None for one that applies for nothing."""
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
