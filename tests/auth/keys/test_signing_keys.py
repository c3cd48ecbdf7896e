"""Signing keys: sealed, published before use, and reread rarely and by one task at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.auth.keys.keystore import MISS_SECONDS, KeyStore
from app.auth.keys.sealing import UnreadableValue, derive_key
from app.auth.keys.signing_keys import (
    CLOCK_TOLERANCE_SECONDS,
    JWKS_SECONDS,
    PUBLISH_AHEAD_SECONDS,
    RELOAD_SECONDS,
    KeyRow,
    KeySet,
    NoSigningKey,
    build_key_sealer,
    generate_key,
    plan_key_rotation,
    unseal_private_key,
)
from tests.auth.conftest import LIFETIME, SECRET, START, Clock, KeyTable, to_datetime

SEALER, OTHER = build_key_sealer(SECRET), (SECRET[0] + "!",)


class TestSealing:
    def test_opens_with_its_own_secret(self, key_row: KeyRow):
        numbers = unseal_private_key(key_row, SEALER).public_key().public_numbers()
        (key,) = KeySet.from_rows([key_row], SECRET).jwks(START)["keys"]
        assert key == key_row.public_jwk
        opened = KeySet.from_rows([key_row], SECRET).find(key_row.kid, START)
        assert opened is not None
        assert opened.public.public_numbers() == numbers

    def test_does_not_open_with_another(self, key_row: KeyRow):
        with pytest.raises(UnreadableValue):
            unseal_private_key(key_row, build_key_sealer(OTHER))

    def test_does_not_open_under_another_name(self, key_row: KeyRow):
        with pytest.raises(UnreadableValue):
            unseal_private_key(replace(key_row, kid="other"), SEALER)

    @pytest.mark.parametrize("sealed", [b"", b"short", bytes(200)])
    def test_does_not_open_when_altered(self, key_row: KeyRow, sealed: bytes):
        with pytest.raises(UnreadableValue):
            unseal_private_key(replace(key_row, sealed_private=sealed), SEALER)

    def test_holds_no_plain_private_key(self, key_row: KeyRow):
        secret = unseal_private_key(key_row, SEALER).private_numbers().private_value.to_bytes(32, "big")
        assert secret not in key_row.sealed_private
        assert set(key_row.public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}

    def test_a_key_sealed_with_another_secret_verifies_but_does_not_sign(self, key_row: KeyRow):
        keys = KeySet.from_rows([key_row], OTHER)
        assert keys.find(key_row.kid, START) is not None
        with pytest.raises(NoSigningKey):
            keys.current_signing_key(START)

    def test_purposes_have_different_keys(self):
        one, other = SECRET[0], OTHER[0]
        assert len(derive_key(one, "a")) == 32
        assert len({derive_key(one, "a"), derive_key(one, "b"), derive_key(other, "a")}) == 3

    def test_coordinates_keep_their_leading_zeros(self, monkeypatch: pytest.MonkeyPatch):
        """One key in 128 has a coordinate that begins with a zero byte; RFC 7518 wants all 32."""
        short = next(
            key
            for key in (ec.derive_private_key(n, ec.SECP256R1()) for n in range(1, 5000))
            if key.public_key().public_numbers().x < 1 << 248
        )
        monkeypatch.setattr(ec, "generate_private_key", lambda _: short)
        row = generate_key(SECRET, to_datetime(START))
        assert len(row.public_jwk["x"]) == 43
        key = KeySet.from_rows([row], SECRET).find(row.kid, START)
        assert key is not None
        assert key.public.public_numbers() == short.public_key().public_numbers()


class TestKeySet:
    def test_the_newest_active_key_signs(self, key_row: KeyRow):
        newer, future = generate_key(SECRET, to_datetime(START)), generate_key(SECRET, to_datetime(START + 1))
        keys = KeySet.from_rows([future, key_row, newer], SECRET)
        assert keys.current_signing_key(START).kid == newer.kid
        assert keys.current_signing_key(START - 0.5).kid == key_row.kid
        assert keys.current_signing_key(START + 1).kid == future.kid

    def test_where_none_is_active_yet_the_first_to_come_signs(self):
        """The clock of this machine is slow, or that of the one that made the key was fast."""
        soon, later = (generate_key(SECRET, to_datetime(START + hours * 3600)) for hours in (2, 20))
        keys = KeySet.from_rows([later, soon], SECRET)
        assert keys.current_signing_key(START).kid == soon.kid
        assert keys.current_signing_key(START + 2 * 3600 - CLOCK_TOLERANCE_SECONDS).kid == soon.kid
        with pytest.raises(NoSigningKey):
            keys.current_signing_key(START + 2 * 3600 - CLOCK_TOLERANCE_SECONDS - 1)

    def test_a_slow_clock_does_not_bring_a_withdrawn_key_back(self, key_row: KeyRow):
        soon = generate_key(SECRET, to_datetime(START + 3600))
        withdrawn = replace(key_row, retired_at=to_datetime(START - 1))
        assert KeySet.from_rows([withdrawn, soon], SECRET).current_signing_key(START).kid == soon.kid

    def test_a_key_is_published_and_accepted_before_it_signs(self, key_row: KeyRow):
        future = generate_key(SECRET, to_datetime(START + 100))
        keys = KeySet.from_rows([key_row, future], SECRET)
        assert keys.find(future.kid, START) is not None
        assert {key["kid"] for key in keys.jwks(START)["keys"]} == {key_row.kid, future.kid}

    def test_a_retired_key_neither_signs_nor_verifies_nor_is_published(self, key_row: KeyRow):
        keys = KeySet.from_rows([replace(key_row, retired_at=to_datetime(START))], SECRET)
        assert keys.find(key_row.kid, START - 1) is not None
        assert keys.find(key_row.kid, START) is None
        assert keys.jwks(START) == {"keys": []}
        with pytest.raises(NoSigningKey):
            keys.current_signing_key(START)

    def test_another_algorithm_is_not_read(self, key_row: KeyRow):
        assert (
            KeySet.from_rows([replace(key_row, algorithm="RS256")], SECRET).find(key_row.kid, START) is None
        )


class TestRotated:
    def test_the_next_key_waits_longer_than_any_list_is_kept(self):
        plan = plan_key_rotation(SECRET, LIFETIME, to_datetime(START))
        assert plan.new.active_from == to_datetime(START + PUBLISH_AHEAD_SECONDS)
        assert max(RELOAD_SECONDS, JWKS_SECONDS) + 60 < PUBLISH_AHEAD_SECONDS
        assert plan.retired_at >= to_datetime(START + PUBLISH_AHEAD_SECONDS + LIFETIME + RELOAD_SECONDS)

    def test_the_first_key_signs_at_once(self):
        assert plan_key_rotation(
            SECRET, LIFETIME, to_datetime(START), first=True
        ).new.active_from == to_datetime(START)


class TestKeyStore:
    async def test_reads_again_after_a_while(self, store: KeyStore, key_table: KeyTable, clock: Clock):
        first = await store.current()
        clock.now += RELOAD_SECONDS - 1
        assert await store.current() is first
        clock.now += 1
        assert await store.current() is not first
        assert key_table.reads == 2

    async def test_many_askers_read_once(self, key_row: KeyRow, clock: Clock):
        reads = 0
        release = asyncio.Event()

        async def slow() -> Sequence[KeyRow]:
            nonlocal reads
            reads += 1
            await release.wait()
            return [key_row]

        store = KeyStore(slow, SECRET, clock=clock, monotonic=clock)
        askers = [asyncio.create_task(store.current()) for _ in range(20)]
        await asyncio.sleep(0)
        askers[0].cancel()
        release.set()
        results = await asyncio.gather(*askers[1:])
        assert len({id(result) for result in results}) == 1
        assert reads <= 2, "one reading, and one more because the first asker left"

    async def test_an_unknown_kid_reads_again_but_rarely(
        self, store: KeyStore, key_table: KeyTable, clock: Clock
    ):
        await store.current()
        fresh = generate_key(SECRET, to_datetime(START))
        key_table.rows.append(fresh)
        assert await store.find(fresh.kid) is None
        clock.now += MISS_SECONDS
        assert await store.find(fresh.kid) is not None
        for _ in range(50):
            assert await store.find("guess") is None
        assert key_table.reads == 2

    async def test_a_failed_reading_keeps_the_list(self, store: KeyStore, key_table: KeyTable, clock: Clock):
        first = await store.current()
        key_table.unreachable = True
        clock.now += RELOAD_SECONDS
        assert await store.current() is first
        assert await store.current() is first
        assert key_table.reads == 2, "not once per request while the database is away"

    async def test_without_any_list_the_failure_is_told(self, store: KeyStore, key_table: KeyTable):
        key_table.unreachable = True
        with pytest.raises(ConnectionError):
            await store.current()
        key_table.unreachable = False
        assert await store.current()

    async def test_a_withdrawn_key_is_gone_after_a_reading(
        self, store: KeyStore, key_table: KeyTable, clock: Clock
    ):
        kid = key_table.rows[0].kid
        assert await store.find(kid) is not None
        key_table.retire(kid, clock.now)
        clock.now += RELOAD_SECONDS
        assert await store.find(kid) is None
