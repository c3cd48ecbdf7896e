"""Serialise reports for storage (head and rows as JSON), and write their sheets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from app.forms.kinds import ReportForm
from app.forms.layouts.b09 import SupportedRow, write_b09_sheet
from app.forms.layouts.b15 import ProgressRow, write_b15_sheet
from app.forms.layouts.c21 import StoppedCount, StoppedPerson, write_c21_counts, write_c21_people
from app.forms.layouts.d11 import RemunerationLine, write_d11_sheet
from app.forms.layouts.d11_summary import RemunerationRow, write_d11_summary
from app.forms.layouts.report_parts import ReportHead
from app.forms.layouts.sheet import FormWorkbook

_ROW_TYPES: Final[dict[ReportForm, type[Any]]] = {
    ReportForm.C21: StoppedCount,
    ReportForm.B15: ProgressRow,
    ReportForm.B09: SupportedRow,
    ReportForm.D11: RemunerationRow,
}
_ROW_TYPES_OF_SHEETS: Final[dict[tuple[ReportForm, str], type[Any]]] = {
    (ReportForm.C21, "a"): StoppedPerson,
    (ReportForm.D11, "detail"): RemunerationLine,
}
_HEAD_ADAPTER: Final = TypeAdapter(ReportHead)


@dataclass(frozen=True, slots=True)
class Report:
    """One sheet of a form: the texts above and below its table, and its rows.

    mentions: the members whom each row names, in the order of the rows; none where rows name nobody.
    """

    form: ReportForm
    sheet: str
    head: ReportHead
    rows: list[Any]
    mentions: list[set[UUID]] = field(default_factory=list)

    def dump_head(self) -> dict[str, Any]:
        """Serialise the head for storage."""
        data: dict[str, Any] = _HEAD_ADAPTER.dump_python(self.head, mode="json")
        return data

    def dump_rows(self) -> Iterator[dict[str, Any]]:
        """Serialise the rows for storage."""
        adapter = _row_adapter(self.form, self.sheet)
        return (adapter.dump_python(row, mode="json") for row in self.rows)


def parse_report_head(data: dict[str, Any]) -> ReportHead:
    """Parse a stored head."""
    return _HEAD_ADAPTER.validate_python(data)


def parse_report_rows(form: ReportForm, sheet: str, data: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    """Parse stored rows."""
    adapter = _row_adapter(form, sheet)
    return (adapter.validate_python(row) for row in data)


def write_report_sheet(
    book: FormWorkbook, form: ReportForm, sheet: str, head: ReportHead, rows: Iterable[Any]
) -> None:
    """Write the sheet of a form, from computed or stored rows: the file is the same."""
    match form:
        case ReportForm.C21 if sheet == "a":
            write_c21_people(book, head, rows)
        case ReportForm.C21:
            write_c21_counts(book, head, sheet, rows)
        case ReportForm.B15:
            write_b15_sheet(book, head, sheet, rows)
        case ReportForm.B09:
            write_b09_sheet(book, head, sheet, rows)
        case ReportForm.D11 if sheet == "detail":
            write_d11_sheet(book, head, rows)
        case ReportForm.D11:
            write_d11_summary(book, head, sheet, rows)


@cache
def _row_adapter(form: ReportForm, sheet: str) -> TypeAdapter[Any]:
    return TypeAdapter(_ROW_TYPES_OF_SHEETS.get((form, sheet), _ROW_TYPES[form]))
