"""Build templates of files to be filled in: headings, and in NDJSON one row as an example."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.imports.files.columns import ENROLMENT_TEMPLATES, Form
from app.imports.files.sources import Format, to_json_line

_EXAMPLE = {
    "external_ref": "HPN-HT-2026-000123", "group_code": "HT-HD-0001", "commune_code": "18628",
    "full_name": "Nguyễn Thị Đào", "birth_date": "1984-03-02", "sex": "female", "national_id": "042184000123",
    "phone": "0912000111", "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
    "from_month": "2026-12", "support_group": "near_poor",
}  # fmt: skip


def build_enrolment_template(kind: Format, form: Form) -> bytes:
    """Build an empty file of enrolments in this format, with the headings of this form."""
    return build_template(kind, ENROLMENT_TEMPLATES[form], _EXAMPLE, form.value)


def build_template(kind: Format, headings: Sequence[str], example: Mapping[str, Any], title: str) -> bytes:
    """Build a file in this format with these headings; in NDJSON a row as an example."""
    if kind is Format.NDJSON:
        return to_json_line(example)
    return _build_csv(headings) if kind is Format.CSV else _build_xlsx(headings, title)


def _build_csv(headings: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(headings)
    return ("\ufeff" + text.getvalue()).encode()


def _build_xlsx(headings: Sequence[str], title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, heading in enumerate(headings, 1):
        column = sheet.column_dimensions[get_column_letter(index)]
        column.width = max(12, len(heading) + 2)
        column.number_format = "@"  # text, so that no zero at the front of a number is lost
    sheet.append([_heading_cell(sheet, heading) for heading in headings])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading_cell(sheet: object, heading: str) -> object:
    cell = WriteOnlyCell(sheet, heading)  # type: ignore[arg-type]
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, horizontal="center")
    return cell
