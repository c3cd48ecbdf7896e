"""Cells of a form: their values, styles and layout."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from openpyxl.styles import Alignment, Border, Font, Side

Value = str | int | Decimal | None
"""Text, whole đồng or a count, a share in percent, or nothing."""

FONT_NAME: Final = "Times New Roman"
AMOUNT_FORMAT: Final = "#,##0"
PERCENT_FORMAT: Final = "0.##"

_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def neutralise_formula(value: Value) -> Value:
    """Escape a value so that no spreadsheet reads it as a formula.

    Text that begins with = + - @ (also in full width, also after blanks), a tab or a line's end gets an apostrophe
    before it. So it is text in Excel, in a CSV that is saved from the sheet, and in a program that copies cells; a cell
    that is only marked as text is safe in the first alone. Control characters, which a sheet cannot hold, are left out.
    Numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    text = strip_control_characters(value)
    return f"'{text}" if _FORMULA.match(text) else text


def strip_control_characters(text: str) -> str:
    """Remove the control characters that neither a sheet nor a document can hold."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True, slots=True)
class CellStyle:
    """The style of a cell. size: points; number_format: Excel's; shrink_to_fit: to the column's width."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    underline: bool = False
    horizontal: Literal["left", "center", "right"] | None = "center"
    vertical: Literal["top", "center", "bottom"] | None = "center"
    wrap: bool = True
    border: bool = True
    number_format: str = "General"
    shrink_to_fit: bool = False

    @property
    def font(self) -> Font:
        return Font(
            name=FONT_NAME,
            size=self.size,
            bold=self.bold,
            italic=self.italic,
            u="single" if self.underline else None,
        )

    @property
    def alignment(self) -> Alignment:
        return Alignment(
            horizontal=self.horizontal,
            vertical=self.vertical,
            wrap_text=self.wrap,
            shrink_to_fit=self.shrink_to_fit,
        )

    @property
    def border_sides(self) -> Border:
        side = Side(style="thin") if self.border else Side()
        return Border(left=side, right=side, top=side, bottom=side)


PLAIN: Final = CellStyle(size=11, horizontal=None, vertical=None, wrap=False, border=False)
"""A line of text outside the table, running over the cells to its right."""
HEADING: Final = CellStyle(bold=True)
NUMBERING: Final = CellStyle(size=8, italic=True)
"""The row under the headings: A, B, 1, 2, …"""
TITLE: Final = CellStyle(size=12, bold=True, border=False)
SUBTITLE: Final = CellStyle(size=12, italic=True, border=False)
SIGNATURE: Final = CellStyle(size=11, bold=True, border=False)
SIGNATURE_HINT: Final = CellStyle(size=11, italic=True, border=False)

TEXT: Final = CellStyle(horizontal="left")
CENTERED: Final = CellStyle()
AMOUNT: Final = CellStyle(horizontal="right", number_format=AMOUNT_FORMAT, wrap=False, shrink_to_fit=True)
PERCENTAGE: Final = CellStyle(number_format=PERCENT_FORMAT)
"""Percent as the form prints it: 50, not 0.5."""
SUM_LABEL: Final = CellStyle(bold=True)
SUM: Final = CellStyle(
    bold=True, horizontal="right", number_format=AMOUNT_FORMAT, wrap=False, shrink_to_fit=True
)


@dataclass(frozen=True, slots=True)
class CellArea:
    """One cell or merged area of a block.

    ref: "A9" or "A9:A13", row 1 being the block's first; literal: the value is the form's own text, written as it is (a
    label may begin with a dash); every other value is neutralised.
    """

    ref: str
    value: Value
    style: CellStyle = HEADING
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Cells at fixed places: a heading, a footer. rows: its height in rows; heights: points by row of the block."""

    areas: tuple[CellArea, ...]
    rows: int
    heights: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageSetup:
    """The page setup: A4, the sheet's width on one page. margins: left, right, top, bottom, in inches."""

    landscape: bool = True
    margins: tuple[float, float, float, float] = (0.35, 0.3, 0.4, 0.4)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of a form.

    widths: of the columns, in characters; styles: of a row's cells; title_rows: the first and last heading row that are
    repeated on every printed page; row_height: the least height of a row, in points.
    """

    title: str
    widths: tuple[float, ...]
    heading: Block
    styles: tuple[CellStyle, ...]
    title_rows: tuple[int, int] | None = None
    page: PageSetup = PageSetup()
    row_height: float = 21
