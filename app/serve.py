"""The API's processes: one listening socket, opened here; workers that end when this process does."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.core.halt import FatalError
from app.core.process.parent import PARENT_PID_VARIABLE, exit_with_parent
from app.core.settings import Settings, get_settings
from app.main import create_app
from app.runtime import Runtime

DRAIN_SECONDS = 20
WORKER_STOP_SECONDS = 15
WORKER_START_SECONDS = 60
"""A process that says nothing for so long is replaced; on a busy machine one needs more than a few to begin."""
WORKER_WATCH_SECONDS = 1
_STARTUP_FAILED = 3


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
    settings = runtime.settings
    set_worker_environment(os.environ, runtime, demo=demo)
    get_settings.cache_clear()
    os.environ[PARENT_PID_VARIABLE] = str(os.getpid())
    with run_job_workers(settings.job_workers):
        return _run_uvicorn(settings, sock)


def _run_uvicorn(settings: Settings, sock: socket.socket) -> int:
    config = uvicorn.Config(
        "app.serve:worker",
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # create_app reads them, from ANSINH_TRUSTED_PROXIES alone
        backlog=2048,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_worker_healthcheck=WORKER_START_SECONDS,
    )
    if settings.workers == 1:
        server = uvicorn.Server(config)
        try:
            server.run(sockets=[sock])
        except KeyboardInterrupt:
            return 0
        return 0 if server.started else _STARTUP_FAILED
    supervisor = Multiprocess(config, sockets=[sock])
    supervisor.run()
    return _STARTUP_FAILED if any(one.exitcode == _STARTUP_FAILED for one in supervisor.processes) else 0


def set_worker_environment(environment: MutableMapping[str, str], runtime: Runtime, *, demo: bool) -> None:
    """Set the environment of workers: the application's address and the key, never the administrator's address."""
    for name in ("DATABASE_URL", "ANSINH_DATABASE_URL", "APP_DATABASE_URL"):
        environment.pop(name, None)
    settings = runtime.settings
    environment["ANSINH_APP_DATABASE_URL"] = settings.app_database_url or ""
    environment["ANSINH_SECRET_KEY"] = settings.secret_key or ""
    environment["ANSINH_DEMO"] = "true" if demo else "false"


def worker() -> Callable[..., Awaitable[None]]:
    """The application of one process, for uvicorn."""
    if os.environ.get(PARENT_PID_VARIABLE) != str(os.getpid()):
        exit_with_parent()
    return create_app()


@contextmanager
def run_job_workers(count: int) -> Iterator[None]:
    """Run `count` job workers (`python -m app.worker`) while the block runs; a dead one is replaced."""
    if count == 0:
        yield
        return
    stop = threading.Event()
    processes = [_start_job_worker() for _ in range(count)]

    def watch() -> None:
        while not stop.wait(WORKER_WATCH_SECONDS):
            for index, process in enumerate(processes):
                if process.poll() is not None:
                    processes[index] = _start_job_worker()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
        for process in processes:
            process.terminate()
        for process in processes:
            _stop_worker(process)


def _start_job_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app.worker"], stdin=subprocess.DEVNULL)


def _stop_worker(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker to end gracefully, else kill it; its work is safe in its checkpoint."""
    try:
        process.wait(WORKER_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def interrupt_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt, like Ctrl-C, so that all that was started is stopped."""
    handlers = {signal.SIGINT: _on_interrupt, signal.SIGTERM: _on_interrupt, signal.SIGHUP: _on_hangup}
    previous = {signal_number: signal.getsignal(signal_number) for signal_number in handlers}
    for signal_number, handler in handlers.items():
        if previous[signal_number] != signal.SIG_IGN:  # nohup
            signal.signal(signal_number, handler)
    try:
        yield
    finally:
        for signal_number, original in previous.items():
            signal.signal(signal_number, original)


def _on_interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Raise KeyboardInterrupt once: the clean-up that follows must not be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _on_hangup(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
