"""What a cell of a form may hold and how it looks."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from openpyxl.styles import Alignment, Border, Font, Side

Value = str | int | Decimal | None
"""Text, whole đồng or a count, a share in percent, or nothing."""

FONT: Final = "Times New Roman"
MONEY: Final = "#,##0"
PERCENT: Final = "0.##"

_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def neutral(value: Value) -> Value:
    """A value that no spreadsheet reads as a formula.

    Text that begins with = + - @ (also in full width, also after blanks), a tab or a line's end gets an apostrophe
    before it. A name is then seen as text by Excel, by whoever saves the sheet as CSV and opens that, and by a program
    that copies cells; marking the cell as text alone would hold in the first only. Control characters, which a sheet
    cannot hold, are left out. Numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if _FORMULA.match(text) else text


def printable(text: str) -> str:
    """The text without the control characters that neither a sheet nor a document can hold."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. size: points; number: Excel's format of numbers; shrink: to the column's width."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    underline: bool = False
    across: Literal["left", "center", "right"] | None = "center"
    upright: Literal["top", "center", "bottom"] | None = "center"
    wrap: bool = True
    border: bool = True
    number: str = "General"
    shrink: bool = False

    @property
    def font(self) -> Font:
        return Font(
            name=FONT,
            size=self.size,
            bold=self.bold,
            italic=self.italic,
            u="single" if self.underline else None,
        )

    @property
    def alignment(self) -> Alignment:
        return Alignment(
            horizontal=self.across, vertical=self.upright, wrap_text=self.wrap, shrink_to_fit=self.shrink
        )

    @property
    def edges(self) -> Border:
        side = Side(style="thin") if self.border else Side()
        return Border(left=side, right=side, top=side, bottom=side)


PLAIN: Final = Look(size=11, across=None, upright=None, wrap=False, border=False)
"""A line of words outside the table, running over the cells to its right."""
HEAD: Final = Look(bold=True)
NUMBERING: Final = Look(size=8, italic=True)
"""The row under the headings: A, B, 1, 2, …"""
TITLE: Final = Look(size=12, bold=True, border=False)
SUBTITLE: Final = Look(size=12, italic=True, border=False)
SIGNED: Final = Look(size=11, bold=True, border=False)
SIGN_HERE: Final = Look(size=11, italic=True, border=False)

WORDS: Final = Look(across="left")
MIDDLE: Final = Look()
AMOUNT: Final = Look(across="right", number=MONEY, wrap=False, shrink=True)
SHARE: Final = Look(number=PERCENT)
"""Percent as the form prints it: 50, not 0.5."""
SUM_WORD: Final = Look(bold=True)
SUM: Final = Look(bold=True, across="right", number=MONEY, wrap=False, shrink=True)


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell or merged area of a block.

    at: "A9" or "A9:A13", row 1 being the block's first; printed: these are the form's own words, written as they are
    (a label may begin with a dash); everything else is neutralised.
    """

    at: str
    value: Value
    look: Look = HEAD
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Cells at fixed places: a heading, a footer. rows: its height in rows; heights: points by row of the block."""

    spots: tuple[Spot, ...]
    rows: int
    heights: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Paper: A4, the sheet's width on one page. margins: left, right, top, bottom, in inches."""

    landscape: bool = True
    margins: tuple[float, float, float, float] = (0.35, 0.3, 0.4, 0.4)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of a form. widths: of the columns, in characters; looks: of a row's cells; repeated: heading rows,
    first and last, that every printed page begins with; height: of a row, in points, at least."""

    title: str
    widths: tuple[float, ...]
    heading: Block
    looks: tuple[Look, ...]
    repeated: tuple[int, int] | None = None
    page: Page = Page()
    height: float = 21
