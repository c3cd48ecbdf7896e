"""A report that is kept and printed again is the same, cell by cell."""

import json
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from app.exchange.forms.sheet import Book
from app.exchange.report_snapshot import Report, head_of, rows_of, write
from tests.exchange.reports.scene import stop


def cells(report: Report, head: Any, rows: Any) -> list[list[Any]]:
    """What the file says."""
    with Book() as book:
        write(book, report.form, report.sheet, head, rows)
        file = BytesIO()
        book.save(file)
    return [[cell.value for cell in row] for row in load_workbook(file).worksheets[0].iter_rows()]


@pytest.mark.parametrize(
    ("form", "sheet", "asked"),
    [
        ("c21_ts", "a", {}),
        ("c21_ts", "c", {}),
        ("b15_uq", "a", {}),
        ("b15_uq", "c", {}),
        ("b09_ts", "b", {"month": "2026-10"}),
        ("d11_ts", "detail", {}),
        ("d11_ts", "aq", {"month": "2026-10"}),
    ],
)
async def test_what_is_kept_prints_the_same(november, form, sheet, asked):
    await stop(november, november.group, november.collector, "Nguyễn Thị Thôi")
    named = {"organisation_code": november.women.code} if sheet == "detail" else {}
    report = await november.report(november.bhxh, form, sheet, **asked, **named)
    kept = json.loads(json.dumps({"head": report.head_data(), "rows": list(report.row_data())}))
    again = cells(report, head_of(kept["head"]), rows_of(report.form, sheet, kept["rows"]))
    assert report.rows
    assert again == cells(report, report.head, report.rows)
