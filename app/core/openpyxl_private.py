"""The only names of openpyxl that are not public, and why there is no other way.

Reading: openpyxl keeps an element for each row that it has read, and a sheet of a million rows does not fit into
memory; whoever parses the rows himself needs its parser of one row, and what it knows of the sheet, which it measures
by reading all of it unless another class takes its place. Writing: only
`save` removes the temporary files of a workbook, and a workbook that is given up is never saved; the style of a cell
is worked out anew for every cell unless its array is handed on.
`tests/core/test_openpyxl_private.py` says which version of openpyxl moved them.
"""

from typing import IO, Any

from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser
from openpyxl.worksheet._writer import ALL_TEMP_FILES

__all__ = [
    "ROW_TAG",
    "ReadOnlyWorksheet",
    "WorkSheetParser",
    "get_parser_arguments",
    "get_sheets",
    "get_style_array",
    "open_sheet_source",
    "remove_temporary_file",
]


def open_sheet_source(sheet: Any) -> IO[bytes]:
    """Open the XML of a sheet that is read only."""
    source: IO[bytes] = sheet._get_source()
    return source


def get_parser_arguments(sheet: Any) -> dict[str, Any]:
    """What a `WorkSheetParser` of this sheet needs beside its source, to read values."""
    book = sheet.parent
    return {
        "shared_strings": sheet._shared_strings,
        "data_only": True,
        "epoch": book.epoch,
        "date_formats": book._date_formats,
        "timedelta_formats": book._timedelta_formats,
    }


def get_sheets(book: Any) -> list[Any]:
    """The sheets of a workbook, to which more can be added."""
    sheets: list[Any] = book._sheets
    return sheets


def get_style_array(cell: Any) -> StyleArray:
    """The style of a cell, to be given to other cells as `style_array`."""
    style: StyleArray = cell._style
    return style


def remove_temporary_file(worksheet: Any) -> None:
    """Remove the temporary file of a closed worksheet that is write only; nothing happens when it is gone."""
    if worksheet._writer.out in ALL_TEMP_FILES:
        worksheet._writer.cleanup()
