"""Child processes that are kept running: real ones, of a few lines each."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from app.core.process.children import ChildCommand, ChildProcesses, start_command
from app.core.process.signals import EndRequest
from tests.serve_process import SECONDS, wait_for

_NOTE_START = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "
_WAIT = "time.sleep(600)"
_BEAT = "os.write(int(sys.argv[2]), b'.'); "
_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


@pytest.fixture
def starts(tmp_path: Path) -> Path:
    """A file to which every process writes its number when it starts."""
    path = tmp_path / "starts"
    path.touch()
    return path


def python(starts: Path, code: str, **options: object) -> ChildCommand:
    arguments = (sys.executable, "-c", _NOTE_START + code, str(starts))
    return ChildCommand("a child", start_command(arguments), **options)  # type: ignore[arg-type]


def started(starts: Path, count: int) -> list[int]:
    """The numbers of the processes that were started, once there are so many."""
    wait_for(lambda: len(starts.read_text().splitlines()) >= count)
    numbers = [int(line) for line in starts.read_text().splitlines()]
    assert len(numbers) >= count
    return numbers


@contextmanager
def kept_running(*commands: ChildCommand) -> Iterator[Callable[[], int | None]]:
    """Keep them running in a thread while the block runs. Yields: what gives the status, None while they run."""
    stop, children, statuses = EndRequest(), ChildProcesses(commands), list[int]()
    thread = threading.Thread(target=lambda: statuses.append(children.keep_running(stop)))
    thread.start()
    try:
        yield lambda: statuses[0] if statuses else None
    finally:
        stop.set()
        thread.join(SECONDS)
        children.end()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_that_is_killed_is_replaced_at_once_and_again(starts: Path):
    with kept_running(python(starts, _WAIT)) as status:
        for count in range(1, 6):
            began = monotonic()
            pid = started(starts, count)[-1]
            assert monotonic() - began < 5
            os.kill(pid, signal.SIGKILL)
        assert status() is None
        last = started(starts, 6)[-1]
    assert not is_alive(last)


def test_one_that_ends_by_itself_again_and_again_is_replaced_more_and_more_slowly(starts: Path):
    with kept_running(python(starts, "sys.exit(7)")) as status:
        began = monotonic()
        started(starts, 4)
        assert monotonic() - began > 3  # 0.5, 1 and 2 seconds
        assert status() is None


def test_one_that_never_worked_ends_it_with_its_status(starts: Path):
    with kept_running(python(starts, "sys.exit(3)", beats=True)) as status:
        assert wait_for(lambda: status() is not None)
        assert status() == 3


def test_one_that_worked_before_does_not(starts: Path):
    with kept_running(python(starts, _BEAT + "time.sleep(1); sys.exit(3)", beats=True)) as status:
        started(starts, 2)
        assert status() is None


def test_one_that_falls_silent_is_replaced(starts: Path):
    with kept_running(python(starts, _BEAT + _WAIT, beats=True, silent_seconds=1)) as status:
        first = started(starts, 2)[0]
        assert not is_alive(first)
        assert status() is None


def test_one_that_cannot_be_started_holds_up_no_other(starts: Path):
    absent = ChildCommand("absent", start_command(("/nowhere/at/all",)))
    with kept_running(absent, python(starts, _WAIT)) as status:
        os.kill(started(starts, 1)[0], signal.SIGKILL)
        started(starts, 2)
        assert status() is None


def test_one_that_does_not_end_is_killed(starts: Path):
    with kept_running(python(starts, _DEAF + _WAIT, stop_seconds=0.5)):
        pid = started(starts, 1)[0]
        began = monotonic()
    assert not is_alive(pid)
    assert monotonic() - began < SECONDS / 2


class TestCopiesThatAreLeft:
    """Those that a killed process had made go on for a while."""

    def test_the_end_waits_for_them(self, starts: Path):
        code = "os.fork() or (time.sleep(2), open(sys.argv[1] + '.left', 'a'), os._exit(0)); " + _NOTE_START
        with kept_running(python(starts, code + _BEAT + _WAIT, beats=True)):
            os.kill(started(starts, 2)[1], signal.SIGKILL)
            started(starts, 3)
        assert starts.with_name("starts.left").exists()

    def test_but_not_for_ever(self, starts: Path):
        code = f"os.fork() or (time.sleep({SECONDS}), os._exit(0)); " + _NOTE_START
        with kept_running(python(starts, code + _BEAT + _WAIT, beats=True, stop_seconds=0.5)):
            os.kill(started(starts, 2)[1], signal.SIGKILL)
            started(starts, 3)
            began = monotonic()
        assert monotonic() - began < SECONDS / 2
