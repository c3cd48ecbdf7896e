"""`ansinh serve` as an operator starts it: real processes, a data directory of its own, a real PostgreSQL."""

import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import open_connection
from tests.databases import copy_data_directory

START = (sys.executable, "-m", "app.core.process.start")
ANSINH = (*START, "app.cli")
"""The command as it is installed."""
SECONDS = 60
"""Longer than anything here takes; what must be quicker says so itself."""


def clean_environment(data_dir: Path, **environment: str) -> dict[str, str]:
    """The environment of a command that knows no other database than its own."""
    clean = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    return clean | {"ANSINH_DATA_DIR": str(data_dir)} | environment


class ServeProcess:
    """One `ansinh serve` process on a free port, in a process group of its own; what it says goes to a file.

    A data directory that is not there yet is a copy of a migrated one. from_nothing: it is left to the server.
    descriptors: how many it may have, the soft and the hard limit.
    """

    def __init__(
        self,
        data_dir: Path,
        *arguments: str,
        from_nothing: bool = False,
        descriptors: tuple[int, int] | None = None,
        **environment: str,
    ) -> None:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        if not from_nothing and not data_dir.exists():
            copy_migrated(data_dir)
        self.data_dir = data_dir
        self.log = data_dir.with_name(f"{data_dir.name}-{time.monotonic_ns()}.log")

        def limit_descriptors() -> None:
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*ANSINH, "serve", *arguments],
                env=clean_environment(data_dir, **({"ANSINH_PORT": "0"} | environment)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=limit_descriptors,
            )

    @property
    def output(self) -> str:
        """What it and its workers have said so far."""
        return self.log.read_text(errors="replace")

    def log_lines(self) -> list[dict[str, Any]]:
        """The lines of its log; what it says to the operator in words is left out."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def address(self) -> str:
        """The URL at which it listens, read from its output."""
        match: object = wait_for(
            lambda: re.search(r"http://\S+(?=\n)", self.output) or self.process.poll() is not None
        )
        assert isinstance(match, re.Match), f"it ended with {self.process.wait()}:\n{self.output}"
        return str(match.group())

    def ready(self) -> str:
        """The URL, once the server is ready."""
        address = self.address()
        assert self.is_ready(address), f"never ready:\n{self.output}"
        return address

    def is_ready(self, address: str) -> bool:
        """Whether the server becomes ready in time."""
        return bool(wait_for(lambda: get_status(f"{address}/health/ready") == 200))

    def wait(self) -> int:
        """Wait for its end. Returns: its exit status."""
        return self.process.wait(SECONDS)

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.wait()

    def kill_group(self) -> None:
        """kill -9 of everything that was started together (PostgreSQL has a group of its own)."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def workers(self, name: str = "ansinh-") -> list[psutil.Process]:
        """Its living workers of that name."""
        if self.process.poll() is not None:
            return []
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if child.name().startswith(name):
                    found.append(child)
            except psutil.Error:
                continue
        return found

    def api_workers(self) -> list[psutil.Process]:
        """Its workers that answer requests."""
        return self.workers("ansinh-api")

    def job_workers(self) -> list[psutil.Process]:
        """Its workers that run jobs."""
        return self.workers("ansinh-jobs")

    def parent_of_workers(self) -> psutil.Process:
        """The process whose copies the workers are."""
        (parent,) = self.parents_of_workers()
        return parent

    def parents_of_workers(self) -> list[psutil.Process]:
        """The same, if it was started already."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "app.serve" in child.cmdline()]

    def postmaster(self) -> psutil.Process:
        """The PostgreSQL that it started."""
        return psutil.Process(int((self.data_dir / "postgres/pgdata/postmaster.pid").read_text().split()[0]))


def wait_for(condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Ask again and again until the answer is true. Returns: the last answer."""
    end = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def get_status(url: str) -> int | None:
    """The status of a GET, or None when nobody answers."""
    try:
        return httpx.get(url, timeout=10).status_code
    except httpx.TransportError:
        return None


def is_postgres_running(data_dir: Path) -> bool:
    return EmbeddedPostgres(data_dir / "postgres").running


def run_sql(data_dir: Path, *statements: str) -> list[Any]:
    """Run statements as the administrator of the embedded server. Returns: the rows of the last one."""

    async def run() -> list[Any]:
        connection = await open_connection(EmbeddedPostgres(data_dir / "postgres").admin_url)
        try:
            rows: list[Any] = [await connection.fetch(statement) for statement in statements][-1]
            return rows
        finally:
            await connection.close()

    return asyncio.run(run())


def run_ansinh(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end."""
    return subprocess.run(
        [*ANSINH, *arguments],
        env=clean_environment(data_dir, **environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def copy_migrated(data_dir: Path) -> None:
    """Make a data directory as `ansinh migrate` leaves it, without waiting for it anew."""
    copy_data_directory(data_dir, _migrate)


def _migrate(data_dir: Path) -> None:
    result = run_ansinh(data_dir, "migrate")
    assert result.returncode == 0, result.stderr
