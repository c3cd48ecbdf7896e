"""Another secret key while the installation runs: before, between, while it reseals, and after."""

import logging
from typing import Any

import asyncpg
import pytest

from app.auth.keys.process_key import derive_process_key, is_process_key_stored
from app.auth.keys.rotation import fetch_key_rows
from app.core.values.ids import uuid7
from app.tenancy.logins.device_tokens import is_device_token
from tests.auth.keys.installation import (
    NEW,
    OLD,
    PRESENT,
    REPLACED,
    SWITCHED,
    TOLD,
    Installation,
    make_admin,
    make_webhook,
    read_webhook_secrets,
    reseal_all,
)
from tests.auth.login_helpers import bearer_headers, is_logged_in, log_in, refresh
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.second_factor.steps import PATH, Clock, enrol, start, try_log_in


class TestTwoKeysAtATime:
    @pytest.mark.parametrize(("first", "second"), [(TOLD, SWITCHED), (SWITCHED, TOLD), (PRESENT, TOLD)])
    async def test_what_one_process_gives_the_other_takes(
        self, installation: Installation, first: dict[str, Any], second: dict[str, Any]
    ):
        async with installation.start(first) as one, installation.start(second) as other:
            admin, device = await make_admin(installation, one), uuid7()
            tokens = await log_in(one.client, admin, device_id=str(device))
            assert await is_logged_in(other.client, tokens)
            assert is_device_token(tokens["device_token"], device, other.services.device_keys)
            again = await log_in(other.client, admin)
            assert await is_logged_in(one.client, again)
            events = await installation.owner.fetchval(
                "select count(*) from audit_event where subject_id = $1 and event = 'login.new_device'",
                admin.id,
            )
            assert events == 1, "the address is known to the other process"

    @pytest.mark.parametrize(("first", "second"), [(TOLD, SWITCHED), (SWITCHED, TOLD)])
    async def test_an_answer_that_was_lost_is_given_again_by_the_other(
        self, installation: Installation, first: dict[str, Any], second: dict[str, Any]
    ):
        async with installation.start(first) as one, installation.start(second) as other:
            admin = await make_admin(installation, one)
            tokens = await log_in(one.client, admin)
            lost = expect_json(await refresh(one.client, tokens))
            given = expect_json(await refresh(other.client, tokens))
            assert given["refresh_token"] == lost["refresh_token"]
            expect_json(await refresh(other.client, given))

    @pytest.mark.parametrize(("first", "second"), [(TOLD, SWITCHED), (SWITCHED, TOLD)])
    async def test_second_factors_recovery_codes_and_webhooks_cross(
        self, installation: Installation, first: dict[str, Any], second: dict[str, Any]
    ):
        clock = Clock()
        async with installation.start(first) as one, installation.start(second) as other:
            admin = await make_admin(installation, one)
            tokens = await log_in(one.client, admin)
            secret = await start(one.client, tokens)
            body = {"code": clock.code(secret)}
            with clock.stopped():
                confirmed = await other.client.post(
                    f"{PATH}/confirm", json=body, headers=bearer_headers(tokens)
                )
            codes = expect_json(confirmed)["recovery_codes"]
            for process, code in zip((one, other), codes, strict=False):
                expect_json(await try_log_in(process.client, admin, code=code))
            made = {await make_webhook(process, tokens) for process in (one, other)}
            for process in (one, other):
                assert await read_webhook_secrets(installation, process) == made
            await reseal_all(installation)
            for process, code in zip((one, other), codes[2:], strict=False):
                expect_json(await try_log_in(process.client, admin, code=code))
        async with installation.start(REPLACED) as last:
            expect_json(await try_log_in(last.client, admin, code=codes[4]))


class TestAnotherKey:
    """That was not made known: nothing opens, and it is said what."""

    async def test_a_second_factor_is_503_with_words(
        self, installation: Installation, caplog: pytest.LogCaptureFixture
    ):
        clock = Clock()
        async with installation.start(PRESENT) as process:
            admin = await make_admin(installation, process)
            secret, codes = await enrol(process.client, await log_in(process.client, admin), clock)
        async with installation.start(REPLACED) as process:
            for code in (clock.code(secret), codes[0]):
                with clock.stopped(), caplog.at_level(logging.ERROR, logger="ansinh.auth"):
                    answer = await try_log_in(process.client, admin, code=code)
                expect_problem(answer, 503, "unreadable_value")
                detail = answer.json()["detail"]
                assert f"xác thực hai lớp {admin.id}" in detail
                assert "Hãy báo người quản trị" in detail
        assert f"no secret key of this process opens second_factor {admin.id}" in caplog.text
        assert not any(text in caplog.text for text in (secret, codes[0], OLD, NEW))
        async with installation.start(SWITCHED) as process:
            expect_json(await try_log_in(process.client, admin, code=codes[0]))

    async def test_a_signing_key_is_named_once_and_another_signs(
        self, installation: Installation, caplog: pytest.LogCaptureFixture
    ):
        async with installation.start(PRESENT):
            kid = await installation.owner.fetchval("select kid from signing_key")
        with caplog.at_level(logging.WARNING, logger="app.auth.keys.keystore"):
            async with installation.start(REPLACED) as process:
                admin = await make_admin(installation, process)
                await log_in(process.client, admin)
        assert caplog.text.count(f"no secret key of this process opens signing_key {kid}") == 1

    async def test_no_new_signing_key_is_made_where_the_old_one_opens(self, installation: Installation):
        async with installation.start(PRESENT):
            pass
        for keys in (TOLD, SWITCHED):
            async with installation.start(keys):
                assert await installation.owner.fetchval("select count(*) from signing_key") == 1
        await reseal_all(installation)
        async with installation.start(REPLACED):
            assert await installation.owner.fetchval("select count(*) from signing_key") == 1


class TestKeyOfTheProcesses:
    """Who may call the functions that give secrets away (docs/decisions/0015)."""

    @pytest.mark.parametrize(
        ("stored", "let_in", "kept_out"),
        [
            (PRESENT, (PRESENT, TOLD), (SWITCHED, REPLACED)),
            (TOLD, (PRESENT, TOLD, SWITCHED, REPLACED), ()),
            (SWITCHED, (PRESENT, TOLD, SWITCHED, REPLACED), ()),
            (REPLACED, (SWITCHED, REPLACED), (PRESENT, TOLD)),
        ],
    )
    async def test_follows_the_keys_of_who_started_last(
        self,
        installation: Installation,
        stored: dict[str, Any],
        let_in: tuple[dict[str, Any], ...],
        kept_out: tuple[dict[str, Any], ...],
    ):
        async with installation.start(stored):
            pass
        connection = await asyncpg.connect(installation.urls.app)
        try:
            for keys in let_in:
                settings = installation.settings(keys)
                assert await fetch_key_rows(connection, derive_process_key(settings))
                assert await is_process_key_stored(installation.owner, settings)
            others = [derive_process_key(installation.settings(keys)) for keys in kept_out]
            digests = await installation.owner.fetchval("select process from owner_key")
            for shown in (*others, b"", digests, digests[:32], bytes(32)):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await fetch_key_rows(connection, shown)
        finally:
            await connection.close()
        for keys in kept_out:
            assert not await is_process_key_stored(installation.owner, installation.settings(keys))

    async def test_without_any_key_nobody_is_let_in(self, installation: Installation):
        """A row that a command without a key would have written."""
        await installation.owner.execute("update owner_key set process = ''")
        connection = await asyncpg.connect(installation.urls.app)
        try:
            for shown in (b"", bytes(32)):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await fetch_key_rows(connection, shown)
        finally:
            await connection.close()
