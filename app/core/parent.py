"""Processes that end when the one that started them does, however that ends."""

import os
import signal
import threading
import time

PARENT = "ANSINH_PARENT_PID"
"""The variable of the environment that says whose child this is."""


def end_with_parent() -> None:
    """If this process was started as somebody's, send it SIGTERM as soon as it is nobody's."""
    parent = os.environ.get(PARENT)
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
