"""A key store, a clock that the test moves, and the signer that holds the server's own key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from app.auth.keys.keystore import KeyStore
from app.auth.keys.signing_keys import KeyRow, build_key_sealer, generate_key, unseal_private_key
from app.auth.tokens import AccessTokens
from tests.auth.signer import Signer

SECRET = ("a secret of the test suite, long enough",)
ISSUER, AUDIENCE, LIFETIME = "https://ansinh.local", "ansinh-api", 600
START = 1_790_000_000


def to_datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass
class KeyTable:
    """What `signing_key` holds and how often it was read."""

    rows: list[KeyRow] = field(default_factory=list)
    reads: int = 0
    unreachable: bool = False

    async def fetch(self) -> Sequence[KeyRow]:
        self.reads += 1
        if self.unreachable:
            raise ConnectionError
        return list(self.rows)

    def retire(self, kid: str, at: float) -> None:
        self.rows = [replace(row, retired_at=to_datetime(at)) if row.kid == kid else row for row in self.rows]


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
def key_row() -> KeyRow:
    return generate_key(SECRET, to_datetime(START - 1))


@pytest.fixture
def key_table(key_row: KeyRow) -> KeyTable:
    return KeyTable([key_row])


@pytest.fixture
def store(key_table: KeyTable, clock: Clock) -> KeyStore:
    return KeyStore(key_table.fetch, SECRET, clock=clock, monotonic=clock)


@pytest.fixture
def tokens(store: KeyStore, clock: Clock) -> AccessTokens:
    return AccessTokens(store, issuer=ISSUER, audience=AUDIENCE, lifetime=LIFETIME, clock=clock)


@pytest.fixture
def signer(key_row: KeyRow) -> Signer:
    return Signer(
        unseal_private_key(key_row, build_key_sealer(SECRET)), key_row.kid, ISSUER, AUDIENCE, LIFETIME, START
    )
