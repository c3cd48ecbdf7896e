"""Canaries in bulk: batches in every format, at once and as jobs, with rows that are taken and rows that are refused."""

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from app.core.values.ids import uuid7
from tests.canaries.traffic import Traffic, invent_people
from tests.canaries.values import BATCH_NATIONAL_IDS, MARK, NAME, NATIONAL_ID, PHONE
from tests.serve_process import SECONDS
from tests.world import Login

ENROLMENTS, CONTRIBUTIONS = "/v1/enrolments/batches", "/v1/contributions/batches"
DECISIONS = "/v1/enrolments/decisions"
_NDJSON, _CSV = "application/x-ndjson", "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MORE_THAN_AT_ONCE = 1001


async def send_batches(traffic: Traffic) -> list[dict[str, Any]]:
    """Send them. Returns: the jobs, as they ended."""
    jobs: list[dict[str, Any]] = []
    for path, rows in (
        (ENROLMENTS, enrolment_rows(traffic, BATCH_NATIONAL_IDS[:2])),
        (CONTRIBUTIONS, _contributions(traffic)),
    ):
        few = rows[:20]
        await _send(traffic, path, json.dumps({"mode": "partial", "items": few}), "application/json")
        await _send(traffic, path, json.dumps({"mode": "atomic", "items": [*few, NAME]}), "application/json")
        for mode in ("validate", "partial"):
            await _send(traffic, f"{path}?mode={mode}", to_ndjson(few), _NDJSON)
            await _send(traffic, f"{path}?mode={mode}", _csv(few), _CSV)
            await _send(traffic, f"{path}?mode={mode}", _xlsx(few), _XLSX)
        for content, kind in ((to_ndjson(rows), _NDJSON), (_csv(rows), _CSV)):
            jobs.append(await _send_job(traffic, f"{path}?mode=partial", content, kind))
        await _send(traffic, f"{path}?mode=partial", b'{"' + NAME.encode(), _NDJSON)
        await _send(traffic, f"{path}?mode=partial", b"PK\x03\x04" + NAME.encode(), _XLSX)
    return [*jobs, await _decide(traffic)]


async def _decide(traffic: Traffic) -> dict[str, Any]:
    """BHXH returns more enrolments than at once, with a reason that names somebody; none of them is there."""
    items = [{"enrolment_id": str(uuid7())} for _ in range(MORE_THAN_AT_ONCE)]
    reason = {"pointer": "", "code": "other", "text": NAME}
    response = await traffic.send(
        "POST", DECISIONS, DECISIONS,
        json.dumps({"action": "return", "items": items, "reasons": [reason]}), login=traffic.senders.bhxh,
    )  # fmt: skip
    assert response.status_code == 202, response.text
    return await wait_for_job(traffic, response.headers["location"], traffic.senders.bhxh)


async def _send(traffic: Traffic, address: str, content: str | bytes, kind: str) -> Any:
    return await traffic.send(
        "POST",
        address,
        address.partition("?")[0],
        content,
        login=traffic.senders.union,
        headers={"Content-Type": kind},
    )


async def _send_job(traffic: Traffic, address: str, content: bytes, kind: str) -> dict[str, Any]:
    response = await _send(traffic, address, content, kind)
    assert response.status_code == 202, response.text
    return await wait_for_job(traffic, response.headers["location"])


async def wait_for_job(traffic: Traffic, address: str, login: Login | None = None) -> dict[str, Any]:
    """Wait for a job's end, and read what it left. login: whose it is, the union's if nobody's is given."""
    owner = login or traffic.senders.union
    async with asyncio.timeout(SECONDS):
        while True:
            job: dict[str, Any] = (await traffic.client.get(address, headers=owner.headers)).json()
            if job["finished_at"] is not None:
                break
            await asyncio.sleep(0.1)
    await traffic.send("GET", f"{address}/file", "/v1/jobs/{job_id}/file", None, login=owner)
    return job


def enrolment_rows(traffic: Traffic, beginnings: Sequence[str]) -> list[dict[str, Any]]:
    """More than are taken at once, of people whose numbers begin so; of 11 one has a phone that is none, one no month."""
    first, second = (list(invent_people(MORE_THAN_AT_ONCE // 2 + 1, one)) for one in beginnings)
    rows = []
    for number, person in enumerate([*first, *second]):
        row = person | {
            "external_ref": f"batch-{beginnings[0][-2:]}-{number}", "group_code": traffic.known["group_code"],
            "commune_code": traffic.known["commune_code"], "birth_date": "1984-03-02", "sex": "female",
            "phone": PHONE, "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
            "from_month": traffic.known["today"][:7],
        }  # fmt: skip
        rows.append(row | {3: {"phone": f"{PHONE}99 {MARK}"}, 7: {"from_month": MARK}}.get(number % 11, {}))
    return rows


def _contributions(traffic: Traffic) -> list[dict[str, Any]]:
    """Of people by their number, most of whom are no members of the group."""
    row = {
        "group_code": traffic.known["group_code"],
        "business_date": traffic.known["today"],
        "amount": 10_000,
    }
    people = invent_people(MORE_THAN_AT_ONCE, BATCH_NATIONAL_IDS[0])
    numbers = [NATIONAL_ID, *(str(person["national_id"])[:12] for person in people)]
    return [row | {"product": "bhxh_tn", "kind": "saving", "national_id": number} for number in numbers]


def to_ndjson(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _xlsx(rows: Sequence[dict[str, Any]]) -> bytes:
    workbook, content = Workbook(), io.BytesIO()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    workbook.save(content)
    return content.getvalue()
