"""Child processes that end when their parent does, however it ends."""

import os
import signal
import threading
import time

PARENT_PID_VARIABLE = "ANSINH_PARENT_PID"
"""The variable of the environment that says whose child this is."""


def exit_with_parent(end_seconds: float = 25) -> None:
    """If a parent is named in the environment, end this process as soon as that parent has ended.

    By SIGTERM; after end_seconds by SIGKILL, because nobody else is left who would do that.
    """
    parent = os.environ.get(PARENT_PID_VARIABLE)
    if parent:
        threading.Thread(target=_watch_parent, args=(int(parent), end_seconds), daemon=True).start()


def _watch_parent(parent: int, end_seconds: float) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(end_seconds)
    os.kill(os.getpid(), signal.SIGKILL)
