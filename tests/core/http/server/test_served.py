"""The started command beside hostile connections and requests: what is refused, how, and that others are served."""

import asyncio
import json
import select
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import pytest

from app.auth.keys.keystore import KeyStore
from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import fetch_key_rows
from app.auth.tokens import AccessTokens
from app.core.http.server.limits import MAX_HEADERS, MAX_PIPELINED
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from tests.core.http.server.hostile import Attack, build_raw, list_anonymous, list_authenticated
from tests.serve_process import ServeProcess
from tests.world import World

SECRET = "a secret of thirty-two letters or more"
HEAD_SECONDS = 2
BODY_SECONDS = 5
LIVE = build_raw("GET", "/health/live")
PATIENCE = 20.0
WAITING = 600
"""Connections that nobody has accepted: more than any queue has unless it is made longer."""


@dataclass(frozen=True)
class Served:
    """A started server. token: of a union's officer."""

    port: int
    pid: int
    token: str


@dataclass
class Answer:
    """status: 0 when there was none; closed: whether the server ended the connection."""

    status: int
    headers: dict[str, str]
    body: bytes
    closed: bool

    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", self
        problem: dict[str, Any] = json.loads(self.body)
        assert problem["status"] == self.status
        return problem


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """`ansinh serve` with short times, for all tests of this module."""
    times = {
        "ANSINH_HEAD_SECONDS": str(HEAD_SECONDS),
        "ANSINH_BODY_SECONDS": str(BODY_SECONDS),
        "ANSINH_IDLE_SECONDS": "2",
    }
    with serve(None, ANSINH_CONNECTION_LIMIT="40", **times) as one:
        yield one


@contextmanager
def serve(descriptors: tuple[int, int] | None = None, **environment: str) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as folder:
        data_dir = Path(folder) / "data"
        environment |= {"ANSINH_SECRET_KEY": SECRET, "ANSINH_JOB_WORKERS": "0"}
        process = ServeProcess(data_dir, descriptors=descriptors, **environment)
        try:
            port = int(process.ready().rpartition(":")[2])
            token = asyncio.run(create_token(EmbeddedPostgres(data_dir / "postgres").admin_url))
            yield Served(port, process.api_workers()[0].pid, token)
        finally:
            process.kill_group()
            EmbeddedPostgres(data_dir / "postgres").stop()


async def create_token(admin_url: str) -> str:
    settings = Settings(secret_key=SECRET)
    async with owner_connection(admin_url, settings.role_prefix) as owner:
        keys = KeyStore(lambda: fetch_key_rows(owner, derive_process_key(settings)), SECRET)
        tokens = AccessTokens(keys, issuer=settings.issuer, audience=settings.audience, lifetime=600)
        world = await World.create(owner, tokens)
        return (await world.user(await world.unit("womens_union"), "union_officer")).token


class Connection:
    """A connection to the server."""

    def __init__(self, served: Served) -> None:
        self._socket = socket.create_connection(("127.0.0.1", served.port), PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _frames: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, data: bytes) -> bool:
        """Send. Returns: whether the server took it all."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def read(self, seconds: float = PATIENCE) -> Answer:
        """The next answer, and whether the server ended the connection after it (within a second)."""
        self._socket.settimeout(seconds)
        data = b""
        try:
            while b"\r\n\r\n" not in data:
                if not (more := self._socket.recv(65536)):
                    return Answer(0, {}, b"", closed=True)
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            while len(body) < int(headers.get("content-length", 0)):
                body += self._socket.recv(65536)
        except ConnectionError:
            return Answer(0, {}, b"", closed=True)
        return Answer(int(first.split()[1]), headers, body, closed=False)

    def is_ended(self, seconds: float = PATIENCE) -> bool:
        """Whether the server ends the connection within so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            readable, _, _ = select.select([self._socket], [], [], 0.1)
            try:
                if readable and not self._socket.recv(65536):
                    return True
            except ConnectionError:
                return True
        return False


def exchange(served: Served, data: bytes) -> Answer:
    """Send on a connection of its own; the answer, and whether the server ended the connection."""
    with Connection(served) as connection:
        connection.send(data)
        answer = connection.read()
        if answer.headers.get("connection") == "close":
            answer.closed = answer.closed or connection.is_ended()
        return answer


