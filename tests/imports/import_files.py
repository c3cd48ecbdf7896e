"""Import files in each format, and the request that sends them."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

from tests.insurance.enrolment_scenario import BATCHES, EnrolmentScenario
from tests.world import Login

NDJSON, CSV = "application/x-ndjson", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "xl/worksheets/sheet1.xml"
_numbers = count(1)


def to_ndjson(rows: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def to_csv(
    rows: Iterable[Mapping[str, Any]], *, delimiter: str = ",", byte_order_mark: bool = False
) -> bytes:
    rows = list(rows)
    headings = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return (("\ufeff" if byte_order_mark else "") + text.getvalue()).encode()


def to_xlsx(*rows: Iterable[Any]) -> bytes:
    """A workbook with these rows on its only sheet."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(list(row))  # type: ignore[union-attr]
    return workbook_bytes(workbook)


def workbook_bytes(workbook: Any) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def build_workbook(piece: bytes, pieces: int) -> bytes:
    """A workbook whose only sheet has a piece of XML so many times."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(to_xlsx(("external_ref", "full_name")))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            if name != _SHEET:
                target.writestr(name, source.read(name))
        with target.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode())
            for _ in range(pieces):
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV report by their headings."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def read_xlsx(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]


async def send_file(
    scenario: EnrolmentScenario,
    content: bytes,
    media: str,
    *,
    login: Login | None = None,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    **query: Any,
) -> httpx.Response:
    """Post a file; the partner's, under a new key, `partial`, unless said otherwise."""
    all_headers = {
        "Idempotency-Key": key or f"file-{next(_numbers)}",
        "Content-Type": media,
        **(headers or {}),
    }
    return await scenario.client.post(
        BATCHES,
        content=content,
        params={"mode": "partial"} | query,
        headers=(login or scenario.partner).headers | all_headers,
    )


def read_outcomes(response: httpx.Response) -> list[dict[str, Any]]:
    """The lines of an NDJSON response."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]
