"""Take erased people out of stored contents, and leave everything else as it was. Pure: no database."""

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.privacy.traces.rules import ErasedPerson, is_named, select_named

_REPORT_NAME: Final = "dong-loi.csv"
_OUTCOMES_NAME: Final = "ket-qua.ndjson.gz"
_INPUT_NAME: Final = "input"
"""What imports write (app/imports/run.py) and read (app/jobs/files.py)."""
_KEPT_HEADINGS: Final = ("Dòng", "Lỗi")
_CANDIDATES_HEADING: Final = "Có thể trùng"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_GONE: Final = b""
_UNREADABLE: Final = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    csv.Error,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What is left of a part of a file, and of the part beside it: None where it stays, empty where it goes."""

    content: bytes | None = None
    beside: bytes | None = None


def erase_from_file(
    people: Sequence[ErasedPerson], name: str, content: bytes, beside: bytes | None, headings: Sequence[str]
) -> LeftOver:
    """Erase people from a part of a file.

    headings: of a report, from its first part. A file that cannot be read goes, where an organisation that covers one
    of them has it.
    """
    try:
        if name == _REPORT_NAME:
            return _erase_from_report(people, content, beside, headings)
        if name == _OUTCOMES_NAME:
            return LeftOver(_erase_from_outcomes(people, content, set()))
        # The file that came in is not needed once its job ended; others are of a kind that is not known here.
        gone = name == _INPUT_NAME or any(_names_any(people, part) for part in _unpack(content))
    except _UNREADABLE:
        gone = any(person.is_covered for person in people)
    return LeftOver(_GONE if gone else None)


def erase_from_outcome(people: Sequence[ErasedPerson], outcome: dict[str, Any]) -> dict[str, Any]:
    """Erase people from what became of one row: the outcome and its ids stay."""
    ids = {str(person.member_id) for person in people}
    outcome = dict(outcome)
    if "external_ref" in outcome and (
        outcome.get("member_id") in ids or is_named(people, outcome["external_ref"] or "")
    ):
        outcome["external_ref"] = None
    if outcome.get("candidates"):
        of_other = outcome.get("member_id") not in ids
        outcome["candidates"] = [
            each for each in outcome["candidates"] if of_other and each["member_id"] not in ids
        ]
    for name in ("warnings", "errors"):
        outcome[name] = [_erase_from_note(people, note) for note in outcome.get(name, ())]
    return outcome


def _erase_from_note(people: Sequence[ErasedPerson], note: Any) -> Any:
    if isinstance(note, dict):
        return note | ({"detail": "…"} if is_named(people, note["detail"]) else {})
    return erase_from_errors(people, [note])[0]


def erase_from_errors(people: Sequence[ErasedPerson], errors: list[list[str]]) -> list[list[str]]:
    """Erase people from the errors of a job or a row: pointer and code stay."""
    return [
        [pointer, code, *("…" if is_named(people, text) else text for text in texts)]
        for pointer, code, *texts in errors
    ]


def _erase_from_report(
    people: Sequence[ErasedPerson], content: bytes, beside: bytes | None, headings: Sequence[str]
) -> LeftOver:
    named = select_named(people, content)
    if not named:
        return LeftOver()
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    numbers: set[str] = set()
    found = [index for index, row in enumerate(rows) if is_named(named, "\n".join(row))]
    if not found:
        return LeftOver()
    for index in found:
        rows[index] = _blank_row(named, rows[index], headings, numbers)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    outcomes = None if beside is None else _erase_from_outcomes(people, beside, numbers)
    return LeftOver(out.getvalue().encode(), outcomes)


def _blank_row(
    people: Sequence[ErasedPerson], row: list[str], headings: Sequence[str], numbers: set[str]
) -> list[str]:
    """Blank the cells of a row that was sent about one of these people; of another's row, them among its candidates."""
    cells = dict(zip(headings, row, strict=False))
    sent = [cell for name, cell in cells.items() if name != _CANDIDATES_HEADING]
    if headings and not is_named(people, "\n".join(sent)):
        others = [
            candidate
            for candidate in cells[_CANDIDATES_HEADING].split("; ")
            if not is_named(people, candidate)
        ]
        return [
            "; ".join(others) if name == _CANDIDATES_HEADING else cell
            for name, cell in zip(headings, row, strict=False)
        ]
    numbers.add(cells.get(_KEPT_HEADINGS[0], ""))
    return [
        cell if name in _KEPT_HEADINGS and not is_named(people, cell) else ""
        for name, cell in zip(headings or [""] * len(row), row, strict=False)
    ]


def _erase_from_outcomes(people: Sequence[ErasedPerson], content: bytes, numbers: set[str]) -> bytes | None:
    """Erase people from outcomes of rows. numbers: of the rows that were about them. None: they are not in it."""
    text = gzip.decompress(content)
    named = select_named(people, text)
    if not named and not numbers:
        return None
    lines = text.splitlines()
    for index, line in enumerate(lines):
        likely = select_named(named, line)
        if not likely and not numbers:
            continue
        outcome = json.loads(line)
        if str(outcome.get("row")) in numbers and "external_ref" in outcome:
            outcome |= {"external_ref": None, "candidates": []}
        elif not likely:
            continue
        outcome = erase_from_outcome(likely, outcome)
        lines[index] = json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(b"\n".join(lines) + b"\n", 1)


def _names_any(people: Sequence[ErasedPerson], content: bytes) -> bool:
    likely = select_named(people, content)
    return bool(likely) and is_named(likely, content.decode("utf-8", "replace"))


def _unpack(content: bytes) -> list[bytes]:
    """The contents of a file, compressed or not. Raises: one of `_UNREADABLE`, also for what unpacks to too much."""
    if content.startswith(_GZIP):
        unpacked = zlib.decompressobj(31).decompress(content, _MAX_UNPACKED_BYTES + 1)
        parts = [unpacked]
    elif content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = []
            left = _MAX_UNPACKED_BYTES
            for member in archive.infolist():
                left -= member.file_size
                if left < 0:
                    raise ValueError
                parts.append(archive.read(member))
    else:
        parts = [content]
    if sum(map(len, parts)) > _MAX_UNPACKED_BYTES:
        raise ValueError
    return parts
