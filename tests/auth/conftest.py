"""A key store, a clock that the test moves, and the signer that holds the server's own key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from app.auth.keys import KeyRow, new_key, private_key
from app.auth.keystore import KeyStore
from app.auth.tokens import AccessTokens
from tests.auth.signer import Signer

SECRET = "a secret of the test suite, long enough"
ISSUER, AUDIENCE, LIFETIME = "https://ansinh.local", "ansinh-api", 600
START = 1_790_000_000


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass
class Table:
    """What `signing_key` holds and how often it was read."""

    rows: list[KeyRow] = field(default_factory=list)
    reads: int = 0
    broken: bool = False

    async def fetch(self) -> Sequence[KeyRow]:
        self.reads += 1
        if self.broken:
            raise ConnectionError
        return list(self.rows)

    def withdraw(self, kid: str, at: float) -> None:
        self.rows = [replace(row, retired_at=moment(at)) if row.kid == kid else row for row in self.rows]


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def row() -> KeyRow:
    return new_key(SECRET, moment(START - 1))


@pytest.fixture
def table(row: KeyRow) -> Table:
    return Table([row])


@pytest.fixture
def store(table: Table, clock: Clock) -> KeyStore:
    return KeyStore(table.fetch, SECRET, clock=clock, monotonic=clock)


@pytest.fixture
def tokens(store: KeyStore, clock: Clock) -> AccessTokens:
    return AccessTokens(store, issuer=ISSUER, audience=AUDIENCE, lifetime=LIFETIME, clock=clock)


@pytest.fixture
def signer(row: KeyRow) -> Signer:
    return Signer(private_key(row, SECRET), row.kid, ISSUER, AUDIENCE, LIFETIME, START)
