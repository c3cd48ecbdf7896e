"""The keys that sign access tokens (khóa ký): made, sealed, published, rotated.

A key lives in three steps, all of them moments in its row, so that every process takes each step at the same
time and none has to be told:

    published    from the moment its row exists it stands in the JWKS and is accepted
    active_from  from here on it signs, unless a newer one does; PUBLISH_AHEAD_SECONDS after its row was made,
                 which is longer than any process or partner keeps an older list
    retired_at   from here on it is no longer accepted; set when its successor is made, late enough for the
                 last token that it signed to expire by itself

So a rotation (`plan_key_rotation`) never turns a good token into a 401. Withdrawing a stolen key is setting its
`retired_at` to now: it stops signing and being accepted within RELOAD_SECONDS.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from app.auth.keys.sealing import Sealer, SecretKeys, UnreadableValue, derive_keys
from app.core.errors import Unavailable

ALGORITHM: Final = "ES256"
RELOAD_SECONDS: Final = 30
"""How old a process's list of keys may grow."""
JWKS_SECONDS: Final = 120
"""How long a partner may keep the published list."""
PUBLISH_AHEAD_SECONDS: Final = 300
"""From being published to signing; longer than both of the above with room for clocks that differ."""
CLOCK_TOLERANCE_SECONDS: Final = 24 * 3600
"""How late the clock of a machine may be, or how early that of the one that made the key was."""
_COORDINATE_BYTES: Final = 32


class NoSigningKey(Unavailable):
    """No key of the table may sign now; `ansinh keys rotate` or a start of the server makes one.

    A clock that is more than a day behind the one that made the keys is enough for it.
    """

    code = "no_signing_key"
    vi = "Máy chủ chưa có khóa ký còn hiệu lực nên chưa thể đăng nhập. Hãy báo người quản trị kiểm tra đồng hồ máy chủ."
    en = "The server has no signing key that is valid now, so nobody can log in. Tell the operator to check its clock."


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
class LoadedSigningKey:
    """A key as a process holds it. Keys of one kid and one public point are equal."""

    kid: str
    x: str
    y: str
    active_from: float = field(compare=False)
    retired_at: float | None = field(compare=False)
    public: ec.EllipticCurvePublicKey = field(compare=False, repr=False)
    private: ec.EllipticCurvePrivateKey | None = field(compare=False, repr=False)
    """None where no `secret_key` of this process opens it: it still verifies."""

    def is_accepted(self, now: float) -> bool:
        """Whether tokens of this key count at `now` (epoch seconds)."""
        return self.retired_at is None or now < self.retired_at

    @property
    def jwk(self) -> dict[str, str]:
        """The public form (RFC 7517)."""
        return _public_jwk(self.kid, self.x, self.y)


class KeySet:
    """An immutable set of the keys of one reading of the table."""

    def __init__(self, keys: Iterable[LoadedSigningKey] = ()) -> None:
        self._keys: Final = {key.kid: key for key in keys}

    @classmethod
    def from_rows(cls, rows: Iterable[KeyRow], secret_keys: SecretKeys) -> "KeySet":
        """Load the rows, skipping what is not an ES256 key."""
        sealer = build_key_sealer(secret_keys)
        return cls(_load_key(row, sealer) for row in rows if row.algorithm == ALGORITHM)

    def find(self, kid: str, now: float) -> LoadedSigningKey | None:
        """The key that may have signed a token presented at `now` (epoch seconds), or None."""
        key = self._keys.get(kid)
        return key if key is not None and key.is_accepted(now) else None

    def current_signing_key(self, now: float) -> LoadedSigningKey:
        """The newest key that is active at `now`; where none is, because clocks differ, the one that will be first.

        Every key of the table is published and accepted, so one that signs too early does no harm.
        Raises: NoSigningKey
        """
        usable = [key for key in self._keys.values() if key.private is not None and key.is_accepted(now)]
        active = [key for key in usable if key.active_from <= now]
        if active:
            return max(active, key=lambda key: (key.active_from, key.kid))
        early = [key for key in usable if key.active_from <= now + CLOCK_TOLERANCE_SECONDS]
        if not early:
            raise NoSigningKey
        return min(early, key=lambda key: (key.active_from, key.kid))

    def list_unreadable(self, now: float) -> list[str]:
        """The kids of accepted keys that this process can verify with and not sign."""
        return [key.kid for key in self._keys.values() if key.private is None and key.is_accepted(now)]

    def jwks(self, now: float) -> dict[str, list[dict[str, str]]]:
        """The document of /.well-known/jwks.json: every accepted key, the next one included."""
        return {"keys": [key.jwk for key in self._keys.values() if key.is_accepted(now)]}


def generate_key(secret_keys: SecretKeys, active_from: datetime) -> KeyRow:
    """Generate an ES256 key with a random kid, its private half sealed."""
    private = ec.generate_private_key(ec.SECP256R1())
    kid = secrets.token_urlsafe(12)
    data = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    point = private.public_key().public_numbers()
    return KeyRow(
        kid=kid,
        algorithm=ALGORITHM,
        public_jwk=_public_jwk(kid, _encode_coordinate(point.x), _encode_coordinate(point.y)),
        sealed_private=build_key_sealer(secret_keys).seal(kid, data),
        active_from=active_from,
        retired_at=None,
    )


def build_key_sealer(secret_keys: SecretKeys) -> Sealer:
    """Build what seals the private halves."""
    return Sealer("signing_key", derive_keys(secret_keys, "signing key"))


def unseal_private_key(row: KeyRow, sealer: Sealer) -> ec.EllipticCurvePrivateKey:
    """Unseal the private half. Raises: UnreadableValue."""
    key = load_der_private_key(sealer.unseal(row.kid, row.sealed_private), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UnreadableValue(sealer.kind, row.kid)
    return key


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """What a rotation writes: insert `new`, and set `retired_at` where it is null or later."""

    new: KeyRow
    retired_at: datetime


def plan_key_rotation(
    secret_keys: SecretKeys, token_seconds: int, now: datetime, *, first: bool = False
) -> KeyRotation:
    """Plan a rotation at `now`.

    token_seconds: life of an access token. first: nothing else can sign, so the new key does at once.
    """
    ahead = timedelta(seconds=0 if first else PUBLISH_AHEAD_SECONDS)
    new = generate_key(secret_keys, now + ahead)
    # A process whose list is old or whose clock is late signs with the old key a little longer.
    slack = timedelta(seconds=token_seconds + 2 * RELOAD_SECONDS)
    return KeyRotation(new, new.active_from + slack)


def _public_jwk(kid: str, x: str, y: str) -> dict[str, str]:
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _encode_coordinate(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(_COORDINATE_BYTES, "big")).rstrip(b"=").decode()


def _decode_coordinate(coordinate: str) -> int:
    return int.from_bytes(urlsafe_b64decode(coordinate + "="), "big")


def _load_key(row: KeyRow, sealer: Sealer) -> LoadedSigningKey:
    x, y = row.public_jwk["x"], row.public_jwk["y"]
    private: ec.EllipticCurvePrivateKey | None
    try:
        private = unseal_private_key(row, sealer)
    except UnreadableValue:
        private = None
    return LoadedSigningKey(
        kid=row.kid,
        x=x,
        y=y,
        active_from=row.active_from.timestamp(),
        retired_at=None if row.retired_at is None else row.retired_at.timestamp(),
        public=ec.EllipticCurvePublicNumbers(
            _decode_coordinate(x), _decode_coordinate(y), ec.SECP256R1()
        ).public_key(),
        private=private,
    )
