"""The login throttle in the database; its HTTP responses are tested in tests/routers/tenancy/test_auth_refusals.py."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import freeze_time, now
from app.tenancy.logins.errors import TooManyLogins
from app.tenancy.logins.throttle import (
    LONGEST_WAIT,
    PER_ADDRESS,
    PER_OWN,
    PER_STRANGER,
    PER_USER,
    Throttle,
    get_window_start,
    normalise_address,
)
from tests.auth.login_helpers import new_address
from tests.world import Login, World

_names = count(1)


@pytest.fixture
def throttle(app: FastAPI) -> Throttle:
    return Throttle(app.state.database, [b"key"])


@pytest.fixture(autouse=True)
def frozen_window() -> Iterator[None]:
    """No window ends in the middle of a test, also of one that lets some seconds pass."""
    with freeze_time(get_window_start(now())):
        yield


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("198.51.100.7", "198.51.100.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("fe80::1%eth0", "fe80::/64"),
            ("", "unknown"),
            ("testclient", "unknown"),
        ],
    )
    def test_what_counts_as_one(self, address: str, expected: str):
        assert normalise_address(address) == expected


class TestWindow:
    @pytest.mark.parametrize(("minute", "expected"), [(0, 0), (14, 0), (15, 15), (59, 45)])
    def test_is_a_quarter_of_an_hour(self, minute: int, expected: int):
        at = datetime(2026, 11, 20, 8, minute, 59, tzinfo=UTC)
        assert get_window_start(at) == datetime(2026, 11, 20, 8, expected, tzinfo=UTC)


async def fail(throttle: Throttle, name: str, address: str, times: int = 1) -> None:
    """So many failures of a name from an address."""
    for _ in range(times):
        await throttle.admit("user", name, address)


async def strain(throttle: Throttle, name: str, failures: int = PER_USER) -> None:
    """So many failures of a name, from as many addresses as it takes; whoever is told to wait comes back in time."""
    for _ in range(failures):
        address = new_address()
        try:
            await throttle.admit("user", name, address)
        except TooManyLogins as refusal:
            with freeze_time(now() + timedelta(seconds=refusal.retry_after)):
                await throttle.admit("user", name, address)


class TestOwnQuota:
    async def test_the_eleventh_failure_of_a_name_from_an_address_is_refused(self, throttle: Throttle):
        name, address = f"name{next(_names)}", new_address()
        await fail(throttle, name, address, PER_OWN)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit("user", name, address)
        assert exc_info.value.headers["RateLimit-Policy"] == f'"user-address";q={PER_OWN};w=900'
        await throttle.admit("user", name, new_address())
        await throttle.admit("user", f"name{next(_names)}", address)

    async def test_what_is_refused_is_not_counted(self, throttle: Throttle, owner: Any):
        name, address = f"name{next(_names)}", new_address()
        await fail(throttle, name, address, PER_OWN)
        counted = await owner.fetchval("select sum(failures) from login_throttle")
        for _ in range(3 * PER_USER):
            with pytest.raises(TooManyLogins):
                await throttle.admit("user", name, address)
        assert await owner.fetchval("select sum(failures) from login_throttle") == counted
        await throttle.admit("user", name, new_address())

    async def test_successes_use_up_nothing(self, throttle: Throttle):
        name, address = f"name{next(_names)}", new_address()
        for _ in range(PER_ADDRESS + 10):
            await throttle.forgive(await throttle.admit("user", name, address))

    async def test_what_could_not_be_checked_uses_up_nothing_and_forgives_nothing(self, throttle: Throttle):
        name, address = f"name{next(_names)}", new_address()
        await fail(throttle, name, address, PER_OWN - 1)
        for _ in range(5):
            await throttle.withdraw(await throttle.admit("user", name, address))
        await throttle.admit("user", name, address)
        with pytest.raises(TooManyLogins):
            await throttle.admit("user", name, address)

    async def test_a_client_and_a_user_of_one_name_are_two(self, throttle: Throttle):
        name = f"name{next(_names)}"
        await fail(throttle, name, "198.51.100.1", PER_OWN)
        await throttle.admit("client", name, "198.51.100.1")

    async def test_parallel_attempts_are_all_counted(self, throttle: Throttle):
        name, address = f"name{next(_names)}", new_address()
        results = await asyncio.gather(
            *(throttle.admit("user", name, address) for _ in range(3 * PER_OWN)), return_exceptions=True
        )
        assert [isinstance(result, TooManyLogins) for result in results].count(False) == PER_OWN

    async def test_guesses_of_codes_have_a_quota(self, throttle: Throttle):
        user_id = uuid7()
        for _ in range(PER_OWN):
            await throttle.admit_guess("code", user_id)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit_guess("code", user_id)
        assert exc_info.value.headers["RateLimit-Policy"] == f'"code";q={PER_OWN};w=900'
        await throttle.admit_guess("password", user_id)
        await throttle.forgive(await throttle.admit_guess("code", uuid7()))


class TestNameUnderAttack:
    """Many addresses try one name: its owner, elsewhere and unknown there, is let in after a stated pause."""

    async def test_an_unknown_address_waits_and_is_heard(self, throttle: Throttle):
        name, fresh = f"name{next(_names)}", new_address()
        await strain(throttle, name)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit("user", name, fresh)
        assert exc_info.value.retry_after == 1
        assert exc_info.value.headers["RateLimit-Policy"] == f'"user";q={PER_USER};w=900'
        with freeze_time(now() + timedelta(seconds=1)):
            await throttle.admit("user", name, fresh)

    async def test_to_come_too_early_prolongs_nothing(self, throttle: Throttle):
        name, fresh = f"name{next(_names)}", new_address()
        await strain(throttle, name, 3 * PER_USER)
        for _ in range(5):
            with pytest.raises(TooManyLogins) as exc_info:
                await throttle.admit("user", name, fresh)
            assert exc_info.value.retry_after == 4
        with freeze_time(now() + timedelta(seconds=4)):
            await throttle.admit("user", name, fresh)

    async def test_no_pause_is_longer_than_stated(self, throttle: Throttle, owner: Any):
        name, fresh = f"name{next(_names)}", new_address()
        await throttle.admit("user", name, new_address())
        key = throttle._build_key("user", "user", name)
        await owner.execute("update login_throttle set failures = 2000000000 where key_hash = $1", key)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit("user", name, fresh)
        assert exc_info.value.retry_after == LONGEST_WAIT.total_seconds()
        with freeze_time(now() + LONGEST_WAIT):
            await throttle.admit("user", name, fresh)

    async def test_a_stranger_has_fewer_guesses_and_a_pause_after_each(self, throttle: Throttle):
        name, fresh = f"name{next(_names)}", new_address()
        await strain(throttle, name)
        pauses = []
        at = now()
        while True:
            with freeze_time(at):
                try:
                    await throttle.admit("user", name, fresh)
                except TooManyLogins as refusal:
                    pauses.append(refusal.retry_after)
                    if refusal.retry_after > LONGEST_WAIT.total_seconds():
                        break
                    at += timedelta(seconds=refusal.retry_after)
        assert pauses[:-1] == [1, 1, 2, 4, 8]
        assert len(pauses) == PER_STRANGER + 1

    async def test_the_owners_success_does_not_clear_the_way(self, throttle: Throttle):
        name, home = f"name{next(_names)}", new_address()
        mistyped = await throttle.admit("user", name, home)
        await strain(throttle, name)
        await throttle.forgive(mistyped)
        with pytest.raises(TooManyLogins):
            await throttle.admit("user", name, new_address())

    async def test_who_had_a_session_from_there_does_not_wait(
        self, throttle: Throttle, world: World, owner: Any
    ):
        login = await world.user(await world.unit("womens_union"), "viewer")
        home = new_address()
        await owner.execute(
            "update auth_session set address_hash = $2 where id = $1",
            login.session_id, throttle.hash_address(home),
        )  # fmt: skip
        await strain(throttle, login.username)
        await fail(throttle, login.username, home, PER_OWN)
        with pytest.raises(TooManyLogins):
            await throttle.admit("user", login.username, new_address())

    async def test_nor_who_had_one_before_the_secret_key_was_replaced(
        self, throttle: Throttle, app: FastAPI, world: World, owner: Any
    ):
        login = await world.user(await world.unit("womens_union"), "viewer")
        home = new_address()
        await owner.execute(
            "update auth_session set address_hash = $2 where id = $1",
            login.session_id, throttle.hash_address(home),
        )  # fmt: skip
        replaced = Throttle(app.state.database, [b"another key", b"key"])
        await strain(replaced, login.username)
        await fail(replaced, login.username, home, PER_OWN)
        with pytest.raises(TooManyLogins):
            await replaced.admit("user", login.username, home)
        with pytest.raises(TooManyLogins):
            await replaced.admit("user", login.username, new_address())
        alone = Throttle(app.state.database, [b"a third key"])
        await strain(alone, login.username)
        with pytest.raises(TooManyLogins):
            await alone.admit("user", login.username, home)


class TestAddressThatErrs:
    """Many share an address: the failures of some slow down failures, and no right password."""

    async def test_a_name_that_did_not_fail_is_heard_at_once(self, throttle: Throttle):
        address = new_address()
        for _ in range(PER_ADDRESS + 50):
            await throttle.admit("user", f"name{next(_names)}", address)
        await throttle.forgive(await throttle.admit("user", f"name{next(_names)}", address))

    async def test_failures_are_slowed_down(self, throttle: Throttle):
        address, name = new_address(), f"name{next(_names)}"
        for _ in range(PER_ADDRESS):
            await throttle.admit("user", f"name{next(_names)}", address)
        await throttle.admit("user", name, address)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit("user", name, address)
        assert exc_info.value.retry_after == 1
        assert exc_info.value.headers["RateLimit-Policy"] == f'"address";q={PER_ADDRESS};w=900'


class TestKnownDevice:
    async def make_device(self, owner: Any, login: Login) -> UUID:
        device = uuid7()
        await owner.execute("insert into device (id, user_id, name) values ($1, $2, 'máy')", device, login.id)
        return device

    @pytest.fixture
    async def login(self, world: World) -> Login:
        return await world.user(await world.unit("womens_union"), "viewer")

    async def test_gets_through_whatever_strangers_do(self, throttle: Throttle, owner: Any, login: Login):
        device, address = await self.make_device(owner, login), new_address()
        await strain(throttle, login.username, 2 * PER_USER)
        for _ in range(PER_ADDRESS):
            await throttle.admit("user", f"name{next(_names)}", address)
        for where in (address, new_address()):
            attempt = await throttle.admit("user", login.username, where, device)
            assert attempt.familiar
            await throttle.forgive(attempt)

    async def test_has_a_quota_of_its_own(self, throttle: Throttle, owner: Any, login: Login):
        device = await self.make_device(owner, login)
        for _ in range(PER_OWN):
            await throttle.admit("user", login.username, new_address(), device)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.admit("user", login.username, new_address(), device)
        assert exc_info.value.headers["RateLimit-Policy"] == f'"device";q={PER_OWN};w=900'
        assert not (await throttle.admit("user", login.username, new_address())).familiar

    async def test_is_a_stranger_once_revoked_and_with_another_name(
        self, throttle: Throttle, owner: Any, login: Login, world: World
    ):
        device = await self.make_device(owner, login)
        other = await world.user(await world.unit("womens_union"), "viewer")
        assert not (await throttle.admit("user", other.username, new_address(), device)).familiar
        await owner.execute("update device set revoked_at = now() where id = $1", device)
        assert not (await throttle.admit("user", login.username, new_address(), device)).familiar


class TestTable:
    async def test_shows_neither_names_nor_addresses(self, throttle: Throttle, owner: Any):
        name, address = f"name{next(_names)}", new_address()
        await throttle.admit("user", name, address)
        keys = [bytes(row["key_hash"]) for row in await owner.fetch("select key_hash from login_throttle")]
        assert {len(key) for key in keys} == {32}
        assert not any(name.encode() in key or address.encode() in key for key in keys)
