"""How often one may try to log in (giới hạn đăng nhập), counted in the database for all processes together.

An attempt is counted before the password is looked at, in a statement that commits by itself: parallel guesses
are all counted, a refused login does not roll its count back, and no login waits for another one's password.
Known and unknown users are counted alike. A success takes its own attempt back and clears the user's counts.

Three counters, so that neither guessing at one account nor at all of them gets far, and so that a stranger
elsewhere cannot lock a user out with a handful of wrong passwords.
"""

import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from app.auth.errors import TooManyLogins
from app.core.db import Database
from app.core.time import now

WINDOW: Final = timedelta(minutes=15)
PER_USER_AND_ADDRESS: Final = 10
PER_USER: Final = 50
PER_ADDRESS: Final = 200
"""Many people share the address of an office or of a mobile network."""

_COUNT: Final = """
insert into login_throttle as t (key_hash, window_start, failures)
select k, $2, 1 from unnest($1::bytea[]) k order by k
on conflict (key_hash, window_start) do update set failures = t.failures + 1
returning key_hash, failures
"""
_CLEAR: Final = "delete from login_throttle where key_hash = any ($1) and window_start = $2"
_TAKE_BACK: Final = """
update login_throttle set failures = failures - 1
 where key_hash = $1 and window_start = $2 and failures > 0
"""
_SWEEP: Final = "delete from login_throttle where window_start < $1"


@dataclass(frozen=True, slots=True)
class Limit:
    """One counter of an attempt. quota: attempts in a window."""

    name: str
    key: bytes
    quota: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt, to be forgiven if it succeeds."""

    of_user: Sequence[Limit]
    of_address: Limit
    window_start: datetime


class Throttle:
    """Counts attempts. key: makes user names and addresses unreadable in the table."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    async def admit(self, kind: str, name: str, address: str) -> Attempt:
        """Count an attempt of `name` (a user name or client id) from `address`. Raises: TooManyLogins."""
        attempt = self._attempt(kind, name, network_of(address), now())
        limits = [*attempt.of_user, attempt.of_address]
        rows = await self._database.driver.fetch(
            _COUNT, [limit.key for limit in limits], attempt.window_start
        )
        counts: dict[bytes, int] = {row["key_hash"]: row["failures"] for row in rows}
        if not secrets.randbelow(200):
            await self._database.driver.execute(_SWEEP, attempt.window_start - WINDOW)
        for limit in limits:
            if counts[limit.key] > limit.quota:
                raise TooManyLogins(
                    name=limit.name,
                    quota=limit.quota,
                    window=WINDOW,
                    retry_after=attempt.window_start + WINDOW - now(),
                )
        return attempt

    async def forgive(self, attempt: Attempt) -> None:
        """The attempt succeeded: clear the user's counts and take this one from the address."""
        keys = [limit.key for limit in attempt.of_user]
        await self._database.driver.execute(_CLEAR, keys, attempt.window_start)
        await self._database.driver.execute(_TAKE_BACK, attempt.of_address.key, attempt.window_start)

    def _attempt(self, kind: str, name: str, address: str, at: datetime) -> Attempt:
        def limit(label: str, quota: int, *parts: str) -> Limit:
            text = "\0".join((kind, label, *parts)).encode()
            return Limit(label, hmac.digest(self._key, text, sha256), quota)

        return Attempt(
            of_user=(
                limit("user-address", PER_USER_AND_ADDRESS, name, address),
                limit("user", PER_USER, name),
            ),
            of_address=limit("address", PER_ADDRESS, address),
            window_start=window_start(at),
        )


def window_start(at: datetime) -> datetime:
    """When the window of an instant began; all processes agree on it."""
    seconds = WINDOW.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, the /64 of an IPv6 one (a household has them all)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
