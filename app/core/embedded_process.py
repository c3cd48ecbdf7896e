"""Which PostgreSQL processes of a cluster are there, also those that a killed An Sinh left behind."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import psutil

_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def postmaster(pgdata: Path) -> psutil.Process | None:
    """The server that runs on this cluster, whoever started it."""
    process = _recorded(pgdata)
    return process if process is not None and _serves(process, pgdata) else None


def ready(pgdata: Path, pid: int) -> bool:
    """Whether the server with this pid says that it takes connections."""
    lines = _pid_file(pgdata)
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def clear_remains(pgdata: Path) -> None:
    """End sessions that outlived their server, and drop a pid file whose number something else has now.

    PostgreSQL judges other stale pid files itself (by its shared memory), so those stay.
    """
    left = [
        process
        for process in psutil.process_iter()
        if _named_postgres(process) and _works_in(process, pgdata)
    ]
    for ask, seconds in ((_nothing, 1), (psutil.Process.terminate, 5), (psutil.Process.kill, 5)):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                ask(process)
        _, left = psutil.wait_procs(left, timeout=seconds)
    process = _recorded(pgdata)
    if process is not None and not _named_postgres(process):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def gone(process: psutil.Process, seconds: float) -> bool:
    """Wait until the process has ended, or is a zombie that nobody collects."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def _nothing(_process: psutil.Process) -> None:
    """Most of them notice by themselves that their server is gone."""


def _pid_file(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _recorded(pgdata: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int(_pid_file(pgdata)[0]))
    except (IndexError, ValueError, psutil.NoSuchProcess):
        return None


def _serves(process: psutil.Process, pgdata: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        line = process.cmdline()
    except _GONE:
        return False
    return _named_postgres(process) and (str(pgdata) in line or _works_in(process, pgdata))


def _named_postgres(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres"))
    except _GONE:
        return False


def _works_in(process: psutil.Process, pgdata: Path) -> bool:
    """Every PostgreSQL process has the cluster as its working directory (unknown where we may not look)."""
    try:
        return Path(process.cwd()) == pgdata.resolve()
    except _GONE:
        return False


def removed(folder: Path) -> None:
    """Remove a folder, if it is there, in which a process that was just ended may still be writing its last file."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
    shutil.rmtree(folder)
