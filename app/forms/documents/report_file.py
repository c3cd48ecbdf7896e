"""Build the file of a report from its stored rows."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from app.forms.documents.list_file import XLSX
from app.forms.documents.records import RowData
from app.forms.documents.snapshot import parse_report_head, parse_report_rows, write_report_sheet
from app.forms.kinds import ReportForm
from app.forms.layouts.report_parts import ReportHead
from app.forms.layouts.sheet import FormWorkbook
from app.models.jobs.export_list import ExportList


class ReportFile:
    """The file of a report, built like a list's from portions of rows, which are kept until it is saved."""

    media_type = XLSX

    def __init__(self, row: ExportList) -> None:
        self._form, self._sheet = ReportForm(row.form), str(row.params["sheet"])
        self._head: ReportHead = parse_report_head(row.params["head"])
        self._number, self._year = row.number, row.year
        self._rows: list[Any] = []
        self._book = FormWorkbook()

    @property
    def name(self) -> str:
        """Return the file's name, such as B15A-UQ-3-2026.xlsx."""
        stem, _, kind = self._form.value.upper().partition("_")
        sheet = "" if self._sheet == "detail" else self._sheet.upper()
        return f"{stem}{sheet}-{kind}-{self._number}-{self._year}.xlsx"

    def add(self, rows: Sequence[RowData]) -> None:
        """Add the next rows of the report."""
        self._rows.extend(parse_report_rows(self._form, self._sheet, rows))

    def save(self, target: BinaryIO) -> None:
        """Write the file."""
        write_report_sheet(self._book, self._form, self._sheet, self._head, self._rows)
        self._book.save(target)

    def close(self) -> None:
        """Remove its temporary files; to be called also after an error."""
        self._book.close()
