"""Write a form and read its cells back."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from app.forms.layouts.report_parts import ReportHead
from app.forms.layouts.sheet import FormWorkbook

NOVEMBER = ReportHead(
    above="Bảo hiểm xã hội tỉnh Hà Tĩnh",
    name="Bảo hiểm xã hội cơ sở Thạch Hà",
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    made_on=date(2026, 12, 5),
    unit_code="HPN-18628",
    unit_name="Hội Liên hiệp Phụ nữ xã Thạch Lạc",
    place="Hà Tĩnh",
)
LAST_QUARTER = ReportHead(
    NOVEMBER.above, NOVEMBER.name, date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 5)
)
YEAR = ReportHead(NOVEMBER.above, NOVEMBER.name, date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 5))


def write_and_open(write: Callable[..., None], *args: Any) -> Any:
    """Write a workbook and open its only sheet."""
    with FormWorkbook() as book:
        write(book, *args)
        file = BytesIO()
        book.save(file)
    return load_workbook(file).worksheets[0]


def cell_texts(sheet: Any, first: int, last: int) -> dict[str, Any]:
    """The texts of the cells of these rows, by cell name."""
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows(first, last)
        for cell in row
        if cell.value not in (None, "")
    }


def merged_ranges(sheet: Any) -> set[str]:
    """The merged areas."""
    return {str(area) for area in sheet.merged_cells.ranges}


def row_values(sheet: Any, number: int) -> list[Any]:
    """The values of a row."""
    return [cell.value for cell in sheet[number]]
