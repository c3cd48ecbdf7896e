"""Start a module as a process of its own, with the garbage collector at rest while it is imported.

    python -m app.core.process.start app.serve <its arguments>

does what `python -m app.serve` does, in three quarters of the time: what is imported stays, so looking through it for
what could go finds nothing. `tune_garbage_collection` starts the collector again.
"""

import gc
import runpy
import signal
import sys


def run_command() -> None:
    """The command `ansinh`, as it is installed."""
    gc.disable()
    runpy.run_module("app.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    gc.disable()
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C meanwhile ends it without a traceback
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
