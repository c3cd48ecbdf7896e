"""What a drill measured is printed at its end, as tables."""

import statistics
from typing import Any

import pytest

from tests.serve_process import ServeProcess

_measured: dict[str, list[float]] = {}
_reported: dict[str, list[str]] = {}


@pytest.fixture
def measured() -> dict[str, list[float]]:
    """Seconds until served again, by what happened."""
    return _measured


@pytest.fixture
def reported() -> dict[str, list[str]]:
    """Lines of other tables, by their headings."""
    return _reported


@pytest.fixture
def served(serve: Any) -> ServeProcess:
    """A started server with two workers of each kind, ready."""
    one: ServeProcess = serve(ANSINH_WORKERS="2", ANSINH_JOB_WORKERS="2", ANSINH_LOG_LEVEL="WARNING")
    one.ready()
    return one


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for heading, lines in _reported.items():
        terminalreporter.section(heading)
        for line in lines:
            terminalreporter.write_line(line)
    if not _measured:
        return
    terminalreporter.section("seconds until served again")
    terminalreporter.write_line(f"{'':44}{'times':>7}{'median':>9}{'worst':>9}")
    for kind, seconds in _measured.items():
        row = f"{kind:44}{len(seconds):7}{statistics.median(seconds):9.2f}{max(seconds):9.2f}"
        terminalreporter.write_line(row)
