"""Signing keys: sealed, published ahead of use, read again rarely and once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.auth.keys import (
    JWKS_SECONDS,
    PUBLISH_AHEAD_SECONDS,
    RELOAD_SECONDS,
    KeyRow,
    KeySet,
    NoSigningKey,
    UnreadableKey,
    derive_key,
    new_key,
    private_key,
    rotated,
)
from app.auth.keystore import MISS_SECONDS, KeyStore
from tests.auth.conftest import LIFETIME, SECRET, START, Clock, Table, moment


class TestSealing:
    def test_opens_with_its_own_secret(self, row: KeyRow):
        numbers = private_key(row, SECRET).public_key().public_numbers()
        (key,) = KeySet.of([row], SECRET).jwks(START)["keys"]
        assert key == row.public_jwk
        opened = KeySet.of([row], SECRET).find(row.kid, START)
        assert opened is not None
        assert opened.public.public_numbers() == numbers

    def test_does_not_open_with_another(self, row: KeyRow):
        with pytest.raises(UnreadableKey):
            private_key(row, SECRET + "!")

    def test_does_not_open_under_another_name(self, row: KeyRow):
        with pytest.raises(UnreadableKey):
            private_key(replace(row, kid="other"), SECRET)

    @pytest.mark.parametrize("sealed", [b"", b"short", bytes(200)])
    def test_does_not_open_when_altered(self, row: KeyRow, sealed: bytes):
        with pytest.raises(UnreadableKey):
            private_key(replace(row, sealed_private=sealed), SECRET)

    def test_holds_no_plain_private_key(self, row: KeyRow):
        secret = private_key(row, SECRET).private_numbers().private_value.to_bytes(32, "big")
        assert secret not in row.sealed_private
        assert set(row.public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}

    def test_a_key_sealed_with_another_secret_verifies_but_does_not_sign(self, row: KeyRow):
        keys = KeySet.of([row], SECRET + "!")
        assert keys.find(row.kid, START) is not None
        with pytest.raises(NoSigningKey):
            keys.signing(START)

    def test_purposes_have_different_keys(self):
        assert len(derive_key(SECRET, "a")) == 32
        assert len({derive_key(SECRET, "a"), derive_key(SECRET, "b"), derive_key(SECRET + "!", "a")}) == 3

    def test_coordinates_keep_their_leading_zeros(self, monkeypatch: pytest.MonkeyPatch):
        """One key in 128 has a coordinate that begins with a zero byte; RFC 7518 wants all 32."""
        short = next(
            key
            for key in (ec.derive_private_key(n, ec.SECP256R1()) for n in range(1, 5000))
            if key.public_key().public_numbers().x < 1 << 248
        )
        monkeypatch.setattr(ec, "generate_private_key", lambda _: short)
        row = new_key(SECRET, moment(START))
        assert len(row.public_jwk["x"]) == 43
        key = KeySet.of([row], SECRET).find(row.kid, START)
        assert key is not None
        assert key.public.public_numbers() == short.public_key().public_numbers()


class TestKeySet:
    def test_the_newest_active_key_signs(self, row: KeyRow):
        newer, future = new_key(SECRET, moment(START)), new_key(SECRET, moment(START + 1))
        keys = KeySet.of([future, row, newer], SECRET)
        assert keys.signing(START).kid == newer.kid
        assert keys.signing(START - 0.5).kid == row.kid
        assert keys.signing(START + 1).kid == future.kid

    def test_a_key_is_published_and_accepted_before_it_signs(self, row: KeyRow):
        future = new_key(SECRET, moment(START + 100))
        keys = KeySet.of([row, future], SECRET)
        assert keys.find(future.kid, START) is not None
        assert {key["kid"] for key in keys.jwks(START)["keys"]} == {row.kid, future.kid}

    def test_a_retired_key_neither_signs_nor_verifies_nor_is_published(self, row: KeyRow):
        keys = KeySet.of([replace(row, retired_at=moment(START))], SECRET)
        assert keys.find(row.kid, START - 1) is not None
        assert keys.find(row.kid, START) is None
        assert keys.jwks(START) == {"keys": []}
        with pytest.raises(NoSigningKey):
            keys.signing(START)

    def test_another_algorithm_is_not_read(self, row: KeyRow):
        assert KeySet.of([replace(row, algorithm="RS256")], SECRET).find(row.kid, START) is None


class TestRotated:
    def test_the_next_key_waits_longer_than_any_list_is_kept(self):
        plan = rotated(SECRET, LIFETIME, moment(START))
        assert plan.new.active_from == moment(START + PUBLISH_AHEAD_SECONDS)
        assert max(RELOAD_SECONDS, JWKS_SECONDS) + 60 < PUBLISH_AHEAD_SECONDS
        assert plan.retired_at >= moment(START + PUBLISH_AHEAD_SECONDS + LIFETIME + RELOAD_SECONDS)

    def test_the_first_key_signs_at_once(self):
        assert rotated(SECRET, LIFETIME, moment(START), first=True).new.active_from == moment(START)


class TestKeyStore:
    async def test_reads_again_after_a_while(self, store: KeyStore, table: Table, clock: Clock):
        first = await store.current()
        clock.now += RELOAD_SECONDS - 1
        assert await store.current() is first
        clock.now += 1
        assert await store.current() is not first
        assert table.reads == 2

    async def test_many_askers_read_once(self, row: KeyRow, clock: Clock):
        reads = 0
        go = asyncio.Event()

        async def slow() -> Sequence[KeyRow]:
            nonlocal reads
            reads += 1
            await go.wait()
            return [row]

        store = KeyStore(slow, SECRET, clock=clock, monotonic=clock)
        askers = [asyncio.create_task(store.current()) for _ in range(20)]
        await asyncio.sleep(0)
        askers[0].cancel()
        go.set()
        answers = await asyncio.gather(*askers[1:])
        assert len({id(answer) for answer in answers}) == 1
        assert reads <= 2, "one reading, and one more because the first asker left"

    async def test_an_unknown_kid_reads_again_but_rarely(self, store: KeyStore, table: Table, clock: Clock):
        await store.current()
        fresh = new_key(SECRET, moment(START))
        table.rows.append(fresh)
        assert await store.find(fresh.kid) is None
        clock.now += MISS_SECONDS
        assert await store.find(fresh.kid) is not None
        for _ in range(50):
            assert await store.find("guess") is None
        assert table.reads == 2

    async def test_a_failed_reading_keeps_the_list(self, store: KeyStore, table: Table, clock: Clock):
        first = await store.current()
        table.broken = True
        clock.now += RELOAD_SECONDS
        assert await store.current() is first
        assert await store.current() is first
        assert table.reads == 2, "not once per request while the database is away"

    async def test_without_any_list_the_failure_is_told(self, store: KeyStore, table: Table):
        table.broken = True
        with pytest.raises(ConnectionError):
            await store.current()
        table.broken = False
        assert await store.current()

    async def test_a_withdrawn_key_is_gone_after_a_reading(self, store: KeyStore, table: Table, clock: Clock):
        kid = table.rows[0].kid
        assert await store.find(kid) is not None
        table.withdraw(kid, clock.now)
        clock.now += RELOAD_SECONDS
        assert await store.find(kid) is None
