"""Signals that ask a process to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from types import FrameType

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SignalHandler = Callable[[int, FrameType | None], object]


class EndRequest:
    """Whether this process was asked to end; a handler of signals may set it.

    `threading.Event` cannot be used for that: a handler runs in the midst of whatever its thread does, also of `wait`
    or of another handler's `set`, and would wait for ever for the lock that these hold.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Ask it to end."""
        self._is_set = True

    def is_set(self) -> bool:
        """Whether it was asked."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Wait so long, unless it was asked before. Returns: whether it was asked."""
        if not self._is_set:
            sleep(seconds)
        return self._is_set


def set_end_handler(handler: SignalHandler) -> None:
    """Call *handler* for SIGINT, SIGTERM and SIGHUP from now on, except for those that are ignored (nohup)."""
    for number in END_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def handle_end_signals(handler: SignalHandler) -> Iterator[None]:
    """Call *handler* for them while the block runs, whatever it sets in between."""
    previous = {number: signal.getsignal(number) for number in END_SIGNALS}
    set_end_handler(handler)
    try:
        yield
    finally:
        for number, original in previous.items():
            signal.signal(number, original)
