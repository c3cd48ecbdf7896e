"""A report that is kept and printed again is the same, cell by cell."""

import json
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from app.forms.documents.snapshot import Report, parse_report_head, parse_report_rows, write_report_sheet
from app.forms.layouts.sheet import FormWorkbook
from tests.forms.reports.scenario import create_stopped_member


def read_cells(report: Report, head: Any, rows: Any) -> list[list[Any]]:
    """The cells of the file."""
    with FormWorkbook() as book:
        write_report_sheet(book, report.form, report.sheet, head, rows)
        file = BytesIO()
        book.save(file)
    return [[cell.value for cell in row] for row in load_workbook(file).worksheets[0].iter_rows()]


@pytest.mark.parametrize(
    ("form", "sheet", "params"),
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
async def test_what_is_kept_prints_the_same(paid_scenario, form, sheet, params):
    await create_stopped_member(
        paid_scenario, paid_scenario.group, paid_scenario.collector, "Nguyễn Thị Thôi"
    )
    organisation = {"organisation_code": paid_scenario.women.code} if sheet == "detail" else {}
    report = await paid_scenario.create_report(paid_scenario.bhxh, form, sheet, **params, **organisation)
    kept = json.loads(json.dumps({"head": report.dump_head(), "rows": list(report.dump_rows())}))
    again = read_cells(
        report, parse_report_head(kept["head"]), parse_report_rows(report.form, sheet, kept["rows"])
    )
    assert report.rows
    assert again == read_cells(report, report.head, report.rows)
