"""The login throttle in the database; its HTTP responses are tested in tests/routers/tenancy/test_auth_refusals.py."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI

from app.core.values.time import freeze_time, now
from app.tenancy.logins.errors import TooManyLogins
from app.tenancy.logins.throttle import (
    LOGIN_WINDOW,
    PER_ADDRESS,
    PER_USER,
    Throttle,
    get_window_start,
    normalise_address,
)
from tests.auth.login_helpers import new_address

_names = count(1)


@pytest.fixture
def throttle(app: FastAPI) -> Throttle:
    return Throttle(app.state.database, b"key")


@pytest.fixture(autouse=True)
def frozen_window() -> Iterator[None]:
    """No window ends in the middle of a test."""
    with freeze_time(now()):
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


class TestQuotas:
    async def test_one_address_cannot_try_everybody(self, throttle: Throttle):
        address = new_address()
        for _ in range(PER_ADDRESS):
            await throttle.count_attempt("user", f"name{next(_names)}", address)
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.count_attempt("user", f"name{next(_names)}", address)
        assert exc_info.value.headers["RateLimit-Policy"] == f'"address";q={PER_ADDRESS};w=900'

    async def test_many_addresses_cannot_try_one_user(self, throttle: Throttle):
        name = f"name{next(_names)}"
        for _ in range(PER_USER):
            await throttle.count_attempt("user", name, new_address())
        with pytest.raises(TooManyLogins) as exc_info:
            await throttle.count_attempt("user", name, new_address())
        assert exc_info.value.headers["RateLimit-Policy"] == f'"user";q={PER_USER};w=900'

    async def test_successes_use_up_nothing(self, throttle: Throttle):
        name, address = f"name{next(_names)}", new_address()
        for _ in range(PER_ADDRESS + 10):
            await throttle.clear_attempt(await throttle.count_attempt("user", name, address))

    async def test_a_client_and_a_user_of_one_name_are_two(self, throttle: Throttle):
        name = f"name{next(_names)}"
        for _ in range(10):
            await throttle.count_attempt("user", name, "198.51.100.1")
        with pytest.raises(TooManyLogins):
            await throttle.count_attempt("user", name, "198.51.100.1")
        await throttle.count_attempt("client", name, "198.51.100.1")


class TestTable:
    async def test_shows_neither_names_nor_addresses(self, throttle: Throttle, owner: Any):
        name, address = f"name{next(_names)}", new_address()
        await throttle.count_attempt("user", name, address)
        keys = [bytes(row["key_hash"]) for row in await owner.fetch("select key_hash from login_throttle")]
        assert {len(key) for key in keys} == {32}
        assert not any(name.encode() in key or address.encode() in key for key in keys)

    async def test_old_windows_are_swept(
        self, throttle: Throttle, owner: Any, monkeypatch: pytest.MonkeyPatch
    ):
        await throttle.count_attempt("user", f"name{next(_names)}", new_address())
        monkeypatch.setattr(secrets, "randbelow", lambda _: 0)
        with freeze_time(now() + 3 * LOGIN_WINDOW):
            await throttle.count_attempt("user", f"name{next(_names)}", new_address())
            start = get_window_start(now())
        assert await owner.fetchval("select min(window_start) from login_throttle") >= start - timedelta(
            minutes=15
        )
