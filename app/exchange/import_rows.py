"""Rows of a file: read as enrolments, and told about by row, column and reason, so that a person finds them again."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from app.exchange.import_columns import Words
from app.exchange.import_sources import as_line
from app.exchange.import_tables import RawRow
from app.exchange.import_values import guarded
from app.insurance.enrolment_batch_schemas import BadRow, RowIn, Verdict
from app.insurance.enrolment_schemas import EnrolmentIn

Item = EnrolmentIn | BadRow
Chunk = list[tuple[RawRow, Any]]
"""Rows, each with what it asks for: an enrolment, a contribution, or a BadRow."""
Told = Mapping[str, Any]
"""What became of a row: its status, ids, warnings and errors (pointer, code, Vietnamese, English)."""

_ROW: Final = TypeAdapter[Item](RowIn).validator
REJECTED: Final = Verdict.REJECTED.value
ROW_HEADING, ERROR_HEADING, CANDIDATES_HEADING = "Dòng", "Lỗi", "Có thể trùng"
_MARK: Final = "\ufeff"


def item_of(raw: RawRow) -> Item:
    """The enrolment that a row applies for, or what keeps it from being one."""
    return BadRow(raw.value, raw.errors) if raw.errors else _ROW.validate_python(raw.value)


def chunks_of(rows: Iterable[RawRow], size: int, read: Callable[[RawRow], Any] = item_of) -> Iterator[Chunk]:
    """The rows, so many at a time, each with what it applies for."""
    chunk: Chunk = []
    for raw in rows:
        chunk.append((raw, read(raw)))
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def tell(raw: RawRow, said: Told) -> None:
    """Name row and column in what is said about a row of a file."""
    for notes in (said["errors"], said["warnings"]):
        if notes:
            notes[:] = [
                (pointer, code, f"{_place(raw, pointer)[0]}: {vi}", f"{_place(raw, pointer)[1]}: {en}")
                for pointer, code, vi, en in notes
            ]


def _place(raw: RawRow, pointer: str) -> tuple[str, str]:
    """Where something is wrong, in words."""
    name = pointer[1:].partition("/")[0]
    if not name:
        return f"Dòng {raw.number}", f"Row {raw.number}"
    if raw.columns is None:
        return f"Dòng {raw.number}, trường {name}", f"Row {raw.number}, field {name}"
    heading = raw.columns.heading_of(name)
    return f"Dòng {raw.number}, cột “{heading}”", f"Row {raw.number}, column “{heading}”"


def report_headings(raw: RawRow, words: Words) -> list[str]:
    """The columns of a report on rows such as this one: theirs, with the reason; or the API's names."""
    added = [ROW_HEADING, ERROR_HEADING]
    if words.field_of(CANDIDATES_HEADING) is not None:  # of rows that speak of people
        added.append(CANDIDATES_HEADING)
    if raw.columns is None:
        return [*words.names, *added]
    named = [word for word in raw.columns.headings if word and words.field_of(word) is not None]
    own = [word for word in dict.fromkeys(named) if word not in added]
    return [*own, *added]


def report_head(headings: Sequence[str]) -> bytes:
    """The first line of a report, marked so that spreadsheets read it as UTF-8."""
    return (_MARK + _csv([headings])).encode()


def report_of(headings: Sequence[str], rows: Iterable[tuple[RawRow, Told]]) -> bytes:
    """The rejected rows as they were sent, each with the reason beside it: ready to be corrected and sent again."""
    return _csv([_line(headings, raw, said) for raw, said in rows if said["status"] == REJECTED]).encode()


def _line(headings: Sequence[str], raw: RawRow, said: Told) -> list[str]:
    source = _source(raw)
    source[ROW_HEADING] = str(raw.number)
    source[ERROR_HEADING] = "; ".join(vi for _, _, vi, _ in said["errors"])
    candidates = said.get("candidates", ())
    source[CANDIDATES_HEADING] = "; ".join(f"{one['member_id']} ({one['score']})" for one in candidates)
    return [guarded(source.get(heading, "")) for heading in headings]


def _source(raw: RawRow) -> dict[str, str]:
    if raw.columns is not None:
        return dict(zip(raw.columns.headings, map(_storable, raw.texts), strict=False))
    value = raw.value if isinstance(raw.value, Mapping) else {}
    return {str(name): _text(cell) for name, cell in value.items()}


def _text(value: Any) -> str:
    return "" if value is None else _storable(str(value))


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def outcomes_of(first: int, rows: Iterable[tuple[RawRow, Told]]) -> bytes:
    """What became of each row, as NDJSON. first: place of the first one among all rows, from 0."""
    return b"".join([as_line(_outcome(index, raw, said)) for index, (raw, said) in enumerate(rows, first)])


def _outcome(index: int, raw: RawRow, said: Told) -> dict[str, Any]:
    line = {"index": index, "row": raw.number, **said}
    for name in ("warnings", "errors"):  # last in their line
        notes = line.pop(name)
        line[name] = _notes(notes) if notes else []
    return line


def _notes(notes: Iterable[tuple[str, str, str, str]]) -> list[dict[str, str]]:
    return [{"pointer": pointer, "code": code, "detail": vi} for pointer, code, vi, _ in notes]


def _csv(lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()
