"""Finds and ends the PostgreSQL processes of a cluster, also those that a killed An Sinh left behind."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_PROCESS_ERRORS = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def find_postmaster(pgdata: Path) -> psutil.Process | None:
    """Find the server that runs on this cluster, whoever started it."""
    process = _recorded_process(pgdata)
    return process if process is not None and _is_postmaster_of(process, pgdata) else None


def is_ready(pgdata: Path, pid: int) -> bool:
    """Whether the server with this pid says that it accepts connections."""
    lines = _read_pid_file(pgdata)
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def end_stale_processes(pgdata: Path) -> None:
    """End sessions that outlived their server, and drop a pid file whose number another process has now.

    PostgreSQL judges other stale pid files itself (by its shared memory), so those stay.
    """
    remaining = [
        process
        for process in psutil.process_iter()
        if _is_postgres(process) and _has_working_directory(process, pgdata)
    ]
    for end_process, seconds in ((_do_nothing, 1), (psutil.Process.terminate, 5), (psutil.Process.kill, 5)):
        for process in remaining:
            with suppress(psutil.NoSuchProcess):
                end_process(process)
        _, remaining = psutil.wait_procs(remaining, timeout=seconds)
    process = _recorded_process(pgdata)
    if process is not None and not _is_postgres(process):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def wait_for_exit(process: psutil.Process, seconds: float) -> bool:
    """Wait until the process has ended, or is a zombie that nobody collects."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def _do_nothing(_process: psutil.Process) -> None:
    """Do nothing: most of them notice by themselves that their server is gone."""


def _read_pid_file(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _recorded_process(pgdata: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int(_read_pid_file(pgdata)[0]))
    except (IndexError, ValueError, psutil.NoSuchProcess):
        return None


def _is_postmaster_of(process: psutil.Process, pgdata: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        command_line = process.cmdline()
    except _PROCESS_ERRORS:
        return False
    return _is_postgres(process) and (str(pgdata) in command_line or _has_working_directory(process, pgdata))


def _is_postgres(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres"))
    except _PROCESS_ERRORS:
        return False


def _has_working_directory(process: psutil.Process, pgdata: Path) -> bool:
    """Every PostgreSQL process has the cluster as its working directory (unknown where we may not look)."""
    try:
        return Path(process.cwd()) == pgdata.resolve()
    except _PROCESS_ERRORS:
        return False


def remove_directory(folder: Path) -> None:
    """Remove a folder, if it is there, in which a process that was just ended may still be writing its last file."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
    shutil.rmtree(folder)


def stop_process(server: psutil.Process, stop_signal: signal.Signals, seconds: float) -> bool:
    """Send a server the signal and wait for its end. Returns: whether it ended in time."""
    try:
        server.send_signal(stop_signal)
    except psutil.NoSuchProcess:
        return True
    return wait_for_exit(server, seconds)


@contextmanager
def block_signals() -> Iterator[None]:
    """Block signals: between the start of a child and our keeping its handle, a Ctrl-C would lose it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
