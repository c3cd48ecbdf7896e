"""Signals that ask a process to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SignalHandler = Callable[[int, FrameType | None], object]


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
