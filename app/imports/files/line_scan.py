"""Look at the lines of a file while it arrives: how many, and how long."""

from app.imports.files.bounds import MAX_LINE_BYTES, build_line_too_long, build_too_many_lines
from app.imports.files.sources import Format


class LineScan:
    """The lines of a body that arrives piece by piece. format: None for one JSON value."""

    def __init__(self, format_: Format | None, max_lines: int) -> None:
        self._format, self._max_lines = format_, max_lines
        self._lines = self._unfinished_bytes = 0
        self._is_finished = True

    def add(self, chunk: bytes) -> None:
        """Look at the next piece. Raises: BadFile for a table with a line without end, or for too many lines.

        (A long row of NDJSON is rejected by itself, where it stands.)
        """
        if not chunk or self._format is Format.XLSX or self._format is None:
            return
        for start in range(0, len(chunk), MAX_LINE_BYTES):
            piece = chunk[start : start + MAX_LINE_BYTES]
            if self._format is Format.CSV:
                self._measure(piece)
            self._lines += piece.count(b"\n")
            if self._lines > self._max_lines:
                raise build_too_many_lines(self._max_lines)
        self._is_finished = chunk.endswith(b"\n")

    def _measure(self, piece: bytes) -> None:
        """Measure the line that goes on in a piece, which has no room for a long one that begins and ends in it."""
        line_end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        ends = [end for end in (piece.find(b"\n"), piece.find(b"\r")) if end >= 0]
        if self._unfinished_bytes + min(ends, default=len(piece)) > MAX_LINE_BYTES:
            raise build_line_too_long(self._lines + 1)
        self._unfinished_bytes = len(piece) - line_end - 1 + (0 if ends else self._unfinished_bytes)

    def count_lines(self) -> int:
        """Count the lines, with one that has no end."""
        return self._lines + (not self._is_finished)
