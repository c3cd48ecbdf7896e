"""Processes that begin as a copy of this one, in milliseconds: what it has imported they have, and share the memory.

Only a process of a single thread may make them, from that thread: locks that another held would never be released.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic, sleep

from app.core.process.signals import END_SIGNALS

_POLL_SECONDS = 0.02
_NAME = Path("/proc/self/comm")
"""What `ps -o comm`, `top` and the kernel's messages call a process; its command line is that of its parent."""


class ForkedProcess:
    """A process that runs a function and ends with what that returns. name: 15 letters at most, for the lists of `ps`.

    It asks and is asked as `subprocess.Popen` is.
    """

    def __init__(self, name: str, run: Callable[[], int]) -> None:
        self._status: int | None = None
        # A signal that comes before the child has its own handlers waits until it has.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _become(name, run, before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def poll(self) -> int | None:
        """The status: of `exit`, or the negative number of the signal that ended it; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. timeout: seconds. Raises: TimeoutExpired."""
        since = monotonic()
        while (status := self.poll()) is None:
            if timeout is not None and monotonic() >= since + timeout:
                raise TimeoutExpired([str(self.pid)], timeout)
            sleep(_POLL_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:  # until it was waited for, its number belongs to nobody else
            os.kill(self.pid, number)


def _become(name: str, run: Callable[[], int], mask: set[int | signal.Signals]) -> None:
    """Be the child, which never comes back from here."""
    status = 1
    try:
        for number in END_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with suppress(OSError):
            _NAME.write_text(name)
        status = run()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(status)
