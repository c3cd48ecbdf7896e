"""A clock that goes wrong, for processes started with this folder on PYTHONPATH: Python reads this file by itself.

The file that ANSINH_DRILL_CLOCK names says by how many seconds, at any time; PostgreSQL's own clock stays right.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.core.values import time as values

_file = Path(os.environ["ANSINH_DRILL_CLOCK"])
_right_time, _right_time_ns = time.time, time.time_ns


def _offset() -> int:
    return int(_file.read_text())


time.time = lambda: _right_time() + _offset()
time.time_ns = lambda: _right_time_ns() + _offset() * 1_000_000_000
values._clock = lambda: datetime.now(UTC) + timedelta(seconds=_offset())
