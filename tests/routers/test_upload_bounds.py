"""Files beyond what is let in are refused before there is a job of them, for whoever may only try as for everybody."""

import asyncio
import gzip
from typing import Any

import pytest

from app.imports import first_rows
from app.imports import run as import_run
from app.imports.enrolments import service as enrolment_imports
from app.imports.files.bounds import MAX_BLANK_LINES, MAX_LINE_BYTES
from app.insurance.enrolments.intake import batch as batches
from tests.imports.import_files import CSV, NDJSON, XLSX, to_ndjson, to_xlsx
from tests.insurance.enrolment_scenario import BATCHES, EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_problem
from tests.world import Login, national_id

CONTRIBUTIONS = "/v1/contributions/batches"
HEADINGS = ("external_ref", "full_name")
PATHS = pytest.mark.parametrize("path", [BATCHES, CONTRIBUTIONS])


@pytest.fixture
async def scenario(world, client) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


@pytest.fixture
async def sandbox(scenario: EnrolmentScenario) -> Login:
    """A partner that may only try."""
    login = await scenario.world.partner(scenario.unit, "enrolments:write", "contributions:write")
    await scenario.world.owner.execute("update api_client set sandbox = true where id = $1", login.id)
    return login


@pytest.fixture
def small_files(app, monkeypatch: pytest.MonkeyPatch) -> int:
    """So few lines a file may have."""
    monkeypatch.setattr(app.state.settings, "import_lines", 1500)
    return 1500


async def send(
    scenario: EnrolmentScenario, path: str, login: Login, content: bytes, media: str, **more: str
) -> Any:
    headers = login.headers | {"Idempotency-Key": national_id(), "Content-Type": media} | more
    return await scenario.client.post(path, content=content, params={"mode": "validate"}, headers=headers)


async def count_kept(owner: Any) -> tuple[int, ...]:
    tables = ("job", "job_file", "enrolment_batch", "contribution_batch", "member", "enrolment")
    return tuple([await owner.fetchval(f"select count(*) from {table}") for table in tables])


def headings_of(path: str) -> tuple[str, ...]:
    return HEADINGS if path == BATCHES else ("group_code", "amount")


@PATHS
class TestRefused:
    async def test_before_there_is_a_job(
        self, owner, scenario: EnrolmentScenario, sandbox: Login, small_files: int, path: str, monkeypatch
    ):
        monkeypatch.setattr(first_rows, "LARGE_WORKBOOK_BYTES", 0)
        before = await count_kept(owner)
        headings = headings_of(path)
        line = b"R,1\n"
        head = ",".join(headings).encode() + b"\n"
        many = [("R", "1")] * small_files
        for content, media, code in (
            (b"\n" * (small_files + 1), NDJSON, "too_many_lines"),
            (b'{"a": 1}\n' * (small_files + 1), NDJSON, "too_many_lines"),
            (head + line * small_files, CSV, "too_many_lines"),
            (head + b"x" * (MAX_LINE_BYTES + 1), CSV, "line_too_long"),
            (to_xlsx(headings, *many), XLSX, "too_many_lines"),
        ):
            response = await send(scenario, path, sandbox, content, media)
            expect_problem(response, 400, "bad_file")
            expect_problem(response, 400, code, "")
        assert await count_kept(owner) == before

    async def test_gzipped_newlines(self, owner, scenario: EnrolmentScenario, sandbox: Login, path: str):
        """What is read of them is counted in tests/imports/files/test_bounds.py."""
        before = await count_kept(owner)
        packed = gzip.compress(b'{"a": 1}\n' + b"\n" * (MAX_BLANK_LINES + 1))
        response = await send(scenario, path, sandbox, packed, NDJSON, **{"Content-Encoding": "gzip"})
        expect_problem(response, 400, "too_many_blank_lines", "")
        assert await count_kept(owner) == before

    async def test_a_file_that_takes_long_to_read_becomes_a_job_with_bounds(
        self, app, scenario: EnrolmentScenario, sandbox: Login, path: str, monkeypatch
    ):
        """Of a sandbox, too; what its sender need not wait for is refused when it is met."""
        monkeypatch.setattr(first_rows, "LARGE_WORKBOOK_BYTES", 0)
        wide = to_xlsx(headings_of(path), ("R", "x" * 30_000), *[("x" * 30_000,) * 10])
        response = await send(scenario, path, sandbox, wide, XLSX)
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        job = (await scenario.client.get(response.headers["location"], headers=sandbox.headers)).json()
        assert (job["status"], job["error"]) == ("failed", "bad_file")
        assert [error["code"] for error in job["errors"]] == ["line_too_long"]
        assert job["errors"][0]["detail"].startswith("Dòng 3 ")

    async def test_its_rows_are_counted_as_they_are(
        self, app, scenario: EnrolmentScenario, sandbox: Login, path: str, monkeypatch
    ):
        """Also those of a workbook that is not read yet."""
        monkeypatch.setattr(first_rows, "LARGE_WORKBOOK_BYTES", 0)
        response = await send(scenario, path, sandbox, to_xlsx(headings_of(path), *[("R", "1")] * 1200), XLSX)
        assert response.status_code == 202, response.text
        left = int(response.headers["ratelimit"].partition('"rows";r=')[2].partition(";")[0])
        assert left == app.state.settings.sandbox_rows_per_day - 1_201


