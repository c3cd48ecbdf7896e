"""Workbooks row by row: what openpyxl would read, without keeping it."""

import gc
import io
import tracemalloc
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.core.values.search_key import _cached_search_key
from app.imports.files.bounds import FileBounds, ReadWatch
from app.imports.files.errors import BadFile
from app.imports.files.sources import Format, ReadOptions, read_file_rows
from app.imports.files.workbook import open_workbook, read_lines
from tests.forms.official_workbooks import build_d05_workbook, build_mau_4_workbook

READING = ReadOptions(Format.XLSX, {})
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TABLE_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def build_workbook(rows: list[list[str]], *, places: int | None = None) -> io.BytesIO:
    """A workbook as spreadsheet programs write it: cells name their texts in a table. places: of them in the table."""
    workbook = Workbook()
    workbook.active.append(["x"])  # type: ignore[union-attr]
    plain, created = io.BytesIO(), io.BytesIO()
    workbook.save(plain)
    texts = [text for row in rows for text in row]
    table = "".join(f"<si><t>{text}</t></si>" for text in texts[:places])
    place = iter(range(len(texts)))
    cells = "".join(
        '<row ht="15" customHeight="1">'
        + "".join(f'<c t="s"><v>{next(place)}</v></c>' for _ in row)
        + "</row>"
        for row in rows
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(created, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", _TABLE_TYPE.encode() + b"</Types>")
            elif name == "xl/worksheets/sheet1.xml":
                sheet = f'{_HEAD}<worksheet xmlns="{_SPREADSHEET}"><sheetData>{cells}</sheetData></worksheet>'
                content = sheet.encode()
            target.writestr(name, content)
        target.writestr("xl/sharedStrings.xml", f'{_HEAD}<sst xmlns="{_SPREADSHEET}">{table}</sst>')
    return created


def build_rows(count: int) -> list[list[str]]:
    return [
        ["external_ref", "full_name"],
        *([f"R{n}", f"Nguyễn Thị Thử {n} &amp; con"] for n in range(count)),
    ]


class TestSharedTexts:
    def test_each_cell_has_its_text(self):
        read = list(read_file_rows(build_workbook(build_rows(3)), READING))
        assert [(row.number, row.value) for row in read] == [
            (n + 2, {"external_ref": f"R{n}", "full_name": f"Nguyễn Thị Thử {n} & con"}) for n in range(3)
        ]

    def test_a_text_that_the_table_has_not(self):
        with pytest.raises(BadFile):
            list(read_file_rows(build_workbook(build_rows(3), places=5), READING))

    def test_nothing_is_kept(self):
        def held(count: int) -> int:
            """Bytes, when the last row was read."""
            file = build_workbook(build_rows(count))
            _cached_search_key.cache_clear()  # else what earlier tests left in it is let go meanwhile
            tracemalloc.start()
            try:
                for nth, _ in enumerate(read_file_rows(file, READING), 1):
                    if nth == count:
                        gc.collect()
                        return tracemalloc.get_traced_memory()[0]
            finally:
                tracemalloc.stop()
            raise AssertionError("rows are missing")

        few, many = held(10_000), held(25_000)  # the caches of names and texts are full with either
        places = 15_000 * 2 * 8
        assert many < few + 2 * places


@pytest.mark.parametrize("official", [build_d05_workbook, build_mau_4_workbook])
def test_the_official_forms_as_openpyxl_reads_them(official: Any):
    content = official([])
    watch = ReadWatch(FileBounds())
    ours = open_workbook(io.BytesIO(content), watch)
    theirs = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    assert ours.sheetnames == theirs.sheetnames
    for one, other in zip(ours.worksheets, theirs.worksheets, strict=True):
        other.reset_dimensions()
        read = {number: list(cells) for number, cells in read_lines(one, watch)}
        expected = enumerate(other.iter_rows(values_only=True, max_col=len(next(iter(read.values()), []))), 1)
        assert read == {number: list(cells) for number, cells in expected if number in read}
        assert any(any(cells) for cells in read.values())
