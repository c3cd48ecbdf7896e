"""No personal data and no secret is left where nobody looks for it: canaries through a started `ansinh serve`.

One run sends them through every route of the document, in every format of batches, through jobs, logins, webhooks, and
through errors of every kind, defects included; each test looks into one place.
"""

import asyncio
import json
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import open_connection, owner_connection
from app.core.values.ids import uuid7
from tests.canaries.bulk import ENROLMENTS, enrolment_rows, send_batches, to_ndjson, wait_for_job
from tests.canaries.people import Senders
from tests.canaries.receiver import EchoingReceiver
from tests.canaries.traces import TABLE_DATA, find_in_files, find_in_tables
from tests.canaries.traffic import Traffic
from tests.canaries.values import (
    BATCH_NATIONAL_IDS,
    HEALTH_CARD_NO,
    MARK,
    NAME,
    NATIONAL_ID,
    PHONE,
    SOCIAL_INSURANCE_NO,
    CanaryBook,
)
from tests.serve_process import ServeProcess

MEMBERS, CONTRIBUTIONS = "/v1/members", "/v1/contributions"


@dataclass
class CanaryRun:
    """What was sent and what was found. provoked: statuses of the requests that were made to fail."""

    served: ServeProcess
    book: CanaryBook
    traffic: Traffic
    folder: Path
    document: dict[str, Any]
    jobs: list[dict[str, Any]]
    messages: list[str]
    metrics: list[str]
    tables: list[str]
    provoked: list[int]
    request_ids: set[str]


@pytest.fixture(scope="module")
def run() -> Iterator[CanaryRun]:
    """The whole run; its server is stopped before anybody looks."""
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "tmp").mkdir(mode=0o777)
        served = ServeProcess(
            folder / "data",
            ANSINH_WORKERS="2",
            ANSINH_WEBHOOK_ALLOW_HTTP="true",
            ANSINH_WEBHOOK_ALLOW_NETWORKS="127.0.0.0/8",
            TMPDIR=str(folder / "tmp"),
        )
        try:
            address = served.ready()
            result = asyncio.run(send_everything(served, address, folder))
            assert served.stop(signal.SIGTERM) == 0
            yield result
        finally:
            served.kill_group()
            EmbeddedPostgres(served.data_dir / "postgres").stop()


async def send_everything(served: ServeProcess, address: str, folder: Path) -> CanaryRun:
    senders, book = await Senders.create(served.data_dir), CanaryBook()
    request_ids: set[str] = set()

    async def note_request_id(response: httpx.Response) -> None:
        if not response.request.url.path.startswith(("/health", "/metrics")):
            request_ids.add(response.headers["x-request-id"])

    hooks = {"response": [note_request_id]}
    async with (
        EchoingReceiver.open() as receiver,
        httpx.AsyncClient(base_url=address, timeout=60, event_hooks=hooks) as client,
    ):
        traffic = Traffic(client, senders, book)
        document = (await client.get("/openapi.json")).json()
        await create_webhook(traffic, receiver)
        await create_people(traffic)
        jobs = await send_batches(traffic)
        admin_url = EmbeddedPostgres(served.data_dir / "postgres").admin_url
        provoked = await provoke_defects(traffic, admin_url, jobs)
        await traffic.log_in()
        await traffic.send_all(document)  # which ends their sessions at last
        metrics = [(await client.get("/metrics")).text for _ in range(10)]
        async with owner_connection(admin_url, "ansinh") as owner:
            tables = await find_in_tables(owner, book)
    return CanaryRun(
        served,
        book,
        traffic,
        folder,
        document,
        jobs,
        receiver.messages,
        metrics,
        tables,
        provoked,
        request_ids,
    )


async def create_webhook(traffic: Traffic, receiver: EchoingReceiver) -> None:
    body = json.dumps({"url": f"http://127.0.0.1:{receiver.port}/"})
    response = await traffic.send("POST", "/v1/webhooks", "/v1/webhooks", body, login=traffic.senders.union)
    assert response.status_code == 201, response.text


def person_body(traffic: Traffic, **fields: Any) -> str:
    person = {
        "full_name": NAME, "birth_date": "1984-03-02", "sex": "female", "national_id": NATIONAL_ID, "phone": PHONE,
        "social_insurance_no": SOCIAL_INSURANCE_NO, "health_card_no": HEALTH_CARD_NO, "occupation": f"{MARK} làm vườn",
        "commune_code": traffic.known["commune_code"],
    }  # fmt: skip
    return json.dumps(person | fields)


async def create_people(traffic: Traffic) -> None:
    """A person with all their numbers, the same numbers again (a unique violation), and an enrolment."""
    union = traffic.senders.union
    first = await traffic.send("POST", MEMBERS, MEMBERS, person_body(traffic), login=union)
    second = await traffic.send("POST", MEMBERS, MEMBERS, person_body(traffic), login=union)
    assert (first.status_code, second.status_code) == (201, 409), (first.text, second.text)
    traffic.known["member_id"] = first.json()["id"]
    enrolment = {
        "member_id": first.json()["id"], "group_code": traffic.known["group_code"], "product": "bhxh_tn",
        "method": "months_12", "monthly_income": 1_500_000, "from_month": traffic.known["today"][:7],
    }  # fmt: skip
    made = await traffic.send("POST", "/v1/enrolments", "/v1/enrolments", json.dumps(enrolment), login=union)
    assert made.status_code == 201, made.text


