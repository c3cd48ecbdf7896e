"""Write a form's sheets row by row, so that memory does not grow with the rows."""

from collections.abc import Iterable, Sequence
from math import ceil
from types import TracebackType
from typing import Any, BinaryIO, Self

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils.cell import get_column_letter, range_boundaries

from app.core.openpyxl_private import get_style_array, remove_temporary_file
from app.forms.layouts.cells import Block, CellArea, CellStyle, Layout, Value, neutralise_formula

_A4_PAPER = 9
_LINE_HEIGHT = 13.5
_LINE_FILL_FACTOR = 1.2
"""Words are not broken, so lines are not filled completely."""


class FormSheet:
    """A sheet that is written from the top down: heading, rows and further blocks, in the order of the calls."""

    def __init__(self, workbook: "FormWorkbook", layout: Layout) -> None:
        self._workbook = workbook
        self._layout = layout
        self._row = 0
        self._worksheet: Any = workbook.workbook.create_sheet(layout.title)
        for column, width in enumerate(layout.widths, 1):
            self._worksheet.column_dimensions[get_column_letter(column)].width = width
        self._set_page(layout)
        self.add_block(layout.heading)

    def add_row(self, values: Sequence[Value], styles: Sequence[CellStyle] | None = None) -> None:
        """Add one row of the table. styles: of its cells, by default the layout's."""
        cells = [
            self._build_cell(neutralise_formula(value), style)
            for value, style in zip(values, styles or self._layout.styles, strict=True)
        ]
        self._row += 1
        heights = self._worksheet.row_dimensions
        heights[self._row] = {"ht": f"{self._row_height(cells):g}", "customHeight": "1"}
        self._worksheet.append(cells)
        del heights[self._row]

    def add_rows(self, rows: Iterable[Sequence[Value]]) -> None:
        """Add many rows, none of which is kept in memory."""
        for row in rows:
            self.add_row(row)

    def add_block(self, block: Block) -> None:
        """Add a block below the present rows: the heading, the signatures."""
        grid: list[list[Cell | None]] = [[] for _ in range(block.rows)]
        for area in block.areas:
            self._place_area(grid, area)
        for number, height in block.heights.items():
            self._worksheet.row_dimensions[self._row + number].height = height
        for line in grid:
            self._worksheet.append(line)
        self._row += block.rows

    def close(self) -> None:
        if not self._worksheet.closed:
            self._worksheet.close()

    def _place_area(self, grid: list[list[Cell | None]], area: CellArea) -> None:
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(area.ref))
        for row in range(top, bottom + 1):
            line = grid[row - 1]
            line.extend([None] * (right - len(line)))
            for column in range(left, right + 1):
                line[column - 1] = self._build_cell(None, area.style)
        value = area.value if area.literal else neutralise_formula(area.value)
        grid[top - 1][left - 1] = self._build_cell(value, area.style)
        if (left, top) != (right, bottom):
            ref = f"{get_column_letter(left)}{self._row + top}:{get_column_letter(right)}{self._row + bottom}"
            self._worksheet.merged_cells.add(ref)

    def _row_height(self, cells: Sequence[Cell]) -> float:
        """Return the height that the longest text needs when wrapped: not every program computes it itself."""
        lines = 1
        for cell, width in zip(cells, self._layout.widths, strict=True):
            if isinstance(cell.value, str) and len(cell.value) > width:
                lines = max(lines, ceil(_LINE_FILL_FACTOR * len(cell.value) / width))
        return max(self._layout.row_height, lines * _LINE_HEIGHT + 2)

    def _build_cell(self, value: Value, style: CellStyle) -> Cell:
        return Cell(
            self._worksheet, row=1, column=1, value=value, style_array=self._workbook.style_array(style)
        )

    def _set_page(self, layout: Layout) -> None:
        worksheet, page = self._worksheet, layout.page
        worksheet.page_setup.orientation = "landscape" if page.landscape else "portrait"
        worksheet.page_setup.paperSize = _A4_PAPER
        worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
        worksheet.sheet_properties.pageSetUpPr.fitToPage = True
        margins = worksheet.page_margins
        margins.left, margins.right, margins.top, margins.bottom = page.margins
        margins.header = margins.footer = 0.15
        if layout.title_rows:
            worksheet.print_title_rows = "{}:{}".format(*layout.title_rows)


class FormWorkbook:
    """A workbook (tệp XLSX) whose sheets are written one after the other into temporary files.

    `with FormWorkbook() as book: sheet = book.add_sheet(layout); sheet.add_rows(rows); book.save(path)`. Leaving it
    removes the temporary files, also after an error.
    """

    def __init__(self) -> None:
        self.workbook = Workbook(write_only=True)
        self.workbook.properties.creator = "An Sinh"
        self._styles: dict[CellStyle, StyleArray] = {}
        self._sheets: list[FormSheet] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        worksheets: list[Any] = self.workbook.worksheets
        for worksheet in worksheets:
            if not worksheet.closed:
                worksheet.close()
            remove_temporary_file(worksheet)

    def add_sheet(self, layout: Layout) -> FormSheet:
        """Add a sheet; the one before is finished."""
        if self._sheets:
            self._sheets[-1].close()
        self._sheets.append(FormSheet(self, layout))
        return self._sheets[-1]

    def save(self, target: str | BinaryIO) -> None:
        """Finish the file and write it; to be called once."""
        for sheet in self._sheets:
            sheet.close()
        self.workbook.save(target)

    def style_array(self, style: CellStyle) -> StyleArray:
        """Return the style array of a style, computed once, because openpyxl computes it anew for every cell."""
        style_array = self._styles.get(style)
        if style_array is None:
            sample_cell: Any = Cell(self.workbook.worksheets[0], row=1, column=1)
            sample_cell.font, sample_cell.alignment, sample_cell.border = (
                style.font,
                style.alignment,
                style.border_sides,
            )
            sample_cell.number_format = style.number_format
            style_array = self._styles[style] = get_style_array(sample_cell)
        return style_array
