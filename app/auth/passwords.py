"""Passwords (mật khẩu): argon2id through pwdlib, off the event loop.

Hashing costs tens of milliseconds of one core and 19 MiB on purpose. It runs in a pool of its own with one
thread fewer than there are cores, so that a flood of logins leaves a core to the event loop, and the queue
before the pool is bounded: whoever finds it full is told to come back.
"""

import asyncio
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.errors import PasswordsBusy

MIN_CHARACTERS: Final = 10
MAX_PASSWORD_BYTES: Final = 256
"""Longer input is refused before it is hashed, so that nobody buys our time with a megabyte."""
MAX_WAITING: Final = 100
"""Hashes queued or running in this process; at 25 ms each, the last one waits a few seconds."""

DUMMY_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$Lf+HSMFrohI/X0j6FWIEpg$qLWq1AFim9huivQSETu/lkixg0opjLa/+6l9r33h7OM"
)
"""Hash of 32 random bytes that nobody kept, with today's costs: what an unknown user is checked against."""

COMMON_PASSWORDS: Final = frozenset(
    """
    0123456789 0987654321 1234567890 12345678910 123456789a 1234567891 1122334455 1q2w3e4r5t 1qaz2wsx3edc
    qwertyuiop qwerty12345 qwerty123456 asdfghjkl1 zxcvbnm123 abc1234567 abcd123456 abcdefghij abcdef123456
    a123456789 a1234567890 aa12345678 password12 password123 password1234 password12345 passw0rd123
    p@ssw0rd123 letmein1234 welcome123 welcome1234 iloveyou12 iloveyou123 admin12345 admin123456
    administrator matkhau123 matkhau1234 matkhau12345 matkhau123456 matkhau2024 matkhau2025 matkhau2026
    anhyeuem123 anhyeuem12 yeuemnhieu emyeuanh123 vietnam123 vietnam1234 vietnam12345 vietnam2024
    vietnam2025 vietnam2026 hochiminh1 hochiminh123 hanoi12345 saigon12345 baohiem123 baohiem1234
    baohiemxahoi bhxh123456 phunu12345 phunu123456 nongdan123 nongdan1234 hoiphunu123 ansinh12345 ansinh123456
    """.split()  # noqa: SIM905 - a list in quotes would be six times as long
)
"""Well-known passwords of ten and more characters, lower case."""

_T = TypeVar("_T")
_hash = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_pool = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="password")
_waiting = 0


class PasswordWeakness(StrEnum):
    """Why a new password is refused; the value is the error code of the field."""

    TOO_SHORT = "password_too_short"
    TOO_LONG = "password_too_long"
    IS_USERNAME = "password_is_username"
    COMMON = "password_common"


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """A password check. ok: it is right; new_hash: store this, the old one was made with lower costs."""

    ok: bool
    new_hash: str | None = None


def find_weakness(password: str, username: str) -> PasswordWeakness | None:
    """Find what is wrong with a new password, or None.

    At least 10 characters and at most 256 bytes of NFC text, not the user name, no well-known one, and more
    than three different characters.
    """
    text = _normalise(password)
    if len(text) < MIN_CHARACTERS:
        return PasswordWeakness.TOO_SHORT
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES:
        return PasswordWeakness.TOO_LONG
    folded = text.casefold()
    if folded == _normalise(username).casefold():
        return PasswordWeakness.IS_USERNAME
    if folded in COMMON_PASSWORDS or len(set(folded)) <= 3:
        return PasswordWeakness.COMMON
    return None


async def hash_password(password: str) -> str:
    """The argon2id hash to store.

    Raises: ValueError if the text is over 256 bytes or not encodable (call `find_weakness` first); PasswordsBusy.
    """
    data = _encode(password)
    if data is None:
        raise ValueError("password is too long or not text")
    return await _run_in_pool(partial(_hash.hash, data))


async def verify_password(password: str, stored: str | None) -> PasswordCheck:
    """Check a password against the stored hash; None (no such user) takes the same time and never matches.

    Raises: PasswordsBusy.
    """
    data = _encode(password)
    if data is None:
        return PasswordCheck(ok=False)
    verified = await _run_in_pool(partial(_verify, data, stored or DUMMY_HASH))
    return verified if stored else PasswordCheck(ok=False)


def _verify(data: bytes, stored: str) -> PasswordCheck:
    try:
        return PasswordCheck(*_hash.verify_and_update(data, stored))
    except UnknownHashError:
        return PasswordCheck(ok=False)


def _normalise(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _encode(password: str) -> bytes | None:
    """The bytes that are hashed: NFC, so that two keyboards that compose differently agree."""
    # A megabyte need not even be normalised: NFC never makes three characters of text one byte.
    if len(password) > 3 * MAX_PASSWORD_BYTES:
        return None
    try:
        data = _normalise(password).encode()
    except UnicodeEncodeError:
        return None
    return data if len(data) <= MAX_PASSWORD_BYTES else None


async def _run_in_pool(work: Callable[[], _T]) -> _T:
    global _waiting
    if _waiting >= MAX_WAITING:
        raise PasswordsBusy
    _waiting += 1
    future = asyncio.get_running_loop().run_in_executor(_pool, work)
    future.add_done_callback(_on_done)
    return await future


def _on_done(_: object) -> None:
    global _waiting
    _waiting -= 1
