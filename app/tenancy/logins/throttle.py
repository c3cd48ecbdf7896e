"""Rate limits of login attempts (giới hạn đăng nhập), counted in the database for all processes together.

An attempt is counted before the password is checked, in a statement that commits by itself: parallel guesses
are all counted, a refused login does not roll its count back, and no login waits for another one's password.
Known and unknown users are counted alike. A success removes its own attempt and clears the user's counts.

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

from app.core.postgres.database import Database
from app.core.values.time import now
from app.tenancy.logins.errors import TooManyLogins

LOGIN_WINDOW: Final = timedelta(minutes=15)
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
_DECREMENT: Final = """
update login_throttle set failures = failures - 1
 where key_hash = $1 and window_start = $2 and failures > 0
"""
_DELETE_OLD: Final = "delete from login_throttle where window_start < $1"


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """One counter of an attempt. quota: attempts in a window."""

    name: str
    key: bytes
    quota: int


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A counted attempt, to be cleared if it succeeds."""

    user_limits: Sequence[AttemptLimit]
    address_limit: AttemptLimit
    window_start: datetime


class Throttle:
    """Counts attempts. key: makes user names and addresses unreadable in the table."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    async def count_attempt(self, kind: str, name: str, address: str) -> LoginAttempt:
        """Count an attempt of `name` (a user name or client id) from `address`. Raises: TooManyLogins."""
        attempt = self._build_attempt(kind, name, normalise_address(address), now())
        limits = [*attempt.user_limits, attempt.address_limit]
        rows = await self._database.driver.fetch(
            _COUNT, [limit.key for limit in limits], attempt.window_start
        )
        counts: dict[bytes, int] = {row["key_hash"]: row["failures"] for row in rows}
        if not secrets.randbelow(200):
            await self._database.driver.execute(_DELETE_OLD, attempt.window_start - LOGIN_WINDOW)
        for limit in limits:
            if counts[limit.key] > limit.quota:
                raise TooManyLogins(
                    name=limit.name,
                    quota=limit.quota,
                    window=LOGIN_WINDOW,
                    retry_after=attempt.window_start + LOGIN_WINDOW - now(),
                )
        return attempt

    async def clear_attempt(self, attempt: LoginAttempt) -> None:
        """Clear the user's counts and take this attempt from the address's, because it succeeded."""
        keys = [limit.key for limit in attempt.user_limits]
        await self._database.driver.execute(_CLEAR, keys, attempt.window_start)
        await self._database.driver.execute(_DECREMENT, attempt.address_limit.key, attempt.window_start)

    def _build_attempt(self, kind: str, name: str, address: str, at: datetime) -> LoginAttempt:
        def limit(label: str, quota: int, *parts: str) -> AttemptLimit:
            text = "\0".join((kind, label, *parts)).encode()
            return AttemptLimit(label, hmac.digest(self._key, text, sha256), quota)

        return LoginAttempt(
            user_limits=(
                limit("user-address", PER_USER_AND_ADDRESS, name, address),
                limit("user", PER_USER, name),
            ),
            address_limit=limit("address", PER_ADDRESS, address),
            window_start=get_window_start(at),
        )


def get_window_start(at: datetime) -> datetime:
    """Return when the window of an instant began; it is the same in all processes."""
    seconds = LOGIN_WINDOW.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def normalise_address(address: str) -> str:
    """Normalise an address: an IPv4 one counts as it is, an IPv6 one by its /64 (one household)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
