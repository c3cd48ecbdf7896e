"""What a file of rows may hold and cost, and the watch that its readers keep over that.

Reading costs no more than what was sent: whatever expands, repeats or is empty is counted and refused, with words that
name the place and say what to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, NamedTuple, Self

from app.core.errors import FieldError
from app.core.values.wording import format_amount
from app.imports.files.errors import BadFile, build_bad_file

MAX_LINE_BYTES: Final = 256 * 1024
"""Of one row: bytes, and characters of all its cells."""
MAX_CELL_CHARS: Final = 32_767
"""Of one cell of a workbook: what spreadsheet programs allow."""
MAX_BLANK_LINES: Final = 10_000
"""Empty lines one after the other in a text file."""
MAX_BLANK_ROWS: Final = 1_048_576
"""The same in a workbook: a sheet that was formatted to its end."""

MAX_TOLD_SKIPS: Final = 1_000
"""Rows that were passed over, each told with its reason; of more it is told how many."""


class ReadingStopped(Exception):
    """Nobody waits for the rows any more."""


class ReadingTakesLong(Exception):
    """Reading takes longer than a sender is to wait."""


@dataclass(frozen=True, slots=True)
class FileBounds:
    """The bounds that an operator sets. size: bytes, also when unpacked; lines: empty ones included; seconds: in which
    a part of the rows must be read."""

    size: int = 1024 * 1024 * 1024
    lines: int = 2_000_000
    seconds: float = 60

    def to_params(self) -> dict[str, Any]:
        """The bounds as parameters of a job."""
        return {"limit": self.size, "lines": self.lines, "seconds": self.seconds}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """The bounds of a job. (Those of an earlier release have the first parameter only.)"""
        usual = cls()
        return cls(params["limit"], params.get("lines", usual.lines), params.get("seconds", usual.seconds))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a sender waits for rows to be read before they become a job."""

    lines: int = 100_000
    seconds: float = 2


class SkippedRow(NamedTuple):
    """A row that is none of the table: its number in the file, and why, in both languages."""

    number: int
    code: str
    vi: str
    en: str


class SkippedRows(NamedTuple):
    """How many rows were passed over, and which: the first `MAX_TOLD_SKIPS` of them."""

    total: int = 0
    rows: Sequence[SkippedRow] = ()

    def record_in(self, batch: Any) -> None:
        """Record them in the row of a batch."""
        batch.skipped, batch.skipped_rows = self.total, [list(row) for row in self.rows]


NOTHING_SKIPPED: Final = SkippedRows()


