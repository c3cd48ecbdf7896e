"""Kill -9 of a worker of the API, twenty times: until the one that takes its place answers requests itself."""

from time import monotonic, sleep

import httpx
import psutil
import pytest

from tests.drill.test_kills import KILLS, has_sessions
from tests.serve_process import SECONDS, ServeProcess, wait_for

pytestmark = pytest.mark.drill

GOAL = 5
"""Seconds until the new one serves; what was measured is printed."""
ROOM = 3
"""How many times as long a busy machine may take: starting one is all work of the processor."""


def list_serving(served: ServeProcess) -> list[psutil.Process]:
    """Those that are past their start."""
    found = []
    for one in served.api_workers():
        try:
            found += [one] if has_sessions(one) else []
        except psutil.Error:
            continue
    return found


def measure_replacement(served: ServeProcess, address: str) -> float:
    """Kill one of two, and let the other do nothing: what answers is the one that took its place.

    Returns: after how many seconds it did.
    """
    assert wait_for(lambda: len(list_serving(served)) == 2), served.output
    killed, other = list_serving(served)
    other.suspend()
    try:
        since = monotonic()
        killed.kill()
        answer = httpx.get(f"{address}/health/ready", timeout=SECONDS)
        seconds = monotonic() - since
    finally:
        other.resume()
    assert answer.status_code == 200
    return seconds


def test_another_serves_in_the_place_of_one_that_was_killed(
    served: ServeProcess, measured: dict[str, list[float]]
):
    address = served.address()
    seconds = []
    for _ in range(KILLS):
        seconds.append(measure_replacement(served, address))
        sleep(0.5)
    measured["a process of the API: its successor serves"] = seconds
    assert max(seconds) <= ROOM * GOAL
