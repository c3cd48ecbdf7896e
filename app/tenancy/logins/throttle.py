"""Rate limits of login attempts (giới hạn đăng nhập), counted in the database for all processes together.

An attempt is counted before the password is checked, in a statement that commits by itself: parallel guesses are all
counted, and no login waits for another one's password. Known and unknown names are counted alike. What is refused here
is not counted, and a success takes its counts back.

Strangers slow down only themselves:

    whoever they are        10 wrong passwords for one name from one address, in a quarter of an hour
    a name under attack     beyond 50 from strangers, an address that is heard for the first time waits 1 s, beyond 100
                            2 s, and so on up to LONGEST_WAIT; then the right password opens. 5 guesses instead of 10,
                            with a pause after each
    an address that errs    beyond 200: 5 guesses for each name, with a pause after each; a right password opens at once
    a device that logged    10 of its own, whatever strangers do; likewise, of its address, who had a session from there
    in before               is no stranger

A device shows that it logged in before by its device token (`device_tokens.py`), which its id alone is not.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.core.postgres.database import Database
from app.core.values.time import now
from app.tenancy.logins.errors import TooManyLogins

LOGIN_WINDOW: Final = timedelta(minutes=15)
PER_OWN: Final = 10
"""Of one name from one address, of one device, and of codes and passwords within a session."""
PER_STRANGER: Final = 5
PER_USER: Final = 50
PER_ADDRESS: Final = 200
"""Many people share the address of an office or of a mobile network."""
LONGEST_WAIT: Final = timedelta(seconds=30)

_QUOTAS: Final = {
    "user-address": PER_OWN,
    "device": PER_OWN,
    "user": PER_USER,
    "address": PER_ADDRESS,
    "code": PER_OWN,
    "password": PER_OWN,
}
_ADMIT: Final = (
    "select refused, retry_at, familiar"
    " from admit_login($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
)
_ADMIT_GUESS: Final = "select admit_guess($1, $2, $3, $4)"
_FORGIVE: Final = "select forgive_login($1, $2, $3, $4)"


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """An attempt that was counted. address: of the caller, normalised; familiar: by a device that logged in before."""

    keys: Sequence[bytes]
    window_start: datetime
    address: str
    familiar: bool

    @property
    def stranger_from(self) -> str | None:
        """The address of a stranger, for the queue of passwords."""
        return None if self.familiar else self.address


class Throttle:
    """Counts attempts. keys: make user names and addresses unreadable in the tables; the first is the current one.

    Counts of another key are not looked for, they end with their window; the addresses of sessions are.
    """

    def __init__(self, database: Database, keys: Sequence[bytes]) -> None:
        self._database = database
        self._keys = keys

    async def admit(self, kind: str, name: str, address: str, device_id: UUID | None = None) -> LoginAttempt:
        """Count an attempt of `name` (a user name or client id) from `address`.

        kind: "user" or "client". device_id: of a device that showed its token. Raises: TooManyLogins.
        """
        start, origins = get_window_start(now()), self.hash_address_by_all(address)
        address = normalise_address(address)
        device = self._build_key(kind, "device", name, str(device_id))
        keys = [
            self._build_key(kind, "user-address", name, address),
            self._build_key(kind, "user", name),
            self._build_key(kind, "address", address),
        ]
        for origin in origins:
            row = await self._database.driver.fetchrow(
                _ADMIT, self._database.process_key, kind, name, device_id, device, *keys, origin, start,
                start + LOGIN_WINDOW, now(), PER_OWN, PER_STRANGER, PER_USER, PER_ADDRESS,
                int(LONGEST_WAIT.total_seconds()),
            )  # fmt: skip
            if not row["refused"]:
                break
        else:
            raise _build_refusal(row["refused"], row["retry_at"])
        return LoginAttempt([device] if row["familiar"] else keys, start, address, row["familiar"])

    async def admit_guess(self, kind: str, *subject: object) -> LoginAttempt:
        """Count a guess by somebody who is half known already. kind: "code" or "password". Raises: TooManyLogins."""
        start = get_window_start(now())
        key = self._build_key(kind, *map(str, subject))
        admitted = await self._database.driver.fetchval(
            _ADMIT_GUESS, self._database.process_key, key, start, PER_OWN
        )
        if not admitted:
            raise _build_refusal(kind, start + LOGIN_WINDOW)
        return LoginAttempt([key], start, "", familiar=True)

    async def forgive(self, attempt: LoginAttempt) -> None:
        """Take back the counts of somebody whose attempt succeeded."""
        await self._forgive(attempt, succeeded=True)

    async def withdraw(self, attempt: LoginAttempt) -> None:
        """Take back an attempt that could not be checked."""
        await self._forgive(attempt, succeeded=False)

    def hash_address(self, address: str) -> bytes:
        """Hash an address as sessions keep it, to recognise it."""
        return self.hash_address_by_all(address)[0]

    def hash_address_by_all(self, address: str) -> list[bytes]:
        """Hash an address with every key, as sessions of before may keep it as well; the current one is the first."""
        text = "\0".join(("session", normalise_address(address))).encode()
        return [hmac.digest(key, text, sha256) for key in self._keys]

    async def _forgive(self, attempt: LoginAttempt, *, succeeded: bool) -> None:
        await self._database.driver.execute(
            _FORGIVE, self._database.process_key, attempt.keys, attempt.window_start, succeeded
        )

    def _build_key(self, *parts: str) -> bytes:
        return hmac.digest(self._keys[0], "\0".join(parts).encode("utf-8", "surrogatepass"), sha256)


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


def _build_refusal(name: str, retry_at: datetime) -> TooManyLogins:
    return TooManyLogins(name=name, quota=_QUOTAS[name], window=LOGIN_WINDOW, retry_after=retry_at - now())