class TestHead:
    @pytest.mark.parametrize(
        ("raw", "status", "code"),
        [
            (build_raw("GET", "/" + "a" * 9000), 414, "target_too_long"),
            (build_raw("GET", "/?" + "a" * 300_000), 414, "target_too_long"),
            (build_raw("GET", "/", *[("X", "y")] * MAX_HEADERS), 431, "headers_too_large"),
            (build_raw("GET", "/", ("X", "y" * 40_000)), 431, "headers_too_large"),
            (build_raw("GET", "/", ("X", "y" * 400_000)), 431, "headers_too_large"),
            (build_raw("GET", "/", ("Host", "other")), 400, "malformed_request"),
            (build_raw("GET", "/", host=""), 400, "malformed_request"),
            (build_raw("GET", "/", host="Host: a b"), 400, "malformed_request"),
            (build_raw("POST", "/", ("Content-Length", "3"), body=b"abc"), 400, "malformed_request"),
            (build_raw("POST", "/", ("Content-Length", "3"), body=b"abc", chunked=True), 400, "malformed_request"),
            (build_raw("POST", "/", ("Transfer-Encoding", "gzip"), body=b"abc", chunked=True), 400, "malformed_request"),
            (build_raw("POST", "/", ("Content-Length", "+3")), 400, "malformed_request"),
            (build_raw("POST", "/", ("Content-Length", "3, 3")), 400, "malformed_request"),
            (build_raw("POST", "/", ("Transfer-Encoding", "xchunked")), 400, "malformed_request"),
            (build_raw("POST", "/", ("Transfer-Encoding ", "chunked")), 400, "malformed_request"),
            (b"GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n", 400, "malformed_request"),
            (b"GET / HTTP/1.1\nHost: a\n\n", 400, "malformed_request"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: y\r\n\r\n", 400, "malformed_request"),
            (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400, "malformed_request"),
            ("GET /đ HTTP/1.1\r\nHost: a\r\n\r\n".encode(), 400, "malformed_request"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, 400, "malformed_request"),
            (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
        ],
    )  # fmt: skip
    def test_is_refused_with_a_problem(self, served: Served, raw: bytes, status: int, code: str):
        answer = exchange(served, raw)
        assert (answer.status, answer.problem()["code"]) == (status, code)
        assert answer.headers["content-language"] == "vi"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["connection"] == "close"
        assert answer.closed

    def test_the_limits_themselves_pass(self, served: Served):
        headers = [(f"X-{n}", "v" * 200) for n in range(MAX_HEADERS - 1)]
        assert exchange(served, build_raw("GET", "/health/live?" + "a" * 8000, *headers)).status == 200

    def test_endless_headers_cost_no_memory(self, served: Served):
        before = psutil.Process(served.pid).memory_info().rss
        for line in (b"X: " + b"y" * 65536, b"X: y\r\n" * 10_000):
            with Connection(served) as connection:
                connection.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
                sent = 0
                while sent < 1000 and connection.send(line):
                    sent += 1
                assert sent < 1000
        assert psutil.Process(served.pid).memory_info().rss - before < 32 * 1024 * 1024

    def test_an_earlier_request_has_its_answer_first(self, served: Served):
        with Connection(served) as connection:
            connection.send(LIVE + b"nonsense\r\n\r\n")
            assert connection.read().status == 200
            assert connection.is_ended()

    def test_pipelines_are_short(self, served: Served):
        with Connection(served) as connection:
            connection.send(LIVE * (MAX_PIPELINED // 2))
            assert connection.read().status == 200
        with Connection(served) as connection:
            connection.send(LIVE * 10_000)
            assert connection.is_ended()


class TestTime:
    def test_a_head_that_does_not_come_is_408(self, served: Served):
        with Connection(served) as connection:
            connection.send(b"GET /health/live HTTP/1.1\r\nHo")
            answer = connection.read()
            assert (answer.status, answer.problem()["code"]) == (408, "request_timeout")
            assert connection.is_ended()

    def test_not_even_when_it_drips(self, served: Served):
        with Connection(served) as connection:
            started = time.monotonic()
            connection.send(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
            while connection.send(b"y") and time.monotonic() - started < PATIENCE:
                time.sleep(0.1)
            assert time.monotonic() - started < PATIENCE

    @pytest.mark.parametrize("first", [b"", b"\r\n" * 10, LIVE])
    def test_a_silent_connection_is_ended(self, served: Served, first: bytes):
        with Connection(served) as connection:
            connection.send(first)
            assert connection.is_ended(HEAD_SECONDS + 5)

    def test_a_body_that_does_not_come_is_408(self, served: Served):
        with Connection(served) as connection:
            login = build_raw(
                "POST", "/v1/auth/login", ("Content-Type", "application/json"), ("Content-Length", "99")
            )
            connection.send(login + b"{")
            answer = connection.read()
            assert (answer.status, answer.problem()["code"]) == (408, "request_timeout")
            assert connection.is_ended()

    def test_others_go_on_with_their_connection(self, served: Served):
        with Connection(served) as connection:
            for _ in range(5):
                connection.send(LIVE)
                assert connection.read().status == 200
                time.sleep(0.5)


class TestBody:
    def test_a_stranger_is_refused_before_a_byte_is_sent(self, served: Served):
        headers = [("Content-Type", "application/json"), ("Content-Length", "8000000")]
        for token in ([], [("Authorization", "Bearer forged")]):
            answer = exchange(served, build_raw("POST", "/v1/enrolments/batches", *headers, *token))
            assert answer.status == 401
            assert answer.problem()["title"] == "Chưa đăng nhập"

    def test_who_sends_on_reads_the_refusal_all_the_same(self, served: Served):
        head = build_raw(
            "POST", "/v1/auth/login", ("Content-Type", "application/json"), ("Content-Length", "8000000")
        )
        with Connection(served) as connection:
            assert connection.send(head + b" " * 8_000_000)
            answer = connection.read()
        assert (answer.status, answer.problem()["code"]) == (413, "body_too_large")
        assert answer.headers["connection"] == "close"

    def test_a_short_body_unread_keeps_the_connection(self, served: Served):
        head = build_raw(
            "POST", "/v1/members", ("Content-Type", "application/json"), ("Content-Length", "30")
        )
        with Connection(served) as connection:
            connection.send(head)
            assert connection.read().status == 401
            connection.send(b" " * 30 + LIVE)
            assert connection.read().status == 200

    def test_trailers_are_no_headers(self, served: Served):
        raw = build_raw("POST", "/v1/members", ("Transfer-Encoding", "chunked"))
        trailer = f"Authorization: Bearer {served.token}\r\n".encode()
        assert exchange(served, raw + b"2\r\n{}\r\n0\r\n" + trailer + b"\r\n").status == 401


class TestConnections:
    def test_idle_ones_make_room(self, served: Served):
        idle = [Connection(served) for _ in range(200)]
        try:
            time.sleep(1.5)
            for _ in range(20):
                assert exchange(served, LIVE).status == 200
                assert exchange(served, build_raw("GET", "/v1/members")).status == 401
        finally:
            for connection in idle:
                connection.__exit__(None, None, None)

    def test_busy_ones_do_not_and_the_rest_is_told_when_to_come_again(self, served: Served):
        upload = build_raw(
            "POST", "/v1/enrolments/batches", ("Authorization", f"Bearer {served.token}"), ("Content-Length", "99999"),
            ("Idempotency-Key", "busy"), ("Content-Type", "application/json"),
        )  # fmt: skip
        busy = []
        try:
            for _ in range(41):
                busy.append(Connection(served))
                assert busy[-1].send(upload + b"{")  # at once, before its time for a head is over
            time.sleep(0.3)
            answer = exchange(served, build_raw("GET", "/v1/members"))
            assert (answer.status, answer.problem()["code"]) == (503, "too_many_connections")
            assert int(answer.headers["retry-after"]) >= 1
            assert answer.closed
            assert exchange(served, LIVE).status == 200
        finally:
            for connection in busy:
                connection.__exit__(None, None, None)

    def test_hundreds_wait_for_a_worker_that_is_busy(self, served: Served):
        worker, waiting = psutil.Process(served.pid), []
        worker.suspend()
        try:
            for _ in range(WAITING):  # of one beyond the queue nobody would hear
                waiting.append(Connection(served))
        finally:
            worker.resume()
            for connection in waiting:
                connection.__exit__(None, None, None)
        assert exchange(served, LIVE).status == 200

    def test_few_descriptors_are_enough_for_any_number(self):
        with serve(descriptors=(200, 200)) as few:
            idle = [Connection(few) for _ in range(400)]
            try:
                assert exchange(few, LIVE).status == 200
                assert exchange(few, build_raw("GET", "/health/ready")).status == 200
                assert psutil.Process(few.pid).num_fds() < 200
            finally:
                for connection in idle:
                    connection.__exit__(None, None, None)


@dataclass
class HealthChecks:
    """Asks on a connection of its own whether the server lives, again and again, in a thread."""

    served: Served
    slowest: float = 0.0
    count: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        with Connection(self.served) as connection:
            while not self._stop.is_set():
                started = time.perf_counter()
                connection.send(LIVE)
                assert connection.read().status == 200
                self.slowest = max(self.slowest, time.perf_counter() - started)
                self.count += 1
                time.sleep(0.002)


class TestBesideOneRequest:
    """`/health/live` is answered at once beside any single request; tests/drill/test_hostile.py measures how soon."""

    MOST_SECONDS = 1.0
    """Ten times what is promised, because tests share their processors; a server that froze took 12."""

    @pytest.mark.parametrize("attack", list_anonymous(), ids=lambda attack: attack.name)
    def test_of_a_stranger(self, served: Served, attack: Attack):
        self.check(served, attack)

    @pytest.mark.parametrize("number", range(len(list_authenticated(""))))
    def test_of_a_caller(self, served: Served, number: int):
        self.check(served, list_authenticated(served.token)[number])

    def check(self, served: Served, attack: Attack) -> None:
        with HealthChecks(served) as health:
            time.sleep(0.05)
            answer = exchange(served, attack.raw)
            time.sleep(0.05)
        assert answer.status in attack.statuses, (attack.name, answer)
        assert health.count > 2
        assert health.slowest < self.MOST_SECONDS, attack.name
