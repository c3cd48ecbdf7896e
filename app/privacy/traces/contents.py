"""Take erased people out of stored contents, and leave everything else as it was. Pure: no database.

What cannot be read raises whatever its reader raises, and stays as it is.
"""

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from app.privacy.traces.lengths import compress_to, pad_row, to_csv
from app.privacy.traces.names import normalise
from app.privacy.traces.rules import Record, Sought

STORED_REPORT: Final = "dong-loi.csv"
STORED_OUTCOMES: Final = "ket-qua.ndjson.gz"
_INPUT_NAME: Final = "input"
"""What imports write (app/imports/run.py) and read (app/jobs/files.py)."""
NUMBER_HEADING, _ERROR_HEADING, _CANDIDATES_HEADING = "Dòng", "Lỗi", "Có thể trùng"
_KEPT_HEADINGS: Final = (NUMBER_HEADING, _ERROR_HEADING)
_FIELD_BY_HEADING: Final[Mapping[str, str]] = {
    heading: field
    for field, headings in {
        "ids": ("member id",),
        "names": ("full name", "ho va ten", "ho ten", "ho va ten nguoi tham gia"),
        "citizen_numbers": (
            "national id", "so cccd ddcn", "so cccd", "cccd", "so dinh danh", "so ddcn", "so cmnd", "cmnd",
        ),
        "insurance_numbers": (
            "social insurance no", "insurance no", "health card no", "ma so bhxh", "so bhxh", "ma so bhyt",
            "so the bhyt", "ma so bao hiem y te",
        ),
    }.items()
    for heading in headings
}  # fmt: skip
"""The columns that say whose a row is, by their headings (`normalise`): of app/imports, of NDJSON and of lists."""
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_GONE: Final = b""
_CELL: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\Z)')


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What is left of a part of a file, and of the part beside it: None where it stays, empty where it goes."""

    content: bytes | None = None
    beside: bytes | None = None


def erase_from_file(
    sought: Sought, name: str, content: bytes, beside: bytes | None, headings: Sequence[str]
) -> LeftOver:
    """Erase people from a part of a file. headings: of a report, from its first part."""
    if name == _INPUT_NAME:  # not needed once its job ended
        return LeftOver(_GONE)
    if name == STORED_REPORT:
        return _erase_from_report(sought, content, beside, headings)
    if name == STORED_OUTCOMES:
        return LeftOver(_erase_from_outcomes(sought, content, set()))
    # Of a kind that is not known here: it would go as a whole.
    sought.note_doubt((part.decode("utf-8", "replace") for part in _unpack(content)), "")
    return LeftOver()


def erase_from_outcome(
    sought: Sought, outcome: dict[str, Any], place: str, is_own: bool = False
) -> dict[str, Any]:
    """Erase people from what became of one row: the outcome and its ids stay. is_own: the row is known to be theirs."""
    is_own = is_own or sought.has_id(outcome.get("member_id"))
    outcome = dict(outcome)
    if outcome.get("external_ref"):
        outcome["external_ref"] = None if is_own else sought.mask(outcome["external_ref"], place)
    if outcome.get("candidates"):
        outcome["candidates"] = [
            each for each in outcome["candidates"] if not is_own and not sought.has_id(each["member_id"])
        ]
    for name in outcome.keys() & {"warnings", "errors"}:
        outcome[name] = [_erase_from_note(sought, note, place, is_own) for note in outcome[name]]
    return outcome


def _erase_from_note(sought: Sought, note: Any, place: str, is_own: bool) -> Any:
    if isinstance(note, dict):
        return note | {"detail": _erase_from_text(sought, note["detail"], place, is_own)}
    return erase_from_error(sought, note, place, is_own)


def erase_from_error(sought: Sought, error: list[str], place: str, is_own: bool = False) -> list[str]:
    """Erase people from an error of a job or a row: pointer and code stay. is_own: of a row that is theirs."""
    pointer, code, *texts = error
    return [pointer, code, *(_erase_from_text(sought, text, place, is_own) for text in texts)]


def _erase_from_text(sought: Sought, text: str, place: str, is_own: bool) -> str:
    if is_own:
        return "…" if sought.is_mentioned(text) else text
    return sought.mask(text, place)


def _erase_from_report(
    sought: Sought, content: bytes, beside: bytes | None, headings: Sequence[str]
) -> LeftOver:
    named = sought.narrow(content)
    if not named.people:
        return LeftOver()
    rows = read_csv(content.decode())
    numbers: set[str] = set()
    left = [_erase_from_row(named, row, headings, numbers) for row in rows]
    if left == rows:
        return LeftOver()
    index = headings.index(_ERROR_HEADING) if _ERROR_HEADING in headings else -1
    padded = [
        after if after == before else pad_row(before, after, index if index < len(after) else -1)
        for before, after in zip(rows, left, strict=True)
    ]
    outcomes = None if beside is None else _erase_from_outcomes(sought, beside, numbers)
    return LeftOver(to_csv(padded), outcomes)


def read_csv(text: str) -> list[list[str]]:
    """Read what `csv.writer` wrote, with cells of any length: `csv.reader` has one limit for the whole process, and
    uploads rely on it. Raises: ValueError."""
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        cell = _CELL.match(text, at)
        if cell is None:
            raise ValueError
        quoted, plain, end = cell.groups()
        row.append(plain if quoted is None else quoted.replace('""', '"'))
        at = cell.end()
        if end != ",":
            rows.append(row)
            row = []
    return rows


def _erase_from_row(sought: Sought, row: list[str], headings: Sequence[str], numbers: set[str]) -> list[str]:
    """Blank the cells of a row that was sent about one of these people; of another's row, them among its candidates.

    numbers: those of the rows that were blanked are added.
    """
    likely = sought.narrow("\n".join(row).encode())
    if not likely.people:
        return row
    cells = list(zip_longest(headings[: len(row)], row, fillvalue=""))
    number = next((cell for name, cell in cells if name == NUMBER_HEADING), "")
    texts = [cell for name, cell in cells if name != _CANDIDATES_HEADING]
    if likely.owns(to_record(cells)):
        numbers.add(number)
        return [
            cell if name in _KEPT_HEADINGS and not likely.is_mentioned(cell) else "" for name, cell in cells
        ]
    likely.note_doubt(texts, number)
    return [_drop_candidates(likely, cell) if name == _CANDIDATES_HEADING else cell for name, cell in cells]


def _drop_candidates(sought: Sought, cell: str) -> str:
    return "; ".join(each for each in cell.split("; ") if not sought.has_id(each.partition(" ")[0]))


def to_record(cells: Iterable[tuple[str, str]]) -> Record:
    """What the columns of a row say of whom it is about, by their headings."""
    columns: dict[str, list[str]] = {}
    for heading, cell in cells:
        if field := _FIELD_BY_HEADING.get(normalise(heading)):
            columns.setdefault(field, []).append(cell)
    return Record(**{field: tuple(values) for field, values in columns.items()})


def _erase_from_outcomes(sought: Sought, content: bytes, numbers: set[str]) -> bytes | None:
    """Erase people from outcomes of rows. numbers: of the rows that were about them. None: they are not in it."""
    text = gzip.decompress(content)
    named = sought.narrow(text)
    if not named.people and not numbers:
        return None
    before = text.splitlines()
    lines = [_erase_from_line(sought if numbers else named, line, numbers) for line in before]
    return None if lines == before else compress_to(b"\n".join(lines) + b"\n", len(content))


def _erase_from_line(sought: Sought, line: bytes, numbers: set[str]) -> bytes:
    likely = sought.narrow(line)
    if not likely.people and not numbers:
        return line
    before = json.loads(line)
    place = str(before.get("row"))
    is_own = place in numbers
    outcome = erase_from_outcome(sought if is_own else likely, before, place, is_own)
    if outcome == before:
        return line
    return json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode()


def _unpack(content: bytes) -> list[bytes]:
    """The contents of a file, compressed or not. Raises: what says that it cannot be read, or unpacks to too much."""
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
