"""Lines of a file while it arrives, in whatever pieces."""

import random

import pytest

from app.imports.files.bounds import MAX_LINE_BYTES
from app.imports.files.errors import BadFile
from app.imports.files.line_scan import LineScan
from app.imports.files.sources import Format


def scan(content: bytes, format_: Format | None = Format.CSV, most: int = 100, pieces: int = 3) -> int:
    """The lines of a content that arrives in pieces."""
    rng = random.Random(pieces)  # noqa: S311 - where it is cut
    cuts = sorted(rng.randrange(len(content) + 1) for _ in range(pieces - 1))
    result = LineScan(format_, most)
    for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
        result.add(content[start:end])
    return result.count_lines()


@pytest.mark.parametrize("pieces", [1, 2, 7])
class TestLineScan:
    @pytest.mark.parametrize(
        ("content", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2)]
    )
    def test_lines_are_counted(self, content: bytes, lines: int, pieces: int):
        assert scan(content, pieces=pieces) == lines

    @pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
    def test_a_line_without_end_is_refused_where_it_stands(self, line_end: bytes, pieces: int):
        longest = b"x" * MAX_LINE_BYTES
        assert scan(b"a" + line_end + longest + line_end + longest, pieces=pieces)
        with pytest.raises(BadFile) as refusal:
            scan(b"a\n" + longest + b"x" + line_end + b"b", pieces=pieces)
        [error] = refusal.value.errors
        assert error.code == "line_too_long"
        assert "Dòng 2 " in error.vi

    def test_too_many_are_refused(self, pieces: int):
        for format_ in (Format.CSV, Format.NDJSON):
            assert scan(b"\n" * 100, format_, pieces=pieces) == 100
            with pytest.raises(BadFile) as refusal:
                scan(b"\n" * 101, format_, pieces=pieces)
            assert refusal.value.errors[0].code == "too_many_lines"
        assert scan(b"\n" * 101, Format.XLSX, pieces=pieces) == scan(b"\n" * 101, None, pieces=pieces) == 0

    def test_a_long_row_of_ndjson_is_left_to_its_reader(self, pieces: int):
        assert scan(b"x" * 3 * MAX_LINE_BYTES, Format.NDJSON, pieces=pieces) == 1