class ReadWatch:
    """The watch over one reading of a file. lines: how many were read.

    is_stopped: asked at every line; patience: of who waits, if anybody does; clock: seconds, and never goes back.
    """

    def __init__(
        self,
        bounds: FileBounds,
        is_stopped: Callable[[], bool] = lambda: False,
        patience: Patience | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.bounds, self.lines = bounds, 0
        self._skipped: list[SkippedRow] = []
        self._skipped_count = 0
        self.max_blank_lines = MAX_BLANK_LINES
        self._is_stopped, self._patience, self._clock = is_stopped, patience, clock
        self._blank_lines = self._characters = 0
        self._impatient_at = clock() + patience.seconds if patience else float("inf")
        self.begin_part()

    def begin_part(self) -> None:
        """Begin to read a part of the rows, which has its own time."""
        self._ends_at = self._clock() + self.bounds.seconds

    def pass_line(self, number: int, *, is_blank: bool) -> None:
        """Count a line. number: its own, from 1. Raises: BadFile; as `check`."""
        self.lines += 1
        self._blank_lines = self._blank_lines + 1 if is_blank else 0
        if self._blank_lines > self.max_blank_lines:
            raise _too_many_blank_lines(number, self.max_blank_lines)
        if self.lines > self.bounds.lines:
            raise build_too_many_lines(self.bounds.lines)
        if self._patience and self.lines > self._patience.lines:
            raise ReadingTakesLong
        self.check(number)

    def skip(self, number: int, reason: FieldError) -> None:
        """Note a row that is passed over: whoever sent it is told."""
        self._skipped_count += 1
        if self._skipped_count <= MAX_TOLD_SKIPS:
            self._skipped.append(SkippedRow(number, reason.code, reason.vi, reason.en))

    def get_skipped(self) -> SkippedRows:
        """What was passed over so far."""
        return SkippedRows(self._skipped_count, self._skipped)

    def check(self, number: int = 0) -> None:
        """Raises: ReadingStopped; ReadingTakesLong; BadFile when this part of the file takes too long."""
        if self._is_stopped():
            raise ReadingStopped
        time = self._clock()
        if time > self._impatient_at:
            raise ReadingTakesLong
        if time > self._ends_at:
            raise _too_slow(number, self.bounds.seconds)

    def count_characters(self, number: int, characters: int) -> None:
        """Count the characters of a row: a workbook may repeat a text without repeating its bytes. Raises: BadFile."""
        if characters > MAX_LINE_BYTES:
            raise build_line_too_long(number)
        self._characters += characters
        if self._characters > self.bounds.size:
            raise build_expands_too_much(
                f"Đến dòng {number}, các", f"Up to row {number}, the", self.bounds.size
            )


def build_too_many_lines(limit: int) -> BadFile:
    """The error of a file of more lines than *limit*."""
    return build_bad_file(
        f"Tệp có hơn {format_amount(limit)} dòng (kể cả dòng trống); hãy xóa dòng trống hoặc chia thành nhiều tệp.",
        f"The file has more than {limit:,} lines (empty ones included); remove empty lines, or split it.",
        "too_many_lines",
    )


def build_line_too_long(number: int) -> BadFile:
    """The error of a table with an endless line."""
    return build_bad_file(
        f"Dòng {number} dài quá {MAX_LINE_BYTES // 1024} KiB; hãy kiểm tra dấu ngoặc kép và dấu xuống dòng.",
        f"Line {number} is longer than {MAX_LINE_BYTES // 1024} KiB; check its quotes and line ends.",
        "line_too_long",
    )


def build_cell_too_long(number: int, column: str = "") -> BadFile:
    """The error of a cell that no spreadsheet program could hold."""
    vi, en = (f", ô {column}{number}", f", cell {column}{number}") if column else ("", "")
    return build_bad_file(
        f"Dòng {number}{vi}: một ô dài quá {format_amount(MAX_CELL_CHARS)} ký tự; hãy rút ngắn.",
        f"Row {number}{en}: a cell is longer than {MAX_CELL_CHARS:,} characters; shorten it.",
        "cell_too_long",
    )


def build_expands_too_much(vi: str, en: str, limit: int) -> BadFile:
    """The error of a workbook that is small only while it is packed. vi, en: what of it."""
    return build_bad_file(
        f"{vi} ô của tệp XLSX khi giải nén quá lớn (hơn {format_amount(limit)} byte);"
        " hãy xóa định dạng và dòng trống, hoặc chia tệp.",
        f"{en} cells of the workbook are too large when unpacked (over {limit:,} bytes);"
        " remove formats and empty rows, or split it.",
    )


def _too_many_blank_lines(number: int, limit: int) -> BadFile:
    return build_bad_file(
        f"Có hơn {format_amount(limit)} dòng trống liền nhau trước dòng {number}; hãy xóa các dòng "
        "trống rồi gửi lại.",
        f"There are more than {limit:,} empty lines one after the other up to line {number}; remove them.",
        "too_many_blank_lines",
    )


def _too_slow(number: int, seconds: float) -> BadFile:
    return build_bad_file(
        f"Đọc đến dòng {number} mất hơn {seconds:g} giây; hãy bỏ trang, định dạng thừa hoặc chia thành nhiều tệp.",
        f"Reading up to line {number} took over {seconds:g} seconds; remove sheets and formats, or split the file.",
        "part_too_slow",
    )
