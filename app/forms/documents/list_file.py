"""Build the file of a list from its stored rows, in the layout of its day. Pure: no database."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, BinaryIO, Final

from app.forms.documents.records import (
    RowData,
    build_card_holder,
    build_d05_2017_participant,
    build_d05_participant,
    build_declaration,
    build_household_member,
)
from app.forms.kinds import ExportForm
from app.forms.layouts import card_list, d05, d05_2017, household_list, tk1
from app.forms.layouts.sheet import FormSheet, FormWorkbook
from app.forms.layouts.texts import ListHead

OLD_LAYOUT: Final = 595
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_NO_HEAD: Final = dict.fromkeys(("name", "phone", "address", "commune", "province"))


class ListFile:
    """A file that is being built from a list's rows, which come in order, in portions of any size.

    form, layout: of the sheet; totals: of the whole list; on_paper: whether printed books or cards are requested.
    """

    def __init__(
        self, form: ExportForm, layout: int, head: ListHead, totals: Mapping[str, int], *, on_paper: bool
    ) -> None:
        self._form, self._layout, self._head, self._totals = form, layout, head, totals
        self._on_paper = on_paper
        self._book = FormWorkbook()
        self._rows = 0
        self._sheet: FormSheet | None = None
        self._household: list[RowData] = []
        self._households = 0
        self._declaration_row: RowData | None = None

    @property
    def name(self) -> str:
        """Return the file's name."""
        stem = self._form.value.upper().replace("_", "-")
        ending = "docx" if self._form is ExportForm.TK1_TS else "xlsx"
        return f"{stem}-{self._head.number}-{self._head.day.year}.{ending}"

    @property
    def media_type(self) -> str:
        return DOCX if self._form is ExportForm.TK1_TS else XLSX

    def add(self, rows: Sequence[RowData]) -> None:
        """Add the next rows of the list."""
        self._add[self._form](self, rows)

    def save(self, target: BinaryIO) -> None:
        """Finish the file and write it."""
        if self._declaration_row is not None:
            tk1.write_declaration(self._declaration(self._declaration_row), target)
            return
        if self._form is ExportForm.MAU_4:
            self._write_household()
        elif self._sheet is not None:
            self._sheet.add_block(self._footer())
        self._book.save(target)

    def close(self) -> None:
        """Remove its temporary files; to be called also after an error."""
        self._book.close()

    def _footer(self) -> Any:
        if self._form is ExportForm.MAU_3:
            return card_list.build_card_list_footer()
        if self._layout == OLD_LAYOUT:
            support = self._totals["amount_due"] - self._totals["participant_pays"]
            return d05_2017.build_d05_2017_footer({**self._totals, "support": support})
        return d05.build_d05_footer(self._totals)

    def _add_participant_rows(self, rows: Sequence[RowData]) -> None:
        old = self._layout == OLD_LAYOUT
        if self._sheet is None:
            self._sheet = self._book.add_sheet(
                d05_2017.build_d05_2017_layout(self._head) if old else d05.build_d05_layout(self._head)
            )
        build: Callable[[RowData], d05.D05Participant | d05_2017.D05Participant2017] = (
            build_d05_2017_participant if old else self._participant
        )
        self._sheet.add_rows(build(row).cells(self._next_number()) for row in rows)

    def _participant(self, row: RowData) -> d05.D05Participant:
        return build_d05_participant(row, on_paper=self._on_paper)

    def _add_cards(self, rows: Sequence[RowData]) -> None:
        if self._sheet is None:
            self._sheet = self._book.add_sheet(card_list.build_card_list_layout(self._head))
            self._sheet.add_block(card_list.build_card_list_part(1, "Tăng"))
        self._sheet.add_rows(
            build_card_holder(row, on_paper=self._on_paper).cells(self._next_number()) for row in rows
        )

    def _add_households(self, rows: Sequence[RowData]) -> None:
        for household, members in groupby(rows, key=lambda row: row["household_id"]):
            if self._household and self._household[0]["household_id"] != household:
                self._write_household()
            self._household.extend(members)

    def _write_household(self) -> None:
        """Write a household; called as soon as the next one begins."""
        if not self._household:
            return
        self._households += 1
        # A row whose person was erased says nothing of the household.
        head = next((row["head"] for row in self._household if row["head"]), _NO_HEAD)
        heading = household_list.HouseholdHeading(
            head["name"], head["phone"], head["address"], head["commune"], head["province"]
        )
        members = [build_household_member(row, on_paper=self._on_paper) for row in self._household]
        sheet = self._book.add_sheet(
            household_list.build_household_list_layout(f"Hộ {self._households}", self._head, heading)
        )
        sheet.add_rows(member.cells(position) for position, member in enumerate(members, 1))
        sheet.add_block(household_list.build_household_list_footer(self._head, members))
        self._household.clear()

    def _add_declaration(self, rows: Sequence[RowData]) -> None:
        self._declaration_row = rows[-1]

    def _declaration(self, row: RowData) -> tk1.Declaration:
        return build_declaration(row, on_paper=self._on_paper)

    def _next_number(self) -> int:
        self._rows += 1
        return self._rows

    _add: Final[Mapping[ExportForm, Callable[["ListFile", Sequence[RowData]], None]]] = {
        ExportForm.D05_TS: _add_participant_rows,
        ExportForm.MAU_3: _add_cards,
        ExportForm.MAU_4: _add_households,
        ExportForm.TK1_TS: _add_declaration,
    }
