"""Another secret key while the installation runs: before, between, while it reseals, and after."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel

from app.auth.keys.process_key import derive_process_key, is_process_key_stored
from app.auth.keys.resealing import SealedColumn, count_sealed, reseal
from app.auth.keys.rotation import fetch_key_rows
from app.auth.keys.signing_keys import generate_key
from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.secret_commands import list_sealed_columns
from app.tenancy.logins.device_tokens import is_device_token
from app.webhooks.sending.signing import build_secret_sealer, format_webhook_secret
from tests.auth.keys.installation import NEW, OLD, PRESENT, REPLACED, SWITCHED, TOLD, Installation, Process
from tests.auth.login_helpers import bearer_headers, is_logged_in, log_in, refresh, set_password
from tests.databases import DatabaseUrls, worker_database
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.second_factor.steps import PATH, Clock, enrol, start, try_log_in
from tests.world import Login, World


@pytest.fixture(scope="module")
def own_database() -> Iterator[DatabaseUrls]:
    yield from worker_database()


@pytest.fixture
async def installation(own_database: DatabaseUrls) -> AsyncIterator[Installation]:
    """With nothing sealed yet."""
    async with owner_connection(own_database.admin, own_database.role_prefix) as owner:
        for table in ("signing_key", "recovery_code", "second_factor", "webhook_secret"):
            await owner.execute(f"delete from {table}")
        yield Installation(own_database, owner)


async def make_admin(installation: Installation, process: Process) -> Login:
    """A union's administrator with a password."""
    world = await World.create(installation.owner, process.app.state.tokens)
    login = await world.user(await world.unit("womens_union"), "union_admin")
    await set_password(installation.owner, login)
    return login


async def make_webhook(process: Process, tokens: dict[str, Any]) -> str:
    """Make an endpoint. Returns: its secret."""
    body = {"url": f"http://127.0.0.1:9/{uuid7()}"}
    created = await process.client.post("/v1/webhooks", json=body, headers=bearer_headers(tokens))
    secret: str = expect_json(created, 201)["secret"]
    return secret


async def read_webhook_secrets(installation: Installation, process: Process) -> set[str]:
    """The secrets of all endpoints, as the process opens them."""
    sealer = build_secret_sealer(process.settings.secret_keys)
    rows = await installation.owner.fetch("select id, sealed from webhook_secret where revoked_at is null")
    return {format_webhook_secret(sealer.unseal(row["id"], row["sealed"])) for row in rows}


def columns_of(installation: Installation, keys: dict[str, Any]) -> list[SealedColumn]:
    return list_sealed_columns(installation.settings(keys).secret_keys)


async def reseal_all(installation: Installation, **options: Any) -> dict[str, tuple[int, int]]:
    """Reseal with the new key. Returns: for each table how many values there are, and how many it resealed."""
    counts = {}
    for column in columns_of(installation, SWITCHED):
        count = await reseal(installation.owner, column, **options)
        assert count.is_done, column.table
        counts[column.table] = (count.total, count.resealed)
    return counts


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


