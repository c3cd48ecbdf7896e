"""Being asked to end: in a process of its own, because signals are handled in its main thread."""

import subprocess
import sys

import pytest

from app.core.process.signals import EndRequest

_MAIN = """
import signal, sys
from app.core.process.signals import END_SIGNALS, EndRequest, set_end_handler
stop, left = EndRequest(), list(END_SIGNALS)
set_end_handler(lambda *_: stop.set())
def send(frame, event, _argument):
    "Send the next signal from the midst of what is called, line by line."
    if event == 'line' and left:
        signal.raise_signal(left.pop())
    return send
sys.settrace(send)
{code}
sys.settrace(None)
assert stop.is_set() and not left
"""


class TestEndRequest:
    @pytest.mark.parametrize("code", ["for _ in range(3): stop.wait(0.01)", "stop.set()\nstop.wait(0.01)"])
    def test_signals_in_the_midst_of_it_and_of_each_other_are_heard(self, code: str):
        """A lock in it would be waited for by the handler, for ever."""
        main = _MAIN.replace("{code}", code)
        assert subprocess.run([sys.executable, "-c", main], timeout=30, check=False).returncode == 0

    def test_it_is_told_whether_it_was_asked(self):
        stop = EndRequest()
        assert (stop.wait(0.001), stop.is_set()) == (False, False)
        stop.set()
        assert (stop.wait(60), stop.is_set()) == (True, True)
