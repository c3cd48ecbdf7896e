"""Child processes that end when their parent does, however it ends."""

import os
import signal
import threading
import time

PARENT_PID_VARIABLE = "ANSINH_PARENT_PID"
"""The variable of the environment that says whose child this is."""


def exit_with_parent() -> None:
    """If a parent is named in the environment, send this process SIGTERM as soon as that parent has ended."""
    parent = os.environ.get(PARENT_PID_VARIABLE)
    if parent:
        threading.Thread(target=_watch_parent, args=(int(parent),), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
