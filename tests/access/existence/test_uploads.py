"""Files and batches in every format and mode, at once and as jobs: nobody learns from them whose number stands where they
do not see.

Each is sent with numbers that hidden members have and with numbers that nobody has. What can be read of it afterwards must
be the same: the answer, the record of the batch, the job, its report of rejected rows, what became of every row, the
answer to the same request again and to the same rows under a new key; the statements too, those of the job among them.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import app.imports.contributions.intake as contribution_imports
import app.imports.enrolments.service as enrolment_imports
from app.auth.permissions import Permission
from app.core.values.ids import uuid7
from tests.access.existence.answers import ATTEMPTS, counting_statements, mask
from tests.access.existence.senders import ADMIN, HIDDEN_FROM
from tests.access.existence.test_people import NUMBERS, hide_member, row_with
from tests.access.scenario.actors import SUBJECT, ActorKind, Cell
from tests.access.scenario.scenario import AccessScenario
from tests.imports.import_files import CSV, NDJSON, XLSX, to_csv, to_ndjson, to_xlsx
from tests.jobs.job_workers import run_pending_jobs

MODES = ("validate", "partial", "atomic")
MakeRows = Callable[[AccessScenario, ActorKind, dict[str, str]], list[dict[str, Any]]]


def write_json(rows: list[dict[str, Any]], mode: str) -> bytes:
    return json.dumps({"mode": mode, "items": rows}).encode()


def write_xlsx(rows: list[dict[str, Any]]) -> bytes:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return to_xlsx(headings, *([row.get(name) for name in headings] for row in rows))


FORMATS: dict[str, tuple[str, Callable[[list[dict[str, Any]]], bytes] | None]] = {
    "json": ("application/json", None),
    "ndjson": (NDJSON, to_ndjson),
    "csv": (CSV, to_csv),
    "xlsx": (XLSX, write_xlsx),
}


def enrolment_rows(
    scenario: AccessScenario, _sender: ActorKind, numbers: dict[str, str]
) -> list[dict[str, Any]]:
    """A person for each number, whom nothing else names."""
    rows = [row_with(scenario, field, number) for field, number in numbers.items()]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def contribution_rows(
    scenario: AccessScenario, sender: ActorKind, numbers: dict[str, str]
) -> list[dict[str, Any]]:
    """An entry in a group of the sender's for each number, and one of its common fund."""
    own = next(cell for cell in (SUBJECT, Cell(sender.network, "C1")) if cell.network == sender.network)
    entry = {
        "group_id": str(scenario.groups[own].id), "business_date": "2026-11-01", "product": "bhxh_tn", "amount": 5_000,
    }  # fmt: skip
    named = [entry | {"id": str(uuid7()), field: number} for field, number in numbers.items()]
    return [*named, entry | {"id": str(uuid7()), "product": "general", "kind": "donation"}]


@dataclass(frozen=True)
class Sending:
    """One way to send a batch. with_bad_row: one row more that is refused whatever its numbers are."""

    app: FastAPI
    scenario: AccessScenario
    sender: ActorKind
    path: str
    make_rows: MakeRows
    format: str
    mode: str
    with_bad_row: bool

    async def read_all(self, numbers: dict[str, str]) -> tuple[list[str], int]:
        """Send rows with these numbers; returns all that the sender can read of it, and how many statements it took."""
        rows = self.make_rows(self.scenario, self.sender, numbers)
        if self.with_bad_row:
            rows.append({"commune_code": "nowhere"} if "enrolments" in self.path else {"amount": -1})
        content, key, texts = self._write(rows), str(uuid7()), []
        with counting_statements(of_jobs=True) as statements:
            for each in (key, key, str(uuid7())):
                response = await self._send(content, each)
                texts.append(await self._read_result(response))
        assert statements
        for number in numbers.values():
            texts = [mask(text, number) for text in texts]
        return texts, len(statements)

    def _write(self, rows: list[dict[str, Any]]) -> bytes:
        write = FORMATS[self.format][1]
        return write_json(rows, self.mode) if write is None else write(rows)

    async def _send(self, content: bytes, key: str) -> httpx.Response:
        media, write = FORMATS[self.format]
        headers = {"Content-Type": media, "Idempotency-Key": key}
        return await self.scenario.client.post(
            self.path,
            content=content,
            params={} if write is None else {"mode": self.mode},
            headers=self.scenario.logins[self.sender].headers | headers,
        )

    async def _get(self, path: str) -> httpx.Response:
        return await self.scenario.client.get(path, headers=self.scenario.logins[self.sender].headers)

    async def _read_result(self, response: httpx.Response) -> str:
        """An answer, and what it leads to."""
        parts = [str(response.status_code), response.text]
        if response.status_code == 202:
            await run_pending_jobs(self.app)
            job = await self._get(response.headers["location"])
            parts += [job.text, await self._read_file(job.json()["report_url"])]
            parts.append(await self._read_file(f"{response.headers['location']}/file?name=ket-qua.ndjson.gz"))
        elif response.status_code == 200:
            parts.append((await self._get(response.headers["location"])).text)
        return "\n".join(parts)

    async def _read_file(self, path: str | None) -> str:
        if path is None:
            return "none"
        response = await self._get(path)
        if response.status_code == 200 and path.endswith(".gz"):
            return gzip.decompress(response.content).decode()
        return f"{response.status_code} {response.text}"


