"""The API's processes: one listening socket, opened here; workers on it, replaced when they die, ended when this does.

    python -m app.serve <socket> <workers of the API> <workers for jobs> <descriptor to write signs of life to>

is the parent of the workers; `ansinh serve` starts it. Only that imports the application, which takes seconds: its
workers are copies of it, so that one which was killed is replaced in a moment.
"""

import gc
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import cast

import uvicorn

from app.core.halt import FatalError
from app.core.http.server.limits import ConnectionLimits, derive_connection_limit
from app.core.process.children import ChildCommand, ChildProcesses, start_command, start_copy
from app.core.process.logs import configure_logs
from app.core.process.parent import PARENT_PID_VARIABLE, exit_with_parent
from app.core.process.signals import EndRequest, set_end_handler
from app.core.settings import Settings, get_settings
from app.runtime import Runtime

DRAIN_SECONDS = 20
"""Seconds that requests under way may take once a worker was asked to end."""
API_STOP_SECONDS = DRAIN_SECONDS + 5
JOB_STOP_SECONDS = 15
PARENT_STOP_SECONDS = API_STOP_SECONDS + 5
PARENT_SILENT_SECONDS = 180
"""It is silent until each of its workers has served once, and gives one that is silent a minute."""
_START = (sys.executable, "-m", "app.core.process.start")


class AddressTaken(FatalError):
    """Nothing can listen at ANSINH_HOST:ANSINH_PORT."""


def open_listening_socket(settings: Settings) -> socket.socket:
    """Open the socket before anything is started: a taken port is reported at once. Raises: AddressTaken"""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise AddressTaken(
            f"Không mở được {settings.host}:{settings.port} ({error.strerror}); đặt ANSINH_PORT khác."
            f" / {settings.host}:{settings.port} cannot be opened: set another ANSINH_PORT."
        ) from error
    sock.set_inheritable(True)
    return sock


def run_api(runtime: Runtime, sock: socket.socket, *, demo: bool) -> int:
    """Serve until a signal, then let running requests end. Returns: the exit status."""
    set_worker_environment(os.environ, runtime, demo=demo)
    os.environ[PARENT_PID_VARIABLE] = str(os.getpid())
    stop = EndRequest()
    # Also while everything ends: a second Ctrl-C interrupts nothing.
    set_end_handler(lambda _number, _frame: stop.set())
    settings = runtime.settings
    command = (*_START, "app.serve", sock.fileno(), settings.workers, settings.job_workers)
    parent = ChildCommand(
        label="the parent of the workers",
        start=start_command([*map(str, command)], (sock.fileno(),)),
        stop_seconds=PARENT_STOP_SECONDS,
        beats=True,
        silent_seconds=PARENT_SILENT_SECONDS,
    )
    children = ChildProcesses([parent])
    try:
        status = children.keep_running(stop)
    finally:
        sock.close()  # so that nobody listens once the workers do not
        children.end()
    return status


def run_workers(sock: int, workers: int, job_workers: int, life: int) -> int:
    """Keep workers running until a signal, or until who started this has ended. sock, life: descriptors.

    Returns: the exit status.
    """
    # Not getppid: whoever started this may have ended while it was imported.
    started_by, stop = int(os.environ[PARENT_PID_VARIABLE]), EndRequest()
    set_end_handler(lambda _number, _frame: stop.set())
    os.environ[PARENT_PID_VARIABLE] = str(os.getpid())
    os.set_blocking(life, False)
    gc.collect()
    gc.freeze()  # so that the collectors of the workers leave the shared memory alone
    gc.enable()

    def note(served: bool) -> None:
        if os.getppid() != started_by:
            stop.set()
        if served:
            write_sign_of_life(life)

    children = ChildProcesses(_worker_commands(sock, workers, job_workers), note)
    try:
        status = children.keep_running(stop)
    finally:
        os.close(sock)
        children.end()
    return status


def write_sign_of_life(descriptor: int) -> None:
    """Say that this process works; who no longer listens misses nothing."""
    with suppress(OSError):
        os.write(descriptor, b".")


def _worker_commands(sock: int, workers: int, job_workers: int) -> list[ChildCommand]:
    api = ChildCommand(
        label="a worker of the API",
        start=start_copy("ansinh-api", lambda life: run_api_worker(sock, cast(int, life))),
        stop_seconds=API_STOP_SECONDS,
        beats=True,
    )
    job = ChildCommand(
        label="a worker for jobs",
        # Without the socket: as long as it is open anywhere, the kernel takes connections that nobody answers.
        start=start_copy("ansinh-jobs", lambda _life: run_job_worker(), unused=(sock,)),
        stop_seconds=JOB_STOP_SECONDS,
    )
    return [api] * workers + [job] * job_workers


def _get_connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        settings.connection_limit or derive_connection_limit(settings.pool_size),
        settings.head_seconds,
        settings.body_seconds,
        settings.idle_seconds,
    )


def set_worker_environment(environment: MutableMapping[str, str], runtime: Runtime, *, demo: bool) -> None:
    """Set the environment of workers: the application's address and the key, never the administrator's address."""
    for name in ("DATABASE_URL", "ANSINH_DATABASE_URL", "APP_DATABASE_URL"):
        environment.pop(name, None)
    settings = runtime.settings
    environment["ANSINH_APP_DATABASE_URL"] = settings.app_database_url or ""
    environment["ANSINH_SECRET_KEY"] = settings.secret_key or ""
    environment["ANSINH_SECRET_KEY_BEFORE"] = json.dumps(settings.secret_key_before)
    environment["ANSINH_DEMO"] = "true" if demo else "false"


def worker() -> Callable[..., Awaitable[None]]:
    """The application of one process, for uvicorn, with its logging set up."""
    from app.main import create_app

    configure_logs(get_settings().log_level)
    return create_app()


def run_api_worker(socket_descriptor: int, life_descriptor: int) -> int:
    """Serve on an open socket until a signal. Returns: the exit status."""
    from app.core.http.server.draining import DrainingServer

    configure_logs(get_settings().log_level)
    exit_with_parent()
    os.set_blocking(life_descriptor, False)

    async def beat() -> None:
        write_sign_of_life(life_descriptor)

    server = DrainingServer(_uvicorn_config(beat))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[socket.socket(fileno=socket_descriptor)])
    return 0


def run_job_worker() -> int:
    """Run jobs until a signal. Returns: the exit status."""
    from app.worker import run_worker

    run_worker(get_settings())
    return 0


def _uvicorn_config(beat: Callable[[], Awaitable[None]]) -> uvicorn.Config:
    from app.core.http.server.protocol import LimitedConfig

    return LimitedConfig(
        "app.serve:worker",
        limits=_get_connection_limits(get_settings()),
        factory=True,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # create_app reads them, from ANSINH_TRUSTED_PROXIES alone
        backlog=2048,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        callback_notify=beat,
        timeout_notify=1,
    )


if __name__ == "__main__":
    configure_logs(get_settings().log_level)
    # All of it before the first signal is caught: one that comes meanwhile ends the process at once.
    import app.main
    import app.worker  # noqa: F401 - what the workers run

    # One module of this name: uvicorn imports it again for the application.
    from app.serve import run_workers as run

    sys.exit(run(*map(int, sys.argv[1:])))
