"""The processes of a started `ansinh serve`: replaced, drained, checked."""

import asyncio
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.readiness import ANSWER_SECONDS
from app.core.postgres.server import owner_connection
from app.core.process.parent import PARENT_PID_VARIABLE
from app.core.values.ids import uuid7
from tests.auth.login_helpers import PASSWORD, set_password
from tests.insurance.enrolment_scenario import enrolment_row
from tests.serve_process import (
    START,
    ServeProcess,
    clean_environment,
    get_status,
    is_postgres_running,
    run_sql,
    wait_for,
)
from tests.started_world import StartedWorld

REPLACED_SECONDS = 5
"""Within this time another process has taken the place of one that was killed."""
HEARD_SECONDS = 40
"""Within this time a command that was asked to end has ended; its workers may take `API_STOP_SECONDS`."""
USERNAME = "nguoi.dung.thu"
_JWKS = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: test\r\n\r\n"
_LOGIN_BODY = b'{"username": "nobody.at.all", "password": "not a password"}'
_LOGIN = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(_LOGIN_BODY)).encode()
    + b"\r\n\r\n"
    + _LOGIN_BODY
)


@pytest.fixture(scope="module")
def served() -> Iterator[ServeProcess]:
    """A started server with two workers and a user, for the whole module; each test leaves it as it was."""
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as folder:
        started = ServeProcess(Path(folder) / "data", ANSINH_WORKERS="2")
        try:
            started.ready()
            asyncio.run(_create_user(started.data_dir))
            yield started
        finally:
            started.kill_group()
            EmbeddedPostgres(started.data_dir / "postgres").stop()


async def _create_user(data_dir: Path) -> None:
    async with StartedWorld.open(data_dir) as started:
        world = started.world
        login = await world.user(await world.unit("womens_union"), "union_officer")
        await started.owner.execute("update app_user set username = $1 where id = $2", USERNAME, login.id)
        await set_password(started.owner, login)


def serving_workers(served: ServeProcess, count: int = 2) -> list[psutil.Process]:
    """The workers of the API, once there are so many that have the database open."""
    found = wait_for(
        lambda: (
            len(live := [one for one in served.api_workers() if one.net_connections("unix")]) >= count
            and live
        )
    )
    assert found, served.output
    workers: list[psutil.Process] = found
    return workers


class TestReplacement:
    def test_a_killed_worker_is_replaced_while_the_other_answers(self, served: ServeProcess):
        address = served.address()
        first, second = serving_workers(served)
        first.kill()
        began = monotonic()
        while len(served.api_workers()) < 2:
            assert monotonic() - began < REPLACED_SECONDS
            assert get_status(f"{address}/health/live") == 200
        assert second.is_running()
        serving_workers(served)

    def test_the_one_in_its_place_serves_at_once(self, served: ServeProcess):
        address = served.address()
        first, second = serving_workers(served)
        second.suspend()
        try:
            began = monotonic()
            first.kill()
            assert httpx.get(f"{address}/health/ready", timeout=30).status_code == 200
            assert monotonic() - began < REPLACED_SECONDS
        finally:
            second.resume()

    def test_their_parent_has_one_thread(self, served: ServeProcess):
        """A copy has no other: a lock that one of them held would be held in it for ever."""
        serving_workers(served)
        assert served.parent_of_workers().num_threads() == 1

    def test_a_worker_for_jobs_does_not_hold_their_socket(self, served: ServeProcess):
        """It ends after them: until then connections would be taken that nobody answers."""
        assert all(worker.net_connections("tcp") for worker in serving_workers(served))
        (worker,) = served.job_workers()
        assert worker.net_connections("tcp") == []

    def test_when_their_parent_is_killed_all_are_replaced(self, served: ServeProcess):
        """Those it had end what is under way, and others come from another parent."""
        address = served.address()
        before, jobs = serving_workers(served), served.job_workers()
        served.parent_of_workers().kill()
        assert psutil.wait_procs([*before, *jobs], timeout=HEARD_SECONDS)[1] == []
        assert httpx.get(f"{address}/health/ready", timeout=30).status_code == 200
        assert not set(before) & set(serving_workers(served))
        assert wait_for(served.job_workers)

    def test_requests_wait_for_a_worker_when_all_are_killed(self, served: ServeProcess):
        address = served.address()
        for worker in serving_workers(served):
            worker.kill()
        assert httpx.get(f"{address}/health/live", timeout=30).status_code == 200

    def test_one_that_is_killed_in_the_midst_of_its_start_holds_nothing_up(self, served: ServeProcess):
        """It used to, for a minute."""
        address = served.address()
        for worker in serving_workers(served):
            worker.kill()
        starting = wait_for(served.api_workers)[0]
        starting.kill()
        assert wait_for(lambda: len(served.api_workers()) == 2, REPLACED_SECONDS)
        assert served.is_ready(address)

    def test_sigterm_is_heard_while_a_killed_worker_is_replaced(self, serve):
        """Also when the one that takes its place is killed in the midst of its start: that was deaf for a minute."""
        served = serve(ANSINH_WORKERS="2")
        served.ready()
        first, _ = before = serving_workers(served)
        first.kill()
        (starting,) = wait_for(lambda: [one for one in served.api_workers() if one not in before])
        starting.kill()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(HEARD_SECONDS) == 0
        assert psutil.wait_procs(before, timeout=5)[1] == []
        assert not is_postgres_running(served.data_dir)

    def test_sigterm_is_heard_while_every_worker_starts(self, serve):
        served = serve(ANSINH_WORKERS="2")
        served.ready()
        before = serving_workers(served)
        for worker in before:
            worker.kill()
        assert wait_for(lambda: set(served.api_workers()) - set(before))
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(HEARD_SECONDS) == 0

    def test_a_killed_worker_for_jobs_is_replaced(self, served: ServeProcess):
        (first,) = served.job_workers()
        first.kill()
        assert wait_for(lambda: served.job_workers() not in ([], [first]), REPLACED_SECONDS)

    def test_each_is_told_in_the_log(self, served: ServeProcess):
        ended = [line for line in served.log_lines() if "takes its place" in str(line.get("message"))]
        assert {line["level"] for line in ended} == {"error"}
        assert all(isinstance(line["pid"], int) for line in ended)


