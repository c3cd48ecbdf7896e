"""The public password keeps a server that is not in demo mode from starting."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.auth.passwords import hash_password
from app.demo.guard import DemoAccountsPresent, refuse_demo_accounts
from app.demo.logins import DEMO_CLIENT, DEMO_LOGINS

_USERS = "update user_password set password_hash = $1"
_SECRETS = "update client_secret set secret_hash = $1"


@pytest.fixture
async def rolled_back_demo(demo_owner: Any) -> AsyncIterator[Any]:
    """The owner's connection in a transaction that leaves nothing behind."""
    transaction = demo_owner.transaction()
    await transaction.start()
    yield demo_owner
    await transaction.rollback()


async def test_names_every_login_in_both_languages(demo_owner: Any) -> None:
    with pytest.raises(DemoAccountsPresent) as exc_info:
        await refuse_demo_accounts(demo_owner)
    message = str(exc_info.value)
    assert all(name in message for name in (*DEMO_LOGINS, DEMO_CLIENT))
    assert "mật khẩu" in message
    assert "password" in message


async def test_one_left_is_enough(rolled_back_demo: Any) -> None:
    await rolled_back_demo.execute(_USERS, await hash_password("một mật khẩu khác"))
    with pytest.raises(DemoAccountsPresent, match=DEMO_CLIENT):
        await refuse_demo_accounts(rolled_back_demo)


async def test_changed_passwords_and_revoked_secrets_are_fine(rolled_back_demo: Any) -> None:
    await rolled_back_demo.execute(_USERS, await hash_password("một mật khẩu khác"))
    await rolled_back_demo.execute("update client_secret set revoked_at = now()")
    await refuse_demo_accounts(rolled_back_demo)


async def test_changed_secret_is_fine(rolled_back_demo: Any) -> None:
    other = await hash_password("một mật khẩu khác")
    await rolled_back_demo.execute(_USERS, other)
    await rolled_back_demo.execute(_SECRETS, other)
    await refuse_demo_accounts(rolled_back_demo)


async def test_database_without_them_is_fine(owner: Any) -> None:
    await refuse_demo_accounts(owner)
