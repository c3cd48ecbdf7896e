"""The second factor (yếu tố xác thực thứ hai): codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

The secret is stored sealed with a key of the server that is not in the database. A code counts in its own half minute
and in the ones before and after it; that none counts twice is the database's to see. Recovery codes are random, 80
bits, and stored as keyed hashes.
"""

import hmac
import os
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp import TOTP, random_base32

from app.auth.keys.signing_keys import derive_key

ISSUER: Final = "An Sinh"
STEP_SECONDS: Final = 30
STEPS_ASIDE: Final = 1
"""How many half minutes the clock of a phone may be wrong."""
RECOVERY_CODES: Final = 10

_CODE: Final = re.compile(r"[0-9]{6}")
_RECOVERY_CODE: Final = re.compile(r"[A-Z2-7]{16}")
_NONCE_BYTES: Final = 12


class UnreadableFactor(Exception):
    """A secret was sealed with another `secret_key` than this process has, or its row was altered."""


@dataclass(frozen=True, slots=True)
class FactorKeys:
    """The keys of second factors. seal: of the secrets; recovery: of the hashes of recovery codes."""

    seal: bytes
    recovery: bytes

    @classmethod
    def derive(cls, secret_key: str) -> Self:
        """Derive them from the setting `secret_key`."""
        return cls(derive_key(secret_key, "second factor"), derive_key(secret_key, "recovery code"))

    def seal_secret(self, user_id: UUID, secret: str) -> bytes:
        """Encrypt a user's secret for storage, readable in that user's row only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.seal).encrypt(nonce, secret.encode(), user_id.bytes)

    def unseal_secret(self, user_id: UUID, sealed: bytes) -> str:
        """Decrypt a stored secret. Raises: UnreadableFactor."""
        try:
            data = AESGCM(self.seal).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], user_id.bytes)
        except (InvalidTag, ValueError) as error:
            raise UnreadableFactor(str(user_id)) from error
        return data.decode()

    def hash_recovery_code(self, user_id: UUID, code: str) -> bytes:
        """Hash a recovery code as the database stores it."""
        return hmac.digest(self.recovery, user_id.bytes + normalise_code(code).encode(), sha256)


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
    codes = (b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES))
    return ["-".join(re.findall("....", code)) for code in codes]


def normalise_code(code: str) -> str:
    """A code without the spaces and hyphens with which it is written down."""
    return re.sub(r"[\s-]", "", code).upper()


def is_recovery_code(code: str) -> bool:
    """Whether a text has the form of a recovery code."""
    return _RECOVERY_CODE.fullmatch(normalise_code(code)) is not None
