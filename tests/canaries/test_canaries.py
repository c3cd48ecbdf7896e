"""No personal data and no secret is left where nobody looks for it: canaries through a started `ansinh serve`.

One run sends them through every route of the document, in every format of batches, through jobs, logins, webhooks, and
through errors of every kind, defects included; each test looks into one place.
"""

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.audit.events import Event
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import owner_connection
from app.jobs.kinds import JOB_KINDS, load_job_kinds
from tests.canaries.acts import (
    PROVOKED,
    change_rights_and_reveal,
    create_people,
    create_webhook,
    provoke_defects,
)
from tests.canaries.background import erase_somebody, export_large_list, wait_for_workers
from tests.canaries.bulk import send_batches
from tests.canaries.people import Senders
from tests.canaries.receiver import EchoingReceiver
from tests.canaries.traces import TABLE_DATA, find_in_files, find_in_tables
from tests.canaries.traffic import Traffic
from tests.canaries.values import MARK, NAME, NATIONAL_ID, CanaryBook
from tests.serve_process import ServeProcess


@dataclass
class CanaryRun:
    """What was sent and what was found. provoked: statuses of the requests that were made to fail; idle_work: what
    no worker said that it had to do."""

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
    idle_work: list[str]


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
        await change_rights_and_reveal(traffic)
        jobs = await send_batches(traffic)
        jobs.append(await export_large_list(traffic, served.data_dir))
        await traffic.log_in()
        await erase_somebody(traffic)
        idle_work = await wait_for_workers(traffic, served)
        admin_url = EmbeddedPostgres(served.data_dir / "postgres").admin_url
        provoked = await provoke_defects(traffic, admin_url, jobs)
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
        idle_work,
    )


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

    def test_jobs_of_every_kind_ended_well_and_one_by_a_defect(self, run: CanaryRun):
        load_job_kinds()
        kinds = {name for name, kind in JOB_KINDS.items() if kind.function.__module__.startswith("app.")}
        ended = Counter((job["kind"], job["status"]) for job in run.jobs)
        assert {kind for kind, status in ended if status == "succeeded"} == kinds
        assert [job["kind"] for job in run.jobs if job["status"] != "succeeded"] == ["enrolments.import"]
        assert ended["enrolments.import", "failed"] == 1

    def test_workers_did_what_was_due(self, run: CanaryRun):
        assert run.idle_work == []

    def test_defects_were_provoked(self, run: CanaryRun):
        assert run.provoked[:2] == [500, 500]
        assert set(run.provoked[2:]) <= {409, 503}  # on connections that were ended, and on new ones

    def test_nothing_else_was_answered_as_a_defect(self, run: CanaryRun):
        failed = {
            name: dict(statuses)
            for name, statuses in run.traffic.statuses.items()
            if max(statuses) >= 500 and name.partition(" ")[2] != PROVOKED
        }
        assert failed == {}

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
        assert {
            "ansinh.access", "ansinh.error", "ansinh.job", "ansinh.process", "ansinh.pruning", "ansinh.reminders",
            "ansinh.reviews", "ansinh.security", "ansinh.traces", "uvicorn.error",
        } <= loggers  # fmt: skip

    def test_what_is_about_security_is_told(self, run: CanaryRun):
        lines = [line for line in run.served.log_lines() if line["logger"] == "ansinh.security"]
        told = Counter(line.get("event") for line in lines)
        assert {
            Event.LOGIN_FAILED, Event.LOGIN_THROTTLED, Event.CLIENT_LOGIN_FAILED, Event.TOKEN_REFUSED,
            Event.REFRESH_REUSED, Event.SESSION_STARTED, Event.USER_CHANGED, Event.MEMBER_SEEN_WHOLE,
            Event.EXPORT_READ, Event.MEMBER_ERASED,
        } <= told.keys()  # fmt: skip
        seen = [line for line in lines if line.get("event") == Event.MEMBER_SEEN_WHOLE]
        assert str(run.traffic.senders.union.id) in {line["actor_id"] for line in seen}
