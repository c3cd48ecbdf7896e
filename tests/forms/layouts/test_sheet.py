"""The writer of all forms: positions, styles, streaming, and text that a spreadsheet would run as a formula."""

import os
import tempfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    HEADING,
    PERCENTAGE,
    PLAIN,
    TEXT,
    TITLE,
    Block,
    CellArea,
    CellStyle,
    Layout,
    neutralise_formula,
)
from app.forms.layouts.sheet import FormWorkbook

LIST_HEADING = Block(
    areas=(
        CellArea("A1", "Tên tổ chức: Hội LHPN xã Mai Hoa", PLAIN),
        CellArea("A2:D2", "DANH SÁCH", TITLE),
        CellArea("A3:A4", "STT"),
        CellArea("B3:B4", "Họ và tên"),
        CellArea("C3:D3", "Số tiền"),
        CellArea("C4", "Phải đóng"),
        CellArea("D4", "Tỷ lệ (%)"),
    ),
    rows=4,
    heights={2: 26.25},
)
LAYOUT = Layout(
    title="Mẫu",
    widths=(5, 20, 12, 8),
    heading=LIST_HEADING,
    styles=(CENTERED, TEXT, AMOUNT, PERCENTAGE),
    title_rows=(3, 4),
)


def write_sheet(*rows, footer=None):
    with FormWorkbook() as workbook:
        sheet = workbook.add_sheet(LAYOUT)
        sheet.add_rows(rows)
        if footer:
            sheet.add_block(footer)
        file = BytesIO()
        workbook.save(file)
    file.seek(0)
    return load_workbook(file)["Mẫu"]


def write_and_fail(folder):
    with FormWorkbook() as workbook:
        workbook.add_sheet(LAYOUT).add_row([1, "Nguyễn Thị Đào", 1, None])
        assert os.listdir(folder)
        raise RuntimeError


class TestNeutral:
    @pytest.mark.parametrize(
        "hostile",
        [
            '=HYPERLINK("http://example.org","x")', "=", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\tx",
            "\r=1", "\n=1", "  =1+1", "＝1+1", "＠SUM(A1)", "\x00=1",
        ],
    )  # fmt: skip
    def test_hostile_text_begins_with_an_apostrophe(self, hostile):
        assert str(neutralise_formula(hostile)).startswith("'")
        cell = write_sheet([1, hostile, 0, None])["B5"]
        assert cell.data_type == "s"
        assert str(cell.value).startswith("'")

    @pytest.mark.parametrize("name", ["Nguyễn Thị Đào", "Lê-Na", "a=b", "0912000111", "042184000123", ""])
    def test_names_and_numbers_as_text_stay(self, name):
        assert neutralise_formula(name) == name

    @pytest.mark.parametrize("value", [-5, 0, 1_366_200, Decimal("50"), None])
    def test_numbers_stay_numbers(self, value):
        assert neutralise_formula(value) == value

    def test_what_a_sheet_cannot_hold_is_left_out(self):
        assert write_sheet([1, "A\x01B\ufffe", 0, None])["B5"].value == "AB"

    def test_the_forms_own_label_may_begin_with_a_dash(self):
        label = Block(
            (CellArea("B1", "- Hộ nghèo", TEXT, literal=True), CellArea("B2", "- Hộ nghèo", TEXT)), rows=2
        )
        sheet = write_sheet(footer=label)
        assert (sheet["B5"].value, sheet["B6"].value) == ("- Hộ nghèo", "'- Hộ nghèo")


class TestSheet:
    def test_heading_stands_where_the_form_has_it(self):
        sheet = write_sheet()
        assert sheet["A1"].value == "Tên tổ chức: Hội LHPN xã Mai Hoa"
        assert sheet["D4"].value == "Tỷ lệ (%)"
        assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A2:D2", "A3:A4", "B3:B4", "C3:D3"}
        assert sheet.column_dimensions["B"].width == 20
        assert sheet.row_dimensions[2].height == 26.25
        assert sheet["C3"].font.name == "Times New Roman"
        assert sheet["C3"].font.b
        assert sheet["D3"].border.right.style == "thin"
        assert sheet["A1"].border.right.style is None

    def test_rows_keep_their_kinds(self):
        row = write_sheet([1, "Nguyễn Thị Đào", 3_960_000, Decimal("40")])[5]
        assert [cell.value for cell in row] == [1, "Nguyễn Thị Đào", 3_960_000, 40]
        assert row[2].number_format == "#,##0"
        assert row[1].alignment.horizontal == "left"

    def test_an_empty_cell_has_its_border(self):
        assert write_sheet([1, None, None, None])["D5"].border.left.style == "thin"

    def test_a_footer_follows_the_rows(self):
        footer = Block((CellArea("C2:D2", "TỔ CHỨC LẬP DANH SÁCH", TITLE),), rows=2, heights={2: 30})
        sheet = write_sheet([1, "A", 1, None], [2, "B", 2, None], footer=footer)
        assert sheet["C8"].value == "TỔ CHỨC LẬP DANH SÁCH"
        assert "C8:D8" in {str(merged) for merged in sheet.merged_cells.ranges}
        assert sheet.row_dimensions[8].height == 30

    def test_page_is_a4_across_with_its_heading_on_each(self):
        sheet = write_sheet()
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$3:$4"

    def test_a_row_of_another_length_is_refused(self):
        with FormWorkbook() as workbook, pytest.raises(ValueError, match="zip"):
            workbook.add_sheet(LAYOUT).add_row([1, 2])

    def test_a_row_may_look_otherwise(self):
        with FormWorkbook() as workbook:
            workbook.add_sheet(LAYOUT).add_row(
                [None, "Cộng", 5, None], [HEADING, HEADING, CellStyle(bold=True, number_format="0"), HEADING]
            )
            file = BytesIO()
            workbook.save(file)
        assert load_workbook(file)["Mẫu"]["C5"].number_format == "0"


class TestBook:
    def test_sheets_follow_one_another(self):
        with FormWorkbook() as workbook:
            for title in ("Hộ 1", "Hộ 2"):
                sheet = workbook.add_sheet(Layout(title, LAYOUT.widths, LIST_HEADING, LAYOUT.styles))
                sheet.add_row([1, title, 1, None])
            file = BytesIO()
            workbook.save(file)
        assert [sheet["B5"].value for sheet in load_workbook(file)] == ["Hộ 1", "Hộ 2"]

    def test_leaves_no_personal_data_behind_after_an_error(self, monkeypatch, tmp_path: Path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(RuntimeError):
            write_and_fail(tmp_path)
        assert not os.listdir(tmp_path)
