"""Copies of a process: in a process of their own, because pytest has threads."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

_MAIN = """
import json, os, signal, sys, threading, time
from pathlib import Path
from app.core.process.forked import ForkedProcess
from app.core.process.signals import set_end_handler
stop = threading.Event()
set_end_handler(lambda *_: stop.set())
{code}
print(json.dumps(answer))
"""


def run(code: str) -> Any:
    """What the code calls `answer`. It runs in a process that catches the signals to end."""
    done = subprocess.run(
        [sys.executable, "-c", _MAIN.replace("{code}", code)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class TestStatus:
    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("lambda: 7", 7),
            ("lambda: sys.exit(5)", 5),
            ("lambda: sys.exit()", 0),
            ("lambda: 1 // 0", 1),
            ("lambda: os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ],
    )
    def test_it_is_known_once_it_has_ended(self, code: str, status: int):
        assert run(f"answer = ForkedProcess('a copy', {code}).wait()") == status

    def test_none_while_it_runs(self):
        code = (
            "one = ForkedProcess('a copy', lambda: time.sleep(60)); answer = [one.poll()]; one.kill();"
            "answer += [one.wait(5), one.poll()]; one.kill(); one.terminate()"
        )
        assert run(code) == [None, -signal.SIGKILL, -signal.SIGKILL]

    def test_who_waits_does_not_wait_for_ever(self):
        code = """
import subprocess
one = ForkedProcess('a copy', lambda: time.sleep(60))
try:
    answer = one.wait(0.1)
except subprocess.TimeoutExpired:
    answer = 'too long'
one.kill()
"""
        assert run(code) == "too long"


class TestSignals:
    def test_one_at_the_very_start_ends_it(self):
        code = """
statuses = set()
for _ in range(200):
    one = ForkedProcess('a copy', lambda: time.sleep(60) or 0)
    one.terminate()
    statuses.add(one.wait(5))
answer = [sorted(statuses), stop.is_set()]
"""
        assert run(code) == [[-signal.SIGTERM], False]

    def test_those_that_are_ignored_stay_so(self):
        code = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
answer = ForkedProcess('a copy', lambda: int(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)).wait()
"""
        assert run(code) == 1

    def test_the_parent_goes_on_catching_its_own(self):
        code = """
ForkedProcess('a copy', lambda: 0).wait()
os.kill(os.getpid(), signal.SIGTERM)
answer = [stop.wait(5), len(signal.pthread_sigmask(signal.SIG_BLOCK, []))]
"""
        assert run(code) == [True, 0]


class TestName:
    def test_it_is_told_from_its_parent(self):
        code = """
one = ForkedProcess('ansinh-copy', lambda: time.sleep(60))
name = lambda: Path(f'/proc/{one.pid}/comm').read_text().strip()
while name() != 'ansinh-copy': time.sleep(0.01)
answer = name()
one.kill()
"""
        assert run(code) == "ansinh-copy"


class TestExceptions:
    def test_they_are_told_as_this_process_tells_them(self):
        code = """
sys.excepthook = lambda kind, error, traceback: os._exit(42)
def fail(): raise ValueError('secret')
answer = ForkedProcess('a copy', fail).wait()
"""
        assert run(code) == 42


class TestRandomness:
    def test_copies_of_the_application_never_make_the_same(self):
        """What each makes differs, and nothing that was imported has a generator of its own, which would be copied."""
        code = """
import gc, random, secrets, uuid
import app.main, app.worker
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from app.core.values.ids import uuid7
def make():
    return [str(uuid7()), str(uuid.uuid4()), secrets.token_hex(), str(random.random()), os.urandom(16).hex(),
            str(generate_private_key(SECP256R1()).private_numbers().private_value)]
make()
reading, writing = os.pipe()
write = lambda: os.write(writing, (json.dumps(make()) + chr(10)).encode()) and 0
for _ in range(4): ForkedProcess('a copy', write).wait()
made = [json.loads(line) for line in os.read(reading, 65536).splitlines()]
own = [one for one in gc.get_objects() if type(one) is random.Random and one is not random._inst]
answer = [[len(set(values)) for values in zip(*made)], len(own), threading.active_count()]
"""
        assert run(code) == [[4] * 6, 0, 1]
