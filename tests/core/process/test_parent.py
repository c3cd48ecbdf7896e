"""Processes that end when their parent does: real ones."""

import os
import signal
import subprocess
import sys

from app.core.process.parent import PARENT_PID_VARIABLE

_IMPORT = "import signal, time; from app.core.process.parent import exit_with_parent; "


def run(code: str, parent: int) -> int:
    """The status with which the code ends, when that parent is named."""
    environment = {**os.environ, PARENT_PID_VARIABLE: str(parent)}
    return subprocess.run(
        [sys.executable, "-c", _IMPORT + code], env=environment, timeout=60, check=False
    ).returncode


class TestExitWithParent:
    def test_whose_parent_lives_goes_on(self):
        assert run("exit_with_parent(); time.sleep(1.5)", os.getpid()) == 0

    def test_whose_parent_has_ended_ends(self):
        assert run("exit_with_parent(); time.sleep(60)", 1 << 30) == -signal.SIGTERM

    def test_one_that_does_not_hear_it_ends_as_well(self):
        code = "signal.signal(signal.SIGTERM, signal.SIG_IGN); exit_with_parent(0.2); time.sleep(60)"
        assert run(code, 1 << 30) == -signal.SIGKILL
