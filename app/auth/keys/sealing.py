"""Sealing: what is stored encrypted, with keys that are not in the database, each value for its own row.

`secret_key` can be replaced while the processes run. They know several keys then: what is written is sealed with the
current one, and what that does not open is tried with the others. AES-GCM refuses a wrong key, so a value needs no name
of its key, and is the same as it always was.
"""

import os
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.errors import Unavailable, Words

SecretKeys = tuple[str, ...]
"""The secret keys of an installation: the current one, with which everything is written, and others to read with."""

_NONCE_BYTES: Final = 12
_KIND_NAMES: Final = {"second_factor": "xác thực hai lớp"}
"""The tables whose values people meet; the others are named to who runs the servers."""


class UnreadableValue(Unavailable):
    """A sealed value that no `secret_key` of this process opens, or whose row was altered.

    It says which table and row, and nothing of the value.
    """

    code = "unreadable_value"
    vi = (
        "Máy chủ không có khóa mở được giá trị đã mã hóa của {kind} {row_id}. Hãy báo người quản trị máy chủ."
    )
    en = "The server has no key that opens the encrypted value of {kind} {row_id}. Tell its operator."

    def __init__(self, kind: str, row_id: UUID | str) -> None:
        super().__init__(kind=Words(_KIND_NAMES.get(kind, kind), kind), row_id=str(row_id))
        self.kind, self.row_id = kind, str(row_id)

    def __str__(self) -> str:
        return f"no secret key of this process opens {self.kind} {self.row_id}"


class Sealer:
    """Seals the values of one table with AES-256-GCM.

    kind: the table. keys: 32 bytes each, derived for this purpose; the first seals, all of them open.
    """

    def __init__(self, kind: str, keys: Sequence[bytes]) -> None:
        self.kind: Final = kind
        self._ciphers = [AESGCM(key) for key in keys]

    def seal(self, row_id: UUID | str, data: bytes) -> bytes:
        """Encrypt for storage, readable in that row only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, data, _to_bytes(row_id))

    def unseal(self, row_id: UUID | str, sealed: bytes) -> bytes:
        """Decrypt a stored value. Raises: UnreadableValue."""
        return self.open(row_id, sealed)[0]

    def open(self, row_id: UUID | str, sealed: bytes) -> tuple[bytes, int]:
        """Decrypt a stored value. Returns: it, and the number of its key (0: current). Raises: UnreadableValue."""
        nonce, encrypted, row = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _to_bytes(row_id)
        for number, cipher in enumerate(self._ciphers):
            try:
                return cipher.decrypt(nonce, encrypted, row), number
            except (InvalidTag, ValueError):
                continue
        raise UnreadableValue(self.kind, row_id)

    def reseal(self, row_id: UUID | str, sealed: bytes) -> bytes | None:
        """Seal a stored value with the current key; None where it is already. Raises: UnreadableValue."""
        data, number = self.open(row_id, sealed)
        return self.seal(row_id, data) if number else None


def derive_key(secret_key: str, purpose: str) -> bytes:
    """Derive 32 bytes from a secret key, different for every purpose (HKDF-SHA256)."""
    info = f"ansinh {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())


def derive_keys(secret_keys: SecretKeys, purpose: str) -> tuple[bytes, ...]:
    """Derive the keys of a purpose, the current one first."""
    return tuple(derive_key(secret_key, purpose) for secret_key in secret_keys)


def _to_bytes(row_id: UUID | str) -> bytes:
    return row_id.encode() if isinstance(row_id, str) else row_id.bytes