async def provoke_defects(traffic: Traffic, admin_url: str, jobs: list[dict[str, Any]]) -> list[int]:
    """Take rights, a function and the connections away from the application, and let it run into that."""
    union, known = traffic.senders.union, traffic.known
    contribution: dict[str, Any] = {
        "group_code": known["group_code"],
        "business_date": known["today"],
        "kind": "saving",
    }
    contribution |= {"product": "bhxh_tn", "amount": 10_000, "member_id": known["group_member_id"]}
    rows = to_ndjson(enrolment_rows(traffic, BATCH_NATIONAL_IDS[2:]))
    statuses = []
    admin = await open_connection(admin_url)
    try:
        await admin.execute("revoke insert on member from ansinh_app")
        statuses.append(
            await traffic.send("POST", MEMBERS, "", person_body(traffic, national_id=None), login=union)
        )
        batch = await traffic.send(
            "POST",
            f"{ENROLMENTS}?mode=partial",
            "",
            rows,
            login=union,
            headers={"Content-Type": "application/x-ndjson"},
        )
        jobs.append(await wait_for_job(traffic, batch.headers["location"]))
        await admin.execute("grant insert on member to ansinh_app")
        await admin.execute("alter function record_entry rename to record_entry_away")
        statuses.append(await traffic.send("POST", CONTRIBUTIONS, "", json.dumps(contribution), login=union))
        await admin.execute("alter function record_entry_away rename to record_entry")
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ansinh_app'"
        )
        for _ in range(4):
            statuses.append(
                await traffic.send("POST", MEMBERS, "", person_body(traffic, id=str(uuid7())), login=union)
            )
    finally:
        await admin.close()
    return [response.status_code for response in statuses]


class TestRun:
    """That the canaries went everywhere."""

    def test_every_operation_was_called_and_many_did_their_work(self, run: CanaryRun):
        operations = {
            f"{method.upper()} {path}"
            for path, methods in run.document["paths"].items()
            for method in methods
        }
        assert len(operations) > 150
        assert operations - run.traffic.statuses.keys() == set()
        succeeded = run.traffic.answered(200) | run.traffic.answered(201) | run.traffic.answered(202)
        assert {
            "POST /v1/members", "GET /v1/members", "GET /v1/members/{member_id}", "POST /v1/enrolments/batches",
            "POST /v1/contributions/batches", "POST /v1/auth/login", "POST /v1/auth/refresh", "POST /v1/oauth/token",
        } <= succeeded  # fmt: skip
        assert len(succeeded & operations) > len(operations) / 2
        assert "POST /v1/members" in run.traffic.answered(409)
        assert len(run.traffic.answered(422) & operations) > len(operations) / 3

    def test_jobs_ended_well_and_one_by_a_defect(self, run: CanaryRun):
        assert [job["status"] for job in run.jobs] == ["succeeded"] * 4 + ["failed"]

    def test_defects_were_provoked(self, run: CanaryRun):
        assert run.provoked[:2] == [500, 500]
        assert set(run.provoked[2:]) <= {409, 503}  # on connections that were ended, and on new ones

    def test_webhooks_were_sent(self, run: CanaryRun):
        assert len(run.messages) > 10

    def test_a_canary_is_found_where_it_belongs(self, run: CanaryRun):
        assert run.book.find(f"x{NATIONAL_ID}x {NAME.upper()}") >= {NATIONAL_ID, MARK}
        assert len(run.book.texts) > 10  # with tokens that were given out


class TestTraces:
    """That they are nowhere else."""

    def test_what_the_processes_said(self, run: CanaryRun):
        found = [line[:2000] for line in run.served.output.splitlines() if run.book.find(line)]
        assert found == []

    def test_files(self, run: CanaryRun):
        assert (run.served.data_dir / "postgres" / "postgres.log").stat().st_size > 0
        assert find_in_files(run.served.data_dir, run.book, TABLE_DATA) == []

    def test_temporary_files(self, run: CanaryRun):
        assert find_in_files(run.folder / "tmp", run.book) == []

    def test_metrics(self, run: CanaryRun):
        assert all("ansinh_http_requests_total" in text for text in run.metrics)
        assert set().union(*map(run.book.find, run.metrics)) == set()

    def test_tables_of_work(self, run: CanaryRun):
        assert run.tables == []

    def test_messages_to_partners(self, run: CanaryRun):
        assert set().union(*map(run.book.find, run.messages)) == set()


class TestLog:
    """That the log is worth reading all the same."""

    def test_every_line_is_json_but_what_is_said_to_the_operator(self, run: CanaryRun):
        words = [line for line in run.served.output.splitlines() if line.strip() and not line.startswith("{")]
        assert all(line.startswith(("  ", "Đã dừng")) for line in words), words
        assert len(run.served.log_lines()) > 1000

    def test_every_request_has_its_line(self, run: CanaryRun):
        lines = [line["request_id"] for line in run.served.log_lines() if line["logger"] == "ansinh.access"]
        assert len(lines) == len(set(lines))
        assert run.request_ids - set(lines) == set()

    def test_a_refusal_has_no_traceback_and_a_defect_has_its_place(self, run: CanaryRun):
        defects = [line for line in run.served.log_lines() if "error" in line]
        kinds = {line["error"][0]["type"] for line in defects}
        assert not any("UniqueViolation" in kind or "IntegrityError" in kind for kind in kinds)
        assert any(entry.get("sqlstate") == "42501" for line in defects for entry in line["error"])
        assert all(entry["frames"] for line in defects for entry in line["error"][:1])

    def test_every_process_says_so_in_json(self, run: CanaryRun):
        loggers = {line["logger"] for line in run.served.log_lines()}
        assert {"ansinh.access", "ansinh.error", "ansinh.job", "uvicorn.error"} <= loggers
