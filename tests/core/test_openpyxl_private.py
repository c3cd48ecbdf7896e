"""The private names of openpyxl: a test that fails here tells which upgrade moved them (core/openpyxl_private.py)."""

import io
import os
from datetime import datetime
from inspect import signature
from typing import Any

import openpyxl
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font

from app.core.openpyxl_private import (
    ROW_TAG,
    WorkSheetParser,
    get_parser_arguments,
    get_style_array,
    open_sheet_source,
    remove_temporary_file,
)

UPGRADE = f"openpyxl {openpyxl.__version__} moved a private name: mend app/core/openpyxl_private.py"
DAY = datetime(2025, 7, 1)  # noqa: DTZ001 - as a workbook has it


def _read_only_sheet() -> Any:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Đào", 5, DAY])
    file = io.BytesIO()
    book.save(file)
    return load_workbook(file, read_only=True).active


class TestReading:
    def test_the_parser_takes_what_we_give_it(self):
        arguments = get_parser_arguments(_read_only_sheet())
        parameters = list(signature(WorkSheetParser).parameters)
        assert parameters[0] == "src", UPGRADE
        assert set(arguments) <= set(parameters), UPGRADE

    def test_a_row_is_its_number_and_its_cells(self):
        sheet = _read_only_sheet()
        with open_sheet_source(sheet) as source:
            content = source.read()
            assert ROW_TAG.rpartition("}")[2].encode() in content, UPGRADE
        with open_sheet_source(sheet) as source:
            parser = WorkSheetParser(source, **get_parser_arguments(sheet))
            rows = [
                (number, [(cell["column"], cell["value"]) for cell in row]) for number, row in parser.parse()
            ]
        assert rows == [(1, [(1, "Đào"), (2, 5), (3, DAY)])], UPGRADE
        assert hasattr(parser, "row_dimensions"), UPGRADE
        assert callable(parser.parse_row), UPGRADE


class TestWriting:
    def test_a_temporary_file_goes_once(self):
        sheet: Any = Workbook(write_only=True).create_sheet()
        sheet.append(["x"])
        sheet.close()
        path = sheet._writer.out
        assert os.path.exists(path), UPGRADE
        remove_temporary_file(sheet)
        assert not os.path.exists(path), UPGRADE
        remove_temporary_file(sheet)

    def test_a_style_is_handed_on(self):
        book = Workbook()
        sheet: Any = book.active
        sample = Cell(sheet, row=1, column=1)
        sample.font = Font(bold=True)
        cell = Cell(sheet, row=2, column=1, style_array=get_style_array(sample))
        assert cell.font.b, UPGRADE
