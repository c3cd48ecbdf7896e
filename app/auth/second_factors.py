"""The second factor (yếu tố xác thực thứ hai): codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

The secret is stored sealed (`app/auth/keys/sealing.py`). A code counts in its own half minute
and in the ones before and after it; that none counts twice is the database's to see. Recovery codes are random, 140
bits, and stored as keyed hashes; so many bits need no slow hash.
"""

import hmac
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from pyotp import TOTP, random_base32

from app.auth.keys.sealing import Sealer, SecretKeys, derive_keys

ISSUER: Final = "An Sinh"
STEP_SECONDS: Final = 30
STEPS_ASIDE: Final = 1
"""How many half minutes the clock of a phone may be wrong."""
RECOVERY_CODES: Final = 10

_CODE: Final = re.compile(r"[0-9]{6}")
_RECOVERY_CODE_LETTERS: Final = 28
_RECOVERY_CODE: Final = re.compile(r"[A-Z2-7]{16}|[A-Z2-7]{28}")
"""Of 16 letters are those that were made first; they open until they are renewed."""


@dataclass(frozen=True, slots=True)
class OpenedFactor:
    """A user's second factor. recovery: the key of the hashes of its recovery codes, the same as long as it lives."""

    user_id: UUID
    secret: str
    recovery: bytes

    def hash_recovery_code(self, code: str) -> bytes:
        """Hash a recovery code as the database stores it."""
        return hmac.digest(self.recovery, self.user_id.bytes + normalise_code(code).encode(), sha256)


class FactorKeys:
    """The keys of second factors.

    The hashes of recovery codes cannot be made again without the codes. So their key goes with the factor: it is that
    of the secret key with which the factor was sealed first, and stands beside the secret once that is sealed anew.
    """

    def __init__(self, secret_keys: SecretKeys) -> None:
        self._sealer = Sealer("second_factor", derive_keys(secret_keys, "second factor"))
        self._recovery = derive_keys(secret_keys, "recovery code")

    def seal_secret(self, user_id: UUID, secret: str) -> bytes:
        """Encrypt a new secret for storage, readable in that user's row only."""
        return self._sealer.seal(user_id, secret.encode())

    def unseal(self, user_id: UUID, sealed: bytes) -> OpenedFactor:
        """Decrypt a stored factor. Raises: UnreadableValue."""
        return self._open(user_id, sealed)[0]

    def reseal(self, user_id: UUID, sealed: bytes) -> bytes | None:
        """Seal a stored factor with the current key; None where it is already. Raises: UnreadableValue."""
        factor, number = self._open(user_id, sealed)
        text = f"{factor.secret} {factor.recovery.hex()}"
        return self._sealer.seal(user_id, text.encode()) if number else None

    def _open(self, user_id: UUID, sealed: bytes) -> tuple[OpenedFactor, int]:
        data, number = self._sealer.open(user_id, sealed)
        secret, _, recovery = data.decode().partition(" ")
        key = bytes.fromhex(recovery) if recovery else self._recovery[number]
        return OpenedFactor(user_id, secret, key), number


def generate_secret() -> str:
    """Generate a secret of 160 bits, in base 32 as authenticator apps take it."""
    return random_base32()


def build_uri(secret: str, username: str) -> str:
    """Build the address that an authenticator app reads from a QR code."""
    return TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name=ISSUER)


def find_step(secret: str, code: str, at: datetime) -> int | None:
    """Find the time step, near an instant, whose code this is."""
    if not _CODE.fullmatch(code):
        return None
    totp = TOTP(secret, interval=STEP_SECONDS)
    current = int(at.timestamp()) // STEP_SECONDS
    steps = range(current - STEPS_ASIDE, current + STEPS_ASIDE + 1)
    matches = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
    return max(matches, default=None)


def generate_recovery_codes() -> list[str]:
    """Generate a new set, to be shown once."""
    codes = (
        b32encode(secrets.token_bytes(20)).decode()[:_RECOVERY_CODE_LETTERS] for _ in range(RECOVERY_CODES)
    )
    return ["-".join(re.findall("....", code)) for code in codes]


def normalise_code(code: str) -> str:
    """A code without the spaces and hyphens with which it is written down."""
    return re.sub(r"[\s-]", "", code).upper()


def is_recovery_code(code: str) -> bool:
    """Whether a text has the form of a recovery code."""
    return _RECOVERY_CODE.fullmatch(normalise_code(code)) is not None