class Gone:
    """The ASGI side of a client that leaves when it is told to."""

    def __init__(self, path: str, login: Login, content: bytes, media: str) -> None:
        headers = {**login.headers, "Idempotency-Key": national_id(), "Content-Type": media}
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "query_string": b"mode=partial", "root_path": "", "scheme": "http",
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        self.content, self.left, self.sent = content, asyncio.Event(), list[str]()
        self._is_read = False

    async def receive(self) -> dict[str, Any]:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self.content, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message["type"])


class TestGone:
    async def test_while_the_body_comes(self, app, owner, scenario: EnrolmentScenario):
        before = await count_kept(owner)
        gone = Gone(BATCHES, scenario.partner, b"", NDJSON)
        gone._is_read = True
        gone.left.set()
        await app(gone.scope, gone.receive, gone.send)
        assert gone.sent == []
        assert await count_kept(owner) == before

    async def test_while_rows_are_read_the_thread_stops(
        self, app, owner, scenario: EnrolmentScenario, monkeypatch
    ):
        loop, before = asyncio.get_running_loop(), await count_kept(owner)
        gone = Gone(BATCHES, scenario.partner, to_ndjson([scenario.row() for _ in range(900)]), NDJSON)
        parsed: list[int] = []
        stopped = asyncio.Event()
        read_first_rows = first_rows.read_first_rows

        def read_until_gone(upload: Any, *args: Any) -> Any:
            loop.call_soon_threadsafe(gone.left.set)
            assert upload.sender_gone.wait(30)
            try:
                parsed.append(read_first_rows(upload, *args).count)
            finally:
                loop.call_soon_threadsafe(stopped.set)

        monkeypatch.setattr(enrolment_imports, "read_first_rows", read_until_gone)
        await asyncio.wait_for(app(gone.scope, gone.receive, gone.send), 30)
        await asyncio.wait_for(stopped.wait(), 30)
        assert (gone.sent, parsed) == ([], [])
        assert await count_kept(owner) == before

    async def test_while_rows_are_written_nothing_stays(
        self, app, owner, scenario: EnrolmentScenario, monkeypatch
    ):
        before = await count_kept(owner)
        gone = Gone(BATCHES, scenario.partner, to_ndjson([scenario.row() for _ in range(10)]), NDJSON)
        store_outcomes = batches.store_outcomes

        async def store_and_leave(*args: Any) -> None:
            await store_outcomes(*args)
            gone.left.set()
            await asyncio.sleep(30)

        monkeypatch.setattr(batches, "store_outcomes", store_and_leave)
        await asyncio.wait_for(app(gone.scope, gone.receive, gone.send), 20)
        assert gone.sent == []
        assert await count_kept(owner) == before
        monkeypatch.undo()
        stayed = Gone(BATCHES, scenario.partner, gone.content, NDJSON)
        await app(stayed.scope, stayed.receive, stayed.send)
        assert stayed.sent[0] == "http.response.start"
        assert (await count_kept(owner))[-1] == before[-1] + 10


class TestNamesakes:
    async def test_of_a_crowd_few_are_read(self, app, owner, scenario: EnrolmentScenario, monkeypatch):
        """However many people of one name a commune has; whoever has no number is then not guessed."""
        monkeypatch.setattr(import_run, "CHUNK_ROWS", 60)
        same = {"full_name": "Nguyễn Thị Hoa", "birth_date": "1984-03-02"}
        rows = [scenario.row(**same) for _ in range(200)]
        for part in (rows[:100], rows[100:]):
            body = (await scenario.send(*part)).json()
            assert body["counts"]["created"] == 100, body
            assert all(not item["candidates"] for item in body["items"])
        unnumbered = scenario.row(**same, national_id=None)
        other_day = scenario.row(**{**same, "birth_date": "1984-03-05"}, national_id=None)
        body = (await scenario.send(unnumbered, other_day)).json()
        assert [item["status"] for item in body["items"]] == ["rejected", "created"]
        assert [error["code"] for error in body["items"][0]["errors"]] == ["ambiguous_member"]
        scores = [candidate["score"] for candidate in body["items"][1]["candidates"]]
        assert scores == ["0.60"] * 5
