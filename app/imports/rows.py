"""Rows of a file: parsed as enrolments; their outcomes annotated with row and column, and written as reports."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from app.imports.files.columns import TableSchema
from app.imports.files.sources import to_json_line
from app.imports.files.tables import RawRow
from app.imports.files.values import escape_formula
from app.insurance.enrolments.intake.schemas import BadRow, RowIn, Verdict
from app.insurance.enrolments.schemas import EnrolmentIn

EnrolmentItem = EnrolmentIn | BadRow
ImportOutcome = Mapping[str, Any]
"""What became of a row: its status, ids, warnings and errors (pointer, code, Vietnamese, English)."""

_ROW: Final = TypeAdapter[EnrolmentItem](RowIn).validator
REJECTED_STATUS: Final = Verdict.REJECTED.value
ROW_HEADING, ERROR_HEADING, CANDIDATES_HEADING = "Dòng", "Lỗi", "Có thể trùng"
_BOM: Final = "\ufeff"


def parse_enrolment_row(raw: RawRow) -> EnrolmentItem:
    """Parse the enrolment of a row, or what is wrong with it."""
    return BadRow(raw.value, raw.errors) if raw.errors else _ROW.validate_python(raw.value)


def annotate_outcome(raw: RawRow, outcome: ImportOutcome) -> None:
    """Annotate the messages of a row's outcome with its row and column."""
    for notes in (outcome["errors"], outcome["warnings"]):
        if notes:
            notes[:] = [_annotate(raw, *note) for note in notes]


def _annotate(raw: RawRow, pointer: str, code: str, vi: str, en: str) -> tuple[str, str, str, str]:
    """Annotate one message; a cell that was left empty is named by its column."""
    field = pointer[1:].partition("/")[0]
    if code == "missing" and field and raw.columns is not None:
        heading = raw.columns.heading_of(field)
        vi, en = f"Chưa nhập “{heading}”.", f"“{heading}” is empty."
    place = _locate(raw, pointer)
    return pointer, code, f"{place[0]}: {vi}", f"{place[1]}: {en}"


def _locate(raw: RawRow, pointer: str) -> tuple[str, str]:
    """Describe in words where something is wrong."""
    name = pointer[1:].partition("/")[0]
    if not name:
        return f"Dòng {raw.number}", f"Row {raw.number}"
    if raw.columns is None:
        return f"Dòng {raw.number}, trường {name}", f"Row {raw.number}, field {name}"
    heading = raw.columns.heading_of(name)
    return f"Dòng {raw.number}, cột “{heading}”", f"Row {raw.number}, column “{heading}”"


def choose_report_headings(raw: RawRow, schema: TableSchema) -> list[str]:
    """Choose the columns of a report on rows such as this one: theirs, with the reason; or the API's names."""
    extra = [ROW_HEADING, ERROR_HEADING]
    if schema.field_of(CANDIDATES_HEADING) is not None:  # of rows that speak of people
        extra.append(CANDIDATES_HEADING)
    if raw.columns is None:
        return [*schema.fields, *extra]
    known = [heading for heading in raw.columns.headings if heading and schema.field_of(heading) is not None]
    own = [heading for heading in dict.fromkeys(known) if heading not in extra]
    return [*own, *extra]


def format_report_head(headings: Sequence[str]) -> bytes:
    """Format the first line of a report, with a BOM so that spreadsheets read it as UTF-8."""
    return (_BOM + _csv([headings])).encode()


def format_report_rows(headings: Sequence[str], rows: Iterable[tuple[RawRow, ImportOutcome]]) -> bytes:
    """Format the rejected rows as they were sent, each with the reason: ready to be corrected and sent again."""
    return _csv(
        [
            _report_line(headings, raw, outcome)
            for raw, outcome in rows
            if outcome["status"] == REJECTED_STATUS
        ]
    ).encode()


def _report_line(headings: Sequence[str], raw: RawRow, outcome: ImportOutcome) -> list[str]:
    cells = _source_cells(raw)
    cells[ROW_HEADING] = str(raw.number)
    cells[ERROR_HEADING] = "; ".join(vi for _, _, vi, _ in outcome["errors"])
    candidates = outcome.get("candidates", ())
    cells[CANDIDATES_HEADING] = "; ".join(
        f"{candidate['member_id']} ({candidate['score']})" for candidate in candidates
    )
    return [escape_formula(cells.get(heading, "")) for heading in headings]


def _source_cells(raw: RawRow) -> dict[str, str]:
    if raw.columns is not None:
        return dict(zip(raw.columns.headings, map(_to_storable, raw.texts), strict=False))
    value = raw.value if isinstance(raw.value, Mapping) else {}
    return {str(name): _cell_text(cell) for name, cell in value.items()}


def _cell_text(value: Any) -> str:
    return "" if value is None else _to_storable(str(value))


def _to_storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def format_outcomes(first: int, rows: Iterable[tuple[RawRow, ImportOutcome]]) -> bytes:
    """Format the outcome of each row, as NDJSON. first: index of the first one among all rows, from 0."""
    return b"".join(
        [to_json_line(_outcome_line(index, raw, outcome)) for index, (raw, outcome) in enumerate(rows, first)]
    )


def _outcome_line(index: int, raw: RawRow, outcome: ImportOutcome) -> dict[str, Any]:
    line = {"index": index, "row": raw.number, **outcome}
    for name in ("warnings", "errors"):  # last in their line
        notes = line.pop(name)
        line[name] = _notes_to_json(notes) if notes else []
    return line


def _notes_to_json(notes: Iterable[tuple[str, str, str, str]]) -> list[dict[str, str]]:
    return [{"pointer": pointer, "code": code, "detail": vi} for pointer, code, vi, _ in notes]


def _csv(lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()
