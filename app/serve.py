"""The API's processes: one listening socket, opened here; workers on it, replaced when they die, ended when this does.

    python -m app.serve <descriptor of the socket> <descriptor to write signs of life to>

is one worker; `ansinh serve` starts them. Only a worker imports the application, which takes seconds: whoever starts
workers goes without.
"""

import json
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress

import uvicorn

from app.core.halt import FatalError
from app.core.http.server.limits import ConnectionLimits, derive_connection_limit
from app.core.process.children import ChildCommand, ChildProcesses
from app.core.process.logs import configure_logs
from app.core.process.parent import PARENT_PID_VARIABLE, exit_with_parent
from app.core.process.signals import set_end_handler
from app.core.settings import Settings, get_settings
from app.runtime import Runtime

DRAIN_SECONDS = 20
"""Seconds that requests under way may take once a worker was asked to end."""
API_STOP_SECONDS = DRAIN_SECONDS + 5
JOB_STOP_SECONDS = 15
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
    stop = threading.Event()
    # Also while everything ends: a second Ctrl-C interrupts nothing.
    set_end_handler(lambda _number, _frame: stop.set())
    children = ChildProcesses(_worker_commands(runtime.settings, sock))
    try:
        status = children.keep_running(stop)
    finally:
        sock.close()  # so that nobody listens once the workers do not
        children.end()
    return status


def _worker_commands(settings: Settings, sock: socket.socket) -> list[ChildCommand]:
    api = ChildCommand(
        label="a worker of the API",
        arguments=(*_START, "app.serve", str(sock.fileno())),
        descriptors=(sock.fileno(),),
        stop_seconds=API_STOP_SECONDS,
        beats=True,
    )
    job = ChildCommand(
        label="a worker for jobs",
        arguments=(*_START, "app.worker"),
        stop_seconds=JOB_STOP_SECONDS,
    )
    return [api] * settings.workers + [job] * settings.job_workers


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

    async def write_sign_of_life() -> None:
        with suppress(OSError):
            os.write(life_descriptor, b".")

    server = DrainingServer(_uvicorn_config(write_sign_of_life))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[socket.socket(fileno=socket_descriptor)])
    return 0


def _uvicorn_config(write_sign_of_life: Callable[[], Awaitable[None]]) -> uvicorn.Config:
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
        callback_notify=write_sign_of_life,
        timeout_notify=1,
    )


if __name__ == "__main__":
    # All of it before the first signal is caught: one that comes meanwhile ends the process at once.
    import app.main  # noqa: F401 - the application of `worker`

    # One module of this name: uvicorn imports it again for the application.
    from app.serve import run_api_worker as run

    sys.exit(run(int(sys.argv[1]), int(sys.argv[2])))
