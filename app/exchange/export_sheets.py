"""From a list's stored rows to its file, in the layout of its day. Pure: no database."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, BinaryIO, Final

from app.exchange.export_records import (
    Data,
    card_holder,
    declaration,
    household_member,
    old_participant,
    participant,
)
from app.exchange.export_schemas import ExportForm
from app.exchange.forms import card_list, d05, d05_2017, household_list, tk1
from app.exchange.forms.sheet import Book, Sheet
from app.exchange.forms.wording import ListHead

OLD_LAYOUT: Final = 595
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ListFile:
    """A file that is being made of a list: rows come in order, in portions of any size.

    form, layout: whose sheet; totals: of the whole list; on_paper: wants a printed book or card.
    """

    def __init__(
        self, form: ExportForm, layout: int, head: ListHead, totals: Mapping[str, int], *, on_paper: bool
    ) -> None:
        self._form, self._layout, self._head, self._totals = form, layout, head, totals
        self._on_paper = on_paper
        self._book = Book()
        self._rows = 0
        self._sheet: Sheet | None = None
        self._household: list[Data] = []
        self._households = 0
        self._declared: Data | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        stem = self._form.value.upper().replace("_", "-")
        ending = "docx" if self._form is ExportForm.TK1_TS else "xlsx"
        return f"{stem}-{self._head.number}-{self._head.day.year}.{ending}"

    @property
    def media_type(self) -> str:
        return DOCX if self._form is ExportForm.TK1_TS else XLSX

    def add(self, rows: Sequence[Data]) -> None:
        """Rows of the list, the next in its order."""
        self._add[self._form](self, rows)

    def save(self, target: BinaryIO) -> None:
        """Finish the file and write it."""
        if self._declared is not None:
            tk1.write(self._declaration(self._declared), target)
            return
        if self._form is ExportForm.MAU_4:
            self._end_household()
        elif self._sheet is not None:
            self._sheet.block(self._footer())
        self._book.save(target)

    def close(self) -> None:
        """Remove what is left of it; to be called whatever happened."""
        self._book.close()

    def _footer(self) -> Any:
        if self._form is ExportForm.MAU_3:
            return card_list.footer()
        if self._layout == OLD_LAYOUT:
            support = self._totals["amount_due"] - self._totals["participant_pays"]
            return d05_2017.footer({**self._totals, "support": support})
        return d05.footer(self._totals)

    def _add_participants(self, rows: Sequence[Data]) -> None:
        old = self._layout == OLD_LAYOUT
        if self._sheet is None:
            self._sheet = self._book.sheet((d05_2017 if old else d05).layout(self._head))
        make: Callable[[Data], d05.Participant | d05_2017.Participant] = (
            old_participant if old else self._participant
        )
        self._sheet.extend(make(row).cells(self._next()) for row in rows)

    def _participant(self, row: Data) -> d05.Participant:
        return participant(row, on_paper=self._on_paper)

    def _add_cards(self, rows: Sequence[Data]) -> None:
        if self._sheet is None:
            self._sheet = self._book.sheet(card_list.layout(self._head))
            self._sheet.block(card_list.part(1, "Tăng"))
        self._sheet.extend(card_holder(row, on_paper=self._on_paper).cells(self._next()) for row in rows)

    def _add_households(self, rows: Sequence[Data]) -> None:
        for household, members in groupby(rows, key=lambda row: row["household_id"]):
            if self._household and self._household[0]["household_id"] != household:
                self._end_household()
            self._household.extend(members)

    def _end_household(self) -> None:
        """A household is written as soon as the next begins."""
        if not self._household:
            return
        self._households += 1
        told = self._household[0]["head"]
        home = household_list.Household(
            told["name"], told["phone"], told["address"], told["commune"], told["province"]
        )
        members = [household_member(row, on_paper=self._on_paper) for row in self._household]
        sheet = self._book.sheet(household_list.layout(f"Hộ {self._households}", self._head, home))
        sheet.extend(member.cells(position) for position, member in enumerate(members, 1))
        sheet.block(household_list.footer(self._head, members))
        self._household.clear()

    def _add_declaration(self, rows: Sequence[Data]) -> None:
        self._declared = rows[-1]

    def _declaration(self, row: Data) -> tk1.Declaration:
        return declaration(row, on_paper=self._on_paper)

    def _next(self) -> int:
        self._rows += 1
        return self._rows

    _add: Final[Mapping[ExportForm, Callable[["ListFile", Sequence[Data]], None]]] = {
        ExportForm.D05_TS: _add_participants,
        ExportForm.MAU_3: _add_cards,
        ExportForm.MAU_4: _add_households,
        ExportForm.TK1_TS: _add_declaration,
    }
