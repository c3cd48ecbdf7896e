"""Sheets as whoever opens the file finds them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from app.exchange.forms.report_parts import Head
from app.exchange.forms.sheet import Book

NOVEMBER = Head(
    above="Bảo hiểm xã hội tỉnh Hà Tĩnh",
    name="Bảo hiểm xã hội cơ sở Thạch Hà",
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    made_on=date(2026, 12, 5),
    unit_code="HPN-18628",
    unit_name="Hội Liên hiệp Phụ nữ xã Thạch Lạc",
    place="Hà Tĩnh",
)
LAST_QUARTER = Head(NOVEMBER.above, NOVEMBER.name, date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 5))
YEAR = Head(NOVEMBER.above, NOVEMBER.name, date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 5))


def opened(write: Callable[..., None], *args: Any) -> Any:
    """The only sheet of the file that *write* makes."""
    with Book() as book:
        write(book, *args)
        file = BytesIO()
        book.save(file)
    return load_workbook(file).worksheets[0]


def words(sheet: Any, first: int, last: int) -> dict[str, Any]:
    """What stands in these rows, by cell."""
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows(first, last)
        for cell in row
        if cell.value not in (None, "")
    }


def merges(sheet: Any) -> set[str]:
    """The merged areas."""
    return {str(area) for area in sheet.merged_cells.ranges}


def row(sheet: Any, number: int) -> list[Any]:
    """The values of a row."""
    return [cell.value for cell in sheet[number]]
