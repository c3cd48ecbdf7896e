"""Passwords (mật khẩu): argon2id through pwdlib, off the event loop.

Hashing costs tens of milliseconds of one core and 19 MiB on purpose. It runs in a pool of its own with one
thread fewer than there are cores, so that a flood of logins leaves a core to the event loop, and the queue
before the pool is bounded: whoever finds it full is told to come back. Strangers fill a part of it only, and those
of one address a part of that.
"""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.errors import PasswordsBusy
from app.auth.password_rules import MAX_PASSWORD_BYTES, normalise_password

MAX_WAITING: Final = 100
"""Hashes queued or running in this process; at 25 ms each, the last one waits a few seconds."""
MAX_WAITING_STRANGERS: Final = 80
"""Of these, for strangers: the rest is for devices that logged in before, and for those who have a session."""
MAX_WAITING_OF_ADDRESS: Final = 40
"""Of these, for the strangers of one address: an office, a mobile network, or somebody who floods us."""

DUMMY_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$Lf+HSMFrohI/X0j6FWIEpg$qLWq1AFim9huivQSETu/lkixg0opjLa/+6l9r33h7OM"
)
"""Hash of 32 random bytes that nobody kept, with today's costs: what an unknown user is checked against."""

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of passwords that the program makes: nobody reads or hears one of these for another."""
_GROUPS, _LETTERS_OF_GROUP = 4, 4

_T = TypeVar("_T")
_hash = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_pool = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="password")
_waiting = 0
_waiting_by_address: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """A password check. ok: it is right; new_hash: store this, the old one was made with lower costs."""

    ok: bool
    new_hash: str | None = None


def generate_password() -> str:
    """Generate a random password of 79 bits, to be read out once: `k7pm-w3xd-9fqa-hn2v`."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_OF_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


async def hash_password(password: str) -> str:
    """The argon2id hash to store.

    Raises: ValueError if the text is over 256 bytes or not encodable (call `find_weakness` first); PasswordsBusy.
    """
    data = _encode(password)
    if data is None:
        raise ValueError("password is too long or not text")
    return await _run_in_pool(partial(_hash.hash, data))


async def verify_password(
    password: str, stored: str | None, stranger_from: str | None = None
) -> PasswordCheck:
    """Check a password against the stored hash; None (no such user) takes the same time and never matches.

    stranger_from: the address of somebody whose device is not known. Raises: PasswordsBusy.
    """
    data = _encode(password)
    if data is None:
        return PasswordCheck(ok=False)
    verified = await _run_in_pool(partial(_verify, data, stored or DUMMY_HASH), stranger_from)
    return verified if stored else PasswordCheck(ok=False)


def _verify(data: bytes, stored: str) -> PasswordCheck:
    try:
        return PasswordCheck(*_hash.verify_and_update(data, stored))
    except UnknownHashError:
        return PasswordCheck(ok=False)


def _encode(password: str) -> bytes | None:
    """The bytes that are hashed: NFC, so that two keyboards that compose differently agree."""
    # A megabyte need not even be normalised: NFC never makes three characters of text one byte.
    if len(password) > 3 * MAX_PASSWORD_BYTES:
        return None
    try:
        data = normalise_password(password).encode()
    except UnicodeEncodeError:
        return None
    return data if len(data) <= MAX_PASSWORD_BYTES else None


async def _run_in_pool(work: Callable[[], _T], stranger_from: str | None = None) -> _T:
    global _waiting
    limit = MAX_WAITING if stranger_from is None else min(MAX_WAITING, MAX_WAITING_STRANGERS)
    of_address = 0 if stranger_from is None else _waiting_by_address[stranger_from]
    if _waiting >= limit or of_address >= MAX_WAITING_OF_ADDRESS:
        raise PasswordsBusy
    _waiting += 1
    if stranger_from is not None:
        _waiting_by_address[stranger_from] += 1
    future = asyncio.get_running_loop().run_in_executor(_pool, work)
    future.add_done_callback(partial(_on_done, stranger_from))
    return await future


def _on_done(stranger_from: str | None, _: object) -> None:
    global _waiting
    _waiting -= 1
    if stranger_from is not None:
        _waiting_by_address[stranger_from] -= 1
        if not _waiting_by_address[stranger_from]:
            del _waiting_by_address[stranger_from]
