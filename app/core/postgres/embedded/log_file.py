"""The embedded server's log file: readable by its account alone, and bounded in size."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

MAX_LOG_BYTES = 16 * 1024 * 1024
_TAIL_CHARACTERS = 2000


def open_log(path: Path) -> BinaryIO:
    """Open the log for the server, which appends to it."""
    log = open(path, "ab", opener=_open_private)  # noqa: SIM115 - the caller closes it
    os.chmod(log.fileno(), 0o600)  # one of an earlier release
    return log


def rotate_log(path: Path) -> None:
    """Keep one copy of a log that has grown large, and begin it anew; its server may be running."""
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        with (
            suppress(OSError),  # a full disk keeps no copy
            path.open("rb") as full,
            open(path.with_suffix(".log.1"), "wb", opener=_open_private) as copy,
        ):
            shutil.copyfileobj(full, copy)
        os.truncate(path, 0)  # whoever appends goes on at the new end


def read_log_tail(path: Path) -> str:
    """The last lines, for an error's text."""
    return path.read_text(errors="replace")[-_TAIL_CHARACTERS:] if path.exists() else ""


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
