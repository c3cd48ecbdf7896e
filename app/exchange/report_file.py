"""The file that is made of a report's stored rows."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from app.exchange.export_records import Data
from app.exchange.export_sheets import XLSX
from app.exchange.forms.report_parts import Head
from app.exchange.forms.sheet import Book
from app.exchange.report_rules import ReportForm
from app.exchange.report_snapshot import head_of, rows_of, write
from app.models.export_list import ExportList


class ReportFile:
    """A report's file, made like a list's: rows come in order, in portions. They are held until it is saved."""

    media_type = XLSX

    def __init__(self, row: ExportList) -> None:
        self._form, self._sheet = ReportForm(row.form), str(row.params["sheet"])
        self._head: Head = head_of(row.params["head"])
        self._number, self._year = row.number, row.year
        self._rows: list[Any] = []
        self._book = Book()

    @property
    def name(self) -> str:
        """The file's name: B15A-UQ-3-2026.xlsx."""
        stem, _, kind = self._form.value.upper().partition("_")
        sheet = "" if self._sheet == "detail" else self._sheet.upper()
        return f"{stem}{sheet}-{kind}-{self._number}-{self._year}.xlsx"

    def add(self, rows: Sequence[Data]) -> None:
        """Rows of the report, the next in its order."""
        self._rows.extend(rows_of(self._form, self._sheet, rows))

    def save(self, target: BinaryIO) -> None:
        """Write the file."""
        write(self._book, self._form, self._sheet, self._head, self._rows)
        self._book.save(target)

    def close(self) -> None:
        """Remove what is left of it; to be called whatever happened."""
        self._book.close()