async def compare(sending: Sending) -> list[str]:
    """Send numbers that exist out of sight, and numbers that do not; returns what both were answered."""
    for _ in range(ATTEMPTS):
        results = []
        for hidden in (True, False):
            numbers = {field: make() for field, make in NUMBERS.items()}
            if hidden:
                for field in NUMBERS:
                    numbers[field], _ = await hide_member(sending.scenario, sending.sender, field)
            results.append(await sending.read_all(numbers))
        if results[0] == results[1]:
            break
    assert results[0] == results[1]
    return results[0][0]


def list_ways(permission: Permission) -> list[Any]:
    """Every format, mode and way for one sender; for the others every mode of one format."""
    senders = [kind for kind in HIDDEN_FROM if permission in kind.permissions]
    ways = [
        (sender, format_, mode, bad)
        for sender, format_, mode, bad in product(senders, FORMATS, MODES, (True, False))
        if (sender is ADMIN or format_ == "csv") and (bad or mode == "atomic")
    ]
    return [pytest.param(*way, id=f"{way[0].name}-{way[1]}-{way[2]}{'-bad' * way[3]}") for way in ways]


def expect_status(sending: Sending, texts: list[str], *, refused: bool) -> None:
    """What was compared is what the way is for: not an error that has nothing to do with it."""
    first = texts[0].partition("\n")[0]
    if sending.sender.sandbox and sending.mode != "validate":
        assert first == "403"
    elif first != "202":
        assert first == ("422" if refused else "200")
    else:
        assert f'"status":"{"failed" if refused else "succeeded"}"' in texts[0]


@pytest.mark.parametrize("rows_at_once", [1000, 0], ids=["at-once", "as-a-job"])
class TestUploads:
    @pytest.mark.parametrize(("sender", "format_", "mode", "bad"), list_ways(Permission.ENROLMENT_VALIDATE))
    async def test_enrolments(
        self, app: FastAPI, scenario: AccessScenario, sender: ActorKind, format_: str, mode: str, bad: bool,
        rows_at_once: int, monkeypatch: pytest.MonkeyPatch,
    ):  # fmt: skip
        monkeypatch.setattr(enrolment_imports, "MAX_BATCH_ROWS", rows_at_once)
        sending = Sending(app, scenario, sender, "/v1/enrolments/batches", enrolment_rows, format_, mode, bad)
        texts = await compare(sending)
        expect_status(sending, texts, refused=bad and mode == "atomic")
        if rows_at_once and texts[0].startswith("200"):
            assert texts[0].count('"status":"created"') >= 2

    @pytest.mark.parametrize(
        ("sender", "format_", "mode", "bad"), list_ways(Permission.CONTRIBUTION_VALIDATE)
    )
    async def test_contributions(
        self, app: FastAPI, scenario: AccessScenario, sender: ActorKind, format_: str, mode: str, bad: bool,
        rows_at_once: int, monkeypatch: pytest.MonkeyPatch,
    ):  # fmt: skip
        monkeypatch.setattr(contribution_imports, "MAX_ROWS_AT_ONCE", rows_at_once)
        sending = Sending(
            app, scenario, sender, "/v1/contributions/batches", contribution_rows, format_, mode, bad
        )
        texts = await compare(sending)
        expect_status(sending, texts, refused=mode == "atomic")
