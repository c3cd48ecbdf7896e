"""Take rows out of stored contents by their numbers, whoever they are of. Pure: no database.

What cannot be read raises whatever its reader raises, and stays as it is.
"""

import gzip
import json
from collections.abc import Collection
from typing import Any, Final

from app.privacy.traces.contents import NUMBER_HEADING, STORED_OUTCOMES, STORED_REPORT, read_csv
from app.privacy.traces.lengths import compress_to, pad_row, to_csv

_BLANK: Final = "…"


def blank_report(content: bytes, headings: list[str], rows: Collection[str]) -> bytes:
    """Empty these rows of a part of a report but for their numbers. headings: from its first part."""
    at = headings.index(NUMBER_HEADING)
    before = read_csv(content.decode())
    after = [
        pad_row(row, [cell if index == at else "" for index, cell in enumerate(row)], -1)
        if len(row) > at and row[at] in rows
        else row
        for row in before
    ]
    return to_csv(after)


def list_rows(name: str, content: bytes, headings: list[str]) -> set[str]:
    """The numbers of the rows in a part of a report, or of the file of outcomes."""
    if name == STORED_OUTCOMES:
        return {str(json.loads(line).get("row")) for line in gzip.decompress(content).splitlines()}
    if name != STORED_REPORT or NUMBER_HEADING not in headings:
        return set()
    at = headings.index(NUMBER_HEADING)
    return {row[at] for row in read_csv(content.decode()) if len(row) > at}


def blank_outcomes(content: bytes, rows: Collection[str]) -> bytes:
    """Empty the outcomes of these rows in a part of their file."""
    lines = []
    for line in gzip.decompress(content).splitlines():
        outcome = json.loads(line)
        if str(outcome.get("row")) in rows:
            blank = json.dumps(blank_outcome(outcome), ensure_ascii=False, separators=(",", ":"))
            lines.append(blank.encode())
        else:
            lines.append(line)
    return compress_to(b"\n".join(lines) + b"\n", len(content))


def blank_outcome(outcome: dict[str, Any]) -> dict[str, Any]:
    """What became of a row, without the sender's words, and without whom it may be: outcome, codes and ids stay."""
    blank: dict[str, Any] = {"external_ref": None, "candidates": []}
    emptied = outcome | {name: value for name, value in blank.items() if name in outcome}
    for name in outcome.keys() & {"warnings", "errors"}:
        emptied[name] = [_blank_note(note) for note in outcome[name]]
    return emptied


def blank_errors(errors: list[list[str]], places: Collection[str]) -> list[list[str]]:
    """Empty the texts of these errors, by their places in the list: pointer and code stay."""
    return [_blank_note(error) if str(place) in places else error for place, error in enumerate(errors)]


def _blank_note(note: Any) -> Any:
    if isinstance(note, dict):
        return note | {"detail": _BLANK}
    pointer, code, *texts = note
    return [pointer, code, *(_BLANK for _ in texts)]
