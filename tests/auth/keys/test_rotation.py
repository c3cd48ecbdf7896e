"""Rotation of the signing keys in the database; how processes follow it is tested in tests/auth/test_tokens.py."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import ensure_signing_key, fetch_key_rows, rotate_signing_key
from app.auth.keys.signing_keys import PUBLISH_AHEAD_SECONDS, RELOAD_SECONDS, KeyRow
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import freeze_time, now
from app.tenancy.logins.auth_services import AuthServices


async def read_keys(connection: Any, settings: Settings) -> Sequence[KeyRow]:
    return await fetch_key_rows(connection, derive_process_key(settings))


class TestRotation:
    @pytest.fixture
    async def alone(self, owner: Any, settings: Settings) -> AsyncIterator[Any]:
        """The table of keys for this test alone: rolled back afterwards."""
        transaction = owner.transaction()
        await transaction.start()
        await ensure_signing_key(owner, settings)
        yield owner
        await transaction.rollback()

    async def test_publishes_the_next_key_and_retires_the_present(self, alone: Any, settings: Settings):
        with freeze_time(now()):
            before = {row.kid: row for row in await read_keys(alone, settings)}
            kid = (await rotate_signing_key(alone, settings)).kid
            after = {row.kid: row for row in await read_keys(alone, settings)}
            ahead = (after[kid].active_from - now()).total_seconds()
            is_valid_until = (
                min(after[old].retired_at or now() for old in before) - after[kid].active_from
            ).total_seconds()
        assert set(after) == {*before, kid}
        assert ahead == PUBLISH_AHEAD_SECONDS
        assert is_valid_until >= settings.access_token_seconds + RELOAD_SECONDS
        assert after[kid].retired_at is None

    async def test_a_second_rotation_does_not_keep_old_keys_longer(self, alone: Any, settings: Settings):
        await rotate_signing_key(alone, settings)
        first = {row.kid: row.retired_at for row in await read_keys(alone, settings)}
        await rotate_signing_key(alone, settings)
        second = {row.kid: row.retired_at for row in await read_keys(alone, settings)}
        assert all(second[kid] == at for kid, at in first.items() if at)
        assert list(second.values()).count(None) == 1

    async def test_the_first_key_is_made_once(self, alone: Any, settings: Settings):
        await alone.execute("delete from signing_key")
        await ensure_signing_key(alone, settings)
        await ensure_signing_key(alone, settings)
        assert len(await read_keys(alone, settings)) == 1

    async def test_another_secret_key_gets_a_key_of_its_own(self, alone: Any, settings: Settings):
        before = len(await read_keys(alone, settings))
        changed = settings.model_copy(update={"secret_key": "another secret of thirty-two letters"})
        await ensure_signing_key(alone, changed)
        assert len(await read_keys(alone, changed)) == before + 1

    async def test_a_token_of_before_is_good_after(self, app: FastAPI, owner: Any, settings: Settings):
        """Through the application's own pool: the rotation of this test stays in the table and affects no other test."""
        services: AuthServices = app.state.auth_services
        old = await services.tokens.issue(session_id=uuid7(), subject=uuid7())
        await rotate_signing_key(owner, settings)
        fresh = AuthServices.create(services.database, settings)
        assert (await fresh.tokens.verify(old)) == (await services.tokens.verify(old))
        new = await fresh.tokens.issue(session_id=uuid7(), subject=uuid7())
        assert (await services.tokens.verify(new)).kid == (await services.tokens.verify(old)).kid
