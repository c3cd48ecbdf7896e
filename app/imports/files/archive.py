"""The archive (ZIP) that a workbook is: what may be in it, and its parts, none of which is read without end."""

import struct
import zipfile
from typing import IO, Any, Final, Self

from app.core.values.wording import format_amount
from app.imports.files.bounds import FileBounds, ReadWatch, build_expands_too_much, build_too_many_lines
from app.imports.files.errors import BadFile, build_bad_file

MAX_DIRECTORY_BYTES: Final = 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_RATIO: Final = 200
"""So many times its size a workbook of over `_FREE_EXPANSION` bytes may become; real ones become 5 to 50 times."""
_FREE_EXPANSION: Final = 16 * 1024 * 1024
MAX_ELEMENT_BYTES: Final = 2 * 1024 * 1024
"""From the end of one row, or shared text, to that of the next."""
MAX_SMALL_PART_BYTES: Final = 8 * 1024 * 1024
"""Of what is read whole: styles, names of sheets."""
_PIECE: Final = 256 * 1024
_DOCTYPE: Final = b"<!DOCTYPE"

_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR_64, _LOCATOR_64_SIZE = b"PK\x06\x07", 20
_END_64, _END_64_SIZE = b"PK\x06\x06", 56
_MAX_COMMENT: Final = 1 << 16


def check_archive(file: IO[bytes], bounds: FileBounds) -> None:
    """Check what an archive says of itself before anything is unpacked. Raises: BadFile; what `zipfile` raises."""
    size = file.seek(0, 2)
    if _read_directory_size(file, size) > MAX_DIRECTORY_BYTES:
        raise _too_many_parts()
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise _too_many_parts()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > bounds.size:
        raise build_expands_too_much("Các", "The", bounds.size)
    if unpacked > MAX_RATIO * size + _FREE_EXPANSION:
        raise build_expands_too_much("Các", "The", MAX_RATIO * size + _FREE_EXPANSION)


def _read_directory_size(file: IO[bytes], size: int) -> int:
    """Read the bytes of the directory that `zipfile` will read, from where it reads them; 0 when there is none."""
    file.seek(max(0, size - _END_SIZE - _MAX_COMMENT))
    tail = file.read()
    at = len(tail) - _END_SIZE
    if at < 0 or tail[at : at + 4] != _END or tail[-2:] != b"\0\0":
        at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        return 0
    (directory_size,) = struct.unpack_from("<L", tail, at + 12)
    locator_at = size - len(tail) + at - _LOCATOR_64_SIZE
    if locator_at < _END_64_SIZE:
        return int(directory_size)
    file.seek(locator_at - _END_64_SIZE)
    record = file.read(_END_64_SIZE + _LOCATOR_64_SIZE)
    if record.startswith(_END_64) and record[_END_64_SIZE:].startswith(_LOCATOR_64):
        (directory_size,) = struct.unpack_from("<Q", record, 40)
    return int(directory_size)


def _too_many_parts() -> BadFile:
    return build_bad_file(
        f"Tệp XLSX có hơn {format_amount(MAX_PARTS)} thành phần; hãy chép dữ liệu sang một tệp mới.",
        f"The workbook has more than {MAX_PARTS:,} parts; copy the data into a new one.",
        "too_many_parts",
    )


def count_sheet_rows(file: IO[bytes], watch: ReadWatch) -> int:
    """Count the rows of all sheets without parsing them. Raises: BadFile beyond the limit; as `ReadWatch.check`."""
    rows = 0
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if not part.filename.lower().startswith("xl/worksheets/sheet"):
                continue
            with archive.open(part) as source:
                tail = b""
                while piece := source.read(_PIECE):
                    watch.check(rows)
                    text = tail + piece
                    rows += text.count(b"<row ") + text.count(b"<row>")
                    tail = text[-4:]  # shorter than what is counted, so that nothing counts twice
                    if rows > watch.bounds.lines:
                        raise build_too_many_lines(watch.bounds.lines)
    return rows


class BoundedArchive(zipfile.ZipFile):
    """An archive whose parts are bounded while they are read."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Open a part to be read."""
        return BoundedPart(super().open(*args, **kwargs))


class BoundedPart:
    """A part that is read. Whoever reads element by element says when one is whole (`pass_element`).

    No element is longer than `MAX_ELEMENT_BYTES`, nothing that is read at once longer than `MAX_SMALL_PART_BYTES`, and
    none declares entities, which grow when they are read.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._tail = source, b""
        self._unfinished_bytes, self._is_prolog = 0, True

    def pass_element(self) -> None:
        """An element was read to its end."""
        self._unfinished_bytes, self._is_prolog = 0, False

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, or all. Raises: BadFile."""
        if size is None or size < 0:
            data = self._source.read(MAX_SMALL_PART_BYTES + 1)
            if len(data) > MAX_SMALL_PART_BYTES:
                raise _part_too_large(MAX_SMALL_PART_BYTES)
        else:
            data = self._source.read(size)
            self._unfinished_bytes += len(data)
            if self._unfinished_bytes > MAX_ELEMENT_BYTES + size:
                raise _part_too_large(MAX_ELEMENT_BYTES)
        if self._is_prolog:
            self._refuse_declarations(data)
        return data

    def _refuse_declarations(self, data: bytes) -> None:
        text = (self._tail + data).replace(b"\0", b"")  # of UTF-16 as well
        if _DOCTYPE in text:
            raise build_bad_file(
                "Tệp XLSX có khai báo DOCTYPE; hãy lưu lại bằng Excel.",
                "The workbook declares a DOCTYPE; save it again with a spreadsheet program.",
            )
        self._tail = text[-len(_DOCTYPE) :]

    def close(self) -> None:
        """Close the part."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _part_too_large(limit: int) -> BadFile:
    return build_bad_file(
        f"Tệp XLSX có dòng, ô hoặc phần định dạng dài quá {limit // 1024 // 1024} MiB; hãy chép dữ liệu sang tệp mới.",
        f"The workbook has a row, cell or format of over {limit // 1024 // 1024} MiB; copy the data into a new one.",
        "part_too_large",
    )
