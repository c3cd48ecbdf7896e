"""Parts that the reports' sheets share: offices above the title, period in words, signature, styles."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.forms.layouts.cells import CENTERED, NUMBERING, CellArea, CellStyle, Value

_ROMAN: Final = (
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
MINISTRY: Final = "BỘ TÀI CHÍNH"
VIETNAM_SOCIAL_SECURITY: Final = "BẢO HIỂM XÃ HỘI VIỆT NAM"
DISTRICT_SIGNER: Final = "GIÁM ĐỐC BHXH CƠ SỞ/\nTP QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA"

PARENT_OFFICE: Final = CellStyle(size=12, horizontal=None, wrap=False, border=False)
OWN_OFFICE: Final = replace(PARENT_OFFICE, bold=True)
REPORT_TITLE: Final = CellStyle(size=12, bold=True, wrap=False, border=False)
DATE_LINE: Final = CellStyle(size=12, italic=True, wrap=False, border=False)
REPORT_SIGNATURE: Final = CellStyle(size=10, bold=True, border=False)
_FORM_NAME: Final = CellStyle(size=9, bold=True, border=False)
_FORM_BASIS: Final = CellStyle(size=8, italic=True, border=False, vertical="top")
_BASIS: Final = "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH\nngày 29/4/2026 của BHXH Việt Nam)"
BLANK: Final = CellStyle(size=12, wrap=False, border=False)
REMUNERATION_RATE: Final = replace(CENTERED, number_format="General")
"""A rate of remuneration in percent, with the decimals that it has: 9, 3.77."""


@dataclass(frozen=True, slots=True)
class ReportHead:
    """The texts above and below a report's rows.

    above, name: the offices over the title, the superior one first; first, last: the period's days; made_on: the day
    of the list (ngày lập). unit_code, unit_name: mã and tên đơn vị, where the sheet is about one organisation; place:
    where it is signed.
    """

    above: str
    name: str
    first: date
    last: date
    made_on: date
    unit_code: str = ""
    unit_name: str = ""
    place: str = "…"


def to_roman(number: int) -> str:
    """Format a number as the forms count their parts: I, II, III."""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text


def format_period(head: ReportHead) -> str:
    """Format the period in words: a month, a quarter, a year, or from one month to another."""
    first, last = head.first, head.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return f"Tháng {first.month:02} năm {first.year}"
    if months == 3 and first.month % 3 == 1:
        return f"Quý {to_roman((first.month + 2) // 3)} năm {first.year}"
    if months == 12 and first.month == 1:
        return f"Năm {first.year}"
    return format_month_range(head)


def format_month_range(head: ReportHead) -> str:
    """Format the period from its first month to its last."""
    return f"Từ tháng {head.first.month:02} năm {head.first.year} đến tháng {head.last.month:02} năm {head.last.year}"


def format_signature_date(day: date) -> str:
    """Format a day as signatures are dated."""
    return f"Ngày {day.day:02} tháng {day.month:02} năm {day.year}"


def label_areas(style: CellStyle, cells: Mapping[str, Value]) -> tuple[CellArea, ...]:
    """Build the form's own labels at their places."""
    return tuple(CellArea(ref, value, style, literal=True) for ref, value in cells.items())


def numbering_areas(
    row: int, labels: str, style: CellStyle = NUMBERING, *, digits: bool = True
) -> tuple[CellArea, ...]:
    """Build the row under the headings, from the labels of its cells in order: "A B 1 2 3=1+2".

    digits: whether this form writes digits as numbers; some write them as text.
    """
    return tuple(
        CellArea(
            f"{column_letter(column)}{row}",
            int(label) if digits and label.isdigit() else label,
            style,
            literal=True,
        )
        for column, label in enumerate(labels.split(), 1)
    )


def office_areas(head: ReportHead) -> tuple[CellArea, ...]:
    """Build the two lines above the title."""
    return (CellArea("A1", head.above.upper(), PARENT_OFFICE), CellArea("A2", head.name.upper(), OWN_OFFICE))


def form_name_areas(name: str, name_ref: str, basis_ref: str) -> tuple[CellArea, ...]:
    """Build the form's name and basis in the corner (a text box in the official file)."""
    return (
        CellArea(name_ref, f"Mẫu {name}", _FORM_NAME, literal=True),
        CellArea(basis_ref, _BASIS, _FORM_BASIS, literal=True),
    )


def with_size(style: CellStyle, size: float, *, bold: bool = False) -> CellStyle:
    """Return the style with another font size."""
    return replace(style, size=size, bold=bold)


def column_letter(column: int) -> str:
    """Return the letters of a column by its number, 1 for A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
