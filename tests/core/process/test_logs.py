"""The log of a whole process: what libraries, warnings and uncaught exceptions say is a line without what they hold."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from app.core.process.log_format import format_instant, format_message

PRIVATE = "042184000123"
_SET_UP = f"""
import asyncio, logging, sys, threading, uvloop, warnings
from app.core.process.logs import configure_logs
configure_logs("INFO")
private = "{PRIVATE}"
def fail(value):
    raise ValueError("Key (national_id)=(" + value + ")")
"""


def run(code: str) -> tuple[int, list[dict[str, Any]]]:
    """Run a process whose logging is set up. Returns: its status and its lines, all of which must be JSON."""
    process = subprocess.run(
        [sys.executable, "-c", _SET_UP + code], capture_output=True, text=True, check=False, timeout=60
    )
    assert PRIVATE not in process.stderr
    assert "Traceback" not in process.stderr
    return process.returncode, [json.loads(line) for line in process.stderr.splitlines()]


class TestProcess:
    def test_an_exception_that_ends_it(self):
        status, (line,) = run("fail(private)")
        assert status == 1
        assert (line["level"], line["logger"]) == ("critical", "ansinh.uncaught")
        assert line["error"][0]["type"] == "builtins.ValueError"
        assert line["error"][0]["frames"][-1].endswith(" fail")

    def test_an_exception_of_a_thread_and_one_of_a_destructor(self):
        code = """
thread = threading.Thread(target=fail, args=(private,), name=private)
thread.start()
thread.join()
class Gone:
    def __del__(self):
        fail(private)
    def __repr__(self):
        return private
Gone()
"""
        status, lines = run(code)
        assert status == 0
        assert [line["error"][0]["type"] for line in lines] == ["builtins.ValueError"] * 2

    @pytest.mark.parametrize("loop", ["asyncio.new_event_loop", "uvloop.new_event_loop"])
    def test_exceptions_of_an_event_loop(self, loop: str):
        code = f"""
import gc
async def main():
    asyncio.get_running_loop().call_soon(fail, private)
    task = asyncio.ensure_future(work(private))
    await asyncio.sleep(0.05)
    del task
    gc.collect()
    asyncio.get_running_loop().call_exception_handler({{"message": "It went wrong", "what": private}})
async def work(value):
    fail(value)
with asyncio.Runner(loop_factory={loop}) as runner:
    runner.run(main())
"""
        status, lines = run(code)
        assert status == 0
        assert {line["logger"] for line in lines} == {"asyncio"}
        assert len(lines) == 3
        assert [line["error"][0]["type"] for line in lines[:2]] == ["builtins.ValueError"] * 2
        assert lines[2]["message"] == "It went wrong"

    def test_warnings_are_their_kind_and_place(self):
        status, (line,) = run("warnings.warn('Cell A1 holds ' + private, UserWarning)")
        assert status == 0
        assert line["logger"] == "py.warnings"
        assert line["message"].startswith("UserWarning at ")

    def test_a_line_that_cannot_be_made_is_told_without_its_arguments(self):
        status, (line,) = run("logging.getLogger('some.library').error('%d', private)")
        assert status == 0
        assert (line["logger"], line["level"]) == ("some.library", "error")

    def test_what_sqlalchemy_puts_into_an_exception(self):
        code = """
from sqlalchemy.exc import IntegrityError
try:
    try:
        fail(private)
    except ValueError as error:
        raise IntegrityError("insert into member", {"national_id": private}, error) from error
except IntegrityError as error:
    logging.getLogger("any").exception("it failed: %s", error)
    logging.getLogger("any").error(error)
    logging.getLogger("any").error("Traceback (most recent call last):\\n" + str(error))
"""
        _, lines = run(code)
        assert [line["message"] for line in lines] == ["it failed: IntegrityError", "IntegrityError", ""]
        assert [entry["type"] for entry in lines[0]["error"]] == [
            "sqlalchemy.exc.IntegrityError",
            "builtins.ValueError",
        ]

    def test_what_the_database_says_is_its_code_and_the_constraint(self):
        code = """
from asyncpg import PostgresError
try:
    raise PostgresError.new({
        "S": "ERROR", "C": "23505", "M": "duplicate key value", "D": "Key (national_id)=(" + private + ")",
        "s": "public", "t": "member", "c": "national_id", "n": "member_national_id_key",
    })
except PostgresError as error:
    logging.getLogger("any").exception("it failed")
"""
        _, (line,) = run(code)
        (entry,) = line["error"]
        assert entry["type"] == "asyncpg.exceptions.UniqueViolationError"
        assert (entry["sqlstate"], entry["constraint"]) == ("23505", "member_national_id_key")
        assert entry.keys() == {"type", "sqlstate", "constraint", "frames"}


def test_arguments_by_name_are_formatted_too():
    record = logging.LogRecord(
        "any", logging.ERROR, "", 0, "%(what)s of %(n)d", ({"what": OSError(PRIVATE), "n": 3},), None
    )
    assert format_message(record) == "OSError of 3"


def test_an_instant_is_utc_to_the_millisecond():
    assert format_instant(1_764_374_523.4567) == "2025-11-29T00:02:03.456+00:00"
