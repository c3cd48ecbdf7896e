"""What a file may hold: whatever expands, repeats or is empty is refused where it stands, and little is read for that."""

import errno
import io
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.imports.files import archive, workbook
from app.imports.files.archive import MAX_ELEMENT_BYTES, MAX_PARTS
from app.imports.files.bounds import (
    MAX_BLANK_LINES,
    MAX_CELL_CHARS,
    MAX_LINE_BYTES,
    FileBounds,
    Patience,
    ReadingStopped,
    ReadingTakesLong,
    ReadWatch,
)
from app.imports.files.errors import BadFile
from app.imports.files.sources import Format, ReadOptions, check_workbook, read_file_rows
from app.imports.files.tables import RawRow
from tests.imports.files.test_workbook import build_workbook
from tests.imports.import_files import to_xlsx

HEADINGS = ("external_ref", "full_name")
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(content: Any, format_: Format, bounds: FileBounds | None = None) -> list[RawRow]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return list(read_file_rows(file, ReadOptions(format_, {}, bounds or FileBounds())))


def refusal(work: Callable[[], object]) -> tuple[str, str]:
    """The code and the Vietnamese words of the reason why a file is refused."""
    with pytest.raises(BadFile) as caught:
        work()
    [error] = caught.value.errors
    assert error.en
    return error.code, error.vi


