"""This process's cache of the signing keys."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from app.auth.keys.sealing import SecretKeys, UnreadableValue
from app.auth.keys.signing_keys import RELOAD_SECONDS, KeyRow, KeySet, LoadedSigningKey
from app.core.values.time import now

MISS_SECONDS: Final = 5
"""After this long an unknown kid may cause another reading; sooner it is simply unknown."""

FetchKeys = Callable[[], Awaitable[Sequence[KeyRow]]]
"""Reads the whole of `signing_key`, which is a handful of rows."""


def epoch_seconds() -> float:
    """The wall clock in seconds since 1970."""
    return now().timestamp()


_log = logging.getLogger(__name__)


class KeyStore:
    """Caches the keys of the table; whoever asks first reloads them after RELOAD_SECONDS, and the others wait for it.

    fetch: reads the rows. secret_keys: open the private halves. clock, monotonic: seconds, for tests.
    """

    def __init__(
        self,
        fetch: FetchKeys,
        secret_keys: SecretKeys,
        *,
        clock: Callable[[], float] = epoch_seconds,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._secret_keys = secret_keys
        self._clock = clock
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._keys: KeySet | None = None
        self._tried_at = float("-inf")
        self._reported: set[str] = set()

    async def current(self) -> KeySet:
        """The keys, at most RELOAD_SECONDS old while the database answers.

        A failed reading keeps the older list: no request is let in by it alone, because the session behind
        a token is read from the same database. Raises what `fetch` raises if there is no list yet.
        """
        keys = self._keys
        if keys is not None and self._monotonic() - self._tried_at < RELOAD_SECONDS:
            return keys
        return await self._reload(RELOAD_SECONDS)

    async def find(self, kid: str) -> LoadedSigningKey | None:
        """Find the accepted key of that kid; an unknown one is looked up in the table, but rarely."""
        keys = await self.current()
        key = keys.find(kid, self._clock())
        if key is None and self._monotonic() - self._tried_at >= MISS_SECONDS:
            keys = await self._reload(MISS_SECONDS)
            key = keys.find(kid, self._clock())
        return key

    async def _reload(self, max_age: float) -> KeySet:
        async with self._lock:
            if self._keys is not None and self._monotonic() - self._tried_at < max_age:
                return self._keys
            try:
                self._keys = KeySet.from_rows(await self._fetch(), self._secret_keys)
            except Exception:
                if self._keys is None:
                    raise
                _log.exception("signing keys could not be read again; the older list stays")
            self._tried_at = self._monotonic()
            self._report_unreadable(self._keys)
            return self._keys

    def _report_unreadable(self, keys: KeySet) -> None:
        """Log, once, each key that this process cannot sign with."""
        for kid in keys.list_unreadable(self._clock()):
            if kid not in self._reported:
                self._reported.add(kid)
                _log.warning("%s", UnreadableValue("signing_key", kid))
