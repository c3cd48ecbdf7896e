"""A word that a process leaves for the one that takes its place, however it ended (see `ChildCommand.hands_on`)."""

import os
from contextlib import suppress

_MOST_BYTES = 4096


class HandedOn:
    """descriptor: of the file; None where nobody takes the place."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = descriptor

    def read(self) -> str:
        """What the last one wrote; empty if there was none."""
        if self._descriptor is None:
            return ""
        return os.pread(self._descriptor, _MOST_BYTES, 0).partition(b"\n")[0].decode()

    def write(self, word: str) -> None:
        """Leave a word in one step; a full disk leaves the former one."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.pwrite(self._descriptor, word.encode() + b"\n", 0)
