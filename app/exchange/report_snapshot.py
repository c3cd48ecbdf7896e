"""A report as it is kept: what stands above its table, and its rows, as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from app.exchange.forms.b09 import SupportedRow, write_supported
from app.exchange.forms.b15 import ProgressRow, write_progress
from app.exchange.forms.c21 import StoppedCount, StoppedPerson, write_counts, write_people
from app.exchange.forms.d11 import Earned, write_earned
from app.exchange.forms.d11_summary import EarnedRow, write_summary
from app.exchange.forms.report_parts import Head
from app.exchange.forms.sheet import Book
from app.exchange.report_rules import ReportForm

_ROWS: Final[dict[ReportForm, type[Any]]] = {
    ReportForm.C21: StoppedCount,
    ReportForm.B15: ProgressRow,
    ReportForm.B09: SupportedRow,
    ReportForm.D11: EarnedRow,
}
_SINGLE: Final[dict[tuple[ReportForm, str], type[Any]]] = {
    (ReportForm.C21, "a"): StoppedPerson,
    (ReportForm.D11, "detail"): Earned,
}
_HEAD: Final = TypeAdapter(Head)


@dataclass(frozen=True, slots=True)
class Report:
    """One sheet of a form: what is above and below its table, and its rows."""

    form: ReportForm
    sheet: str
    head: Head
    rows: list[Any]

    def head_data(self) -> dict[str, Any]:
        """The head as it is kept."""
        kept: dict[str, Any] = _HEAD.dump_python(self.head, mode="json")
        return kept

    def row_data(self) -> Iterator[dict[str, Any]]:
        """The rows as they are kept."""
        adapter = _adapter(self.form, self.sheet)
        return (adapter.dump_python(row, mode="json") for row in self.rows)


def head_of(data: dict[str, Any]) -> Head:
    """A head that was kept."""
    return _HEAD.validate_python(data)


def rows_of(form: ReportForm, sheet: str, data: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    """Rows that were kept."""
    adapter = _adapter(form, sheet)
    return (adapter.validate_python(row) for row in data)


def write(book: Book, form: ReportForm, sheet: str, head: Head, rows: Iterable[Any]) -> None:
    """The sheet of a form, from rows as they were worked out or kept: the same file either way."""
    match form:
        case ReportForm.C21 if sheet == "a":
            write_people(book, head, rows)
        case ReportForm.C21:
            write_counts(book, head, sheet, rows)
        case ReportForm.B15:
            write_progress(book, head, sheet, rows)
        case ReportForm.B09:
            write_supported(book, head, sheet, rows)
        case ReportForm.D11 if sheet == "detail":
            write_earned(book, head, rows)
        case ReportForm.D11:
            write_summary(book, head, sheet, rows)


@cache
def _adapter(form: ReportForm, sheet: str) -> TypeAdapter[Any]:
    return TypeAdapter(_SINGLE.get((form, sheet), _ROWS[form]))
