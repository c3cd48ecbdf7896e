"""Writes a form's sheets row by row: memory does not grow with the rows."""

from collections.abc import Iterable, Sequence
from math import ceil
from types import TracebackType
from typing import Any, BinaryIO, Self

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.worksheet._writer import ALL_TEMP_FILES
from openpyxl.worksheet.pagebreak import Break

from app.exchange.forms.cells import Block, Layout, Look, Spot, Value, neutral

_A4 = 9
_LINE = 13.5
_CROWDED = 1.2
"""Words are not broken, so lines are not filled to their end."""


class Sheet:
    """One sheet being written from the top down: heading, rows and further blocks, in the order of the calls."""

    def __init__(self, book: "Book", layout: Layout) -> None:
        self._book = book
        self._layout = layout
        self._row = 0
        self._paper: Any = book.workbook.create_sheet(layout.title)
        for column, width in enumerate(layout.widths, 1):
            self._paper.column_dimensions[get_column_letter(column)].width = width
        self._set_page(layout)
        self.block(layout.heading)

    @property
    def rows(self) -> int:
        """How many rows stand on the sheet."""
        return self._row

    def add(self, values: Sequence[Value], looks: Sequence[Look] | None = None) -> None:
        """One row of the table. looks: of its cells, where they are not the layout's."""
        cells = [
            self._cell(neutral(value), look)
            for value, look in zip(values, looks or self._layout.looks, strict=True)
        ]
        self._row += 1
        heights = self._paper.row_dimensions
        heights[self._row] = {"ht": f"{self._height(cells):g}", "customHeight": "1"}
        self._paper.append(cells)
        del heights[self._row]

    def extend(self, rows: Iterable[Sequence[Value]]) -> None:
        """Many rows, none of which is kept."""
        for row in rows:
            self.add(row)

    def block(self, block: Block) -> None:
        """Cells at fixed places below what stands already: the heading, the signatures."""
        grid: list[list[Cell | None]] = [[] for _ in range(block.rows)]
        for spot in block.spots:
            self._place(grid, spot)
        for number, height in block.heights.items():
            self._paper.row_dimensions[self._row + number].height = height
        for line in grid:
            self._paper.append(line)
        self._row += block.rows

    def end_page(self) -> None:
        """What follows is printed on a new page."""
        self._paper.row_breaks.append(Break(id=self._row))

    def close(self) -> None:
        if not self._paper.closed:
            self._paper.close()

    def _place(self, grid: list[list[Cell | None]], spot: Spot) -> None:
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(spot.at))
        for row in range(top, bottom + 1):
            line = grid[row - 1]
            line.extend([None] * (right - len(line)))
            for column in range(left, right + 1):
                line[column - 1] = self._cell(None, spot.look)
        value = spot.value if spot.printed else neutral(spot.value)
        grid[top - 1][left - 1] = self._cell(value, spot.look)
        if (left, top) != (right, bottom):
            rows = (
                f"{get_column_letter(left)}{self._row + top}:{get_column_letter(right)}{self._row + bottom}"
            )
            self._paper.merged_cells.add(rows)

    def _height(self, cells: Sequence[Cell]) -> float:
        """As high as the longest text needs when it is broken into lines: not every program works it out itself."""
        lines = 1
        for cell, width in zip(cells, self._layout.widths, strict=True):
            if isinstance(cell.value, str) and len(cell.value) > width:
                lines = max(lines, ceil(_CROWDED * len(cell.value) / width))
        return max(self._layout.height, lines * _LINE + 2)

    def _cell(self, value: Value, look: Look) -> Cell:
        return Cell(self._paper, row=1, column=1, value=value, style_array=self._book.style(look))

    def _set_page(self, layout: Layout) -> None:
        paper, page = self._paper, layout.page
        paper.page_setup.orientation = "landscape" if page.landscape else "portrait"
        paper.page_setup.paperSize = _A4
        paper.page_setup.fitToWidth, paper.page_setup.fitToHeight = 1, 0
        paper.sheet_properties.pageSetUpPr.fitToPage = True
        margins = paper.page_margins
        margins.left, margins.right, margins.top, margins.bottom = page.margins
        margins.header = margins.footer = 0.15
        if layout.repeated:
            paper.print_title_rows = "{}:{}".format(*layout.repeated)


class Book:
    """A workbook (tệp XLSX) whose sheets are written one after the other into temporary files.

    `with Book() as book: sheet = book.sheet(layout); sheet.extend(rows); book.save(path)`. Leaving it removes the
    temporary files, also after an error.
    """

    def __init__(self) -> None:
        self.workbook = Workbook(write_only=True)
        self.workbook.properties.creator = "An Sinh"
        self._styles: dict[Look, StyleArray] = {}
        self._sheets: list[Sheet] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        papers: list[Any] = self.workbook.worksheets
        for paper in papers:
            if not paper.closed:
                paper.close()
            if paper._writer.out in ALL_TEMP_FILES:
                paper._writer.cleanup()

    def sheet(self, layout: Layout) -> Sheet:
        """A further sheet; the one before is finished."""
        if self._sheets:
            self._sheets[-1].close()
        self._sheets.append(Sheet(self, layout))
        return self._sheets[-1]

    def save(self, target: str | BinaryIO) -> None:
        """Finish and write the file (once)."""
        for sheet in self._sheets:
            sheet.close()
        self.workbook.save(target)

    def style(self, look: Look) -> StyleArray:
        """The workbook's numbers of a look: worked out once, because openpyxl does it anew for every cell."""
        known = self._styles.get(look)
        if known is None:
            sample: Any = Cell(self.workbook.worksheets[0], row=1, column=1)
            sample.font, sample.alignment, sample.border = look.font, look.alignment, look.edges
            sample.number_format = look.number
            known = self._styles[look] = sample._style
        return known