class TestReseal:
    async def test_while_requests_run_nothing_fails_and_nothing_is_lost(self, installation: Installation):
        """Logins with recovery codes, refreshes, new factors and webhooks, in processes of both keys."""
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(installation.start(keys)) for keys in (TOLD, SWITCHED)
            ]
            people = [await self._enrolled(installation, processes[number % 2]) for number in range(4)]
            stopped, made = asyncio.Event(), set[str]()

            async def use(number: int) -> None:
                admin, tokens, codes = people[number]
                for turn in range(4):
                    process = processes[(number + turn) % 2]
                    made.add(await make_webhook(process, tokens))
                    expect_json(await try_log_in(process.client, admin, code=codes.pop()))
                    tokens = people[number][1] = expect_json(await refresh(process.client, tokens))

            async def go_on_resealing() -> int:
                number = 0
                async with owner_connection(installation.urls.admin, installation.urls.role_prefix) as owner:
                    while not stopped.is_set():
                        for column in columns_of(installation, SWITCHED):
                            number += (await reseal(owner, column, set_rows=2)).resealed
                        await asyncio.sleep(0)
                return number

            resealing = asyncio.create_task(go_on_resealing())
            await asyncio.gather(*(use(number) for number in range(len(people))))
            stopped.set()
            assert await resealing > 0
        counts = await reseal_all(installation)
        assert counts["second_factor"][0] == len(people)
        async with installation.start(REPLACED) as last:
            assert await read_webhook_secrets(installation, last) == made
            assert len(made) == 16
            for admin, tokens, codes in people:
                expect_json(await try_log_in(last.client, admin, code=codes.pop()))
                expect_json(await refresh(last.client, tokens))

    async def _enrolled(self, installation: Installation, process: Process) -> list[Any]:
        admin = await make_admin(installation, process)
        tokens = await log_in(process.client, admin)
        _, codes = await enrol(process.client, tokens, Clock())
        return [admin, tokens, codes]

    async def test_ended_in_the_middle_and_begun_again(self, installation: Installation):
        await fill(installation, 11)
        column = columns_of(installation, SWITCHED)[0]
        calls = 0

        def fail_at_the_seventh(row_id: Any, sealed: bytes) -> bytes | None:
            nonlocal calls
            calls += 1
            if calls == 7:
                raise ConnectionError
            return column.reseal(row_id, sealed)

        with pytest.raises(ConnectionError):
            await reseal(installation.owner, replace(column, reseal=fail_at_the_seventh), set_rows=3)
        middle = await count_sealed(installation.owner, column)
        assert (middle.total, middle.remaining, middle.unreadable) == (11, 5, [])
        assert not middle.is_done
        after = await reseal(installation.owner, column, set_rows=3)
        assert (after.total, after.resealed, after.remaining) == (11, 5, 0)
        again = await reseal(installation.owner, column, set_rows=3)
        assert (again.total, again.resealed, again.remaining) == (11, 0, 0)
        alone = columns_of(installation, REPLACED)[0]
        assert (await count_sealed(installation.owner, alone)).is_done

    async def test_counting_changes_nothing(self, installation: Installation):
        await fill(installation, 3)
        column = columns_of(installation, SWITCHED)[0]
        before = await installation.owner.fetch("select * from signing_key order by kid")
        count = await count_sealed(installation.owner, column, set_rows=2)
        assert (count.total, count.resealed, count.remaining, count.is_done) == (3, 0, 3, False)
        assert await installation.owner.fetch("select * from signing_key order by kid") == before

    async def test_two_at_once(self, installation: Installation):
        await fill(installation, 20)

        async def run() -> int:
            async with owner_connection(installation.urls.admin, installation.urls.role_prefix) as owner:
                count = await reseal(owner, columns_of(installation, SWITCHED)[0], set_rows=3)
                assert count.is_done
                return count.resealed

        assert sum(await asyncio.gather(run(), run())) == 20

    async def test_what_was_changed_meanwhile_stays(self, installation: Installation):
        await fill(installation, 1)
        column = columns_of(installation, SWITCHED)[0]
        kid = await installation.owner.fetchval("select kid from signing_key")
        status = await installation.owner.execute(column.update, [kid], [b"what was read"], [b"too late"])
        assert status == "UPDATE 0"
        assert (await count_sealed(installation.owner, column)).unreadable == []

    async def test_what_no_key_opens_is_named_and_left(self, installation: Installation):
        await fill(installation, 3)
        kid = await installation.owner.fetchval(
            "update signing_key set sealed_private = $1 where kid = (select min(kid) from signing_key) returning kid",
            b"x" * 60,
        )
        column = columns_of(installation, SWITCHED)[0]
        count = await reseal(installation.owner, column, set_rows=2)
        assert (count.total, count.resealed, count.remaining, count.is_done) == (3, 2, 0, False)
        assert [(error.kind, error.row_id) for error in count.unreadable] == [("signing_key", kid)]
        stored = await installation.owner.fetchval(
            "select sealed_private from signing_key where kid = $1", kid
        )
        assert stored == b"x" * 60

    async def test_what_is_no_longer_used_is_no_obstacle(self, installation: Installation):
        await fill(installation, 2)
        await installation.owner.execute("update signing_key set sealed_private = 'x', retired_at = now()")
        assert (await reseal_all(installation))["signing_key"] == (0, 0)


async def fill(installation: Installation, number: int) -> None:
    """Signing keys that are sealed with the old key."""
    for _ in range(number):
        key = generate_key((OLD,), now())
        await installation.owner.execute(
            "insert into signing_key (kid, algorithm, public_jwk, sealed_private, active_from)"
            " values ($1, $2, '{}', $3, $4)",
            key.kid, key.algorithm, key.sealed_private, key.active_from,
        )  # fmt: skip


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
                assert f"second_factor {admin.id}" in detail
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


def test_every_sealed_column_is_resealed() -> None:
    """A column of the tables that holds sealed values has a name with "sealed"."""
    stored = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if "sealed" in column.name
    }
    columns = list_sealed_columns((OLD,))
    assert {(column.table, column.value_column) for column in columns} == stored