class Endless:
    """A file that goes on for ever. given: bytes that were read of it."""

    def __init__(self, head: bytes, rest: bytes) -> None:
        self._head, self._rest, self._position, self.given = head, rest * (65_536 // len(rest)), 0, 0

    def seek(self, offset: int) -> None:
        self._position = offset

    def read(self, size: int) -> bytes:
        data = self._head[self._position :][:size]
        while len(data) < size:
            start = (self._position + len(data) - len(self._head)) % len(self._rest)
            data += self._rest[start : start + size - len(data)]
        return self._give(data)

    def readline(self, size: int) -> bytes:
        given = self.given
        data = self.read(min(size, 4096))
        self._position -= len(data)
        self.given = given
        return self._give(data[: data.find(b"\n") + 1])

    def _give(self, data: bytes) -> bytes:
        self._position += len(data)
        self.given += len(data)
        return data


class TestText:
    @pytest.mark.parametrize("blank", [b"\n", b" \t\n", b"\r\n"])
    def test_of_endless_empty_lines_few_are_read(self, blank: bytes):
        source = Endless(b'{"external_ref": "R1"}\n', blank)
        code, words = refusal(lambda: read(source, Format.NDJSON))
        assert code == "too_many_blank_lines"
        assert f"dòng {MAX_BLANK_LINES + 2}" in words
        assert source.given < (MAX_BLANK_LINES + 2) * len(blank) + 20_000

    @pytest.mark.parametrize("blank", [b"\n", b",\n", b" , ,\n"])
    def test_of_endless_empty_rows_of_a_table_too(self, blank: bytes, monkeypatch: pytest.MonkeyPatch):
        content = b"external_ref,full_name\nR1,A\n" + blank * (MAX_BLANK_LINES + 1)
        assert refusal(lambda: read(content, Format.CSV))[0] == "too_many_blank_lines"
        assert len(read(content[: -len(blank)] + b"R2,B\n", Format.CSV)) == 2

    def test_lines_are_counted_with_empty_ones(self):
        bounds = FileBounds(lines=10)
        line = b'{"external_ref": "R1"}\n\n'
        assert len(read(line * 5, Format.NDJSON, bounds)) == 5
        code, words = refusal(lambda: read(line * 5 + b"\n", Format.NDJSON, bounds))
        assert (code, "10 dòng" in words) == ("too_many_lines", True)

    @pytest.mark.parametrize("rest", [b"x", b",", b'"",', b'"a\n",'])
    def test_of_an_endless_row_of_cells_little_is_read(self, rest: bytes):
        """Also of one whose cells are quoted and have lines of their own."""
        source = Endless(b"external_ref,full_name\n", rest)
        code, words = refusal(lambda: read(source, Format.CSV))
        assert code in ("line_too_long", "cell_too_long")
        assert words.startswith("Dòng ")
        assert source.given < 3 * MAX_LINE_BYTES

    def test_a_long_cell_is_named(self):
        cell = b'"' + b"x" * 200_000 + b'"'
        code, words = refusal(lambda: read(b"external_ref,full_name\nR1,A\nR2," + cell, Format.CSV))
        assert (code, words.startswith("Dòng 3")) == ("cell_too_long", True)

    def test_a_long_row_of_ndjson_is_rejected_alone(self):
        rows = read(b'{"a": 1}\n' + b"x" * 3 * MAX_LINE_BYTES + b'\n{"b": 2}\n', Format.NDJSON)
        assert [row.errors[0].code if row.errors else None for row in rows] == [None, "row_too_long", None]

    def test_cells_beyond_the_last_column_are_told(self):
        content = b"external_ref,full_name\nR1,A" + b"," * 300 + b"x\n"
        [row] = read(content, Format.CSV)
        assert [error.code for error in row.errors] == ["too_many_cells"]


def sheet_of(rows: bytes, head: bytes = _HEAD, after: bytes = b"") -> bytes:
    start = f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode()
    return head + start + rows + b"</sheetData>" + after + b"</worksheet>"


def replace_parts(parts: dict[str, bytes], *rows: tuple[object, ...]) -> bytes:
    """A workbook with some of its parts replaced, or more of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(to_xlsx(HEADINGS, *rows))) as source:
        contents = {name: source.read(name) for name in source.namelist()} | parts
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_HEADING_ROW = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>external_ref</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>full_name</t></is></c></row>'
)


class TestWorkbook:
    def test_what_it_says_of_its_size_is_believed_first(self):
        content = replace_parts({SHEET: b" " * 3_000_000})
        bounds = FileBounds(size=2_000_000)
        for work in (
            lambda: read(content, Format.XLSX, bounds),
            lambda: check_workbook(io.BytesIO(content), ReadWatch(bounds)),
        ):
            code, words = refusal(work)
            assert (code, "2.000.000" in words) == ("bad_file", True)

    def test_a_ratio_that_no_sheet_has_is_a_bomb(self):
        content = replace_parts({SHEET: b" " * 40_000_000})
        assert len(content) < 60_000
        assert refusal(lambda: read(content, Format.XLSX))[0] == "bad_file"

    def test_an_endless_directory_is_not_read(self, monkeypatch: pytest.MonkeyPatch):
        many = replace_parts({f"xl/media/{nth}": b"" for nth in range(MAX_PARTS)})
        assert refusal(lambda: read(many, Format.XLSX))[0] == "too_many_parts"
        monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 10_000)
        monkeypatch.setattr(zipfile, "ZipFile", None)  # it would read the whole directory
        assert refusal(lambda: read(many, Format.XLSX))[0] == "too_many_parts"
        assert refusal(lambda: read(many[:-2] + b"\2\0xx", Format.XLSX))[0] == "too_many_parts"

    def test_a_large_directory_of_zip64_is_not_read_either(self, monkeypatch: pytest.MonkeyPatch):
        content = to_xlsx(HEADINGS)
        end = struct.unpack("<4s4H2LH", content[-22:])
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 1 << 40, end[6])
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22, 1)
        large = content[:-22] + record + locator + content[-22:]
        assert refusal(lambda: read(large, Format.XLSX))[0] == "too_many_parts"

    def test_rows_are_counted_before_they_are_read(self):
        content = to_xlsx(HEADINGS, *[(f"R{nth}", "A") for nth in range(50)])
        assert check_workbook(io.BytesIO(content), ReadWatch(FileBounds())) == 51
        code, words = refusal(lambda: check_workbook(io.BytesIO(content), ReadWatch(FileBounds(lines=50))))
        assert (code, "50 dòng" in words) == ("too_many_lines", True)
        assert refusal(lambda: read(content, Format.XLSX, FileBounds(lines=49)))[0] == "too_many_lines"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
    def test_a_full_disk_is_not_the_fault_of_the_file(self, monkeypatch: pytest.MonkeyPatch):
        content = build_workbook([["external_ref"], ["R1"]])
        with Path("/dev/full").open("wb", buffering=0) as full:
            monkeypatch.setattr(tempfile, "TemporaryFile", lambda: full)
            with pytest.raises(OSError) as caught:
                read(content, Format.XLSX)
        assert caught.value.errno == errno.ENOSPC

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.EIO])
    def test_what_the_system_refuses_is_not_the_fault_of_the_file(self, number: int):
        class Refused(io.BytesIO):
            def read(self, *_: Any) -> bytes:
                raise OSError(number, "refused")

        for work in (
            lambda: read(Refused(), Format.XLSX),
            lambda: check_workbook(Refused(), ReadWatch(FileBounds())),
        ):
            with pytest.raises(OSError) as caught:
                work()
            assert caught.value.errno == number

    def test_an_endless_row(self, monkeypatch: pytest.MonkeyPatch):
        rows = _HEADING_ROW + b'<row r="2">' + b"<c/>" * 20_000 + b"</row>"
        code, words = refusal(lambda: read(replace_parts({SHEET: sheet_of(rows)}), Format.XLSX))
        assert (code, "dòng 2" in words) == ("too_many_cells", True)
        far = rows.replace(b'r="2"', b'r="900"')  # the sheet leaves empty rows out
        assert "dòng 900" in refusal(lambda: read(replace_parts({SHEET: sheet_of(far)}), Format.XLSX))[1]
        rows = _HEADING_ROW + b'<row r="2">' + b"<c/>" * 1_000_000 + b"</row>"
        monkeypatch.setattr(workbook, "MAX_CELLS", 10**9)
        assert (
            refusal(lambda: read(replace_parts({SHEET: sheet_of(rows)}), Format.XLSX))[0] == "part_too_large"
        )

    @pytest.mark.parametrize("where", ["sheet", "text"])
    def test_an_endless_cell(self, where: str):
        long = "x" * (MAX_CELL_CHARS + 1)
        if where == "text":
            content = build_workbook([[*HEADINGS], ["R1", long]]).getvalue()
        else:
            cell = f'<c r="B2" t="inlineStr"><is><t>{long}</t></is></c>'.encode()
            content = replace_parts({SHEET: sheet_of(_HEADING_ROW + b'<row r="2">' + cell + b"</row>")})
        code, words = refusal(lambda: read(content, Format.XLSX))
        assert (code, "ô B2" in words) == ("cell_too_long", True)

    def test_one_text_in_many_cells(self):
        text = "x" * 30_000
        rows = [tuple([text] * 9)]
        assert refusal(lambda: read(to_xlsx(HEADINGS, *rows), Format.XLSX))[0] == "line_too_long"
        rows = [tuple([text] * 5)] * 20
        bounds = FileBounds(size=1_000_000)
        assert refusal(lambda: read(to_xlsx(HEADINGS, *rows), Format.XLSX, bounds))[0] == "bad_file"

    @pytest.mark.parametrize("length", [30_000, 200_000])
    def test_of_one_long_text_in_endless_cells_little_is_read(
        self, length: int, monkeypatch: pytest.MonkeyPatch
    ):
        """A cell names its text in a few bytes, so a row of some KiB could be one of GiB."""
        named = b'<c t="s"><v>3</v></c>'
        with zipfile.ZipFile(build_workbook([[*HEADINGS], ["R1", "x" * length]])) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        content = replace_parts(parts | {SHEET: parts[SHEET].replace(named, named * 16_000)})
        assert len(content) < 20_000
        read_texts = []
        read_text = workbook.SharedStrings._read

        def count(table: workbook.SharedStrings, index: int) -> str:
            read_texts.append(index)
            return read_text(table, index)

        monkeypatch.setattr(workbook.SharedStrings, "_read", count)
        code, words = refusal(lambda: read(content, Format.XLSX))
        assert (code, words.startswith("Dòng 2 ")) == ("line_too_long", True)
        assert 0 < len(read_texts) < 100

    def test_more_texts_or_sheets_than_anybody_has(self, monkeypatch: pytest.MonkeyPatch):
        content = build_workbook([[*HEADINGS], ["R1", "A"]]).getvalue()
        assert len(read(content, Format.XLSX)) == 1
        monkeypatch.setattr(workbook, "MAX_SHARED_TEXTS", 3)
        assert refusal(lambda: read(content, Format.XLSX))[0] == "too_many_texts"
        monkeypatch.undo()
        monkeypatch.setattr(workbook, "MAX_SHEETS", 0)
        assert refusal(lambda: read(content, Format.XLSX))[0] == "too_many_sheets"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize("name", [SHEET, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"])
    def test_entities_are_not_expanded(self, name: str, encoding: str):
        bomb = f'<?xml version="1.0" encoding="{encoding}"?>' + " " * 20_000
        bomb += '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>'
        code, words = refusal(lambda: read(replace_parts({name: bomb.encode(encoding)}), Format.XLSX))
        assert (code, "DOCTYPE" in words) == ("bad_file", True)

    def test_what_stands_below_the_rows_is_not_read(self):
        after = b"<mergeCells>" + b"<mergeCell/>" * (MAX_ELEMENT_BYTES // 6) + b"</mergeCells>"
        row = b'<row r="2"><c r="A2" t="str"><v>R1</v></c></row>'
        [read_row] = read(replace_parts({SHEET: sheet_of(_HEADING_ROW + row, after=after)}), Format.XLSX)
        assert read_row.value == {"external_ref": "R1"}
        before = b"<cols>" + b"<col/>" * MAX_ELEMENT_BYTES + b"</cols>"
        start = f'<worksheet xmlns="{_SPREADSHEET}">'.encode()
        sheet = _HEAD + start + before + b"<sheetData>" + _HEADING_ROW + b"</sheetData></worksheet>"
        assert refusal(lambda: read(replace_parts({SHEET: sheet}), Format.XLSX))[0] == "part_too_large"

    def test_formatted_empty_rows_are_read_over(self):
        blank = b"".join(b'<row r="%d" s="1"/>' % nth for nth in range(2, 2 * MAX_BLANK_LINES))
        last = b'<row r="1048576"><c r="A1048576" t="str"><v>R1</v></c></row>'
        [row] = read(replace_parts({SHEET: sheet_of(_HEADING_ROW + blank + last)}), Format.XLSX)
        assert row.number == 1_048_576
        beyond = b'<row r="1048577"><c t="str"><v>R1</v></c></row>'
        assert refusal(lambda: read(replace_parts({SHEET: sheet_of(_HEADING_ROW + beyond)}), Format.XLSX))


class TestWatch:
    def test_nobody_waits_any_more(self):
        stopped = False
        watch = ReadWatch(FileBounds(), lambda: stopped)
        rows = read_file_rows(io.BytesIO(b'{"a": 1}\n' * 5), ReadOptions(Format.NDJSON, {}), watch=watch)
        next(rows)
        stopped = True
        with pytest.raises(ReadingStopped):
            next(rows)
        assert watch.lines == 2

    @pytest.mark.parametrize("format_", [Format.NDJSON, Format.CSV, Format.XLSX])
    def test_each_part_has_its_time(self, format_: Format):
        now = 0.0
        content = {
            Format.NDJSON: b'{"external_ref": "R"}\n' * 5,
            Format.CSV: b"external_ref,full_name\n" + b"R,A\n" * 5,
            Format.XLSX: to_xlsx(HEADINGS, *[("R", "A")] * 5),
        }[format_]
        watch = ReadWatch(FileBounds(seconds=10), clock=lambda: now)
        rows = read_file_rows(io.BytesIO(content), ReadOptions(format_, {}), watch=watch)
        for _ in range(3):
            next(rows)
            now += 9
            watch.begin_part()
        now += 11
        code, words = refusal(lambda: next(rows))
        assert (code, "10 giây" in words) == ("part_too_slow", True)

    def test_who_waits_has_less_patience(self):
        now = 0.0
        watch = ReadWatch(FileBounds(), patience=Patience(lines=3, seconds=1), clock=lambda: now)
        for number in range(1, 4):
            watch.pass_line(number, is_blank=False)
        with pytest.raises(ReadingTakesLong):
            watch.pass_line(4, is_blank=False)
        now = 1.1
        with pytest.raises(ReadingTakesLong):
            watch.check()
