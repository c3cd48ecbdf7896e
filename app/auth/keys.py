"""The keys that sign access tokens (khóa ký): made, sealed, published, rotated.

A key lives in three steps, all of them moments in its row, so that every process takes each step at the same
time and none has to be told:

    published    from the moment its row exists it stands in the JWKS and is accepted
    active_from  from here on it signs, unless a newer one does; PUBLISH_AHEAD_SECONDS after its row was made,
                 which is longer than any process or partner keeps an older list
    retired_at   from here on it is no longer accepted; set when its successor is made, late enough for the
                 last token that it signed to expire by itself

So a rotation (`rotated`) never turns a good token into a 401. Withdrawing a stolen key is setting its
`retired_at` to now: it stops signing and being accepted within RELOAD_SECONDS.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

ALGORITHM: Final = "ES256"
RELOAD_SECONDS: Final = 30
"""How old a process's list of keys may grow."""
JWKS_SECONDS: Final = 120
"""How long a partner may keep the published list."""
PUBLISH_AHEAD_SECONDS: Final = 300
"""From being published to signing; longer than both of the above with room for clocks that differ."""
_NONCE_BYTES: Final = 12
_COORDINATE_BYTES: Final = 32


class UnreadableKey(Exception):
    """A private key was sealed with another `secret_key` than this process has, or its row was altered."""


class NoSigningKey(Exception):
    """No key of the table may sign now; `ansinh keys rotate` or a start of the server makes one."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One row of `signing_key`."""

    kid: str
    algorithm: str
    public_jwk: Mapping[str, str]
    sealed_private: bytes
    active_from: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as a process holds it. Equal are keys of one kid and one public point."""

    kid: str
    x: str
    y: str
    active_from: float = field(compare=False)
    retired_at: float | None = field(compare=False)
    public: ec.EllipticCurvePublicKey = field(compare=False, repr=False)
    private: ec.EllipticCurvePrivateKey | None = field(compare=False, repr=False)
    """None where this process's `secret_key` does not open it: it still verifies."""

    def accepted(self, now: float) -> bool:
        """Whether tokens of this key count at `now` (epoch seconds)."""
        return self.retired_at is None or now < self.retired_at

    @property
    def jwk(self) -> dict[str, str]:
        """The public form (RFC 7517)."""
        return _public_jwk(self.kid, self.x, self.y)


class KeySet:
    """The keys of one reading of the table; never changes."""

    def __init__(self, keys: Iterable[SigningKey] = ()) -> None:
        self._keys: Final = {key.kid: key for key in keys}

    @classmethod
    def of(cls, rows: Iterable[KeyRow], secret_key: str) -> "KeySet":
        """Reads the rows, skipping what is not an ES256 key."""
        return cls(_opened(row, secret_key) for row in rows if row.algorithm == ALGORITHM)

    def find(self, kid: str, now: float) -> SigningKey | None:
        """The key that may have signed a token presented at `now` (epoch seconds), or None."""
        key = self._keys.get(kid)
        return key if key is not None and key.accepted(now) else None

    def signing(self, now: float) -> SigningKey:
        """The newest key that is active at `now`. Raises: NoSigningKey."""
        able = [
            key
            for key in self._keys.values()
            if key.private is not None and key.active_from <= now and key.accepted(now)
        ]
        if not able:
            raise NoSigningKey
        return max(able, key=lambda key: (key.active_from, key.kid))

    def jwks(self, now: float) -> dict[str, list[dict[str, str]]]:
        """The document of /.well-known/jwks.json: every accepted key, the next one included."""
        return {"keys": [key.jwk for key in self._keys.values() if key.accepted(now)]}


def new_key(secret_key: str, active_from: datetime) -> KeyRow:
    """A fresh ES256 key with a random kid, its private half sealed."""
    private = ec.generate_private_key(ec.SECP256R1())
    kid = secrets.token_urlsafe(12)
    data = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    point = private.public_key().public_numbers()
    return KeyRow(
        kid=kid,
        algorithm=ALGORITHM,
        public_jwk=_public_jwk(kid, _coordinate(point.x), _coordinate(point.y)),
        sealed_private=_seal(secret_key, kid, data),
        active_from=active_from,
        retired_at=None,
    )


def private_key(row: KeyRow, secret_key: str) -> ec.EllipticCurvePrivateKey:
    """The private half, unsealed. Raises: UnreadableKey."""
    sealed, kid = row.sealed_private, row.kid
    cipher = AESGCM(derive_key(secret_key, "signing key"))
    try:
        data = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kid.encode())
    except (InvalidTag, ValueError) as error:
        raise UnreadableKey(kid) from error
    key = load_der_private_key(data, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UnreadableKey(kid)
    return key


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation writes: insert `new`, and set `retired_at` where it is null or later."""

    new: KeyRow
    retired_at: datetime


def rotated(secret_key: str, token_seconds: int, now: datetime, *, first: bool = False) -> Rotation:
    """Plans a rotation at `now`.

    token_seconds: life of an access token. first: nothing else can sign, so the new key does at once.
    """
    ahead = timedelta(seconds=0 if first else PUBLISH_AHEAD_SECONDS)
    new = new_key(secret_key, now + ahead)
    # A process whose list is old or whose clock is late signs with the old key a little longer.
    slack = timedelta(seconds=token_seconds + 2 * RELOAD_SECONDS)
    return Rotation(new, new.active_from + slack)


def derive_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes from the setting `secret_key`, different for every purpose (HKDF-SHA256)."""
    info = f"ansinh {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())


def _public_jwk(kid: str, x: str, y: str) -> dict[str, str]:
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _coordinate(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(_COORDINATE_BYTES, "big")).rstrip(b"=").decode()


def _number(coordinate: str) -> int:
    return int.from_bytes(urlsafe_b64decode(coordinate + "="), "big")


def _opened(row: KeyRow, secret_key: str) -> SigningKey:
    x, y = row.public_jwk["x"], row.public_jwk["y"]
    private: ec.EllipticCurvePrivateKey | None
    try:
        private = private_key(row, secret_key)
    except UnreadableKey:
        private = None
    return SigningKey(
        kid=row.kid,
        x=x,
        y=y,
        active_from=row.active_from.timestamp(),
        retired_at=None if row.retired_at is None else row.retired_at.timestamp(),
        public=ec.EllipticCurvePublicNumbers(_number(x), _number(y), ec.SECP256R1()).public_key(),
        private=private,
    )


def _seal(secret_key: str, kid: str, data: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(derive_key(secret_key, "signing key")).encrypt(nonce, data, kid.encode())
