"""Passwords: which are accepted, and what checking costs."""

import asyncio
import os
import time
import unicodedata

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth import passwords
from app.auth.errors import PasswordsBusy
from app.auth.password_rules import MAX_PASSWORD_BYTES
from app.auth.passwords import DUMMY_HASH, PasswordCheck, hash_password, verify_password

PASSWORD = "con đường làng quê"
_REAL_HASH = passwords._hash


@pytest.fixture(autouse=True)
def real_costs(cheap_passwords: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashes of the application, where the other tests have cheap ones."""
    monkeypatch.setattr(passwords, "_hash", _REAL_HASH)
    monkeypatch.setattr(passwords, "DUMMY_HASH", DUMMY_HASH)


class TestVerify:
    async def test_the_right_one_fits(self):
        assert await verify_password(PASSWORD, await hash_password(PASSWORD)) == PasswordCheck(ok=True)

    async def test_another_does_not(self):
        assert await verify_password(PASSWORD + "!", await hash_password(PASSWORD)) == PasswordCheck(ok=False)

    async def test_two_keyboards_agree(self):
        stored = await hash_password(unicodedata.normalize("NFD", PASSWORD))
        assert (await verify_password(unicodedata.normalize("NFC", PASSWORD), stored)).ok

    async def test_an_old_hash_is_made_again(self):
        cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        verified = await verify_password(PASSWORD, cheap)
        assert verified.ok
        assert verified.new_hash is not None
        assert await verify_password(PASSWORD, verified.new_hash) == PasswordCheck(ok=True)
        assert await verify_password("falsch", cheap) == PasswordCheck(ok=False)

    @pytest.mark.parametrize(
        "password", ["", "x" * (MAX_PASSWORD_BYTES + 1), "x" * 10_000_000, "\ud800" * 12, "\x00" * 12]
    )
    async def test_strange_input_does_not_fit(self, password: str):
        assert not (await verify_password(password, await hash_password(PASSWORD))).ok

    @pytest.mark.parametrize("stored", ["plain", "$argon2id$v=19$m=19456,t=2,p=1$AAAA", "$2b$12$abc", "é"])
    async def test_a_damaged_hash_fits_nothing(self, stored: str):
        assert not (await verify_password(PASSWORD, stored)).ok

    async def test_the_longest_is_hashed_and_a_longer_one_refused(self):
        longest = "x" * MAX_PASSWORD_BYTES
        assert (await verify_password(longest, await hash_password(longest))).ok
        for bad in (longest + "x", "\ud800" * 12):
            with pytest.raises(ValueError, match="too long or not text"):
                await hash_password(bad)


class TestUnknownUser:
    async def test_never_fits(self):
        assert await verify_password(PASSWORD, None) == PasswordCheck(ok=False)

    def test_the_dummy_has_todays_costs(self):
        assert not passwords._hash.current_hasher.check_needs_rehash(DUMMY_HASH)

    async def test_costs_the_same_work(self, monkeypatch: pytest.MonkeyPatch):
        """Counted, not timed: both ways verify once, against a hash of the same costs."""
        hashes: list[str] = []
        real = passwords._hash.verify_and_update

        def counted(password: bytes, stored: str) -> tuple[bool, str | None]:
            hashes.append(stored[: len("$argon2id$v=19$m=19456,t=2,p=1$")])
            return real(password, stored)

        monkeypatch.setattr(passwords._hash, "verify_and_update", counted)
        await verify_password(PASSWORD, None)
        await verify_password(PASSWORD, await hash_password("another password"))
        assert len(hashes) == 2
        assert hashes[0] == hashes[1]


class TestLoad:
    async def test_the_loop_goes_on(self):
        """While a dozen passwords are checked, the loop is never away for the time of one."""
        started = time.perf_counter()
        checks = [asyncio.create_task(verify_password(PASSWORD, None)) for _ in range(12)]
        turns = 0
        while not all(check.done() for check in checks):
            await asyncio.sleep(0.001)
            turns += 1
        assert turns > 12, f"{turns} turns in {time.perf_counter() - started:.2f} s"

    def test_a_core_is_left_free(self):
        assert passwords._pool._max_workers == max(1, (os.cpu_count() or 2) - 1)

    async def test_the_queue_is_bounded(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(passwords, "MAX_WAITING", 2)
        results = await asyncio.gather(
            *(verify_password(PASSWORD, None) for _ in range(5)), return_exceptions=True
        )
        busy = [result for result in results if isinstance(result, PasswordsBusy)]
        assert len(busy) == 3
        assert busy[0].headers["Retry-After"] == "3"
        await verify_password(PASSWORD, None)

    async def test_strangers_leave_room_and_one_address_leaves_room_for_others(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(passwords, "MAX_WAITING", 6)
        monkeypatch.setattr(passwords, "MAX_WAITING_STRANGERS", 4)
        monkeypatch.setattr(passwords, "MAX_WAITING_OF_ADDRESS", 3)
        callers = ["198.51.100.1"] * 5 + ["198.51.100.2"] * 3 + [None] * 3
        results = await asyncio.gather(
            *(verify_password(PASSWORD, None, address) for address in callers), return_exceptions=True
        )
        heard = [not isinstance(result, PasswordsBusy) for result in results]
        assert heard == [True] * 3 + [False] * 2 + [True] + [False] * 2 + [True] * 2 + [False]
        assert passwords._waiting_by_address == {}
        await verify_password(PASSWORD, None, "198.51.100.1")
