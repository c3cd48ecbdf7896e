"""Sealed values while the secret key is replaced: any of the known keys opens them, no other does."""

import os
from collections.abc import Callable
from hashlib import sha256
from hmac import digest
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from app.auth.keys.sealing import Sealer, SecretKeys, UnreadableValue, derive_keys
from app.auth.keys.signing_keys import build_key_sealer
from app.auth.second_factors import FactorKeys
from app.webhooks.sending.signing import build_secret_sealer

USER, SECRET, CODE = UUID(int=1), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23"
_NAMES = tuple("abcdef")
_KEYS = {name: name * 40 for name in _NAMES}
_key_lists = st.lists(st.sampled_from(_NAMES), min_size=1, unique=True)


def keys(names: list[str]) -> SecretKeys:
    return tuple(_KEYS[name] for name in names)


def sealer(names: list[str]) -> Sealer:
    return Sealer("thing", derive_keys(keys(names), "test"))


def seal_as_before(secret_key: str, purpose: str, row: bytes, data: bytes) -> bytes:
    """What the release before stores, written out."""
    key = derive_as_before(secret_key, purpose)
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, data, row)


def derive_as_before(secret_key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"ansinh {purpose}".encode()).derive(secret_key.encode())


class TestSealer:
    @given(written=_key_lists, read=_key_lists, row=st.uuids(), data=st.binary(max_size=200))
    def test_opens_with_any_order_of_keys_that_has_the_one_it_was_sealed_with(
        self, written: list[str], read: list[str], row: UUID, data: bytes
    ):
        sealed = sealer(written).seal(row, data)
        if written[0] in read:
            assert sealer(read).open(row, sealed) == (data, read.index(written[0]))
        else:
            with pytest.raises(UnreadableValue):
                sealer(read).open(row, sealed)

    @given(orders=st.lists(_key_lists, min_size=1, max_size=6), row=st.uuids(), data=st.binary(max_size=99))
    def test_any_sequence_of_replacements_keeps_the_value(
        self, orders: list[list[str]], row: UUID, data: bytes
    ):
        """Each step knows the key of the step before, wherever in its list; what it wrote, the current key alone opens."""
        sealed, current = sealer(orders[0]).seal(row, data), orders[0][0]
        for order in orders[1:]:
            known = order if current in order else [*order, current]
            resealed = sealer(known).reseal(row, sealed)
            assert (resealed is None) == (known[0] == current)
            sealed, current = resealed or sealed, known[0]
            assert sealer([current]).unseal(row, sealed) == data
            assert sealer(known).reseal(row, sealed) is None

    @given(data=st.binary(max_size=99), position=st.integers(0, 60), bit=st.integers(0, 7))
    def test_an_altered_value_is_refused_whatever_keys_there_are(self, data: bytes, position: int, bit: int):
        sealed = bytearray(sealer(["b"]).seal(USER, data))
        sealed[position % len(sealed)] ^= 1 << bit
        with pytest.raises(UnreadableValue):
            sealer(["a", "b", "c"]).open(USER, bytes(sealed))

    def test_the_error_names_kind_and_row_and_nothing_of_the_value(self):
        sealed = sealer(["a"]).seal(USER, b"a private thing")
        with pytest.raises(UnreadableValue) as caught:
            sealer(["b"]).unseal(USER, sealed)
        for text in (str(caught.value), caught.value.detail_vi, caught.value.detail_en):
            assert f"thing {USER}" in text
            assert not any(part in text for part in ("private", sealed.hex(), *_KEYS.values()))
        assert caught.value.status == 503


class TestReleaseBefore:
    """Until the key is replaced nothing is written that the release before does not read."""

    @pytest.mark.parametrize(
        ("build", "purpose", "row"),
        [(build_key_sealer, "signing key", "kid"), (build_secret_sealer, "webhook secret", USER)],
    )
    def test_reads_and_is_read(self, build: Callable[[SecretKeys], Sealer], purpose: str, row: Any):
        one, aad = build(keys(["a", "b"])), row.encode() if isinstance(row, str) else row.bytes
        assert one.unseal(row, seal_as_before(_KEYS["a"], purpose, aad, b"data")) == b"data"
        sealed, key = one.seal(row, b"data"), derive_as_before(_KEYS["a"], purpose)
        assert AESGCM(key).decrypt(sealed[:12], sealed[12:], aad) == b"data"
        assert one.reseal(row, sealed) is None

    def test_second_factors_and_recovery_codes(self):
        factors = FactorKeys(keys(["a", "b"]))
        sealed, key = factors.seal_secret(USER, SECRET), derive_as_before(_KEYS["a"], "second factor")
        assert AESGCM(key).decrypt(sealed[:12], sealed[12:], USER.bytes) == SECRET.encode()
        opened = factors.unseal(
            USER, seal_as_before(_KEYS["a"], "second factor", USER.bytes, SECRET.encode())
        )
        stored = digest(
            derive_as_before(_KEYS["a"], "recovery code"), USER.bytes + CODE.replace("-", "").encode(), sha256
        )
        assert (opened.secret, opened.hash_recovery_code(CODE)) == (SECRET, stored)
        assert factors.reseal(USER, sealed) is None


class TestFactorKeys:
    @given(orders=st.lists(_key_lists, min_size=1, max_size=6))
    def test_secret_and_recovery_codes_outlive_any_sequence_of_replacements(self, orders: list[list[str]]):
        """Before each reseal with all keys, and after it with the current one alone."""
        first = FactorKeys(keys(orders[0]))
        sealed, current = first.seal_secret(USER, SECRET), orders[0][0]
        stored = first.unseal(USER, sealed).hash_recovery_code(CODE)
        for order in orders[1:]:
            known = order if current in order else [*order, current]
            factors = FactorKeys(keys(known))
            before = factors.unseal(USER, sealed)
            sealed, current = factors.reseal(USER, sealed) or sealed, known[0]
            after = FactorKeys(keys([current])).unseal(USER, sealed)
            assert before == after
            assert (after.secret, after.hash_recovery_code(CODE)) == (SECRET, stored)

    @given(written=_key_lists, read=_key_lists)
    def test_other_keys_open_none(self, written: list[str], read: list[str]):
        sealed = FactorKeys(keys(written)).seal_secret(USER, SECRET)
        if written[0] not in read:
            with pytest.raises(UnreadableValue, match=f"second_factor {USER}"):
                FactorKeys(keys(read)).unseal(USER, sealed)