class TestImport:
    """The parent of the workers takes seconds for it."""

    def test_nobody_is_left_when_the_command_was_killed_meanwhile(self, data_dir: Path):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        reading, writing = os.pipe()
        with socket.create_server(("127.0.0.1", 0)) as sock:
            numbers = (sock.fileno(), 1, 1, writing)
            parent = subprocess.Popen(
                [*START, "app.serve", *map(str, numbers)],
                env=clean_environment(data_dir, **{PARENT_PID_VARIABLE: str(ended.pid)}),
                pass_fds=(sock.fileno(), writing),
                start_new_session=True,
            )
            try:
                assert parent.wait(HEARD_SECONDS) == 0
                with pytest.raises(ProcessLookupError):
                    os.killpg(parent.pid, signal.SIGKILL)
            finally:
                parent.kill()
                parent.wait()
        os.close(writing)
        os.close(reading)

    def test_ctrl_c_ends_it_without_a_traceback(self, serve):
        """The terminal sends it to all of them."""
        served = serve()
        served.address()
        parent = wait_for(served.parents_of_workers)[0]
        assert wait_for(lambda: any("pydantic" in file.path for file in parent.memory_maps()))
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.wait() == 0
        assert not parent.is_running()
        assert "Traceback" not in served.output


class TestSandbox:
    async def test_its_rows_are_one_count_of_all_processes_and_over_restarts(self, served: ServeProcess):
        """Of 1,000 rows a day, 400 are taken twice, and no more by whichever process."""
        address = served.ready()
        async with (
            StartedWorld.open(served.data_dir) as started,
            httpx.AsyncClient(base_url=address) as client,
        ):
            world = started.world
            partner = await world.partner(await world.unit("womens_union"), "enrolments:write")
            await started.owner.execute("update api_client set sandbox = true where id = $1", partner.id)
            body = {"mode": "validate", "items": [enrolment_row(world.commune) for _ in range(400)]}

            async def send() -> int:
                # A connection of its own each time: the processes take turns.
                headers = partner.headers | {"Idempotency-Key": str(uuid7()), "Connection": "close"}
                sent = await client.post("/v1/enrolments/batches", json=body, headers=headers)
                return sent.status_code

            before = serving_workers(served)
            assert sorted([await send() for _ in range(6)]) == [200, 200, 429, 429, 429, 429]
            for worker in before:
                worker.kill()
            assert wait_for(lambda: not set(before) & set(served.api_workers()))
            assert served.is_ready(address)
            assert {await send() for _ in range(4)} == {429}


class TestReadiness:
    def test_no_more_connections(self, served: ServeProcess):
        address = served.address()
        assert served.is_ready(address)
        run_sql(served.data_dir, "alter role ansinh_app connection limit 0")
        try:
            assert wait_for(lambda: get_status(f"{address}/health/ready") == 503, 5)
            assert get_status(f"{address}/health/live") == 200
        finally:
            run_sql(served.data_dir, "alter role ansinh_app connection limit -1")
        assert served.is_ready(address)

    def test_a_database_that_does_not_answer(self, served: ServeProcess):
        address = served.address()
        assert served.is_ready(address)
        with stopped_postgres(served):
            assert wait_for(lambda: get_status(f"{address}/health/ready") == 503, 5)
            sleep(2 * ANSWER_SECONDS)  # the last answer that the other worker had
            began = monotonic()
            statuses = [get_status(f"{address}/health/ready") for _ in range(8)]
            assert set(statuses) == {503}
            assert monotonic() - began < 8 * 2  # each within a second, also on a busy machine
            assert get_status(f"{address}/health/live") == 200
        assert served.is_ready(address)


