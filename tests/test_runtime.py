"""The watcher of the embedded PostgreSQL survives whatever happens to it."""

import errno
import json
import logging
from pathlib import Path

import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.process.log_format import JsonFormatter
from app.runtime import keep_server_running


class FailingServer(EmbeddedPostgres):
    """A server that can be neither asked nor started."""

    def __init__(self, directory: Path, error: BaseException, *, at_start: bool) -> None:
        super().__init__(directory)
        self.error, self.at_start = error, at_start

    @property
    def running(self) -> bool:
        if self.at_start:
            return False
        raise self.error

    def start(self, *, adopt: bool = False) -> str:
        raise self.error


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize(
    "error",
    [OSError(errno.EMFILE, "Too many open files"), MemoryError(), RuntimeError("can't start new thread")],
    ids=lambda error: type(error).__name__,
)
def test_any_failure_is_logged_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: BaseException, at_start: bool
):
    server = FailingServer(tmp_path, error, at_start=at_start)
    for _ in range(3):
        keep_server_running(server)
    failures = [record for record in caplog.records if record.exc_info]
    assert len(failures) == 3
    line = json.loads(JsonFormatter().format(failures[0]))
    assert (line["level"], line["logger"]) == ("error", "app.runtime")
    assert line["error"][0]["type"].endswith(type(error).__name__)
    assert logging.getLogger("app.runtime").isEnabledFor(logging.ERROR)


def test_a_server_that_died_is_started_again(folder: Path):
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    try:
        server.stop()
        keep_server_running(server)
        assert server.running
    finally:
        server.stop()
