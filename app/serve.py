"""The API's processes: one socket, made here; workers that end when this process does."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.core.halt import Halt
from app.core.parent import PARENT, end_with_parent
from app.core.settings import Settings, get_settings
from app.main import create_app
from app.runtime import Runtime

DRAIN_SECONDS = 20
STOP_SECONDS = 15
START_SECONDS = 60
"""A process that says nothing for so long is replaced; on a busy machine one needs more than a few to begin."""
WATCH_SECONDS = 1
_STARTUP_FAILED = 3


class AddressTaken(Halt):
    """Nothing can listen at ANSINH_HOST:ANSINH_PORT."""


def listening_socket(settings: Settings) -> socket.socket:
    """Bound before anything is started, so that a taken port is told at once. Raises: AddressTaken"""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        raise AddressTaken(
            f"Không mở được {settings.host}:{settings.port} ({error.strerror}); đặt ANSINH_PORT khác."
            f" / {settings.host}:{settings.port} cannot be opened: set another ANSINH_PORT."
        ) from error
    bound.set_inheritable(True)
    return bound


def run_api(runtime: Runtime, bound: socket.socket, *, demo: bool) -> int:
    """Serve until a signal; then let running requests end. Returns: the exit status."""
    settings = runtime.settings
    hand_over(os.environ, runtime, demo=demo)
    get_settings.cache_clear()
    os.environ[PARENT] = str(os.getpid())
    with job_workers(settings.job_workers):
        return _run_uvicorn(settings, bound)


def _run_uvicorn(settings: Settings, bound: socket.socket) -> int:
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
        backlog=2048,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
    )
    if settings.workers == 1:
        server = uvicorn.Server(config)
        try:
            server.run(sockets=[bound])
        except KeyboardInterrupt:
            return 0
        return 0 if server.started else _STARTUP_FAILED
    team = Multiprocess(config, sockets=[bound])
    team.run()
    return _STARTUP_FAILED if any(one.exitcode == _STARTUP_FAILED for one in team.processes) else 0


def hand_over(environment: MutableMapping[str, str], runtime: Runtime, *, demo: bool) -> None:
    """Workers learn the application's address and the key here; the administrator's address they never get."""
    for name in ("DATABASE_URL", "ANSINH_DATABASE_URL", "APP_DATABASE_URL"):
        environment.pop(name, None)
    settings = runtime.settings
    environment["ANSINH_APP_DATABASE_URL"] = settings.app_database_url or ""
    environment["ANSINH_SECRET_KEY"] = settings.secret_key or ""
    environment["ANSINH_DEMO"] = "true" if demo else "false"


def worker() -> FastAPI:
    """The application of one process, for uvicorn."""
    if os.environ.get(PARENT) != str(os.getpid()):
        end_with_parent()
    return create_app()


@contextmanager
def job_workers(count: int) -> Iterator[None]:
    """So many processes for the long work (`python -m app.exchange`) while the block runs; a dead one is replaced."""
    if count == 0:
        yield
        return
    over = threading.Event()
    team = [_job_worker() for _ in range(count)]

    def watch() -> None:
        while not over.wait(WATCH_SECONDS):
            for place, process in enumerate(team):
                if process.poll() is not None:
                    team[place] = _job_worker()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        for process in team:
            process.terminate()
        for process in team:
            _end(process)


def _job_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app.exchange"], stdin=subprocess.DEVNULL)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker's graceful end; what it had under way is safe in its checkpoint if it does not come."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal unwind like Ctrl-C, so that all that was started is stopped."""
    watched = {signal.SIGINT: _interrupt, signal.SIGTERM: _interrupt, signal.SIGHUP: _hang_up}
    before = {one: signal.getsignal(one) for one in watched}
    for one, handler in watched.items():
        if before[one] != signal.SIG_IGN:  # nohup
            signal.signal(one, handler)
    try:
        yield
    finally:
        for one, was in before.items():
            signal.signal(one, was)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Once: from here on we are clearing up, which must not be cut short."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