@contextmanager
def stopped_postgres(served: ServeProcess) -> Iterator[None]:
    """PostgreSQL with all its processes stopped (SIGSTOP): it accepts what it is sent, and is silent."""
    postmaster = served.postmaster()
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that served a connection that ended
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


class TestClock:
    @pytest.mark.parametrize("offset", ["2 hours", "23 hours", "-23 hours"])
    def test_a_key_of_another_clock_signs(self, served: ServeProcess, offset: str):
        """A key that begins in two hours is what a machine sees whose clock is two hours slow."""
        run_sql(served.data_dir, f"update signing_key set active_from = now() + interval '{offset}'")
        before = serving_workers(served)
        for worker in before:  # so that the keys are read again
            worker.kill()
        address = served.address()
        body = {"username": USERNAME, "password": PASSWORD}
        response = httpx.post(f"{address}/v1/auth/login", json=body, timeout=30)
        assert response.status_code == 200, response.text
        headers = {"Authorization": f"Bearer {response.json()['access_token']}"}
        assert httpx.get(f"{address}/v1/auth/me", headers=headers).status_code == 200


class TestDrain:
    def test_what_is_under_way_and_what_waits_is_answered_at_sigterm(self, serve):
        served = serve(ANSINH_WORKERS="2")
        address = served.ready()
        workers = serving_workers(served)
        under_way, waiting = asyncio.run(send_and_stop(served, address, workers))
        assert [status for status, _ in under_way] == [401] * 6
        assert [status for status, _ in waiting] == [200] * 6
        assert all("connection: close" in head.lower() for _, head in under_way + waiting)
        assert served.wait() == 0
        assert get_status(f"{address}/health/live") is None
        assert psutil.wait_procs(workers, timeout=5)[1] == []


Answer = tuple[int, str]


async def send_and_stop(
    served: ServeProcess, address: str, workers: list[psutil.Process]
) -> tuple[list[Answer], list[Answer]]:
    """Six requests that wait for a lock, six that no worker has accepted yet, and then SIGTERM."""
    async with locked_users(served.data_dir) as count_waiting:
        under_way = [asyncio.create_task(ask(address, _LOGIN)) for _ in range(6)]
        while await count_waiting() < 6:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)
        for worker in workers:
            worker.suspend()
        waiting = [asyncio.create_task(ask(address, _JWKS)) for _ in range(6)]
        await asyncio.sleep(0.2)
        served.process.send_signal(signal.SIGTERM)
        while not all(has_pending(worker, signal.SIGTERM) for worker in workers):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for worker in workers:
            worker.resume()
        answered = await asyncio.gather(*waiting)
    return await asyncio.gather(*under_way), answered


@asynccontextmanager
async def locked_users(data_dir: Path) -> AsyncIterator:
    """Nobody can log in while the block runs. Yields: what counts those who wait for it."""
    admin_url = EmbeddedPostgres(data_dir / "postgres").admin_url
    async with owner_connection(admin_url, "ansinh") as owner, owner_connection(admin_url, "ansinh") as other:

        async def count_waiting() -> int:
            return int(await other.fetchval("select count(*) from pg_locks where not granted"))

        async with owner.transaction():
            await owner.execute("lock table app_user")
            yield count_waiting


async def ask(address: str, request: bytes) -> Answer:
    """Send a request as it stands. Returns: the status and the head of the answer; (0, what came) if it was cut."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request)
    try:
        text = (await reader.read()).decode()
    except ConnectionError:
        return 0, ""
    finally:
        writer.close()
    head = text.partition("\r\n\r\n")[0]
    match = re.match(r"HTTP/1\.1 (\d{3}) ", head)
    return int(match[1]) if match else 0, head


def has_pending(process: psutil.Process, number: signal.Signals) -> bool:
    """Whether a stopped process has a signal waiting."""
    fields = dict(line.split(":\t") for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return bool((int(fields["ShdPnd"], 16) | int(fields["SigPnd"], 16)) >> (number - 1) & 1)


class TestDescriptors:
    @pytest.mark.drill
    def test_a_low_limit_is_raised_as_far_as_the_machine_lets(self, serve):
        served = serve(descriptors=(128, 2048))
        served.ready()
        for worker in (psutil.Process(served.process.pid), *served.workers()):
            assert worker.rlimit(resource.RLIMIT_NOFILE) == (2048, 2048)

    @pytest.mark.drill
    def test_idle_connections_that_use_them_up_are_outlived(self, serve, data_dir: Path):
        served = serve(descriptors=(160, 160))
        address = served.ready()
        assert any("descriptors" in str(line["message"]) for line in served.log_lines())
        parts = urlsplit(address)
        idle = [socket.create_connection((parts.hostname, parts.port)) for _ in range(300)]
        try:
            killed = served.postmaster()
            os.kill(killed.pid, signal.SIGKILL)
            assert wait_for(lambda: is_postgres_running(data_dir) and served.postmaster() != killed)
        finally:
            for connection in idle:
                connection.close()
        assert served.is_ready(address)
        assert served.stop(signal.SIGTERM) == 0
