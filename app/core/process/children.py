"""Child processes that are kept running: whatever ends one of them, another takes its place.

One thread watches them all, and only it starts and ends them, so that a signal never falls between the start of a
process and the note of its number.
"""

import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Protocol

from app.core.process.forked import ForkedProcess
from app.core.process.logs import log_fields
from app.core.process.signals import EndRequest

WATCH_SECONDS = 0.2
_POLL_SECONDS = 0.02
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Before a process is replaced that ended by itself again and again; one that was killed is replaced at once."""
_STEADY_SECONDS = 30
"""Who has run for so long has not failed at its start."""

_logger = logging.getLogger("ansinh.process")


class StartedProcess(Protocol):
    """What is asked of a child: `subprocess.Popen` or `ForkedProcess`."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


StartProcess = Callable[[int | None], StartedProcess]
"""Starts a process, given the descriptor to write signs of life to, if there is one."""


def start_command(arguments: Sequence[str], descriptors: tuple[int, ...] = ()) -> StartProcess:
    """A child that runs a command. descriptors: what it inherits; that of its signs of life is its last argument."""

    def start(life: int | None) -> StartedProcess:
        last = () if life is None else (life,)
        return subprocess.Popen(
            [*arguments, *map(str, last)], stdin=subprocess.DEVNULL, pass_fds=(*descriptors, *last)
        )

    return start


def start_copy(name: str, run: Callable[[int | None], int], unused: tuple[int, ...] = ()) -> StartProcess:
    """A child that is a copy of this process. name: as of `ForkedProcess`; run: given that descriptor.

    unused: descriptors that it closes; a copy inherits all.
    """

    def start(life: int | None) -> StartedProcess:
        def become() -> int:
            for descriptor in unused:
                os.close(descriptor)
            return run(life)

        return ForkedProcess(name, become)

    return start


@dataclass(frozen=True)
class ChildCommand:
    """label: its name in the log. stop_seconds: how long it may take to end.

    beats: whether it writes to a pipe at least every second while it does its work; silent_seconds: without a word for
    so long it is taken for hung, and replaced.
    """

    label: str
    start: StartProcess
    stop_seconds: float = 15
    beats: bool = False
    silent_seconds: float = 60


class ChildProcess:
    """The place of one process."""

    def __init__(self, command: ChildCommand) -> None:
        self.command = command
        self.served = False
        """Whether a process of this place has ever said that it works; without a pipe, whether it was started."""
        self.failed_status: int | None = None
        """The status with which its first process ended by itself before it ever worked."""
        self._process: StartedProcess | None = None
        self._pipe: int | None = None
        self._left_pipes: list[int] = []
        """Of processes that have ended and left copies of themselves, which hold the other end while they live."""
        self._started_at = self._heard_at = self._start_at = 0.0
        self._failures = 0

    def watch(self) -> None:
        """Look after the process once. Raises: OSError if none can be started; the next call tries again."""
        self._listen()
        self._forget_ended()
        if self._process is not None and (status := self._process.poll()) is not None:
            self._note_end(status)
        if self._process is None:
            if monotonic() >= self._start_at:
                self._start_at = monotonic() + _PAUSES[-1]  # unless this goes well
                self._start()
        elif self.command.beats and monotonic() - self._heard_at > self.command.silent_seconds:
            _logger.error("%s is silent: it is killed", self.command.label, extra=self._fields())
            self._process.kill()

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def wait_for_end(self, deadline: float) -> None:
        """Wait for the end until *deadline* (monotonic seconds), then kill; wait for copies that were left, too."""
        if self._process is not None:
            try:
                self._process.wait(max(0.0, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                _logger.warning(
                    "%s did not end in time: it is killed", self.command.label, extra=self._fields()
                )
                self._process.kill()
                self._process.wait()
                deadline = monotonic() + self.command.stop_seconds
        self._leave_pipe()
        while self._left_pipes and monotonic() < deadline:
            sleep(_POLL_SECONDS)
            self._forget_ended()

    def _start(self) -> None:
        writing_end = None
        if self.command.beats:
            self._pipe, writing_end = os.pipe()
            os.set_blocking(self._pipe, False)
        try:
            self._process = self.command.start(writing_end)
        except OSError:
            self._close_pipe()
            raise
        finally:
            if writing_end is not None:
                os.close(writing_end)
        self._started_at = self._heard_at = monotonic()
        self.served = self.served or not self.command.beats

    def _listen(self) -> None:
        if self._pipe is not None:
            with suppress(BlockingIOError):
                if os.read(self._pipe, 4096):
                    self._heard_at = monotonic()
                    self.served = True

    def _note_end(self, status: int) -> None:
        killed = status < 0
        _logger.error(
            "%s ended (%d): another takes its place", self.command.label, status, extra=self._fields()
        )
        if not self.served and not killed:
            self.failed_status = status
        steady = monotonic() - self._started_at > _STEADY_SECONDS
        self._failures = 0 if killed or steady else self._failures + 1
        self._start_at = monotonic() + _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._process = None
        self._leave_pipe()

    def _leave_pipe(self) -> None:
        if self._pipe is not None:
            self._left_pipes.append(self._pipe)
            self._pipe = None
        self._forget_ended()

    def _forget_ended(self) -> None:
        for pipe in [pipe for pipe in self._left_pipes if not _is_held(pipe)]:
            self._left_pipes.remove(pipe)
            os.close(pipe)

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def _fields(self) -> dict[str, object]:
        return dict(log_fields(pid=self._process.pid if self._process else None))


class ChildProcesses:
    """The processes of one command. note: called after each look at them, with whether all have ever worked."""

    def __init__(
        self, commands: Sequence[ChildCommand], note: Callable[[bool], object] = lambda _served: None
    ) -> None:
        self._children = [ChildProcess(command) for command in commands]
        self._note = note

    def keep_running(self, stop: EndRequest) -> int:
        """Keep them running until *stop* is set; nothing that happens to one of them ends this.

        Returns: 0, or the status with which a process ended before it had ever worked.
        """
        while True:
            for child in self._children:
                _watch(child)
                if child.failed_status is not None:
                    return child.failed_status
            self._note(all(child.served for child in self._children))
            if stop.wait(WATCH_SECONDS):
                return 0

    def end(self) -> None:
        """Ask them all to end, wait for it, and kill those that take too long."""
        for child in self._children:
            child.ask_to_end()
        now = monotonic()
        for child in self._children:
            child.wait_for_end(now + child.command.stop_seconds)


def _is_held(pipe: int) -> bool:
    """Whether any process has the writing end of a pipe."""
    with suppress(BlockingIOError):
        while os.read(pipe, 4096):
            pass
        return False
    return True


def _watch(child: ChildProcess) -> None:
    try:
        child.watch()
    except Exception:  # no descriptor, no memory, no process left: it is tried again
        _logger.exception("%s cannot be looked after", child.command.label)
