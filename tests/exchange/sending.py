"""Files of enrolments, as partners and officers send them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

from tests.insurance.rows import BATCHES, Cast
from tests.world import Login

NDJSON, CSV = "application/x-ndjson", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_numbers = count(1)


def ndjson(rows: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def csv_of(rows: Iterable[Mapping[str, Any]], *, delimiter: str = ",", mark: bool = False) -> bytes:
    rows = list(rows)
    headings = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return (("\ufeff" if mark else "") + text.getvalue()).encode()


def book_of(*lines: Iterable[Any]) -> bytes:
    """A workbook with these lines on its one sheet."""
    book = Workbook()
    for line in lines:
        book.active.append(list(line))  # type: ignore[union-attr]
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines_of(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV report by their headings."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def book_lines(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]


async def send_file(
    cast: Cast,
    content: bytes,
    media: str,
    *,
    who: Login | None = None,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    **query: Any,
) -> httpx.Response:
    """Post a file; the partner's, under a new key, `partial`, unless said otherwise."""
    sent = {"Idempotency-Key": key or f"file-{next(_numbers)}", "Content-Type": media, **(headers or {})}
    return await cast.client.post(
        BATCHES,
        content=content,
        params={"mode": "partial"} | query,
        headers=(who or cast.partner).headers | sent,
    )


def outcomes(answer: httpx.Response) -> list[dict[str, Any]]:
    """The lines of an answer in NDJSON."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == NDJSON
    return [json.loads(line) for line in answer.text.splitlines()]
